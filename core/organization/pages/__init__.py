"""The pages of the organisation: tree, units, boards and changes."""

from collections.abc import Sequence
from uuid import UUID

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.models import Grant
from core.database.read import rows
from core.organization import api, dependants
from core.organization import attachments as _attachments  # noqa: F401  (declares what units' files are)
from core.organization.pages import boards, changes, tree, units
from core.organization.pages.site import VIEW, bp
from core.web import navigation

__all__ = ["boards", "changes", "register", "tree", "units"]

_GRANTED = select(Grant.unit_id).where(Grant.unit_id == any_(bindparam("ids", type_=ARRAY(Uuid)))).distinct()


def _granted(unit_ids: Sequence[UUID]) -> set[UUID]:
    """Units on which somebody holds a role: an undone import does not take them away."""
    return {one for (one,) in rows(_GRANTED, ids=list(unit_ids))}


def register(app: Flask) -> None:
    """Add the pages, the answers for programs, and the places in the navigation."""
    app.register_blueprint(bp)
    api.register(app)
    dependants.register_uses(_granted)
    navigation.add(
        app,
        navigation.Item(label=_l("组织架构"), icon="sitemap", endpoint="organization.tree", permission=VIEW, group="组织",
                        order=10, phone=4, key="o", within=("organization.unit", "organization.body", "organization.post")),
        navigation.Item(label=_l("换届"), icon="calendar-due", endpoint="organization.terms", permission=VIEW, group="组织",
                        order=20, key="t"),
        navigation.Item(label=_l("书记空缺"), icon="user-exclamation", endpoint="organization.vacancies", permission=VIEW,
                        group="组织", order=30),
        navigation.Item(label=_l("班子成员"), icon="id", endpoint="organization.officers", permission=VIEW, group="组织",
                        order=40),
        navigation.Item(label=_l("组织变动"), icon="git-branch", endpoint="organization.changes", permission=VIEW, group="组织",
                        order=50, key="c", within=("organization.change",)),
    )  # fmt: skip
