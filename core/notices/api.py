"""``/api/v1/todos``, ``/api/v1/notices`` and ``/api/v1/reminders``: what the pages can, for programs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from core import clock
from core.access.gate import SIGNED_IN, actor, may, need, ranges, requires
from core.api import fields, setup
from core.api.answers import Unmet, answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, Shape, listing
from core.api.verbs import Verbs
from core.notices.actions import notices as writing
from core.notices.actions import todos as acting
from core.notices.actions.reading import read_message
from core.notices.audience import MOST_PERSONS, WHO, Audience
from core.notices.deadlines import PASS, SEND, VIEW
from core.notices.pages.site import my_reach, no_mere_watcher, shown_notice
from core.notices.queries import inbox, receipts, todos
from core.notices.queries.todos import Filters, Todo
from core.notices.registry import RULES
from core.notices.rules.texts import BODY_MOST, LEVELS, REASON_MOST, TITLE_MOST

bp = Verbs("notices_api", __name__, title=_l("通知与待办"))


class TodoQuery(Paged):
    """Which to-dos."""

    rule = fields.Text(_l("事项代码，如 TERM"), most=40, like=r"^[A-Za-z0-9_.]+$")
    turn = fields.Choice(("mine", "others"), _l("由我办理，还是等待他人"))
    when = fields.Choice(("overdue", "week"), _l("已逾期，或七天内到期"))
    state = fields.Choice(("open", "snoozed", "done"), _l("待办、已暂缓、已办结"), load_default="open")


class TodoShape(Answer):
    """A to-do."""

    id = fields.Id(required=True)
    rule = fields.Text(_l("事项代码"), required=True)
    what = fields.Text(_l("要办的事"), required=True)
    title = fields.Text(_l("对象的名称"), required=True)
    unit = fields.Text(_l("党组织"), required=True)
    subject_id = fields.Id(required=True)
    due_on = fields.Day(_l("期限"), required=True)
    days = fields.Whole(_l("还有几天，负数为逾期"), least=-1_000_000, required=True)
    mine = fields.Flag(_l("是否由我办理"), required=True)
    holder = fields.Text(_l("由哪个党组织办理"), allow_none=True, required=True)
    nudged_on = fields.Day(_l("最近一次催办"), allow_none=True, required=True)
    snoozed_until = fields.Day(_l("暂缓到"), allow_none=True, required=True)


class SnoozeBody(Shape):
    """Putting a to-do off."""

    days = fields.Whole(_l("暂缓几天"), least=1, most=366, required=True)
    reason = fields.Text(_l("原因"), least=1, most=REASON_MOST, required=True)


class ToldShape(Answer):
    """How many were told."""

    told = fields.Whole(_l("提醒了几人"), required=True)


def _todo(found: Todo) -> dict[str, Any]:
    return {
        "id": found.id, "rule": found.rule, "what": str(RULES[found.rule].title) if found.rule in RULES else found.rule,
        "title": found.title, "unit": found.where, "subject_id": found.subject_id, "due_on": found.due_on,
        "days": found.days, "mine": found.mine, "holder": found.holder, "nudged_on": found.nudged_on,
        "snoozed_until": found.snoozed_until,
    }  # fmt: skip


@bp.get("/todos", summary=_l("待办列表"), query=TodoQuery, gives=listing(TodoShape))
@requires(SIGNED_IN)
def list_todos(query: dict[str, Any]) -> Response:
    """To-dos by due date."""
    page = page_of(query, order="todos.due", read=(date.fromisoformat, UUID))
    filters = Filters(query.get("rule", ""), query.get("turn", ""), query.get("when", ""), query["state"])
    after = (page.after[0], page.after[1]) if page.after else None
    found = todos.todos(my_reach(), filters, as_of=clock.today(), after=after, limit=page.limit + 1)
    return listed(found, page, shown=_todo, key=lambda one: (one.due_on, one.id))


def _open_todo(deadline_id: UUID) -> Todo:
    found = todos.todo(my_reach(), deadline_id, as_of=clock.today())
    if found is None:
        abort(404)
    return found


@bp.get("/todos/<uuid:deadline_id>", summary=_l("一件待办"), gives=TodoShape)
@requires(SIGNED_IN)
def one_todo(deadline_id: UUID) -> Response:
    """An open to-do."""
    return answer(_todo(_open_todo(deadline_id)))


@bp.post("/todos/<uuid:deadline_id>/nudge", summary=_l("催办"), gives=ToldShape)
@requires(SIGNED_IN)
def nudge_todo(deadline_id: UUID) -> Response:
    """Ask whoever must act to do so: once a day."""
    found = _open_todo(deadline_id)
    no_mere_watcher()
    return answer({"told": len(acting.nudge(deadline_id=found.id, as_of=clock.today()))})


@bp.post("/todos/<uuid:deadline_id>/snooze", summary=_l("暂缓"), takes=SnoozeBody, gives=TodoShape)
@requires(SIGNED_IN)
def snooze_todo(deadline_id: UUID, body: dict[str, Any]) -> Response:
    """Put one's own to-do off."""
    found = _open_todo(deadline_id)
    if not found.mine:
        abort(404)
    acting.snooze(deadline_id=found.id, days=body["days"], reason=body["reason"], as_of=clock.today())
    return answer(_todo(_open_todo(deadline_id)))


class InboxQuery(Paged):
    """Which notices or reminders."""

    unread = fields.Flag(_l("只看未读"), load_default=False)


class ReceivedShape(Answer):
    """A notice that was given to the account."""

    id = fields.Id(required=True)
    title = fields.Text(required=True)
    unit = fields.Text(_l("发布的党组织"), required=True)
    level = fields.Choice(LEVELS, required=True)
    state = fields.Text(_l("published 已发布，withdrawn 已撤回"), required=True)
    number = fields.Whole(_l("第几版"), required=True)
    published_at = fields.Moment(required=True)
    read_by = fields.Day(_l("阅读期限"), allow_none=True, required=True)
    read_at = fields.Moment(_l("阅读时间"), allow_none=True, required=True)


@bp.get("/notices", summary=_l("收到的通知"), query=InboxQuery, gives=listing(ReceivedShape))
@requires(SIGNED_IN)
def list_notices(query: dict[str, Any]) -> Response:
    """Notices given to the account, the newest first."""
    page = page_of(query, order="notices.newest", read=(UUID,))
    after = page.after[0] if page.after else None
    found = inbox.received(actor().account_id, unread=query["unread"], after=after, limit=page.limit + 1)
    return listed(found, page, shown=lambda one: one._asdict(), key=lambda one: (one.id,))


class ReminderShape(Answer):
    """Something the account was told."""

    id = fields.Id(required=True)
    kind = fields.Text(_l("种类"), required=True)
    title = fields.Text(required=True)
    text = fields.Text(required=True)
    at = fields.Moment(required=True)
    read_at = fields.Moment(allow_none=True, required=True)
    late = fields.Flag(_l("是否补发"), required=True)


def _reminder(one: inbox.Told) -> dict[str, Any]:
    return {name: value for name, value in one._asdict().items() if name != "link"}


@bp.get("/reminders", summary=_l("提醒"), query=InboxQuery, gives=listing(ReminderShape))
@requires(SIGNED_IN)
def list_reminders(query: dict[str, Any]) -> Response:
    """Reminders and nudges, the newest first."""
    page = page_of(query, order="reminders.newest", read=(datetime.fromisoformat, UUID))
    after = (page.after[0], page.after[1]) if page.after else None
    found = inbox.messages(actor().account_id, unread=query["unread"], after=after, limit=page.limit + 1)
    return listed(found, page, shown=_reminder, key=lambda one: (one.at, one.id))


@bp.post("/reminders/<uuid:message_id>/read", summary=_l("标记提醒为已读"), status=204)
@requires(SIGNED_IN)
def read_reminder(message_id: UUID) -> Response:
    """It is read."""
    if inbox.message(actor().account_id, message_id) is None:
        abort(404)
    read_message(account_id=actor().account_id, message_id=message_id)
    return nothing()


class NoticeShape(Answer):
    """A notice."""

    id = fields.Id(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    title = fields.Text(required=True)
    body = fields.Text(_l("正文（HTML，已净化）；撤回后为空"), most=BODY_MOST * 8, lines=True, required=True)
    level = fields.Choice(LEVELS, required=True)
    mode = fields.Choice({"direct": _l("直接发到每个人"), "steps": _l("逐级传达")}, required=True)
    state = fields.Text(required=True)
    number = fields.Whole(_l("第几版"), required=True)
    author = fields.Text(required=True)
    published_at = fields.Moment(required=True)
    read_by = fields.Day(allow_none=True, required=True)
    read_at = fields.Moment(allow_none=True, required=True)
    version = fields.Whole(required=True)


def _notice(found: inbox.Shown) -> dict[str, Any]:
    kept = ("id", "unit_id", "unit", "title", "level", "mode", "state", "number", "author", "published_at", "read_by",
            "read_at", "version")  # fmt: skip
    shown: dict[str, Any] = {name: getattr(found, name) for name in kept}
    return {**shown, "body": found.body if found.state == "published" else ""}


@bp.get(
    "/notices/<uuid:notice_id>", summary=_l("一份通知"), gives=NoticeShape, tagged=True, says=_l("读取不算已阅读。")
)
@requires(SIGNED_IN)
def one_notice(notice_id: UUID) -> Response:
    """A notice that one may see."""
    found = shown_notice(notice_id)
    return answer(_notice(found), version=found.version)


@bp.post("/notices/<uuid:notice_id>/read", summary=_l("标记通知为已读"), status=204)
@requires(SIGNED_IN)
def read_notice(notice_id: UUID) -> Response:
    """The account has read it."""
    found = shown_notice(notice_id)
    if found.mine and found.state == "published":
        writing.read(notice_id=found.id, account_id=actor().account_id)
    return nothing()


class NoticeBody(Shape):
    """A notice to publish."""

    unit_id = fields.Id(_l("发布的党组织"), required=True)
    title = fields.Text(_l("标题"), least=1, most=TITLE_MOST, required=True)
    body = fields.Text(_l("正文，文本或 HTML"), least=1, most=BODY_MOST, lines=True, required=True)
    units = fields.Many(fields.Id(), load_default=list, validate=validate.Length(max=2000))
    persons = fields.Many(fields.Id(), load_default=list, validate=validate.Length(max=MOST_PERSONS))
    who = fields.Choice(WHO, _l("党员、党务工作者，或两者"), load_default="members")
    tags = fields.Many(fields.Text(most=40), load_default=list, validate=validate.Length(max=20))
    level = fields.Choice(LEVELS, load_default="normal")
    mode = fields.Choice(("direct", "steps"), load_default="direct")
    read_by = fields.Day(_l("阅读期限"), allow_none=True, load_default=None)


@bp.post("/notices", summary=_l("发布通知"), takes=NoticeBody, gives=NoticeShape, creates=True)
@requires(SEND)
def new_notice(body: dict[str, Any]) -> Response:
    """Publish a notice."""
    place = receipts.unit(body["unit_id"])
    if place is None or not may(SEND, place[2]):
        abort(404)
    need(SEND, place[2])
    made = writing.publish(
        unit_id=place[0], title=body["title"], body=body["body"], level=body["level"], mode=body["mode"],
        audience=Audience(tuple(body["units"]), body["who"], tuple(body["tags"]), tuple(body["persons"])),
        read_by=body["read_by"], allowed=ranges(SEND), as_of=clock.today(),
    )  # fmt: skip
    return answer(_notice(shown_notice(made)), 201, location=url_for("notices_api.one_notice", notice_id=made))


class CorrectionBody(Shape):
    """A corrected wording."""

    title = fields.Text(_l("标题"), least=1, most=TITLE_MOST, required=True)
    body = fields.Text(_l("正文"), least=1, most=BODY_MOST, lines=True, required=True)
    reason = fields.Text(_l("更正的原因"), least=1, most=REASON_MOST, required=True)
    again = fields.Flag(_l("请已读的人重新阅读"), load_default=True)


def _editable(notice_id: UUID) -> inbox.Shown:
    found = shown_notice(notice_id)
    if not may(SEND, found.path):
        abort(404)
    need(SEND, found.path)
    return found


@bp.patch("/notices/<uuid:notice_id>", summary=_l("更正通知"), takes=CorrectionBody, gives=NoticeShape)
@requires(SEND)
def correct_notice(notice_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Correct a published notice as a new version."""
    found = _editable(notice_id)
    if version != found.version:
        raise Unmet(412, found.version)
    writing.correct(
        notice_id=found.id, title=body["title"], body=body["body"], reason=body["reason"], again=body["again"],
        version=version, as_of=clock.today(),
    )  # fmt: skip
    now = shown_notice(notice_id)
    return answer(_notice(now), version=now.version)


class ReasonBody(Shape):
    """Why."""

    reason = fields.Text(_l("原因"), least=1, most=REASON_MOST, required=True)


@bp.post("/notices/<uuid:notice_id>/withdraw", summary=_l("撤回通知"), takes=ReasonBody, gives=NoticeShape)
@requires(SEND)
def withdraw_notice(notice_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a notice."""
    found = _editable(notice_id)
    writing.withdraw(notice_id=found.id, reason=body["reason"], as_of=clock.today())
    return answer(_notice(shown_notice(notice_id)))


class UnitReceipts(Answer):
    """How many of a part of the tree have read a notice."""

    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    given = fields.Whole(_l("接收人数"), required=True)
    read = fields.Whole(_l("已读人数"), required=True)


class ReceiptsShape(Answer):
    """The receipts of a notice."""

    items = fields.Many(fields.Nested(UnitReceipts), required=True)


@bp.get("/notices/<uuid:notice_id>/receipts", summary=_l("通知的阅读情况"), gives=ReceiptsShape)
@requires(VIEW)
def notice_receipts(notice_id: UUID) -> Response:
    """The receipts by unit, as far as one may look."""
    found, seen = shown_notice(notice_id), ranges(VIEW)
    whole = min(seen, key=lambda one: len(one[0]))
    parts = receipts.by_unit(found.id, whole, seen)
    return answer({"items": [{"unit_id": p.unit_id, "unit": p.unit, "given": p.given, "read": p.read} for p in parts]})


class NudgeBody(Shape):
    """Whose members are asked to read."""

    unit_id = fields.Id(_l("催阅的党组织，含下级"), required=True)


@bp.post("/notices/<uuid:notice_id>/nudge", summary=_l("催阅通知"), takes=NudgeBody, gives=ToldShape)
@requires(SEND)
def nudge_readers_of(notice_id: UUID, body: dict[str, Any]) -> Response:
    """Ask those below a unit who have not read a notice to do so: once a day."""
    found, place = shown_notice(notice_id), receipts.unit(body["unit_id"])
    if place is None or not may(SEND, place[2]):
        abort(404)
    need(SEND, place[2])
    told = writing.nudge_readers(notice_id=found.id, under=(place[2], place[3]), as_of=clock.today())
    return answer({"told": told})


class PassBody(Shape):
    """How a notice is passed on."""

    note = fields.Text(_l("传达情况"), most=200, load_default="")
    everybody = fields.Flag(_l("直接发给下面的每个人"), load_default=False)


@bp.post("/notices/steps/<uuid:step_id>", summary=_l("传达通知"), takes=PassBody, gives=ToldShape)
@requires(PASS)
def pass_notice_on(step_id: UUID, body: dict[str, Any]) -> Response:
    """Pass a notice on from a unit to the level below."""
    found = receipts.step(step_id)
    if found is None or not may(PASS, found.path):
        abort(404)
    need(PASS, found.path)
    given = writing.pass_on(step_id=found.id, note=body["note"], everybody=body["everybody"], as_of=clock.today())
    return answer({"told": given})


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
