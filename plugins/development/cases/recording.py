"""Recording what was done: one act at a time, judged by every gate, written with its consequences or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import has_request_context
from sqlalchemy import false, func, or_, select

from core.sdk import (
    Finding,
    Person,
    Refused,
    Unit,
    emit,
    need_at,
    now,
    origin,
    record,
    tenant_id,
    today,
    touch,
    transaction,
    uuid7,
)
from plugins.development import events
from plugins.development.cases import doers, ports, roster
from plugins.development.cases.acts import standing
from plugins.development.cases.around import Around, Place, around, place_of, standing_at
from plugins.development.cases.chain import content_of, link
from plugins.development.cases.folding import about_of, fold
from plugins.development.cases.gates import health, rulings_for, unexplained
from plugins.development.cases.history import History
from plugins.development.cases.projection import project
from plugins.development.cases.reading import Read, read
from plugins.development.cases.saying import Refusal, block, settle, stored
from plugins.development.cases.sealing import seal
from plugins.development.flow import KINDS
from plugins.development.flow.kinds import Kind
from plugins.development.models.case import Act, Case, Helper
from plugins.development.models.locking import locked
from plugins.development.permissions import CORRECT
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import ruleset

SUBJECT = "development.case"
NOTHING: Mapping[str, Any] = {}
#: Days after which something counts as entered late.
_LATE = 30
#: Kinds judged by the year's places.
_PLACES = frozenset({"object_meeting", "prereview"})


class Unknown(LookupError):
    """There is no such case for who asks."""


@dataclass(frozen=True, slots=True)
class Held:
    """A case locked for the present transaction, with its acts and its unit."""

    case: Case
    acts: Sequence[Act]
    unit: Unit

    @property
    def history(self) -> History:
        """What the acts say."""
        return self.history_on(today())

    def history_on(self, day: date) -> History:
        """What the acts say, for an act of that day: somebody who joined later was no member then."""
        member = self.case.person_id is not None and not self.case.approved_on
        return fold(about_of(self.case, member=member and _is_member(self.case.person_id, day)), standing(self.acts))


def _is_member(person_id: UUID | None, day: date) -> bool:
    with transaction() as session:
        found = session.get(Person, (tenant_id(), person_id))
        if found is None or found.standing not in ("formal", "probationary", "suspended"):
            return False
        return found.join_date is None or found.join_date <= day


def hold(case_id: UUID, *, version: int | None = None) -> Held:
    """Lock a case until the transaction ends.

    :param version: what the actor saw. :raises Unknown: there is none. :raises Refused: somebody was faster (E_CONFLICT).
    """
    with transaction() as session:
        case = locked(Case, case_id)
        if case is None:
            raise Unknown(str(case_id))
        if version is not None and case.version != version:
            message = "他人刚刚办理了这件事项，您看到的内容已经不是最新的。"
            raise Refused([block("X1", "", message, "E_CONFLICT", "请看过最新内容后再办理。")])
        acts = session.scalars(select(Act).where(Act.case_id == case_id).order_by(Act.seq)).all()
        if any(one.redacted_on is not None for one in acts):
            message = "这件事项中的个人信息已经清除，不能再登记。"
            raise Refused([block("X1", "", message, "E_STATE")])
        return Held(case, acts, session.get_one(Unit, (tenant_id(), case.unit_id)))


def act(
    *,
    case_id: UUID,
    kind: str,
    act_on: date,
    data: Mapping[str, Any],
    sealed: Mapping[str, Any] = NOTHING,
    reason: str = "",
    overrides: Mapping[str, str] = NOTHING,
    file_ids: Sequence[UUID] = (),
    version: int | None = None,
    unit_id: UUID | None = None,
    history: bool = False,
    sparse: bool = False,
    quietly: bool = False,
) -> UUID:
    """Record an act; gives its id.

    :param act_on: the day it happened, which decides the edition of the rules and the rule values that judge it.
    :param sealed: facts of class P3; they may as well stand in ``data``, the flow knows which they are.
    :param reason: why a flag is passed over, why late; ``overrides`` says so for single rules: rule → reason.
    :param version: of the case as it was seen; somebody who was faster makes this act fail.
    :param unit_id: the organisation that did it, where it is not the usual one.
    :param history: entered long afterwards as it was: what the gates say is kept with the act instead of refusing it.
    :param sparse: taken from an old register that says little more than the day: what a form must say may be missing.
    :param quietly: no event, as for imports and sample data.
    :raises Refused: a field is wrong, a gate stops it (:class:`saying.Refusal`, with the rulings), or no right.
    :raises Unknown: there is no such case.
    """
    known = KINDS.get(kind)
    if known is None:
        raise Refused([block("X0", "kind", "没有这一类办理记录。", "E_FORMAT")])
    with transaction():
        held = hold(case_id, version=version)
        known_place = place, _values = standing_at(held.unit.path)
        facts = read(known, data, sealed)
        doer = _doer(known, held, place, unit_id, facts)
        _may(known, held, place, doer, facts, history=history)
        wrong = [one for one in facts.found if not (sparse and one.code == "E_REQUIRED")] or _targets(
            held, known, facts
        )
        if wrong:
            raise Refused(wrong)
        so_far = held.history_on(act_on)
        coming = ports.Coming(held.case, kind, act_on, facts.data, held.unit.path, so_far)
        _complete(coming, case_id)
        told = ports.before(coming)  # first: the plan locks its places there, and what is counted next stays true
        surroundings = around(
            held.unit.path, room_for=case_id if kind in _PLACES else None, actor=doer.path if doer.id != place.id else None,
            known=known_place,
        )  # fmt: skip
        said = [*rulings_for(so_far, surroundings, kind, act_on, facts.data), *told]
        kept = _kept_history(said) if history else settle(said, reason=reason, overrides=overrides)
        written = Written(
            known, act_on, facts, doer.id, reason, overrides, tuple(file_ids), tuple(kept), surroundings.on(act_on).terms
        )  # fmt: skip
        return put(held, written, surroundings, quietly=quietly, tolerant=history).id


def long_past(on: date, reason: str) -> None:
    """What is entered as it was, past the gates, happened long ago and says why it comes now.

    :raises Refused: it did not; today's acts are judged by every gate.
    """
    found = []
    if (today() - on).days <= _LATE:
        message = f"补录只用于{_LATE}天以前办理的事项；近期的请照常登记，由系统核对。"
        found.append(block("X4", "history", message, "E_RANGE", "请不要选补录。"))
    if not reason.strip():
        found.append(block("X3", "reason", "补录须写明原因。", "E_REQUIRED"))
    if found:
        raise Refused(found)


def _doer(kind: Kind, held: Held, place: Place, unit_id: UUID | None, facts: Read) -> Place:
    """The organisation that does it: the one that is named, else the usual one for the kind."""
    if kind.code == "transfer_in" and facts.data.get("branch", {}).get("id"):
        unit_id = UUID(facts.data["branch"]["id"])
    if kind.code == "cosign" and unit_id is None:
        unit_id = held.case.origin_unit_id
    if unit_id is not None and unit_id != place.id:
        with transaction() as session:
            named = session.get(Unit, (tenant_id(), unit_id))
        above = named is not None and held.unit.path.startswith(named.path)
        if named is None or not (above or kind.code in ("transfer_in", "cosign")):
            message = "办理的党组织应是该支部或它的上级。"
            raise Refused([block("X5", "unit", message, "E_SCOPE", "请由有权办理的党组织登记。")])
        return place_of(named.path)
    return doers.usual(kind, place)


def _may(kind: Kind, held: Held, place: Place, doer: Place, facts: Read, *, history: bool) -> None:
    """X5: nobody acts for units they do not reach. Outside a request (jobs, commands, sample data) the platform acts."""
    if not has_request_context():
        return
    doers.require(kind, place, place if kind.code == "transfer_in" and facts.found else doer)
    if history:
        need_at(CORRECT, held.unit.path, what=held.unit.short_name)


#: Kind → the fact that names the branch which a case goes to.
_TARGETS = {"transfer_out": "to_unit", "transfer_in": "branch", "assignment": "branch"}


def _targets(held: Held, kind: Kind, facts: Read) -> list[Finding]:
    """A case goes to a branch that is in being: another one when it leaves; its own when its person is assigned."""
    name = _TARGETS.get(kind.code)
    wanted = facts.data.get(name or "", {}).get("id") if name else None
    if name is None or not wanted:
        return []
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), UUID(wanted)))
    if unit is None or unit.type != "branch" or unit.state != "active":
        return [block("X5", name, "只能选择正在运行的党支部。", "E_SCOPE", "请重新选择党支部。")]
    if kind.code == "transfer_out" and unit.id == held.case.unit_id:
        return [block("X5", name, "转往的党支部就是现在的党支部。", "E_SCOPE", "请选择其他党支部。")]
    if kind.code == "assignment" and unit.id != held.case.unit_id:
        fix = "编入其他党支部的，请先在党员名册中调整组织关系，事项随之转去。"
        return [block("X5", name, f"该同志由{held.unit.short_name}接收，应编入该支部。", "E_SCOPE", fix)]
    return []


def _complete(coming: ports.Coming, case_id: UUID) -> None:
    """Facts that only the tenant's other cases know: how many open cases a sponsor has."""
    if coming.kind not in ("sponsors", "sponsor_change"):
        return
    people = [one for one in coming.data.get("people") or () if one.get("id")]
    with transaction() as session:
        for one in people:
            one["open_cases"] = session.scalar(
                select(func.count())
                .select_from(Helper)
                .join(Case, (Case.tenant_id == Helper.tenant_id) & (Case.id == Helper.case_id))
                .where(
                    Helper.person_id == UUID(one["id"]), Helper.role == "sponsor", Case.closed_on.is_(None),
                    Case.id != case_id, Case.converted_approved_on.is_(None),
                )
            )  # fmt: skip


def _kept_history(said: Sequence[Ruling]) -> list[Ruling]:
    """Of what is entered afterwards, only what cannot be is refused: days in the future, before birth, after the end."""
    impossible = [
        one for one in said if one.stops and one.rule == "X1" and one.field in ("date", "state") and not one.earliest
    ]
    if impossible:
        raise Refusal(impossible)
    return [one for one in said if one.outcome is not Outcome.WARN]


@dataclass(frozen=True, slots=True)
class Written:
    """An act that passed, before it is a row."""

    kind: Kind
    act_on: date
    facts: Read
    unit_id: UUID
    reason: str
    overrides: Mapping[str, str]
    file_ids: tuple[UUID, ...]
    rulings: tuple[Ruling, ...]
    terms: str
    corrects: UUID | None = None
    voids: bool = False


def put(held: Held, given: Written, surroundings: Around, *, quietly: bool = False, tolerant: bool = False) -> Act:
    """Write an act, the projection, the chain, the audit and the event, and call who hangs in.

    :param tolerant: where the roster refuses somebody, go on without (acts that are entered long afterwards).
    """
    case, who = held.case, origin()
    with transaction() as session:
        made = Act(
            id=uuid7(), case_id=case.id, seq=case.act_count + 1, kind=given.kind.code, step=_step(given), act_on=given.act_on,
            unit_id=given.unit_id, data=given.facts.data, actor_id=who.actor_id, actor_name=who.actor, recorded_at=now(),
            corrects_id=given.corrects, voids=given.voids, reason=given.reason.strip()[:2000],
            overrides=[{"rule": rule, "reason": why} for rule, why in sorted(given.overrides.items()) if why.strip()],
            rulings=[stored(one) for one in given.rulings], ruleset=ruleset(given.act_on).code, terms=given.terms,
            file_ids=list(given.file_ids), prev_hash=bytes(case.chain_head or b""),
        )  # fmt: skip
        made.sealed = seal(given.facts.sealed, Act, "sealed", made.id)
        made.content = content_of(made, _nonempty(given.facts.sealed))
        made.hash = link(case.id, made.seq, made.prev_hash, made.content)
        session.add(made)
        case.chain_head, case.act_count, case.rules = made.hash, made.seq, made.ruleset
        history, ended = fold(about_of(case), standing([*held.acts, made])), case.closed_on is not None
        if ended and history.ended is None:
            _refuse_double(case)
        project(case, history, surroundings.on(surroundings.as_of).switches)
        case.found_rules = [] if case.closed_on else unexplained(health(history, surroundings))
        session.flush()
        touch(SUBJECT, case.id)
        _tell(case, made, held.unit.path, quietly=quietly)
        before = fold(about_of(case), standing(held.acts)) if made.corrects_id is not None else None
        roster.effect(case, made, history, before=before, tolerant=tolerant)
        ports.after(case, made, history)
        session.flush()
    return made


def _refuse_double(case: Case) -> None:
    """A case that would go on again is the only open one of its person. :raises Refused: another was opened meanwhile."""
    with transaction() as session, session.no_autoflush:
        same = or_(
            Case.id_no_index == case.id_no_index if case.id_no_index is not None else false(),
            Case.person_id == case.person_id if case.person_id is not None else false(),
        )
        other = select(Unit.short_name).join(Case, (Case.tenant_id == Unit.tenant_id) & (Case.unit_id == Unit.id))
        found = session.scalar(other.where(same, Case.id != case.id, Case.closed_on.is_(None)).limit(1))
    if found is not None:
        message = f"该同志已另有一件正在办理的发展党员事项（{found}），这一件不能恢复。"
        raise Refused([block("X1", "", message, "E_DUP", "请在正在办理的事项中继续。")])


def _nonempty(sealed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sealed.items() if value not in (None, "", [], {})}


def _step(given: Written) -> int:
    about = given.facts.data.get("about")
    if given.kind.code == "cosign" and str(about).isdigit():
        return int(str(about))
    stages = {"review": 12, "conversion": 23}
    return (
        stages.get(str(given.facts.data.get("stage")), given.kind.step)
        if given.kind.code == "poll_result"
        else given.kind.step
    )


def _tell(case: Case, made: Act, path: str, *, quietly: bool) -> None:
    kind = (
        "development.act.voided"
        if made.voids
        else "development.act.corrected"
        if made.corrects_id
        else "development.act.recorded"
    )
    detail = {"case": str(case.id), "act": made.kind, "step": made.step, "on": made.act_on.isoformat(), "seq": made.seq}
    if made.overrides or made.rulings:
        detail["rules"] = sorted({str(one["rule"]) for one in made.rulings})
    record(kind=kind, subject="development_case", subject_id=case.id, detail=detail)
    if quietly:
        return
    data = {"unit": case.unit_id, "act": made.kind, "step": made.step, "on": made.act_on}
    emit(events.RECORDED, subject="development_case", subject_id=case.id, unit_path=path, data=data, as_of=today())
