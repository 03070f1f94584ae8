"""A consolation round: drawn from the roster and the register, priced, approved, handed out, closed (R6.04)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Finding, Person, Refused, Severity, record, tenant_id, today, transaction, uuid7
from core.sdk.notices import touch
from plugins.care.findings import block, settle
from plugins.care.people import ACTIVE, Hand, Ranges, member, taken, unit
from plugins.care.rounds.models import Round, RoundEntry
from plugins.care.rounds.sources import candidates
from plugins.care.rules.rounds import FESTIVALS, Criteria, Grade, Member, listed, missing, window

STATES = {"draft": "编制中", "submitted": "待批准", "approved": "已批准，发放中", "closed": "已结束"}
ENTRY_STATES = {
    "listed": "待发放",
    "received": "已签收",
    "died": "已去世",
    "refused": "本人谢绝",
    "away": "本人不在，未能发放",
    "removed": "已移出",
}
CLASSES = {
    "A": "特别困难",
    "B": "困难",
    "C": "一般困难",
    "pre_1949": "建国前入党",
    "seriously_ill": "重病",
    "policy": "按规定增加",
}
SOURCES = {"dues": "党费", "fiscal": "财政", "fund": "互助基金", "other": "其他"}


def criteria_of(stored: Mapping[str, Any]) -> Criteria:
    """The criteria as the rules take them."""
    return Criteria(
        frozenset(Grade(one) for one in stored.get("grades", ())),
        bool(stored.get("pre_1949")),
        bool(stored.get("seriously_ill")),
    )


def classes_of(one: Member, criteria: Criteria) -> list[str]:
    """The classes under which somebody is listed, for the amounts."""
    from plugins.care.rules.rounds import FOUNDING

    found = [one.grade.value] if one.grade is not None and one.grade in criteria.grades else []
    if criteria.pre_1949 and one.join is not None and one.join < FOUNDING:
        found.append("pre_1949")
    if criteria.seriously_ill and one.seriously_ill:
        found.append("seriously_ill")
    return found


def amount_of(classes: Sequence[str], amounts: Mapping[str, int]) -> int:
    """Somebody of several classes is given the largest of their amounts, once."""
    return max((amounts.get(one, 0) for one in classes), default=0)


def days_of(festival: str, year: int) -> tuple[date, date] | None:
    """The days a festival's round usually has; ``None`` where they are chosen by hand."""
    from holidays import country_holidays

    try:
        if festival != "spring":
            return window(festival, year)
        days = country_holidays("CN", years=year, language="zh_CN", categories=("public",))
        first = next((day for day, name in sorted(days.items()) if day.year == year and "春节" in name), None)
        return window(festival, year, _first_day(first, days)) if first else None
    except ValueError:
        return None


def _first_day(first: date, days: Mapping[date, str]) -> date:
    """Lunar New Year's Day, where the eve is a holiday as well (since 2025, and before 2014)."""
    return next(
        (day for day, name in sorted(days.items()) if day.year == first.year and name.startswith("春节")), first
    )


def open_round(
    *, unit_id: UUID, festival: str, year: int, opens_on: date | None, closes_on: date | None, criteria: Mapping[str, Any],
    amounts: Mapping[str, int], source: str, by: Hand,
) -> UUID:  # fmt: skip
    """Begin a round with its list drawn from the roster.

    :param opens_on: and ``closes_on``: by default the days that the festival's round usually has.
    :raises Refused: there is one already, or its days are wrong or not known.
    """
    usual = days_of(festival, year)
    opens_on, closes_on = opens_on or (usual and usual[0]), closes_on or (usual and usual[1])
    with transaction() as session:
        found = []
        if opens_on is None or closes_on is None:
            message = f"{FESTIVALS[festival]}慰问的开始和结束日期没有规定。"
            raise Refused([block("R6.04", "opens_on", message, "E_REQUIRED", "请填写开始日期和结束日期。")])
        if opens_on > closes_on:
            found.append(block("R6.04", "closes_on", "结束日期不能早于开始日期。", "E_RANGE"))
        same = select(Round.id).where(Round.unit_id == unit_id, Round.festival == festival, Round.year == year)
        if session.scalar(same.limit(1)) is not None:
            found.append(block("R6.04", "festival", f"{year}年{FESTIVALS[festival]}慰问已经建立。", "E_DUP"))
        settle(found)
        made = Round(
            id=uuid7(), unit_id=unit_id, festival=festival, year=year, title=f"{year}年{FESTIVALS[festival]}走访慰问",
            opens_on=opens_on, closes_on=closes_on, criteria=dict(criteria), amounts=dict(amounts), source=source,
            submitted_by=by.account,
        )  # fmt: skip
        session.add(made)
        session.flush()
        draw(made)
        _told(made, "opened")
        return made.id


def _told(one: Round, kind: str, /, **detail: Any) -> None:
    with transaction() as session:
        session.flush()
        touch("care.round", one.id)
        record(kind=f"care.round.{kind}", subject="care_round", subject_id=one.id, detail=detail)


def draw(one: Round) -> int:
    """Put everybody on the list who belongs there and is not on it. :returns: how many came."""
    with transaction() as session:
        place = unit(one.unit_id)
        people = candidates((place.path, place.path_end), as_of=today())
        there = set(session.scalars(select(RoundEntry.person_id).where(RoundEntry.round_id == one.id)))
        criteria, came = criteria_of(one.criteria), 0
        for who, _why in listed((known.member for known in people.values()), criteria):
            if UUID(who.person) in there:
                continue
            classes = classes_of(who, criteria)
            home = people[who.person].unit_id
            session.add(
                RoundEntry(
                    id=uuid4(), round_id=one.id, person_id=UUID(who.person), unit_id=home, classes=classes,
                    amount_fen=amount_of(classes, one.amounts),
                )
            )  # fmt: skip
            came += 1
        return came


def absent(one: Round) -> list[tuple[str, list[str]]]:
    """Who should stand on the list and does not: (name, why), for the warning of R6.04."""
    with transaction() as session:
        place = unit(one.unit_id)
        people = candidates((place.path, place.path_end), as_of=today())
        there = session.scalars(
            select(RoundEntry.person_id).where(RoundEntry.round_id == one.id, RoundEntry.state != "removed")
        )
        criteria = criteria_of(one.criteria)
        gone = missing([known.member for known in people.values()], [str(person) for person in there], criteria)
        return [(people[who.person].name, classes_of(who, criteria)) for who in gone]


def _state(one: Round, *allowed: str) -> list[Finding]:
    if one.state in allowed:
        return []
    return [block("R6.04", "", f"这次慰问{STATES[one.state]}，不能再这样改。", "E_STATE")]


def redraw(*, round_id: UUID) -> int:
    """Draw again: new members come, nobody goes. :raises Refused: the list is decided."""
    with transaction():
        one: Round = taken(Round, round_id)
        settle(_state(one, "draft"))
        came = draw(one)
        _told(one, "drawn", came=came)
        return came


def add(*, round_id: UUID, person_id: UUID, amount: int, remark: str, ranges: Ranges | None = None) -> UUID:
    """Put somebody on the list by hand, saying why. :raises Refused: they are on it, or don't belong to the unit."""
    with transaction() as session:
        one: Round = taken(Round, round_id)
        person, place = member(person_id, ranges)
        home = unit(one.unit_id)
        found = _state(one, "draft")
        if person.standing not in ACTIVE or not home.path <= place.path < home.path_end:
            found.append(block("R6.04", "person", "只能增加本单位在册的党员。", "E_SCOPE"))
        if not remark.strip():
            found.append(block("R6.04", "remark", "请写明增加的理由。", "E_REQUIRED"))
        settle(found)
        held: RoundEntry | None = session.scalar(
            select(RoundEntry).where(RoundEntry.round_id == one.id, RoundEntry.person_id == person.id)
        )
        if held is not None and held.state != "removed":
            settle([block("R6.04", "person", f"{person.name}已经在名单上。", "E_DUP")])
        if held is None:
            held = RoundEntry(
                id=uuid4(), round_id=one.id, person_id=person.id, unit_id=place.id, classes=["policy"], amount_fen=0
            )
            session.add(held)
        held.state, held.remark = "listed", remark.strip()
        held.amount_fen = amount or one.amounts.get("policy", 0)
        _told(one, "changed", added=1)
        return held.id


def price(*, entry_id: UUID, amount: int, goods: str = "") -> None:
    """Set one person's amount and goods."""
    with transaction():
        entry: RoundEntry = taken(RoundEntry, entry_id)
        one: Round = taken(Round, entry.round_id)
        settle(_state(one, "draft"))
        entry.amount_fen, entry.goods = amount, goods.strip() or None
        _told(one, "changed", priced=1)


def remove(*, entry_id: UUID, remark: str) -> None:
    """Take somebody off the list, saying why."""
    with transaction():
        entry: RoundEntry = taken(RoundEntry, entry_id)
        one: Round = taken(Round, entry.round_id)
        found = _state(one, "draft")
        if not remark.strip():
            found.append(block("R6.04", "remark", "请写明移出的理由。", "E_REQUIRED"))
        settle(found)
        entry.state, entry.remark = "removed", remark.strip()
        _told(one, "changed", removed=1)


def submit(*, round_id: UUID, reason: str, by: Hand, version: int | None = None) -> None:
    """Hand the list in. :raises Refused: it is empty; somebody is missing and no reason is given (R6.04)."""
    with transaction() as session:
        one: Round = taken(Round, round_id, version=version)
        found = _state(one, "draft")
        if (
            session.scalar(
                select(RoundEntry.id).where(RoundEntry.round_id == one.id, RoundEntry.state == "listed").limit(1)
            )
            is None
        ):
            found.append(block("R6.04", "", "名单上还没有人。", "E_REQUIRED"))
        gone = absent(one)
        if gone:
            names = "、".join(name for name, _ in gone[:20])
            message = f"按条件应慰问而不在名单上：{names}。"
            found.append(
                Finding("R6.04", Severity.WARN, "reason", message, "请补上，或写明理由。", "每年两次慰问（S4-55）")
            )
        settle(found, reason)
        one.state, one.submitted_by, one.submitter = "submitted", by.account, by.name
        one.reason = reason.strip() or None
        _told(one, "submitted", missing=len(gone))


def decide(*, round_id: UUID, agree: bool, reason: str, by: Hand, version: int | None = None) -> None:
    """Approve the list, or send it back. :raises Refused: by who submitted it."""
    with transaction():
        one: Round = taken(Round, round_id, version=version)
        found = _state(one, "submitted")
        if (one.submitted_by is not None and one.submitted_by == by.account) or one.submitter == by.name:
            found.append(block("R6.04", "", "提交人不能批准自己提交的名单。", "E_CONFLICT", "请由其他同志批准。"))
        if not agree and not reason.strip():
            found.append(block("R6.04", "reason", "请写明退回的理由。", "E_REQUIRED"))
        settle(found)
        one.state = "approved" if agree else "draft"
        one.decider, one.decided_on = by.name, today()
        one.reason = reason.strip() or one.reason
        _told(one, "approved" if agree else "returned")


def hand_over(*, entry_id: UUID, state: str, received_by: str, on: date, visitor: str, remark: str) -> None:
    """Note what came of one line: signed for, or why not. Somebody who died meanwhile is told apart.

    :raises Refused: the round is not approved, or who signed or why not is missing.
    """
    with transaction() as session:
        entry: RoundEntry = taken(RoundEntry, entry_id)
        one: Round = taken(Round, entry.round_id)
        found = _state(one, "approved")
        standing = session.get_one(Person, (tenant_id(), entry.person_id)).standing
        if state == "received" and not received_by.strip():
            found.append(block("R6.04", "received_by", "请填写签收人。", "E_REQUIRED"))
        if state in ("refused", "away") and not remark.strip():
            found.append(block("R6.04", "remark", "请写明未发放的原因。", "E_REQUIRED"))
        if state == "received" and standing == "died" and not remark.strip():
            found.append(block("R6.04", "remark", "名册上该党员已去世。", "E_STATE", "由家属代领的，请写明。"))
        if on > today():
            found.append(block("R6.04", "on", "签收日期不能晚于今天。", "E_RANGE"))
        settle(found)
        entry.state, entry.visitor, entry.remark = state, visitor.strip() or None, remark.strip() or None
        entry.received_by = received_by.strip() or None if state == "received" else None
        entry.received_on = on if state == "received" else None
        _told(one, "handed", state=state)


def close(*, round_id: UUID, by: Hand, version: int | None = None) -> None:
    """End a round. :raises Refused: somebody on the list is still to be visited."""
    with transaction() as session:
        one: Round = taken(Round, round_id, version=version)
        found = _state(one, "approved")
        _mark_dead(one)
        session.flush()
        left = session.scalars(
            select(Person.name).join(RoundEntry, (Person.tenant_id == RoundEntry.tenant_id) & (Person.id == RoundEntry.person_id))
            .where(RoundEntry.round_id == one.id, RoundEntry.state == "listed").limit(20)
        ).all()  # fmt: skip
        if left:
            message = f"还有{'、'.join(left)}没有登记结果。"
            found.append(block("R6.04", "", message, "E_STATE", "请登记签收，或写明未发放的原因。"))
        settle(found)
        one.state, one.closed_on = "closed", today()
        _told(one, "closed", by=by.name)


def _mark_dead(one: Round) -> int:
    with transaction() as session:
        found = session.scalars(
            select(RoundEntry).join(Person, (Person.tenant_id == RoundEntry.tenant_id) & (Person.id == RoundEntry.person_id))
            .where(RoundEntry.round_id == one.id, RoundEntry.state == "listed", Person.standing == "died")
        ).all()  # fmt: skip
        for entry in found:
            entry.state, entry.remark = "died", "慰问期间去世"
        return len(found)
