"""What somebody does with a to-do: put it off, and nudge whoever must act."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from core.audit.actions import origin, record
from core.database import tenant_id, transaction
from core.notices.actions.remind import accounts_at
from core.notices.actions.telling import notify
from core.notices.kinds import NUDGE
from core.notices.models import Deadline
from core.notices.policy import notice_policy
from core.notices.registry import RULES
from core.notices.rules.snoozing import snooze_findings, snoozed_until
from core.organization.models import Unit
from core.policy.findings import Finding, Refused, Severity


def snooze(*, deadline_id: UUID, days: int, reason: str, as_of: date) -> date:
    """Put an open to-do off; no reminder is given until then. Returns the day on which it is work again.

    :raises Refused: no reason, too many days, put off too often, or no longer open.
    """
    with transaction() as session:
        found = _open(deadline_id)
        policy = notice_policy(as_of=as_of)
        wrong = snooze_findings(
            days=days, reason=reason, snoozes=found.snoozes, most_days=policy.snooze_days,
            most_times=policy.snooze_times,
        )  # fmt: skip
        if wrong:
            raise Refused(wrong)
        found.snoozed_until = snoozed_until(as_of, days)
        found.snoozes += 1
        found.snooze_reason = reason.strip()
        detail = {"rule": found.rule, "until": found.snoozed_until.isoformat(), "why": reason.strip()}
        record(kind="notices.deadline.snoozed", subject="deadline", subject_id=found.id, detail=detail)
        session.flush()
        return found.snoozed_until


def nudge(*, deadline_id: UUID, as_of: date, now: datetime | None = None) -> Sequence[UUID]:
    """Ask whoever must act to do so (催办): once a day for each to-do. Returns the accounts that were told.

    :raises Refused: nudged today already, nobody to nudge, or no longer open.
    """
    with transaction() as session:
        found = _open(deadline_id)
        rule = RULES[found.rule]
        if found.nudged_on == as_of:
            raise Refused([_no("R16.N1", "今天已经催办过这件事，明天可以再催。", "E_CAP")])
        holders = accounts_at([found.held_path] if found.held_path else [], rule.act, as_of=as_of)
        me = origin().actor_id
        told = [one for ones in holders.values() for one in ones if one != me]
        if not told:
            message = "没有可以催办的人：该组织还没有能办理这件事的账号。请先授权，或直接办理。"
            raise Refused([_no("R16.N2", message, "E_STATE")])
        found.nudged_on = as_of
        unit = session.scalar(select(Unit.short_name).where(Unit.id == found.unit_id))
        notify(
            kind=NUDGE,
            to=told,
            key=f"nudge:{found.id}:{as_of}",
            title=f"催办：{rule.title}，{unit}，{found.due_on}{rule.due_word}",
            text=f"{origin().actor}请您尽快办理。",
            link={"endpoint": rule.link[0], "values": {rule.link[1]: str(found.subject_id)}},
            about=found.id,
            now=now,
        )
        record(kind="notices.deadline.nudged", subject="deadline", subject_id=found.id, detail={"told": len(told)})
        return told


def _open(deadline_id: UUID) -> Deadline:
    from core.database import db

    found = db.session().get(Deadline, (tenant_id(), deadline_id), with_for_update=True)
    if found is None or found.state != "open":
        raise Refused([_no("R16.N0", "这件事已经办结，不用再办。", "E_STATE")])
    return found


def _no(rule: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, "", message, code=code)
