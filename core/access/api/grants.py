"""``/api/v1/grants`` and ``/api/v1/delegations``: who holds which role where."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.actions import delegations as delegating
from core.access.actions import grants as granting
from core.access.api.site import bp, or_404
from core.access.gate import actor, may, ranges, requires
from core.access.own import DELEGATE, EDIT, VIEW
from core.access.queries import grants as asked
from core.access.queries.grants import GrantRow
from core.api import fields
from core.api.answers import answer
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, Shape, listing


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
    or_404(lambda: granting.end(grant_id=grant_id, on=day, reason=reason, by=actor(), as_of=today))
    return answer(_grant(_grant_or_404(grant_id)))


@bp.post("/grants/<uuid:grant_id>/extend", summary=_l("授权延期"), takes=ExtendBody, gives=GrantShape)
@requires(EDIT)
def extend_grant(grant_id: UUID, body: dict[str, Any]) -> Response:
    """Let a grant hold for longer."""
    _grant_or_404(grant_id)
    or_404(lambda: granting.extend(grant_id=grant_id, **body, by=actor(), as_of=clock.today()))
    return answer(_grant(_grant_or_404(grant_id)))


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
    or_404(lambda: delegating.take_back(grant_id=grant_id, by=actor(), as_of=clock.today()))
    return answer(_grant(_delegated(grant_id)))
