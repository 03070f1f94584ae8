"""``/api/v1/me`` and ``/api/v1/corrections``: what is held on the caller, and requests for correction.

Sensitive values (class P3) come masked: the full ones are shown on the page alone, after the password.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core.access.gate import SIGNED_IN, actor, ranges, requires
from core.api import fields, setup
from core.api.answers import answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Made, Paged, Shape, listing
from core.api.verbs import Verbs
from core.people.actions.members import Unknown
from core.people.wording import change_label
from core.privacy import queries
from core.privacy.actions import decide, person_of, request_correction, withdraw
from core.privacy.permissions import DECIDE
from core.privacy.registry import Subject, Table, held_on
from core.privacy.rules import CORRECTABLE, LONGEST, STATES

bp = Verbs("privacy_api", __name__, title=_l("我的信息"))


class Holding(Answer):
    """One kind of data held on the caller."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    headings = fields.Many(fields.Text(), required=True)
    rows = fields.Many(fields.Many(fields.Text(allow_none=True, most=100_000, lines=True)), required=True)


class Holdings(Answer):
    """Everything held."""

    items = fields.Many(fields.Nested(Holding), required=True)


class CorrectionQuery(Paged):
    """Which requests are listed."""

    state = fields.Choice(STATES, _l("状态，默认待办理"))


class _Reasoned(Shape):
    reason = fields.Text(_l("更正理由"), least=1, most=LONGEST, required=True)


#: A field for each value that may be corrected, and why.
CorrectionBody = _Reasoned.from_dict(
    {name: fields.Text(change_label(name)) for name in CORRECTABLE}, name="CorrectionBody"
)


class Decision(Shape):
    """What an officer decides."""

    verdict = fields.Choice(
        {"effective": "同意", "returned": "退回补充", "rejected": "不同意"}, _l("意见"), required=True
    )
    answer = fields.Text(_l("答复，退回和不同意时必填"), most=LONGEST)


class Correction(Answer):
    """A request without the values it wants."""

    id = fields.Id(required=True)
    person_id = fields.Id(required=True)
    person = fields.Text(required=True)
    unit = fields.Text(required=True, allow_none=True)
    state = fields.Choice(STATES, required=True)
    fields_ = fields.Many(fields.Text(), required=True, data_key="fields")
    reason = fields.Text(required=True, most=LONGEST)
    answer = fields.Text(required=True, allow_none=True, most=LONGEST)
    decided_name = fields.Text(required=True, allow_none=True)
    submitted_at = fields.Moment(required=True)
    decided_at = fields.Moment(required=True, allow_none=True)
    version = fields.Whole(required=True)


class Corrections(Answer):
    """The caller's own requests."""

    items = fields.Many(fields.Nested(Correction), required=True)


def _shown(asked: queries.Asked) -> dict[str, Any]:
    found = asdict(asked)
    found.pop("account_id")
    return found


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _table(table: Table) -> dict[str, Any]:
    return {
        "headings": [str(heading) for heading in table.headings],
        "rows": [[_text(value) for value in row] for row in table.rows],
    }


@bp.get("/me/data", summary=_l("平台保存的本人信息"), gives=Holdings)
@requires(SIGNED_IN)
def my_data() -> Response:
    """Everything held on the caller, sensitive values masked."""
    subject = Subject(actor().account_id, person_of(actor().account_id))
    return answer(
        {"items": [{"code": one.code, "title": one.title, **_table(table)} for one, table in held_on(subject)]}
    )


@bp.get("/me/corrections", summary=_l("本人的更正申请"), gives=Corrections)
@requires(SIGNED_IN)
def my_corrections() -> Response:
    """The caller's latest requests."""
    return answer({"items": [_shown(one) for one in queries.own(actor().account_id)]})


@bp.post("/me/corrections", summary=_l("申请更正本人信息"), takes=CorrectionBody, gives=Made, creates=True)
@requires(SIGNED_IN)
def new_correction(body: dict[str, Any]) -> Response:
    """Ask for a correction of one's own record."""
    wanted = {name: body[name] for name in CORRECTABLE if name in body}
    made = request_correction(account_id=actor().account_id, wanted=wanted, reason=body["reason"])
    return answer({"id": made}, 201, location=url_for("privacy_api.my_corrections"))


@bp.post("/me/corrections/<uuid:request_id>/withdraw", summary=_l("撤回更正申请"), status=204)
@requires(SIGNED_IN)
def withdraw_correction(request_id: UUID) -> Response:
    """Withdraw one's own request."""
    try:
        withdraw(request_id=request_id, account_id=actor().account_id)
    except Unknown:
        abort(404)
    return nothing()


@bp.get("/corrections", summary=_l("更正申请列表"), query=CorrectionQuery, gives=listing(Correction))
@requires(DECIDE)
def corrections(query: dict[str, Any]) -> Response:
    """Requests within the caller's reach, oldest first."""
    page = page_of(query, order="privacy.oldest", read=(datetime.fromisoformat, UUID))
    found, _total = queries.waiting(
        ranges(DECIDE), state=query.get("state", "submitted"), after=page.after, limit=page.limit + 1
    )
    return listed(found, page, shown=_shown, key=lambda one: (one.submitted_at, one.id))


@bp.get("/corrections/<uuid:request_id>", summary=_l("一份更正申请"), gives=Correction)
@requires(DECIDE)
def one_correction(request_id: UUID) -> Response:
    """One request."""
    found = queries.one(request_id, ranges(DECIDE))
    if found is None:
        abort(404)
    return answer(_shown(found))


@bp.post("/corrections/<uuid:request_id>/decision", summary=_l("办理更正申请"), takes=Decision, status=204)
@requires(DECIDE)
def decide_correction(request_id: UUID, body: dict[str, Any]) -> Response:
    """Agree, return or refuse; agreeing changes the record."""
    if queries.one(request_id, ranges(DECIDE)) is None:
        abort(404)
    try:
        decide(request_id=request_id, verdict=body["verdict"], answer=body.get("answer", ""), ranges=ranges(DECIDE))
    except Unknown:
        abort(404)
    return nothing()


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
