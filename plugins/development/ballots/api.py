"""``/api/v1/p/development``: ballots, polls and public notices. There is no verb to vote: people vote, programs do not."""

from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core.sdk import Unit, may, need, need_at, ranges, requires, today
from core.sdk.api import Answer, Made, Query, Shape, answer, fields, nothing
from plugins.development.ballots import notices, polls, queries, roll, rounds
from plugins.development.ballots.counting import Tally, protected
from plugins.development.ballots.models import Ballot, PublicNotice
from plugins.development.ballots.notice_pages import seen as seen_notice
from plugins.development.ballots.pages import seen
from plugins.development.ballots.permissions import COUNT, KEEP, NOTICE_KEEP, NOTICE_VIEW, VIEW
from plugins.development.ballots.policy import least
from plugins.development.ballots.saying import Unknown, place_of
from plugins.development.ballots.words import (
    BEFORE,
    KINDS,
    NOTICE_STAGES,
    NOTICE_STATES,
    OUTCOMES,
    PROPOSALS,
    SIDES,
    STATES,
    WAYS,
)
from plugins.development.site import verbs


class BallotQuery(Query):
    """Which ballots are listed, newest first."""

    case_id = fields.Id(_l("办理对象"))
    state = fields.Choice(STATES, _l("状态"))


class BallotRow(Answer):
    """A ballot, without its numbers."""

    id = fields.Id(required=True)
    case_id = fields.Id(required=True)
    name = fields.Text(required=True)
    unit = fields.Text(required=True)
    kind = fields.Choice(KINDS, required=True)
    proposal = fields.Choice(PROPOSALS, required=True)
    side = fields.Choice(SIDES, required=True)
    way = fields.Choice(WAYS, required=True)
    state = fields.Choice(STATES, required=True)
    meeting_at = fields.Moment(required=True)
    outcome = fields.Choice(OUTCOMES, required=True, allow_none=True)
    act_id = fields.Id(required=True, allow_none=True)


class BallotList(Answer):
    """Ballots."""

    items = fields.Many(fields.Nested(BallotRow), required=True)


class BallotTotals(Answer):
    """The totals of a counted ballot; small numbers are covered for those who do not count."""

    in_favour = fields.Text(required=True)
    against = fields.Text(required=True)
    abstained = fields.Text(required=True)
    invalid = fields.Text(required=True)
    written_for = fields.Text(required=True)
    written_other = fields.Text(required=True)


class BallotAnswer(Answer):
    """A ballot with the numbers of its roll, and its totals once it is counted."""

    id = fields.Id(required=True)
    case_id = fields.Id(required=True)
    state = fields.Choice(STATES, required=True)
    due = fields.Whole(required=True)
    present = fields.Whole(required=True)
    written = fields.Whole(required=True)
    written_late = fields.Whole(required=True)
    outcome = fields.Choice(OUTCOMES, required=True, allow_none=True)
    totals = fields.Nested(BallotTotals, required=True, allow_none=True)
    receipts = fields.Many(fields.Text(), required=True)
    version = fields.Whole(required=True)


class BallotBody(Shape):
    """A ballot or poll to be organised."""

    case_id = fields.Id(_l("办理对象"), required=True)
    unit_id = fields.Id(_l("表决的党组织；不填为办理的党支部"))
    kind = fields.Choice(KINDS, _l("种类"), required=True)
    proposal = fields.Choice(PROPOSALS, _l("表决事项"))
    months = fields.Whole(_l("延长几个月"), least=6, most=12)
    meeting_at = fields.Moment(_l("会议开始时间"), required=True)
    way = fields.Choice(WAYS, _l("投票方式"), required=True)
    place = fields.Text(_l("地点"), most=200)
    chair = fields.Text(_l("主持人"), most=40)
    recorder = fields.Text(_l("记录人"), most=40)
    counter_id = fields.Id(_l("计票人"))
    supervisor_id = fields.Id(_l("监票人"))
    stage = fields.Choice(BEFORE, _l("测评用于"))
    side = fields.Choice(SIDES, _l("哪一方"))


class BallotAttendBody(Shape):
    """Who has come, by their ids on the roster."""

    present = fields.Many(fields.Id(), required=True)
    papers = fields.Many(fields.Id())


class BallotTallyBody(Shape):
    """What the papers say."""

    issued = fields.Whole(_l("发出"), least=0, required=True)
    in_favour = fields.Whole(_l("赞成"), least=0, required=True)
    against = fields.Whole(_l("反对"), least=0, required=True)
    abstained = fields.Whole(_l("弃权"), least=0, required=True)
    invalid = fields.Whole(_l("无效"), least=0, required=True)
    removed = fields.Whole(_l("剔除"), least=0)


class BallotState(Answer):
    """How far the ballot is."""

    state = fields.Choice(STATES, required=True)


class BallotVoidBody(Shape):
    """Why."""

    reason = fields.Text(_l("原因"), least=1, most=500, required=True)


class NoticeRow(Answer):
    """A public notice; ``waiting`` counts what was said and is not settled."""

    id = fields.Id(required=True)
    unit = fields.Text(required=True)
    stage = fields.Choice(NOTICE_STAGES, required=True)
    state = fields.Choice(NOTICE_STATES, required=True)
    starts_on = fields.Day(required=True)
    ends_on = fields.Day(required=True)
    provisional = fields.Flag(required=True)
    people = fields.Text(most=4000, required=True)
    waiting = fields.Whole(required=True)


class NoticeList(Answer):
    """Public notices."""

    items = fields.Many(fields.Nested(NoticeRow), required=True)


class NoticeBody(Shape):
    """A notice on one or several people of a branch."""

    case_ids = fields.Many(fields.Id(), required=True)
    unit_id = fields.Id(_l("党支部"), required=True)
    stage = fields.Choice(NOTICE_STAGES, _l("事项"))
    starts_on = fields.Day(_l("开始日期"), required=True)
    ends_on = fields.Day(_l("结束日期"))
    place = fields.Text(_l("公示地点"), least=1, most=200, required=True)
    other_place = fields.Text(_l("流出地公示地点"), most=200)
    contact = fields.Text(_l("联系人"), least=1, most=40, required=True)
    phone = fields.Text(_l("联系电话"), least=1, most=40, required=True)
    address = fields.Text(_l("来信来访地址"), most=200)
    body = fields.Text(_l("公示说明"), most=1000, lines=True)


class NoticeConcludeBody(Shape):
    """The notice concluded on one of its people."""

    person_id = fields.Id(_l("公示对象的编号"), required=True)
    listed_on = fields.Day(_l("列为发展对象的日期"), required=True)
    note = fields.Text(_l("公示情况"), most=2000, lines=True)


class NoticeConcluded(Answer):
    """What came of it: clear or stop."""

    result = fields.Text(required=True)


class NoticePersonRow(Answer):
    """Somebody on a notice."""

    id = fields.Id(required=True)
    case_id = fields.Id(required=True)
    name = fields.Text(required=True)
    result = fields.Text(required=True)


class NoticeAnswer(Answer):
    """A notice with who is on it, and its public address while it is under way."""

    id = fields.Id(required=True)
    state = fields.Choice(NOTICE_STATES, required=True)
    starts_on = fields.Day(required=True)
    ends_on = fields.Day(required=True)
    earliest_listing = fields.Day(required=True)
    provisional = fields.Flag(required=True)
    people = fields.Many(fields.Nested(NoticePersonRow), required=True)
    version = fields.Whole(required=True)


@verbs.get("/ballots", summary=_l("票决和测评"), query=BallotQuery, gives=BallotList)
@requires(VIEW)
def list_ballots(query: dict[str, Any]) -> Response:
    """The ballots and polls of one's part of the tree."""
    wanted = [query["state"]] if query.get("state") else []
    found = queries.ballots(ranges(VIEW), case_id=query.get("case_id"), states=wanted)
    return answer({"items": [{name: getattr(one, name) for name in BallotRow().fields} for one in found]})


def _unit(unit_id: UUID) -> Unit:
    """A unit; the same 404 for one that there is not."""
    try:
        return place_of(unit_id)
    except Unknown:
        abort(404)


@verbs.post("/ballots", summary=_l("组织票决或测评"), takes=BallotBody, gives=Made, creates=True)
@requires(KEEP)
def create_ballot(body: dict[str, Any]) -> Response:
    """Set up a round with its roll."""
    about = queries.subject(body["case_id"])
    unit_id = body.pop("unit_id", None) or (about.unit_id if about else None)
    if about is None or unit_id is None or not may(KEEP, about.path):
        abort(404)
    place = _unit(unit_id)
    need_at(KEEP, place.path, what=place.short_name)
    if body["kind"] == "poll":
        given = {name: body[name] for name in ("case_id", "meeting_at", "way", "side", "place") if name in body}
        made = polls.prepare(unit_id=unit_id, stage=body.get("stage", ""), **given)
    else:
        body.pop("stage", None)
        made = rounds.prepare(unit_id=unit_id, **body)
    return answer({"id": made}, 201, location=url_for(".one_ballot", ballot_id=made))


@verbs.get("/ballots/<uuid:ballot_id>", summary=_l("一次票决或测评"), gives=BallotAnswer, tagged=True)
@requires(VIEW)
def one_ballot(ballot_id: UUID) -> Response:
    """How far it is, and its totals once it is counted."""
    ballot, place = seen(ballot_id)
    counts = roll.numbers(roll.voters(ballot.id))
    found = {
        "id": ballot.id, "case_id": ballot.case_id, "state": ballot.state, "outcome": ballot.outcome, "version": ballot.version,
        "due": counts.due if ballot.due is None else ballot.due, "receipts": sorted(ballot.receipts),
        "present": counts.present if ballot.present is None else ballot.present, "written": counts.written,
        "written_late": counts.late, "totals": _totals(ballot, place.path) if ballot.state == "sealed" else None,
    }  # fmt: skip
    return answer(found, version=ballot.version)


def _totals(ballot: Ballot, path: str) -> dict[str, str]:
    numbers = {name: getattr(ballot, name) or 0 for name in BallotTotals().fields}
    if may(COUNT, path):
        return {name: str(number) for name, number in numbers.items()}
    return protected(numbers, small=least(as_of=today(), unit_path=path).small)


@verbs.post("/ballots/<uuid:ballot_id>/attendance", summary=_l("登记签到"), takes=BallotAttendBody, status=204)
@requires(KEEP)
def attend_ballot(ballot_id: UUID, body: dict[str, Any]) -> Response:
    """Write down who has come and who votes on paper."""
    ballot, _place = seen(ballot_id, KEEP)
    there = {one.person_id: one.id for one in roll.voters(ballot.id)}
    chosen = {name: [there[one] for one in body.get(name, ()) if one in there] for name in ("present", "papers")}
    roll.attend(ballot_id=ballot.id, present=chosen["present"], papers=chosen["papers"])
    return nothing()


@verbs.post("/ballots/<uuid:ballot_id>/begin", summary=_l("开始投票"), gives=BallotState)
@requires(KEEP)
def begin_ballot(ballot_id: UUID) -> Response:
    """Close the roll and begin."""
    ballot, _place = seen(ballot_id, KEEP)
    rounds.begin(ballot_id=ballot.id)
    return answer({"state": "open"})


@verbs.post("/ballots/<uuid:ballot_id>/finish", summary=_l("结束投票"), gives=BallotState)
@requires(KEEP)
def finish_ballot(ballot_id: UUID) -> Response:
    """End the voting."""
    ballot, _place = seen(ballot_id, KEEP)
    return answer({"state": rounds.finish(ballot_id=ballot.id)})


@verbs.post("/ballots/<uuid:ballot_id>/tally", summary=_l("录入计票"), takes=BallotTallyBody, gives=BallotState)
@requires(COUNT)
def tally_ballot(ballot_id: UUID, body: dict[str, Any]) -> Response:
    """Type what the papers say; two people each once."""
    ballot, _place = seen(ballot_id, COUNT)
    return answer({"state": rounds.tally(ballot_id=ballot.id, given=Tally(**body))})


@verbs.post("/ballots/<uuid:ballot_id>/void", summary=_l("作废票决"), takes=BallotVoidBody, status=204)
@requires(KEEP)
def void_ballot(ballot_id: UUID, body: dict[str, Any]) -> Response:
    """Give it up uncounted."""
    ballot, _place = seen(ballot_id, KEEP)
    rounds.void(ballot_id=ballot.id, reason=body["reason"])
    return nothing()


@verbs.get("/public-notices", summary=_l("发展党员公示"), gives=NoticeList)
@requires(NOTICE_VIEW)
def list_notices() -> Response:
    """The notices of one's part of the tree."""
    found = queries.notices(ranges(NOTICE_VIEW))
    return answer({"items": [{name: getattr(one, name) for name in NoticeRow().fields} for one in found]})


@verbs.post("/public-notices", summary=_l("拟定公示"), takes=NoticeBody, gives=Made, creates=True)
@requires(NOTICE_KEEP)
def create_notice(body: dict[str, Any]) -> Response:
    """Draw up a notice."""
    place = _unit(body["unit_id"])
    need(NOTICE_KEEP, place.path)
    for case in body["case_ids"]:
        about = queries.subject(case)
        if about is None or not may(NOTICE_KEEP, about.path) or not about.path.startswith(place.path):
            abort(404)
    made = notices.draw_up(**body)
    return answer({"id": made}, 201, location=url_for(".one_notice", notice_id=made))


@verbs.get("/public-notices/<uuid:notice_id>", summary=_l("一份公示"), gives=NoticeAnswer, tagged=True)
@requires(NOTICE_VIEW)
def one_notice(notice_id: UUID) -> Response:
    """A notice and who is on it."""
    notice, _place = seen_notice(notice_id)
    return answer(_notice(notice), version=notice.version)


def _notice(notice: PublicNotice) -> dict[str, Any]:
    people = [{name: getattr(one, name) for name in NoticePersonRow().fields} for one in notices.people_of(notice.id)]
    return {
        "id": notice.id, "state": notice.state, "starts_on": notice.starts_on, "ends_on": notice.ends_on,
        "earliest_listing": notices.earliest_listing(notice), "provisional": notice.provisional, "people": people,
        "version": notice.version,
    }  # fmt: skip


@verbs.post("/public-notices/<uuid:notice_id>/hang", summary=_l("发布公示"), status=204)
@requires(NOTICE_KEEP)
def hang_notice(notice_id: UUID) -> Response:
    """Publish it."""
    notice, _place = seen_notice(notice_id, NOTICE_KEEP)
    notices.hang(notice_id=notice.id)
    return nothing()


@verbs.post(
    "/public-notices/<uuid:notice_id>/conclude", summary=_l("办结公示"), takes=NoticeConcludeBody, gives=NoticeConcluded
)
@requires(NOTICE_KEEP)
def conclude_notice(notice_id: UUID, body: dict[str, Any]) -> Response:
    """Conclude it on one of its people."""
    notice, _place = seen_notice(notice_id, NOTICE_KEEP)
    try:
        result = notices.conclude(
            notice_id=notice.id, person_id=body["person_id"], listed_on=body["listed_on"], note_=body.get("note") or ""
        )
    except Unknown:  # nobody of this notice
        abort(404)
    return answer({"result": result})
