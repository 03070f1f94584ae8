"""``/api/v1/permissions``, ``roles``, ``grants``, ``delegations``, and why an account may do something or not."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import validate
from sqlalchemy.exc import NoResultFound

from core import clock
from core.access.acting import actor_of
from core.access.actions import delegations as delegating
from core.access.actions import grants as granting
from core.access.actions.roles import amend_role, create_role, remove_role
from core.access.explain import Answer as Because
from core.access.explain import explain
from core.access.gate import actor, may, ranges, requires
from core.access.opening import open_permissions, open_roles
from core.access.own import DELEGATE, EDIT, VIEW
from core.access.own import ROLES as EDIT_ROLES
from core.access.queries import grants as asked
from core.access.queries.grants import GrantRow, OwnRole
from core.access.subjects import Subject, find
from core.api import fields, setup
from core.api.answers import Unmet, answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, Query, Shape, listing
from core.api.verbs import Verbs

bp = Verbs("access_api", __name__, title=_l("授权"))
_MOST = 500


class PermissionShape(Answer):
    """Something that can be permitted."""

    name = fields.Text(required=True)
    title = fields.Text(required=True)
    full = fields.Flag(_l("打开隐去的敏感信息"), required=True)


class PermissionsShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(PermissionShape), required=True)


@bp.get("/permissions", summary=_l("全部权限"), gives=PermissionsShape)
@requires(VIEW)
def list_permissions() -> Response:
    """Every permission that means something in this tenant, by name."""
    found = sorted(open_permissions().values(), key=lambda one: one.name)
    return answer({"items": [{"name": one.name, "title": str(one.title), "full": one.full} for one in found]})


# --- roles ------------------------------------------------------------------------------------------------------------


class RoleShape(Answer):
    """A role: a template (without an id), or one of the tenant's own."""

    id = fields.Id(allow_none=True, required=True)
    code = fields.Text(_l("授权时写的代号"), required=True)
    title = fields.Text(required=True)
    based_on = fields.Text(_l("由哪个模板复制"), allow_none=True, required=True)
    permissions = fields.Many(fields.Text(), required=True)
    used = fields.Whole(_l("有多少项授权"), required=True)
    version = fields.Whole(allow_none=True, required=True)


class RolesShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(RoleShape), required=True)


class RoleBody(Shape):
    """A role as it is to be."""

    title = fields.Text(_l("角色名称"), least=1, most=40, required=True)
    permissions = fields.Many(
        fields.Text(least=1, most=80), required=True, validate=validate.Length(max=_MOST),
        metadata={"description": _l("权限，见 /permissions")},
    )  # fmt: skip


class NewRoleBody(RoleBody):
    """A new role."""

    based_on = fields.Text(_l("由哪个模板复制"), most=60, allow_none=True, load_default=None)


def _role(found: OwnRole) -> dict[str, Any]:
    names = ("id", "code", "title", "based_on", "used", "version")
    return {**{name: getattr(found, name) for name in names}, "permissions": list(found.permissions)}


def _role_or_404(role_id: UUID) -> OwnRole:
    own, _used = asked.roles(today=clock.today())
    found = next((one for one in own if one.id == role_id), None)
    if found is None:
        abort(404)
    return found


@bp.get("/roles", summary=_l("角色"), gives=RolesShape)
@requires(VIEW)
def list_roles() -> Response:
    """The templates, then the tenant's own roles."""
    own, used = asked.roles(today=clock.today())
    templates = [
        {
            "id": None, "code": one.code, "title": one.title, "based_on": None, "version": None,
            "permissions": sorted(one.permissions), "used": used.get(one.code, 0),
        }
        for one in open_roles().values()
    ]  # fmt: skip
    return answer({"items": [*templates, *map(_role, own)]})


@bp.get("/roles/<uuid:role_id>", summary=_l("本单位的一个角色"), gives=RoleShape, tagged=True)
@requires(VIEW)
def one_role(role_id: UUID) -> Response:
    """A role of the tenant's own."""
    found = _role_or_404(role_id)
    return answer(_role(found), version=found.version)


@bp.post("/roles", summary=_l("新建角色"), takes=NewRoleBody, gives=RoleShape, creates=True, tagged=True)
@requires(EDIT_ROLES)
def new_role(body: dict[str, Any]) -> Response:
    """Make a role, usually a copy of a template."""
    made = create_role(
        title=body["title"], based_on=body["based_on"], permissions=frozenset(body["permissions"]), by=actor(),
        as_of=clock.today(),
    )  # fmt: skip
    found = _role_or_404(made)
    place = url_for("access_api.one_role", role_id=made)
    return answer(_role(found), 201, version=found.version, location=place)


@bp.patch("/roles/<uuid:role_id>", summary=_l("修改角色"), takes=RoleBody, gives=RoleShape)
@requires(EDIT_ROLES)
def change_role(role_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Change a role of the tenant's own; it holds from everybody's next request on."""
    found = _role_or_404(role_id)
    if found.version != version:
        raise Unmet(412, found.version)
    amend_role(
        role_id=role_id, version=version, title=body["title"], permissions=frozenset(body["permissions"]), by=actor(),
        as_of=clock.today(),
    )  # fmt: skip
    now = _role_or_404(role_id)
    return answer(_role(now), version=now.version)


@bp.delete("/roles/<uuid:role_id>", summary=_l("删除角色"))
@requires(EDIT_ROLES)
def delete_role(role_id: UUID) -> Response:
    """Remove a role that nobody holds."""
    _or_404(lambda: remove_role(role_id=_role_or_404(role_id).id, as_of=clock.today()))
    return nothing()


# --- grants -----------------------------------------------------------------------------------------------------------


class GrantQuery(Paged):
    """Which grants."""

    state = fields.Choice(asked.STATES, _l("有效、未生效、已结束、30天内到期"))
    account = fields.Id(_l("哪个账号"))
    unit = fields.Id(_l("直接授予在哪个党组织"))
    role = fields.Text(_l("角色代号"), least=1, most=60)


class GrantShape(Answer):
    """A role held on a unit and everything below it."""

    id = fields.Id(required=True)
    account_id = fields.Id(required=True)
    account = fields.Text(required=True)
    login = fields.Text(required=True)
    role = fields.Text(required=True)
    title = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    valid_from = fields.Day(required=True)
    valid_to = fields.Day(_l("从这一天起不再有效"), allow_none=True, required=True)
    state = fields.Choice(("current", "coming", "ended"), required=True)
    delegated_by = fields.Text(_l("受谁委托"), allow_none=True, required=True)
    granted_by = fields.Text(allow_none=True, required=True)
    granted_at = fields.Moment(required=True)
    reason = fields.Text(allow_none=True, required=True, most=500)


class GrantBody(Shape):
    """A role to give."""

    account_id = fields.Id(_l("账号"), required=True)
    role = fields.Text(_l("角色代号，见 /roles"), least=1, most=60, required=True)
    unit_id = fields.Id(_l("党组织（含下级）"), required=True)
    valid_from = fields.Day(_l("生效日期；不写为今天"), load_default=None, allow_none=True)
    valid_to = fields.Day(_l("截止日期；不写为不限期"), load_default=None, allow_none=True)
    reason = fields.Text(_l("依据，如任职文件"), least=1, most=500, required=True)


class EndBody(Shape):
    """How a grant ends."""

    on = fields.Day(_l("从哪一天起不再有效；不写为今天"), load_default=None, allow_none=True)
    reason = fields.Text(_l("原因"), most=500, load_default="")


class ExtendBody(Shape):
    """Until when a grant holds now."""

    valid_to = fields.Day(_l("新的截止日期；空为不限期"), allow_none=True, required=True)
    reason = fields.Text(_l("原因"), most=500, load_default="")


_SHOWN = (
    "id", "account_id", "account", "login", "role", "title", "unit_id", "valid_from", "valid_to", "delegated_by",
    "granted_by", "granted_at", "reason",
)  # fmt: skip


def _grant(row: GrantRow) -> dict[str, Any]:
    state = row.state(clock.today())
    return {**{name: getattr(row, name) for name in _SHOWN}, "unit": row.unit_name, "state": state}


def _grant_or_404(grant_id: UUID) -> GrantRow:
    found = asked.grant_of(grant_id)
    if found is None or not may(VIEW, found.path):
        abort(404)
    return found


def _or_404(act: Callable[[], object]) -> None:
    try:
        act()
    except NoResultFound:
        abort(404)


@bp.get("/grants", summary=_l("授权"), query=GrantQuery, gives=listing(GrantShape))
@requires(VIEW)
def list_grants(query: dict[str, Any]) -> Response:
    """The grants on units within reach, in the order they were given."""
    page = page_of(query, order="grants.given", read=(UUID,))
    today = clock.today()
    found = asked.grants_after(
        ranges(VIEW), today=today, soon=today + timedelta(days=asked.SOON_DAYS), state=query.get("state", ""),
        role=query.get("role", ""), unit=query.get("unit"), account=query.get("account"),
        after=page.after[0] if page.after else None, limit=page.limit + 1,
    )  # fmt: skip
    return listed(found, page, shown=_grant, key=lambda row: (row.id,))


@bp.get("/grants/<uuid:grant_id>", summary=_l("一项授权"), gives=GrantShape)
@requires(VIEW)
def one_grant(grant_id: UUID) -> Response:
    """A grant."""
    return answer(_grant(_grant_or_404(grant_id)))


@bp.post("/grants", summary=_l("授权"), takes=GrantBody, gives=GrantShape, creates=True)
@requires(EDIT)
def new_grant(body: dict[str, Any]) -> Response:
    """Give an account a role on a unit and everything below it."""
    today = clock.today()
    made = granting.grant(
        account=body["account_id"], role=body["role"], unit=body["unit_id"], valid_from=body["valid_from"] or today,
        valid_to=body["valid_to"], reason=body["reason"], by=actor(), as_of=today,
    )  # fmt: skip
    if made is None:
        abort(404)
    place = url_for("access_api.one_grant", grant_id=made)
    return answer(_grant(_grant_or_404(made)), 201, location=place)


@bp.post("/grants/<uuid:grant_id>/end", summary=_l("收回授权"), takes=EndBody, gives=GrantShape)
@requires(EDIT)
def end_grant(grant_id: UUID, body: dict[str, Any]) -> Response:
    """End a grant, today or on a later day."""
    _grant_or_404(grant_id)
    today = clock.today()
    day, reason = body["on"] or today, body["reason"]
    _or_404(lambda: granting.end(grant_id=grant_id, on=day, reason=reason, by=actor(), as_of=today))
    return answer(_grant(_grant_or_404(grant_id)))


@bp.post("/grants/<uuid:grant_id>/extend", summary=_l("授权延期"), takes=ExtendBody, gives=GrantShape)
@requires(EDIT)
def extend_grant(grant_id: UUID, body: dict[str, Any]) -> Response:
    """Let a grant hold for longer."""
    _grant_or_404(grant_id)
    _or_404(lambda: granting.extend(grant_id=grant_id, **body, by=actor(), as_of=clock.today()))
    return answer(_grant(_grant_or_404(grant_id)))


# --- delegations ------------------------------------------------------------------------------------------------------


class Delegations(Answer):
    """What one has delegated, the latest first."""

    items = fields.Many(fields.Nested(GrantShape), required=True)


class DelegationBody(Shape):
    """One's own office, and who acts in it for a while."""

    to = fields.Id(_l("受委托的账号"), required=True)
    role = fields.Text(_l("自己任职的角色代号"), least=1, most=60, required=True)
    unit_id = fields.Id(_l("自己任职的党组织"), required=True)
    valid_from = fields.Day(_l("生效日期；不写为今天"), load_default=None, allow_none=True)
    valid_to = fields.Day(_l("截止日期，最长30天"), required=True)
    reason = fields.Text(_l("原因"), least=1, most=500, required=True)


@bp.get("/delegations", summary=_l("自己的委托"), gives=Delegations)
@requires(DELEGATE)
def list_delegations() -> Response:
    """One's own delegations."""
    return answer({"items": [_grant(row) for row in asked.delegated(actor().account_id)]})


@bp.post("/delegations", summary=_l("委托职权"), takes=DelegationBody, gives=GrantShape, creates=True)
@requires(DELEGATE)
def new_delegation(body: dict[str, Any]) -> Response:
    """Let a deputy of the same unit act in one's office."""
    today = clock.today()
    made = delegating.delegate(
        to=body["to"], role=body["role"], unit=body["unit_id"], valid_from=body["valid_from"] or today,
        valid_to=body["valid_to"], reason=body["reason"], by=actor(), as_of=today,
    )  # fmt: skip
    return answer(_grant(_delegated(made)), 201, location=url_for("access_api.list_delegations"))


def _delegated(grant_id: UUID) -> GrantRow:
    found = next((row for row in asked.delegated(actor().account_id) if row.id == grant_id), None)
    if found is None:
        abort(404)
    return found


@bp.post("/delegations/<uuid:grant_id>/end", summary=_l("收回委托"), gives=GrantShape)
@requires(DELEGATE)
def end_delegation(grant_id: UUID) -> Response:
    """Take a delegation back at once."""
    _or_404(lambda: delegating.take_back(grant_id=grant_id, by=actor(), as_of=clock.today()))
    return answer(_grant(_delegated(grant_id)))


# --- why --------------------------------------------------------------------------------------------------------------


class WhyQuery(Query):
    """What is asked about."""

    permission = fields.Text(_l("权限，见 /permissions"), least=1, most=80, required=True)
    subject = fields.Text(_l("编号、名称或代号；不写为任一党组织"), least=1, most=200)
    on = fields.Day(_l("哪一天；不写为今天"))


class ReasonShape(Answer):
    """What one grant says."""

    grants = fields.Flag(_l("这项授权给出这个权限"), required=True)
    role = fields.Text(required=True)
    unit = fields.Text(required=True)
    valid_from = fields.Day(required=True)
    valid_to = fields.Day(allow_none=True, required=True)
    why = fields.Text(required=True)


class WhyShape(Answer):
    """Yes or no about one thing."""

    yes = fields.Flag(required=True)
    account = fields.Text(required=True)
    permission = fields.Text(required=True)
    title = fields.Text(required=True)
    subject = fields.Text(required=True)
    subject_id = fields.Id(allow_none=True, required=True)
    day = fields.Day(required=True)
    reasons = fields.Many(fields.Nested(ReasonShape), required=True)
    masked = fields.Flag(_l("只见隐去后的样子"), allow_none=True, required=True)
    needed = fields.Many(fields.Text(most=2000), required=True)


class WhysShape(Answer):
    """An answer for each thing that the subject can mean."""

    items = fields.Many(fields.Nested(WhyShape), required=True)


def _why(one: Subject | None, found: Because) -> dict[str, Any]:
    return {**found.as_dict(), "subject_id": one.id if one else None}


def _everything() -> bool:
    return any(start.count(".") <= 1 for start, _end in ranges(VIEW))


@bp.get("/accounts/<uuid:account_id>/rights", summary=_l("某人为什么能或不能办某事"), query=WhyQuery, gives=WhysShape)
@requires(VIEW)
def explain_rights(account_id: UUID, query: dict[str, Any]) -> Response:
    """Whether an account holds a permission about something, grant by grant; only for what the asker may see too."""
    found, day = asked.account_of(account_id), query.get("on") or clock.today()
    if found is None or not (_everything() or _has_grants(account_id, day)):
        abort(404)
    if query["permission"] not in open_permissions():
        abort(404)
    who, name, permission = actor_of(account_id), found[1], query["permission"]
    text = query.get("subject", "").strip()
    if not text:
        because = explain(who, name, permission, subject="任一党组织", path=None, day=day)
        return answer({"items": [_why(None, because)]})
    meant = [one for one in find(text) if (may(VIEW, one.path) if one.path else _everything())][:20]
    return answer(
        {
            "items": [
                _why(one, explain(who, name, permission, subject=one.title, path=one.path, day=day)) for one in meant
            ]
        }
    )


def _has_grants(account_id: UUID, day: date) -> bool:
    return bool(asked.grants_after(ranges(VIEW), today=day, soon=day, account=account_id, limit=1))


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
