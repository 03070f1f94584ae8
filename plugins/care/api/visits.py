"""``/api/v1/p/care``: occasions, visits, follow-ups, contacts. What is guarded on the pages is guarded here."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core.sdk import SIGNED_IN, actor, need, ranges, record, requires, today, transaction
from core.sdk.api import Answer, Made, Query, Shape, answer, fields, nothing
from core.sdk.people import person
from plugins.care.actions import contacts as contact_verbs
from plugins.care.actions import deciding, reporting, visiting
from plugins.care.actions.cases import Unknown
from plugins.care.permissions import CONTACT, DECIDE, REPORT, VIEW, VISIT
from plugins.care.queries import board as asking
from plugins.care.queries import single
from plugins.care.queries.board import Filters, Row
from plugins.care.queries.coverage import coverage as covered
from plugins.care.queries.mine import mine as own
from plugins.care.queries.reach import Reach
from plugins.care.site import verbs
from plugins.care.words import CHANNELS, KINDS, STATES, TALK_CHANNELS, TALKS

_TEXT = 2000


class CaseQuery(Query):
    """Which occasions are listed, by due day; ``after`` takes the last one's ``place``."""

    state = fields.Choice(STATES, _l("状态"))
    kind = fields.Choice(KINDS, _l("类别"))
    unit_id = fields.Id(_l("党支部"))
    after = fields.Text(_l("接在哪一条之后"), most=60)


class ReportBody(Shape):
    """What happened."""

    person_id = fields.Id(_l("党员"), required=True)
    kind = fields.Choice(KINDS, _l("类别"), required=True)
    sub_kind = fields.Text(_l("具体情形代码"), least=1, most=20, required=True)
    occurred_on = fields.Day(_l("发生日期"))
    detail = fields.Text(_l("情况"), most=_TEXT, lines=True)
    urgent = fields.Flag(_l("情况紧急"))


class ReasonBody(Shape):
    """A decision on the version that was read."""

    version = fields.Whole(_l("所依据的版本"), least=1, required=True)
    reason = fields.Text(_l("理由"), most=_TEXT, lines=True)


class AssignBody(ReasonBody):
    """Who goes."""

    accounts = fields.Many(fields.Id(), required=True)


class NeedBody(Shape):
    """A need, who sees to it and until when."""

    text = fields.Text(_l("需求"), least=1, most=_TEXT, lines=True, required=True)
    owner_id = fields.Id(_l("负责人账号"), required=True)
    due_on = fields.Day(_l("办理期限"), required=True)


class VisitBody(Shape):
    """A visit."""

    made_on = fields.Day(_l("走访日期"), required=True)
    visitors = fields.Many(fields.Id(), required=True)
    channel = fields.Choice(CHANNELS, _l("方式"))
    content = fields.Text(_l("看到、听到的情况"), most=_TEXT, lines=True)
    promise = fields.Text(_l("答应办的事"), most=_TEXT, lines=True)
    needs = fields.Many(fields.Nested(NeedBody))
    refused = fields.Flag(_l("本人谢绝走访"))
    note = fields.Text(_l("说明"), most=_TEXT, lines=True)
    gift_fen = fields.Whole(_l("慰问金，分"), least=0)
    goods = fields.Text(_l("慰问品"), most=200)
    reason = fields.Text(_l("仍要继续的理由"), most=_TEXT, lines=True)


class ResultBody(Shape):
    """What came of a need."""

    version = fields.Whole(_l("所依据的版本"), least=1, required=True)
    result = fields.Text(_l("结果，或终止的原因"), least=1, most=_TEXT, lines=True, required=True)
    satisfaction = fields.Whole(_l("满意度"), least=1, most=5)
    dropped = fields.Flag(_l("终止"))


class TalkBody(Shape):
    """A contact or talk."""

    person_id = fields.Id(_l("党员"), required=True)
    kind = fields.Choice(TALKS, _l("类别"), required=True)
    made_on = fields.Day(_l("日期"), required=True)
    channel = fields.Choice(TALK_CHANNELS, _l("方式"))
    content = fields.Text(_l("内容"), most=_TEXT, lines=True)


class CaseRow(Answer):
    """An occasion, without what was written about it."""

    id = fields.Id(required=True)
    person_id = fields.Id(required=True)
    person = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    kind = fields.Choice(KINDS, required=True)
    state = fields.Choice(STATES, required=True)
    occurred_on = fields.Day(required=True)
    reported_on = fields.Day(required=True)
    due_on = fields.Day(required=True, allow_none=True)
    first_visit_on = fields.Day(required=True, allow_none=True)


class CaseList(Answer):
    """A page of occasions; ``guarded`` are counted only."""

    items = fields.Many(fields.Nested(CaseRow), required=True)
    next = fields.Text(required=True, allow_none=True)


class CaseAnswer(CaseRow):
    """An occasion with its version."""

    version = fields.Whole(required=True)
    same_as_id = fields.Id(required=True, allow_none=True)


class Details(Answer):
    """What was written; reading it is written down."""

    reports = fields.Many(fields.Text(most=_TEXT, lines=True), required=True)
    visits = fields.Many(fields.Text(most=_TEXT, lines=True), required=True)
    needs = fields.Many(fields.Text(most=_TEXT, lines=True), required=True)


class CoverageRow(Answer):
    """How well visits of a kind were made."""

    kind = fields.Choice(KINDS, required=True)
    confirmed = fields.Whole(required=True)
    visited = fields.Whole(required=True)
    in_time = fields.Whole(required=True)
    waiting = fields.Whole(required=True)
    open_follow_ups = fields.Whole(required=True)


class Coverage(Answer):
    """The four kinds."""

    items = fields.Many(fields.Nested(CoverageRow), required=True)


_ROW = ("id", "person_id", "person", "unit_id", "unit", "kind", "state", "occurred_on", "reported_on", "due_on", "first_visit_on")  # fmt: skip


def _row(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _ROW}


def _after(text: str | None) -> tuple[Any, UUID] | None:
    from plugins.care.pages.forms import day, one_id

    first, _sep, last = (text or "").partition("_")
    on, one = day(first), one_id(last)
    return (on, one) if on and one else None


def _found(case_id: UUID) -> single.CaseView:
    found = single.case(case_id)
    if found is None:
        abort(404)
    return found


@verbs.get("/cases", summary=_l("四必访事项"), query=CaseQuery, gives=CaseList)
@requires(VIEW)
def list_cases(query: dict[str, Any]) -> Response:
    """Occasions by due day; illness and disputes only where they may be seen."""
    filters = Filters(
        state=query.get("state") or "", kind=query.get("kind") or "", unit=query.get("unit_id"),
        after=_after(query.get("after")),
    )  # fmt: skip
    found, more = asking.cases(Reach.of_actor(), filters, today=today())
    return answer({"items": [_row(one) for one in found], "next": found[-1].place if more else None})


@verbs.get("/mine", summary=_l("指派给本人的走访"), gives=CaseList)
@requires(SIGNED_IN)
def list_mine() -> Response:
    """What the caller is sent to."""
    found: list[Row] = list(own(actor().account_id).sent)
    return answer({"items": [_row(one) for one in found], "next": None})


@verbs.post("/cases", summary=_l("报告四必访事项"), takes=ReportBody, gives=Made, creates=True)
@requires(REPORT)
def send_report(body: dict[str, Any]) -> Response:
    """Report an occasion."""
    who = person(body["person_id"], ranges(REPORT))
    if who is None:
        abort(404)
    need(REPORT, who.path)
    made = reporting.report(**body)
    return answer({"id": made.id}, 201, location=url_for("p_care_api.get_case", case_id=made.id))


@verbs.get("/cases/<uuid:case_id>", summary=_l("一件四必访事项"), gives=CaseAnswer)
@requires(SIGNED_IN)
def get_case(case_id: UUID) -> Response:
    """An occasion, without what was written about it."""
    found = _found(case_id)
    return answer({**_row(found), "version": found.version, "same_as_id": found.same_as_id})


@verbs.post("/cases/<uuid:case_id>/details", summary=_l("查看详细内容（留痕）"), gives=Details)
@requires(SIGNED_IN)
def open_case(case_id: UUID) -> Response:
    """What was written about an occasion; that it was read is written down."""
    found = _found(case_id)
    if not found.whole:
        abort(404)
    with transaction():
        record(kind="care.detail.opened", subject="care_case", subject_id=found.id)
    course = single.course(found.id, clear=True)
    return answer(
        {
            "reports": [text for *_who, text in single.reported(found, clear=True, me=actor().account_id)],
            "visits": [one.content for one in course.visits],
            "needs": [one.need for one in course.follow_ups],
        }
    )


def _decided(case_id: UUID, act: Callable[..., Any], **given: Any) -> Response:
    if not _found(case_id).decides:
        abort(404)
    try:
        act(case_id=case_id, **given)
    except Unknown:
        abort(404)
    return nothing()


@verbs.post("/cases/<uuid:case_id>/confirm", summary=_l("核实属实"), takes=ReasonBody, status=204)
@requires(DECIDE)
def confirm_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """It happened."""
    return _decided(case_id, deciding.confirm, version=body["version"])


@verbs.post("/cases/<uuid:case_id>/not-established", summary=_l("核实不属实"), takes=ReasonBody, status=204)
@requires(DECIDE)
def refuse_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """It did not happen."""
    return _decided(case_id, deciding.not_established, version=body["version"], reason=body.get("reason", ""))


@verbs.post("/cases/<uuid:case_id>/merge", summary=_l("并入同类事项"), status=204)
@requires(DECIDE)
def merge_case(case_id: UUID) -> Response:
    """It is the occasion that is known."""
    return _decided(case_id, deciding.merge)


@verbs.post("/cases/<uuid:case_id>/keep-apart", summary=_l("确认为另一件事项"), status=204)
@requires(DECIDE)
def keep_case_apart(case_id: UUID) -> Response:
    """It is another occasion."""
    return _decided(case_id, deciding.keep_apart)


@verbs.post("/cases/<uuid:case_id>/assign", summary=_l("指派走访人"), takes=AssignBody, status=204)
@requires(DECIDE)
def assign_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Say who goes."""
    given = {"accounts": body["accounts"], "reason": body.get("reason", ""), "version": body["version"]}
    return _decided(case_id, deciding.assign, **given)


@verbs.post("/cases/<uuid:case_id>/close", summary=_l("办结"), takes=ReasonBody, status=204)
@requires(DECIDE)
def close_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """It is done."""
    return _decided(case_id, deciding.close, version=body["version"], reason=body.get("reason", ""))


@verbs.post("/cases/<uuid:case_id>/reopen", summary=_l("重新办理"), takes=ReasonBody, status=204)
@requires(DECIDE)
def reopen_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Take it up again."""
    return _decided(case_id, deciding.reopen, version=body["version"], reason=body.get("reason", ""))


def _given(body: dict[str, Any]) -> tuple[visiting.Given, str]:
    reason = body.pop("reason", "")
    needs = [visiting.Need(**one) for one in body.pop("needs", [])]
    return visiting.Given(**body, needs=needs), reason


@verbs.post("/cases/<uuid:case_id>/visits", summary=_l("登记走访"), takes=VisitBody, gives=Made, creates=True)
@requires(SIGNED_IN)
def record_visit(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a visit for an occasion."""
    found = _found(case_id)
    if not found.visits:
        abort(404)
    given, reason = _given(body)
    made = visiting.visit_case(case_id=case_id, given=given, reason=reason)
    return answer({"id": made}, 201, location=url_for("p_care_api.get_case", case_id=case_id))


@verbs.post("/people/<uuid:person_id>/visits", summary=_l("登记主动走访"), takes=VisitBody, gives=Made, creates=True)
@requires(VISIT)
def record_own_visit(person_id: UUID, body: dict[str, Any]) -> Response:
    """Record a visit of one's own accord."""
    who = person(person_id, ranges(VISIT))
    if who is None:
        abort(404)
    need(VISIT, who.path)
    given, reason = _given(body)
    made = visiting.visit_member(person_id=person_id, given=given, reason=reason)
    return answer({"id": made}, 201, location=url_for("p_care_api.list_mine"))


@verbs.post("/follow-ups/<uuid:follow_up_id>/end", summary=_l("完成或终止跟进"), takes=ResultBody, status=204)
@requires(SIGNED_IN)
def end_need(follow_up_id: UUID, body: dict[str, Any]) -> Response:
    """Say what came of a need."""
    if single.follow_up(follow_up_id) is None:
        abort(404)
    visiting.end_follow_up(follow_up_id=follow_up_id, **body)
    return nothing()


@verbs.post("/talks", summary=_l("登记联系、谈心"), takes=TalkBody, gives=Made, creates=True)
@requires(CONTACT)
def record_talk(body: dict[str, Any]) -> Response:
    """Record a contact or talk."""
    who = person(body["person_id"], ranges(CONTACT))
    if who is None:
        abort(404)
    need(CONTACT, who.path)
    return answer({"id": contact_verbs.talk(**body)}, 201, location=url_for("p_care_api.list_mine"))


@verbs.get("/coverage", summary=_l("今年的走访情况"), gives=Coverage)
@requires(VIEW)
def get_coverage() -> Response:
    """Visits made in time of those that were due this year, by kind."""
    names = ("kind", "confirmed", "visited", "in_time", "waiting", "open_follow_ups")
    found = covered(ranges(VIEW), year=today().year)
    return answer({"items": [{name: getattr(one, name) for name in names} for one in found]})
