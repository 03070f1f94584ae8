"""Development of members 发展党员: five stages, twenty-five steps, every gate explained.

What the plugin brings stands in the modules named here; each hook gathers it. Modules are imported inside the hooks, so
that a fault in one is noted for this plugin and the rest of the product starts without it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import Permission, PolicyKey, Subscriber, implements


@implements
def register_models() -> Sequence[type]:
    """The tables."""
    from plugins.development.ballots.brought import MODELS as BALLOTS
    from plugins.development.documents.models import MODELS as PRINTS
    from plugins.development.models import case, letter
    from plugins.development.plan.brought import MODELS as PLAN
    from plugins.development.reports.models import MODELS as MONTHS

    return (*case.MODELS, *letter.MODELS, *PLAN, *BALLOTS, *PRINTS, *MONTHS)


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
    from plugins.development.reports.brought import POLICY as FIGURES

    return (*ALL, *PLAN, *BALLOTS, *FIGURES)


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
    from plugins.development.documents.brought import KINDS as DOCUMENTS
    from plugins.development.events import KINDS
    from plugins.development.importing.brought import KINDS as IMPORTING
    from plugins.development.pages.brought import KINDS as PAGES
    from plugins.development.plan.brought import KINDS as PLAN
    from plugins.development.reports.brought import KINDS as REPORTS

    return (*KINDS, *PLAN, *BALLOTS, *PAGES, *DOCUMENTS, *REPORTS, *IMPORTING)


@implements
def register_jobs() -> Sequence[Any]:
    """What is done by day."""
    from plugins.development.ballots.brought import JOBS as BALLOTS
    from plugins.development.cases.jobs import JOBS
    from plugins.development.plan.brought import JOBS as PLAN
    from plugins.development.reports.brought import JOBS as REPORTS

    return (*JOBS, *BALLOTS, *PLAN, *REPORTS)


@implements
def register_pages() -> Sequence[Any]:
    """Its pages: importing their modules hangs the routes into the one blueprint."""
    import plugins.development.ballots.counting_pages
    import plugins.development.ballots.listing
    import plugins.development.ballots.notice_pages
    import plugins.development.ballots.organising_pages
    import plugins.development.ballots.pages
    import plugins.development.ballots.roll_pages
    import plugins.development.ballots.voting  # noqa: F401  (the routes)
    from plugins.development import site
    from plugins.development.documents.brought import hang as documents
    from plugins.development.pages import hang
    from plugins.development.plan.brought import hang as plan
    from plugins.development.reports.brought import hang as reports

    hang()
    plan()
    documents()
    reports()

    return (site.pages,)


@implements
def register_navigation() -> Sequence[Any]:
    """发展党员, a duty of its own."""
    from plugins.development.pages.brought import NAVIGATION
    from plugins.development.plan.brought import NAVIGATION as PLAN
    from plugins.development.reports.brought import NAVIGATION as FIGURES

    return (*NAVIGATION, *PLAN, *FIGURES)


@implements
def register_slots() -> Sequence[Any]:
    """On a member's and a unit's page."""
    from plugins.development.pages.brought import SLOTS

    return (*SLOTS,)


@implements
def register_widgets() -> Sequence[Any]:
    """What is due, and one's own way, on the home page."""
    from plugins.development.pages.brought import WIDGETS

    return (*WIDGETS,)


@implements
def register_actions() -> Sequence[Any]:
    """Registering an application from a unit's page."""
    from plugins.development.pages.brought import ACTIONS

    return (*ACTIONS,)


@implements
def register_search() -> Sequence[Any]:
    """Cases in the palette."""
    from plugins.development.pages.brought import SEARCH

    return (*SEARCH,)


@implements
def register_notice_kinds() -> Sequence[Any]:
    """Answers, requests, one's own progress, letters."""
    from plugins.development.pages.brought import NOTICES
    from plugins.development.plan.brought import NOTICES as PLAN

    return (*NOTICES, *PLAN)


@implements
def register_deadlines() -> Sequence[Any]:
    """What is due in a case."""
    from plugins.development.pages.brought import RULES
    from plugins.development.plan.brought import RULES as PLAN

    return (*RULES, *PLAN)


@implements
def register_purposes() -> Sequence[Any]:
    """Papers of a case."""
    from plugins.development.pages.brought import PURPOSES

    return (*PURPOSES,)


@implements
def register_sample_data() -> Sequence[Any]:
    """Cases in every state."""
    from plugins.development.sample import SAMPLE

    return SAMPLE


@implements
def register_importers() -> Sequence[Any]:
    """The register of running cases that a unit kept before."""
    from plugins.development.importing.brought import IMPORTERS

    return IMPORTERS


@implements
def register_indicators() -> Sequence[Any]:
    """Numbers per unit."""
    from plugins.development.plan.brought import INDICATORS as PLAN
    from plugins.development.reports.brought import INDICATORS as REPORTS

    return (*PLAN, *REPORTS)


@implements
def register_reports() -> Sequence[Any]:
    """The fifteen reports."""
    from plugins.development.reports.brought import REPORTS

    return REPORTS


@implements
def register_documents() -> Sequence[Any]:
    """The papers D1 to D38, and any report on paper."""
    from plugins.development.documents.brought import DOCUMENTS
    from plugins.development.reports.brought import DOCUMENTS as REPORTS

    return (*DOCUMENTS, *REPORTS)


@implements
def register_api() -> Sequence[Any]:
    """Its verbs: importing their modules hangs the routes."""
    import plugins.development.api.cases
    import plugins.development.ballots.api
    import plugins.development.documents.api
    import plugins.development.plan.api.verbs
    import plugins.development.reports.api  # noqa: F401  (the routes)
    from plugins.development import site

    return (site.verbs,)


@implements
def register_commands() -> Sequence[Any]:
    """Bringing in running cases."""
    from plugins.development.commands import COMMANDS

    return COMMANDS


@implements
def register_subscribers() -> Sequence[Subscriber]:
    """Deaths, moves and departures of people, and the end of branches."""
    from plugins.development.ballots.ending import on_wrong_entry
    from plugins.development.cases import following

    return (
        Subscriber("development.mistaken", frozenset({"member.deleted"}), on_wrong_entry),
        Subscriber("development.death", frozenset({"member.died"}), following.on_death),
        Subscriber("development.end", frozenset({"member.left", "member.removed"}), following.on_end),
        Subscriber("development.move", frozenset({"relation.transferred"}), following.on_move),
        Subscriber("development.moves", frozenset({"members.moved"}), following.on_moves),
        Subscriber("development.dissolved", frozenset({"unit.dissolved"}), following.on_dissolved),
    )


@implements
def personal_report(person_id: UUID, full: bool) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What is held on somebody, for themself."""
    from plugins.development import governance
    from plugins.development.ballots import holding as ballots
    from plugins.development.pages import holding as letters
    from plugins.development.plan import holding

    found = {**governance.personal_report(person_id, full=full), **holding.personal_report(person_id)}
    return {**found, **ballots.personal_report(person_id), **letters.personal_report(person_id, full=full)}


@implements
def redact_person(person_id: UUID) -> None:
    """Forget what was written on somebody."""
    from plugins.development import governance
    from plugins.development.ballots import holding as ballots
    from plugins.development.pages import holding as letters
    from plugins.development.plan import holding

    letters.redact_person(person_id)  # by their cases, like what follows
    ballots.redact_person(person_id)
    holding.redact_person(person_id)  # first: it finds what is the person's by their cases
    governance.redact_person(person_id)


@implements
def merge_people(kept: UUID, gone: UUID) -> None:
    """Two records were one person."""
    from plugins.development.ballots import holding as ballots
    from plugins.development.cases import following
    from plugins.development.plan import holding

    following.merge_people(kept, gone)
    holding.merge_people(kept, gone)
    ballots.merge_people(kept, gone)


@implements
def retention(as_of: date) -> int:
    """Keep what led to nothing no longer than the rule value says."""
    from plugins.development import governance

    return governance.retention(as_of)


@implements
def impact() -> Mapping[str, tuple[int, str]]:
    """What switching off leaves waiting."""
    from plugins.development import governance
    from plugins.development.ballots import holding as ballots
    from plugins.development.pages import holding as letters
    from plugins.development.plan import holding

    return {**governance.impact(), **holding.waiting(), **ballots.waiting(), **letters.waiting()}


@implements
def on_enable() -> None:
    """Chains are looked at before anybody goes on."""
    from plugins.development import life

    life.on_enable()


@implements
def on_purge() -> None:
    """A digest of all chains stays in the audit log."""
    from plugins.development import life

    life.on_purge()


@implements
def export_tenant() -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    """Which chains hold."""
    from plugins.development import life

    yield from life.export_tenant()


@implements
def import_tenant(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Chains must still hold."""
    from plugins.development import life

    life.import_tenant(name, rows)
