"""A visit is recorded, what it found is followed up, and a record is put right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import (
    Finding,
    Person,
    Refused,
    Unit,
    emit,
    holders_at,
    origin,
    record,
    tenant_id,
    today,
    touch,
    transaction,
)
from plugins.care import events
from plugins.care.actions.cases import Unknown, current, locked, may_become, step
from plugins.care.findings import block, findings, settle
from plugins.care.models import Case, FollowUp, Visit, Visitor
from plugins.care.policy import numbers
from plugins.care.rules import visits as rules
from plugins.care.rules.visits import Kind, State
from plugins.care.sealing import seal
from plugins.care.words import CHANNELS, NOT_SENT, OFFICERS

_MOST_GIFT = 100_000_00


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something the member needs: who sees to it, and until when."""

    text: str
    owner_id: UUID | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A visit as it is told of.

    :param visitors: accounts that went, chosen from those at the unit or above.
    :param others: names of further people who went; ``relatives`` says which of all of them are the member's relatives.
    :param gift_fen: comfort money in fen.
    :param token: sent with the form: the same form sent twice over a slow network makes one visit.
    """

    made_on: date
    visitors: Sequence[UUID] = ()
    others: Sequence[str] = ()
    relatives: Sequence[str] = ()
    channel: str = "home"
    content: str = ""
    promise: str = ""
    needs: Sequence[Need] = ()
    refused: bool = False
    note: str = ""
    gift_fen: int = 0
    goods: str = ""
    photo_consent: bool = False
    token: UUID | None = None


def visit_case(*, case_id: UUID, given: Given, reason: str = "", version: int | None = None) -> UUID:
    """Record a visit for an occasion; gives the visit's id.

    :param reason: why a warning is passed over (too few went, recorded late); kept with the visit.
    :raises Refused: what the rules say (R6.01 to R6.03).
    """
    with transaction():
        sent = _sent(given.token)
        if sent is not None:
            return sent
        case, unit = locked(case_id)
        state = State(case.state)
        to = state if state in (State.VISITED, State.FOLLOWING) else State.VISITED
        found = current(case, version)
        if state not in (State.VISITED, State.FOLLOWING):
            found += may_become(case, to)
        made = _make(case.person_id, unit, given, found, reason, case)
        case.first_visit_on = min(case.first_visit_on or given.made_on, given.made_on)
        case.state = State.FOLLOWING if given.needs else to
        step(case, "visited", reason or given.note)
        touch("care.case", case.id)
        return made


def visit_member(*, person_id: UUID, given: Given, reason: str = "") -> UUID:
    """Record a visit of one's own accord; gives its id."""
    with transaction() as session:
        sent = _sent(given.token)
        if sent is not None:
            return sent
        person = session.get(Person, (tenant_id(), person_id))
        if person is None or person.unit_id is None:
            raise Unknown(str(person_id))
        unit = session.get_one(Unit, (tenant_id(), person.unit_id))
        return _make(person_id, unit, given, [], reason, None)


def _sent(token: UUID | None) -> UUID | None:
    if token is None:
        return None
    with transaction() as session:
        return session.scalar(select(Visit.id).where(Visit.token == token, Visit.recorded_by == origin().actor_id))


def _make(person_id: UUID, unit: Unit, given: Given, found: list[Finding], reason: str, case: Case | None) -> UUID:
    day, who, made = today(), origin(), uuid4()
    went, said = _visitors(unit, given)
    owners = _owners(unit, given)
    found += said
    found += _rulings(unit, given, went, owners, case, day)
    settle(found, reason)
    with transaction() as session:
        session.add(
            Visit(
                id=made, case_id=case.id if case else None, person_id=person_id, unit_id=unit.id, made_on=given.made_on,
                recorded_on=day, recorded_by=who.actor_id, recorder=who.actor, channel=given.channel,
                refused=given.refused, gift_fen=given.gift_fen, goods=given.goods.strip() or None,
                photo_consent=given.photo_consent, token=given.token,
                content_cipher=seal(given.content, Visit, "content_cipher", made),
                promise_cipher=seal(given.promise, Visit, "promise_cipher", made),
                note_cipher=seal(f"{given.note}\n{reason}".strip(), Visit, "note_cipher", made),
            )
        )  # fmt: skip
        session.flush()
        session.add_all(Visitor(visit_id=made, **one) for one in went)
        for need, owner in zip(given.needs, owners, strict=True):
            _add_need(made, person_id, unit, need, owner or "", case)
        session.flush()
        record(kind="care.visit.made", subject="care_visit", subject_id=made, detail={"unit": str(unit.id)})
        data = {"unit": unit.id, "made_on": given.made_on}
        emit(events.VISITED, subject="care_visit", subject_id=made, unit_path=unit.path, data=data)
    return made


def _visitors(unit: Unit, given: Given) -> tuple[list[dict[str, Any]], list[Finding]]:
    able = {one.account_id: one for one in holders_at(unit.path) if one.roles - NOT_SENT}
    unknown = [one for one in given.visitors if one not in able]
    went: list[dict[str, Any]] = [
        {
            "account_id": one, "name": able[one].name, "officer": bool(able[one].roles & OFFICERS),
            "relative": able[one].name in given.relatives,
        }
        for one in dict.fromkeys(given.visitors) if one in able
    ]  # fmt: skip
    went += [
        {"account_id": None, "name": name.strip(), "officer": False, "relative": name in given.relatives}
        for name in given.others if name.strip()
    ]  # fmt: skip
    if not unknown:
        return went, []
    message = "有的走访人不在本支部或上级任职。"
    return went, [block("R6.02", "visitors", message, "E_SCOPE", "请从列表中选择，其他同行的人写在“其他走访人”。")]


def _owners(unit: Unit, given: Given) -> list[str | None]:
    able = {one.account_id: one.name for one in holders_at(unit.path) if one.roles - NOT_SENT} if given.needs else {}
    return [able.get(one.owner_id) if one.owner_id else None for one in given.needs]


def _rulings(
    unit: Unit, given: Given, went: Sequence[dict[str, Any]], owners: Sequence[str | None], case: Case | None, day: date
) -> list[Finding]:
    told = rules.Visit(
        made=given.made_on,
        recorded=day,
        visitors=[rules.Visitor(one["name"], officer=one["officer"], relative=one["relative"]) for one in went],
        channel=given.channel,
        refused=given.refused,
        note=given.note,
        needs=[
            owner is not None and need.due_on is not None and bool(need.text.strip())
            for need, owner in zip(given.needs, owners, strict=True)
        ],
    )
    kind, sub_kind = (Kind(case.kind), case.sub_kind) if case else (None, "")
    found = findings(rules.visit_rulings(kind, sub_kind, told, numbers(as_of=day, unit_path=unit.path).terms))
    if given.channel not in CHANNELS:
        found.append(block("R6.01", "channel", "请选择走访方式。", "E_REQUIRED"))
    if not given.content.strip() and not given.refused:
        found.append(block("R6.03", "content", "请写几句走访的情况。", "E_REQUIRED"))
    if not 0 <= given.gift_fen <= _MOST_GIFT:
        found.append(block("R6.03", "gift", "慰问金须在0到10万元之间。", "E_RANGE", "请核对金额。"))
    if any(need.due_on and need.due_on < day for need in given.needs):
        found.append(block("R6.03", "needs", "办理期限已过。", "E_RANGE", "请填今天或以后的日期。"))
    if case is not None and case.confirmed_on and given.made_on < case.occurred_on:
        found.append(block("R6.03", "made_on", "走访日期早于事项发生的日期。", "E_RANGE", "请核对日期。"))
    return found


def _add_need(visit: UUID, person_id: UUID, unit: Unit, need: Need, owner: str, case: Case | None) -> None:
    made = uuid4()
    with transaction() as session:
        session.add(
            FollowUp(
                id=made, visit_id=visit, case_id=case.id if case else None, person_id=person_id, unit_id=unit.id,
                owner_id=need.owner_id, owner=owner, due_on=need.due_on,
                need_cipher=seal(need.text, FollowUp, "need_cipher", made),
            )
        )  # fmt: skip
        session.flush()
        touch("care.follow_up", made)


def end_follow_up(
    *,
    follow_up_id: UUID,
    result: str,
    satisfaction: int | None = None,
    dropped: bool = False,
    version: int | None = None,
) -> None:
    """Say what came of a need, or why it is given up.

    :raises Refused: it is ended, nothing is said, or the mark is none of 1 to 5.
    """
    with transaction() as session:
        one = session.get(FollowUp, (tenant_id(), follow_up_id), with_for_update=True)
        if one is None:
            raise Unknown(str(follow_up_id))
        found = []
        if one.state != "open" or (version is not None and version != one.version):
            found.append(block("R6.03", "state", "这项跟进已经办结，或刚刚有人办理。", "E_STATE", "请刷新后查看。"))
        if not result.strip():
            found.append(block("R6.03", "result", "请写明办理结果，或终止的原因。", "E_REQUIRED"))
        if satisfaction is not None and not 1 <= satisfaction <= 5:
            found.append(block("R6.03", "satisfaction", "满意度为1到5分。", "E_RANGE"))
        if found:
            raise Refused(found)
        one.state, one.ended_on = "dropped" if dropped else "done", today()
        one.satisfaction = None if dropped else satisfaction
        one.result_cipher = seal(result, FollowUp, "result_cipher", one.id)
        unit = session.get_one(Unit, (tenant_id(), one.unit_id))
        session.flush()
        touch("care.follow_up", one.id)
        record(kind="care.follow_up.ended", subject="care_follow_up", subject_id=one.id, detail={"dropped": dropped})
        emit(events.FOLLOWED, subject="care_follow_up", subject_id=one.id, unit_path=unit.path, data={"unit": unit.id})
        if one.case_id is not None:
            step(session.get_one(Case, (tenant_id(), one.case_id)), "dropped" if dropped else "followed")


def correct(*, visit_id: UUID, content: str, reason: str) -> None:
    """Put the record of a visit right; why is kept in the occasion's history. :raises Refused: without text or reason."""
    with transaction() as session:
        visit = session.get(Visit, (tenant_id(), visit_id), with_for_update=True)
        if visit is None:
            raise Unknown(str(visit_id))
        found = [
            block("R6.03", field, message, "E_REQUIRED")
            for field, text, message in (
                ("content", content, "请写几句走访的情况。"),
                ("reason", reason, "请写明更正的原因。"),
            )
            if not text.strip()
        ]
        if found:
            raise Refused(found)
        visit.content_cipher = seal(content, Visit, "content_cipher", visit.id)
        record(kind="care.visit.corrected", subject="care_visit", subject_id=visit.id)
        if visit.case_id is not None:
            step(session.get_one(Case, (tenant_id(), visit.case_id)), "corrected", reason)
