"""Development of members 发展党员: five stages, twenty-five steps, every gate explained.

What the plugin brings stands in the modules named here; each hook gathers it. Modules are imported inside the hooks, so
that a fault in one is noted for this plugin and the rest of the product starts without it.
"""

from collections.abc import Sequence
from typing import Any

from core.sdk import Permission, PolicyKey, implements


@implements
def register_models() -> Sequence[type]:
    """The tables."""
    from plugins.development.ballots.brought import MODELS as BALLOTS
    from plugins.development.models import case, letter
    from plugins.development.plan.brought import MODELS as PLAN

    return (*case.MODELS, *letter.MODELS, *PLAN, *BALLOTS)


@implements
def register_permissions() -> Sequence[Permission]:
    """Who may do what."""
    from plugins.development.ballots.brought import PERMISSIONS as BALLOTS
    from plugins.development.documents.permissions import PERMISSIONS as DOCUMENTS
    from plugins.development.permissions import PERMISSIONS
    from plugins.development.plan.brought import PERMISSIONS as PLAN
    from plugins.development.reports.permissions import PERMISSIONS as REPORTS

    return (*PERMISSIONS, *PLAN, *BALLOTS, *DOCUMENTS, *REPORTS)


@implements
def register_roles() -> Sequence[Any]:
    """The county's department, and who sees numbers alone."""
    from plugins.development.permissions import ROLES

    return ROLES


@implements
def register_policy() -> Sequence[PolicyKey]:
    """The switches of section 10."""
    from plugins.development.ballots.brought import POLICY as BALLOTS
    from plugins.development.plan.brought import POLICY as PLAN
    from plugins.development.policy import ALL

    return (*ALL, *PLAN, *BALLOTS)


@implements
def register_events() -> Sequence[Any]:
    """What others may be told."""
    from plugins.development.ballots.brought import EVENTS as BALLOTS
    from plugins.development.events import TYPES
    from plugins.development.plan.brought import EVENTS as PLAN

    return (*TYPES, *PLAN, *BALLOTS)


@implements
def register_audit_kinds() -> Sequence[Any]:
    """What is written down."""
    from plugins.development.ballots.brought import KINDS as BALLOTS
    from plugins.development.events import KINDS
    from plugins.development.plan.brought import KINDS as PLAN

    return (*KINDS, *PLAN, *BALLOTS)


@implements
def register_jobs() -> Sequence[Any]:
    """What is done by day."""
    from plugins.development.ballots.brought import JOBS as BALLOTS

    return (*BALLOTS,)


@implements
def register_pages() -> Sequence[Any]:
    """Its pages: importing their modules hangs the routes into the one blueprint."""
    import plugins.development.ballots.notice_pages
    import plugins.development.ballots.pages
    import plugins.development.ballots.voting  # noqa: F401  (the routes)
    from plugins.development import site

    return (site.pages,)
