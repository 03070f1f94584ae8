"""Units that are behind: key management 重点管理 with corrections and checks, and notices to them (S4-11; 9.2).

The register lists what the figures say, with them as evidence; people write measures, check, and lift. Nothing else follows.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Unit, add_months, holders_at, notify, policy_values, record, tenant_id, today, transaction, uuid7
from plugins.development.plan.permissions import PLAN_EDIT
from plugins.development.plan.policy import CORRECTION, REPLY
from plugins.development.plan.progress import Line, board
from plugins.development.plan.records import Ranges, block, hand, settle, taken
from plugins.development.plan.registers.models import KeyCheck, KeyUnit, LagNotice
from plugins.development.plan.words import CHECKED

SOURCE = "滞后单位重点管理制度（S4-11）"
NOTICE = "development.lagging"
EVERYWHERE: Ranges = (("", "~"),)
#: Roles that are told when their unit is behind.
_TOLD = frozenset({"branch_secretary", "general_secretary", "committee_officer", "organization_commissioner"})


def refresh(as_of: date, ranges: Ranges = EVERYWHERE) -> int:
    """List the branches without admission for two years, raise those at three to the county's list.

    :returns: how many were listed or raised. Nobody is taken off: people lift.
    """
    found = {line.id: line for line in board(ranges, as_of.year, as_of) if line.type == "branch" and line.attention}
    months = int(policy_values(CORRECTION)[CORRECTION.key])
    changed = 0
    with transaction() as session:
        here = {
            one.unit_id: one
            for one in session.scalars(select(KeyUnit).where(KeyUnit.lifted_on.is_(None)).with_for_update())
        }
        for unit_id, line in found.items():
            one = here.get(unit_id)
            if one is None:
                one = KeyUnit(
                    id=uuid7(), unit_id=unit_id, level=line.attention.value, years=line.years, opened_on=as_of,
                    correction_due=add_months(as_of, months), version=1,
                )  # fmt: skip
                session.add(one)
                _noted("opened", one, line)
                changed += 1
            elif one.level == "committee" and line.attention.value == "county":
                one.level, one.years, one.correction_due = "county", line.years, add_months(as_of, months)
                _noted("raised", one, line)
                changed += 1
        session.flush()
    return changed


def _noted(verb: str, one: KeyUnit, line: Line) -> None:
    with transaction() as session:
        session.flush()
        detail = {"unit": str(line.id), "years": line.years, "level": one.level}
        record(kind=f"development.key.{verb}", subject="development_key_unit", subject_id=one.id, detail=detail)


def _open(key_id: UUID, version: int | None) -> KeyUnit:
    one: KeyUnit = taken(KeyUnit, key_id, version=version)
    if one.lifted_on is not None:
        settle([block("S4-11", "", "已经解除重点管理。", "E_STATE", source=SOURCE)])
    return one


def plan_measures(*, key_id: UUID, measures: str, version: int | None = None) -> None:
    """Write down what is to be done. :raises Refused: nothing is said, or it was lifted."""
    with transaction() as session:
        one = _open(key_id, version)
        if not measures.strip():
            settle([block("S4-11", "measures", "请写明整改措施、责任人和时间。", "E_REQUIRED", source=SOURCE)])
        one.measures = measures.strip()
        session.flush()
        record(kind="development.key.planned", subject="development_key_unit", subject_id=one.id)


def period_of(level: str, day: date) -> str:
    """The span of a check: a quarter on the committee's list, half a year on the county's."""
    return f"{day.year}H{(day.month + 5) // 6}" if level == "county" else f"{day.year}Q{(day.month + 2) // 3}"


def check(*, key_id: UUID, found: str, result: str, on: date | None = None, version: int | None = None) -> UUID:
    """Write down a check. :raises Refused: nothing is said; a day before it was listed or after today; checked in that span."""
    day = on or today()
    with transaction() as session:
        one = _open(key_id, version)
        period = period_of(one.level, day)
        said = []
        if not found.strip():
            said.append(block("S4-11", "found", "请写明检查的情况。", "E_REQUIRED", source=SOURCE))
        if result not in CHECKED:
            said.append(block("S4-11", "result", "请选择检查结果。", "E_REQUIRED", source=SOURCE))
        if not one.opened_on <= day <= today():
            said.append(
                block(
                    "S4-11",
                    "on",
                    f"检查日期应在{one.opened_on}（列入）到{today()}（今天）之间。",
                    "E_RANGE",
                    source=SOURCE,
                )
            )
        if session.scalar(select(KeyCheck.id).where(KeyCheck.key_id == one.id, KeyCheck.period == period)) is not None:
            said.append(block("S4-11", "on", f"{period}已经登记过检查。", "E_DUP", source=SOURCE))
        settle(said)
        made = KeyCheck(
            id=uuid7(), key_id=one.id, period=period, checked_on=day, found=found.strip(), result=result, checker=hand()
        )
        session.add(made)
        one.checked_on = max(day, one.checked_on or day)
        session.flush()
        record(
            kind="development.key.checked", subject="development_key_unit", subject_id=one.id, detail={"result": result}
        )
        return made.id


def lift(*, key_id: UUID, reason: str, version: int | None = None) -> None:
    """End key management. :raises Refused: no reason."""
    with transaction() as session:
        one = _open(key_id, version)
        if not reason.strip():
            settle(
                [
                    block(
                        "S4-11", "reason", "请写明解除的理由，例如已发展党员的姓名和日期。", "E_REQUIRED", source=SOURCE
                    )
                ]
            )
        one.lifted_on, one.lift_reason, one.lifter = today(), reason.strip(), hand()
        session.flush()
        record(kind="development.key.lifted", subject="development_key_unit", subject_id=one.id)


def send_notices(*, lines: Iterable[Line], year: int, month: int, demand: str) -> int:
    """Tell units that are behind, with the figures; once a unit and month.

    :returns: how many were told. :raises Refused: no demand is given.
    """
    if not demand.strip():
        settle([block("S4-11", "demand", "请写明要求。", "E_REQUIRED", source=SOURCE)])
    due = today() + timedelta(days=int(policy_values(REPLY)[REPLY.key]))
    sent = 0
    with transaction() as session:
        known = set(session.scalars(select(LagNotice.unit_id).where(LagNotice.year == year, LagNotice.month == month)))
        for line in lines:
            if line.id in known:
                continue
            figures = {
                "quota": line.quota, "used": line.used, "reserved": line.reserved, "expected": line.expected,
                "colour": line.shade.value, "years": line.years,
            }  # fmt: skip
            made = LagNotice(
                id=uuid7(), unit_id=line.id, year=year, month=month, figures=figures, demand=demand.strip(),
                sent_on=today(), sender=hand(), reply_due=due,
            )  # fmt: skip
            session.add(made)
            session.flush()
            _tell(made, line, due)
            sent += 1
    return sent


def _tell(made: LagNotice, line: Line, due: date) -> None:
    to = [one.account_id for one in holders_at(line.path) if one.depth >= line.depth and one.roles & _TOLD]
    text = f"{made.year}年名额{line.quota}个，截至{made.month}月已发展{line.used}名。{made.demand} 请于{due}前回复。"
    link = {"endpoint": "p_development.lag_notice", "values": {"notice_id": str(made.id)}}
    if to:
        notify(kind=NOTICE, to=to, key=f"{NOTICE}:{made.id}", title="发展党员工作滞后通知", text=text, link=link)
    record(
        kind="development.lag.sent", subject="development_lag_notice", subject_id=made.id, detail={"unit": str(line.id)}
    )


def reply(*, notice_id: UUID, text: str) -> None:
    """Answer a notice. :raises Refused: nothing is said, or it was answered."""
    with transaction() as session:
        one: LagNotice = taken(LagNotice, notice_id)
        said = [] if one.replied_on is None else [block("S4-11", "", "这份通知已经回复。", "E_STATE", source=SOURCE)]
        if not text.strip():
            said.append(block("S4-11", "reply", "请写明原因和下一步安排。", "E_REQUIRED", source=SOURCE))
        settle(said)
        one.reply, one.replied_on, one.replier = text.strip(), today(), hand()
        session.flush()
        record(kind="development.lag.replied", subject="development_lag_notice", subject_id=one.id)


def unit_of(unit_id: UUID) -> Unit:
    """The unit of an entry."""
    with transaction() as session:
        return session.get_one(Unit, (tenant_id(), unit_id))


def lines_of(ids: Iterable[UUID], ranges: Ranges, year: int, as_of: date) -> list[Line]:
    """The lines of some units within the ranges."""
    wanted: Mapping[UUID, Any] = dict.fromkeys(ids)
    return [line for line in board(ranges, year, as_of) if line.id in wanted]


#: Who answers for a unit that is behind.
ANSWERS = PLAN_EDIT
