"""The verbs of notices: publish, pass on, correct, withdraw, read, nudge those who have not read."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from core import clock
from core.access.actor import Range
from core.audit.actions import origin, record
from core.database import db, tenant_id, transaction, uuid7
from core.events.actions import declare_event, emit
from core.identity.models import Account
from core.notices.actions.giving import count, give, meant, members_of, officers_of, ranges_of
from core.notices.actions.telling import Told, session_count, tell
from core.notices.audience import Audience
from core.notices.deadlines import PASS
from core.notices.kinds import NOTICE, NUDGE
from core.notices.models import Notice, NoticeReceipt, NoticeStep, NoticeVersion
from core.notices.policy import notice_policy
from core.notices.rules.texts import clean, date_findings, reason_findings, text_findings
from core.notices.rules.workdays import add_working_days
from core.organization.models import Unit
from core.policy.findings import Finding, Refused, Severity

declare_event("notice.published", "通知发布", {"level": "紧急程度", "recipients": "接收人数", "mode": "传达方式"})
declare_event("notice.corrected", "通知更正", {"number": "第几版"})
declare_event("notice.withdrawn", "通知撤回", {})
declare_event("notice.passed", "通知逐级传达", {"unit": "传达的党组织", "recipients": "接收人数"})


def audience_ranges(audience: Audience, allowed: Sequence[Range]) -> tuple[Range, ...]:
    """The path ranges of an audience's units.

    :raises Refused: a unit is unknown, or lies outside where the sender may send: the two are told apart by nothing.
    """
    found = ranges_of(audience.units)
    outside = [one for one in found if not any(start <= one[0] < end for start, end in allowed)]
    if len(found) < len(set(audience.units)) or outside:
        raise Refused([_no("R16.01", "units", "所选党组织不存在，或者不在您可以发布通知的范围内。", "E_SCOPE")])
    return found


def preview(*, audience: Audience, allowed: Sequence[Range], as_of: date) -> int:
    """How many people an audience means.

    :raises Refused: as :func:`publish`.
    """
    wrong = audience.findings()
    if wrong:
        raise Refused(wrong)
    with transaction():
        return count(meant(audience, audience_ranges(audience, allowed), allowed, as_of=as_of))


def publish(
    *,
    unit_id: UUID,
    title: str,
    body: str,
    audience: Audience,
    allowed: Sequence[Range],
    as_of: date,
    level: str = "normal",
    mode: str = "direct",
    read_by: date | None = None,
    notice_id: UUID | None = None,
    now: datetime | None = None,
) -> UUID:
    """Publish a notice of a unit and give it to its recipients; returns its id.

    Directly, everybody meant has it at once. By steps, the officers of the units meant have it and pass it on to the
    level below, each level within a few working days (:func:`pass_on`).

    :param allowed: path ranges in which the sender may send; every unit and person meant must lie there.
    :param notice_id: an id for it, when attachments were stored under one before.
    :raises Refused: text, dates or audience; a unit out of reach; nobody meant.
    """
    wrong = [
        *text_findings(title=title, body=body), *date_findings(read_by=read_by, level=level, as_of=as_of),
        *audience.findings(),
    ]  # fmt: skip
    if mode not in ("direct", "steps"):
        wrong.append(_no("R16.01", "mode", "请选择直接发到每个人，或者逐级传达。", "E_FORMAT"))
    if mode == "steps" and not audience.units:
        wrong.append(_no("R16.01", "units", "逐级传达须选择党组织。", "E_REQUIRED"))
    if wrong:
        raise Refused(wrong)
    moment = now or clock.now()
    with transaction() as session:
        ranges = audience_ranges(audience, allowed)
        unit = session.get_one(Unit, (tenant_id(), unit_id))
        notice = Notice(
            id=notice_id or uuid7(), unit_id=unit.id, path=unit.path, title=" ".join(title.split()), body=clean(body),
            level=level, mode=mode, audience=audience.kept(), read_by=read_by, state="published",
            author_id=origin().actor_id, author=origin().actor, published_at=moment,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        if mode == "direct":
            given = give(notice.id, meant(audience, ranges, allowed, as_of=as_of))
        else:
            given = _give_steps(notice, audience.units, as_of=as_of)
        if not given and mode == "direct":
            raise Refused([_no("R16.01", "units", "所选范围内没有可以接收通知的人。", "E_REQUIRED")])
        _tell_accounts(notice, moment)
        detail = {"title": notice.title, "recipients": given, "mode": mode, "level": level}
        record(kind="notices.notice.published", subject="notice", subject_id=notice.id, detail=detail)
        emit(
            "notice.published", subject="notice", subject_id=notice.id, unit_path=unit.path, as_of=as_of,
            data={"level": level, "recipients": given, "mode": mode},
        )  # fmt: skip
        return notice.id


def _give_steps(notice: Notice, units: Sequence[UUID], *, as_of: date) -> int:
    """Make it the turn of some units: a step each, and the notice to their officers."""
    session = db.session()
    days = notice_policy(as_of=as_of).pass_on
    due = min(add_working_days(as_of, days), notice.read_by or date.max)
    known = set(session.scalars(select(NoticeStep.unit_id).where(NoticeStep.notice_id == notice.id)))
    found = session.execute(select(Unit.id, Unit.path, Unit.path_end).where(Unit.id.in_(list(units)))).all()
    fresh = [one for one in found if one.id not in known]
    session.add_all(NoticeStep(notice_id=notice.id, unit_id=one.id, made_on=as_of, due_on=due) for one in fresh)
    session.flush()
    if not fresh:
        return 0
    officers = officers_of([(one.path, one.path_end) for one in fresh], as_of=as_of, exactly=True)
    return give(notice.id, officers.subquery("meant"))


def pass_on(*, step_id: UUID, note: str, everybody: bool, as_of: date, now: datetime | None = None) -> int:
    """Pass a notice on from a unit to the level below; returns to how many it was given.

    Members placed in the unit (those of a group through their group) have it now; the units right below have their turn.

    :param everybody: give it to everybody below at once instead.
    :raises Refused: passed on before, or withdrawn.
    """
    moment = now or clock.now()
    with transaction() as session:
        step = session.get_one(NoticeStep, (tenant_id(), step_id), with_for_update=True)
        notice = session.get_one(Notice, (tenant_id(), step.notice_id))
        if step.passed_at is not None or notice.state != "published":
            raise Refused([_no("R16.P1", "", "这份通知已经传达过，或者已经撤回。", "E_STATE")])
        unit = session.get_one(Unit, (tenant_id(), step.unit_id))
        audience = Audience.of(notice.audience)
        own = (unit.path, unit.path_end)
        if everybody:
            whole = Audience(units=(unit.id,), who="both", tags=audience.tags)
            given = give(notice.id, meant(whole, [own], [own], as_of=as_of))
            _close_below(notice.id, own, moment)
        else:
            given = _give_level(notice, unit, audience, as_of=as_of)
        step.passed_at, step.passed_by, step.note = moment, origin().actor, note.strip()[:200] or None
        session.flush()
        _tell_accounts(notice, moment)
        record(
            kind="notices.notice.passed", subject="notice", subject_id=notice.id,
            detail={"unit": str(unit.id), "recipients": given, "everybody": everybody},
        )  # fmt: skip
        emit(
            "notice.passed", subject="notice", subject_id=notice.id, unit_path=unit.path, as_of=as_of,
            data={"unit": unit.id, "recipients": given},
        )  # fmt: skip
        return given


def _give_level(notice: Notice, unit: Unit, audience: Audience, *, as_of: date) -> int:
    """The members of the unit itself, and the turn of the units right below."""
    from core.people.models import Person

    session = db.session()
    below = session.scalars(select(Unit.id).where(Unit.parent_id == unit.id, Unit.state == "active")).all()
    given = _give_steps(notice, below, as_of=as_of) if below else 0
    if unit.type == "group":
        members = members_of(audience, [_whole(unit)]).where(Person.group_id == unit.id)
    else:
        members = members_of(audience, [(unit.path, unit.path_end)]).where(Person.unit_id == unit.id)
        if below:
            members = members.where(or_(Person.group_id.is_(None), Person.group_id.not_in(list(below))))
    return given + give(notice.id, members.subquery("meant"))


def _whole(group: Unit) -> Range:
    """The range of the branch that a group belongs to: its members are placed there."""
    parent = db.session().get_one(Unit, (tenant_id(), group.parent_id))
    return parent.path, parent.path_end


def _close_below(notice_id: UUID, own: Range, moment: datetime) -> None:
    """The steps of units below need not be taken any more: everybody there has it."""
    below = select(Unit.id).where(Unit.path > own[0], Unit.path < own[1])
    over = (
        update(NoticeStep)
        .where(NoticeStep.notice_id == notice_id, NoticeStep.passed_at.is_(None), NoticeStep.unit_id.in_(below))
        .values(passed_at=moment, passed_by=origin().actor, note="由上级直接传达")
    )
    session_count(over)


def _tell_accounts(notice: Notice, moment: datetime) -> int:
    """Tell the recipients who have an account; the key makes it once for each version of the notice."""
    found = db.session().execute(_accounts(notice.id)).scalars()
    link = {"endpoint": "notices.notice", "values": {"notice_id": str(notice.id)}}
    title = f"通知：{notice.title}" if notice.number == 1 else f"通知更正：{notice.title}"
    told = [Told(one, f"notice:{notice.id}:{notice.number}", title, link=link, about=notice.id) for one in found]
    return tell(NOTICE, told, urgent=notice.level == "urgent", now=moment)


def _accounts(notice_id: UUID, *, under: Range | None = None) -> Any:
    """The active accounts that have been given a notice and have not read it."""
    unread = select(NoticeReceipt.recipient_id).where(NoticeReceipt.id == notice_id, NoticeReceipt.read_at.is_(None))
    if under is not None:
        place = (Unit.tenant_id == NoticeReceipt.tenant_id) & (Unit.id == NoticeReceipt.unit_id)
        unread = unread.join(Unit, place).where(Unit.path >= under[0], Unit.path < under[1])
    # two sets, each hashed once: a join on "the account or its person" would compare everybody with everybody
    return select(Account.id).where(
        Account.state == "active", or_(Account.id.in_(unread), Account.person_id.in_(unread))
    )


def correct(
    *, notice_id: UUID, title: str, body: str, reason: str, again: bool, version: int, as_of: date,
    now: datetime | None = None,
) -> int:  # fmt: skip
    """Correct a published notice: the old wording is kept, the new one is a new version. Returns its number.

    :param again: whether everybody has to read it again.
    :param version: the row's version the editor saw.
    :raises Refused: text or reason; withdrawn; somebody else changed it meanwhile (E_CONFLICT).
    """
    wrong = [*text_findings(title=title, body=body), *reason_findings(reason, what="更正")]
    if wrong:
        raise Refused(wrong)
    moment = now or clock.now()
    with transaction() as session:
        notice = _published(notice_id)
        if notice.version != version:
            raise Refused([_no("R16.C1", "", "这份通知刚刚被他人修改，请载入最新内容后再改。", "E_CONFLICT")])
        readers = session.scalar(
            select(func.count()).where(NoticeReceipt.id == notice.id, NoticeReceipt.read_at.is_not(None))
        )
        session.add(
            NoticeVersion(
                notice_id=notice.id, number=notice.number, title=notice.title, body=notice.body, reason=reason.strip(),
                readers=readers or 0, replaced_by=origin().actor,
            )
        )  # fmt: skip
        notice.title, notice.body, notice.number = " ".join(title.split()), clean(body), notice.number + 1
        if again:
            session_count(update(NoticeReceipt).where(NoticeReceipt.id == notice.id).values(read_at=None))
        session.flush()
        _tell_accounts(notice, moment)
        detail = {"number": notice.number, "why": reason.strip(), "again": again}
        record(kind="notices.notice.corrected", subject="notice", subject_id=notice.id, detail=detail)
        emit(
            "notice.corrected", subject="notice", subject_id=notice.id, unit_path=notice.path, as_of=as_of,
            data={"number": notice.number},
        )  # fmt: skip
        return notice.number


def withdraw(*, notice_id: UUID, reason: str, as_of: date, now: datetime | None = None) -> None:
    """Withdraw a published notice: its recipients see that it was, and no longer what it said.

    :raises Refused: no reason, or not published.
    """
    wrong = reason_findings(reason, what="撤回")
    if wrong:
        raise Refused(wrong)
    with transaction() as session:
        notice = _published(notice_id)
        notice.state, notice.withdrawn_at, notice.withdrawn_reason = "withdrawn", now or clock.now(), reason.strip()
        session.flush()
        # the turns that are left fall away with it: their steps are looked at again
        over = update(NoticeStep).where(NoticeStep.notice_id == notice.id, NoticeStep.passed_at.is_(None))
        session_count(over.values(due_on=NoticeStep.due_on + timedelta(days=1)))
        record(kind="notices.notice.withdrawn", subject="notice", subject_id=notice.id, detail={"why": reason.strip()})
        emit("notice.withdrawn", subject="notice", subject_id=notice.id, unit_path=notice.path, as_of=as_of)


def read(*, notice_id: UUID, account_id: UUID, now: datetime | None = None) -> bool:
    """Note that an account has read a notice; returns whether it was the first time."""
    mine = select(Account.person_id).where(Account.id == account_id).scalar_subquery()
    done = (
        update(NoticeReceipt)
        .where(
            NoticeReceipt.id == notice_id,
            or_(NoticeReceipt.recipient_id == account_id, NoticeReceipt.recipient_id == mine),
            NoticeReceipt.read_at.is_(None),
        )
        .values(read_at=now or clock.now())
    )
    with transaction():
        return session_count(done) > 0


def nudge_readers(*, notice_id: UUID, under: Range, as_of: date, now: datetime | None = None) -> int:
    """Ask those below a unit who have not read a notice to do so (催阅), once a day; returns how many were told.

    :raises Refused: nudged today already, or nobody with an account is left.
    """
    with transaction() as session:
        notice = _published(notice_id)
        if notice.nudged_on == as_of:
            raise Refused([_no("R16.N1", "", "今天已经催阅过这份通知，明天可以再催。", "E_CAP")])
        found = list(session.execute(_accounts(notice.id, under=under)).scalars())
        if not found:
            message = "未读的人都还没有可以登录的账号。请在支部里当面传达，并在传达情况里登记。"
            raise Refused([_no("R16.N2", "", message, "E_STATE")])
        notice.nudged_on = as_of
        link = {"endpoint": "notices.notice", "values": {"notice_id": str(notice.id)}}
        told = [
            Told(one, f"unread:{notice.id}:{as_of}", f"请阅读通知：{notice.title}", link=link, about=notice.id)
            for one in found
        ]
        made = tell(NUDGE, told, now=now)
        record(kind="notices.notice.nudged", subject="notice", subject_id=notice.id, detail={"told": made})
        return made


def _published(notice_id: UUID) -> Notice:
    found = db.session().get_one(Notice, (tenant_id(), notice_id), with_for_update=True)
    if found.state != "published":
        raise Refused([_no("R16.W1", "", "这份通知没有发布，或者已经撤回。", "E_STATE")])
    return found


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)


__all__ = ["PASS", "audience_ranges", "correct", "nudge_readers", "pass_on", "preview", "publish", "read", "withdraw"]
