"""Changes of membership 党籍: only an approved document moves it, and a death needs its date and source (02-roster 2.2)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.access.actor import Range
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import transaction
from core.database.single import one_flush
from core.events.actions import emit
from core.organization.actions.posts import close_posts_of
from core.organization.barred import barred
from core.organization.models import Unit
from core.people import events
from core.people.actions import checking, writing
from core.people.actions.members import clear_values, held
from core.people.actions.placing import close_stay, unit_name
from core.people.models import MembershipSpell, Person, Placement
from core.people.policy import policy
from core.people.rules import (
    Death,
    Document,
    RosterPolicy,
    Suspension,
    check_member,
    may_change_state,
)
from core.people.rules.wording import block, shown
from core.policy.findings import Finding, refuse_blocked
from core.policy.keeping import keep
from core.policy.objections import MemberChange, objections
from core.policy.used import collecting
from core.tenancy.keys import keyring

declare_kind("people.standing.changed", "党籍变动", keep=True)

#: States in which a spell is over, and the stay in a branch with it.
_GONE: Final = frozenset({"removed", "died", "transferred_out"})
#: What a reason that begins a spell says of the stay.
_CAUSES: Final = {"readmitted": "admitted", "transferred_in": "moved", "whole_unit_in": "moved"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A change of membership as it was decided.

    :param to: the state it leads to; :param reason: why, as a code of ``end_reason`` or ``start_reason``, or ``confirmed``.
    :param on: the day it takes effect; by default that of the document or of the death.
    :param unit: the branch of somebody who comes back, if not the former one.
    """

    to: str
    reason: str
    document: Document | None = None
    death: Death | None = None
    suspension: Suspension | None = None
    on: date | None = None
    unit: UUID | None = None

    @property
    def day(self) -> date | None:
        """The day it takes effect, if anything says so."""
        if self.on is not None:
            return self.on
        if self.death is not None:
            return self.death.died_on
        return self.document.decided_on if self.document is not None else None


def change_standing(
    *,
    person: UUID,
    version: int,
    decision: Decision,
    ranges: tuple[Range, ...],
    reason: str | None = None,
    as_of: date | None = None,
) -> tuple[Finding, ...]:
    """Do what a decision says: confirm, suspend, restore, remove, readmit, record a death, a leaving or a coming back.

    :raises Refused: with every rule it breaks. :raises Stale: somebody was faster. :raises Unknown: nobody.
    """
    today = as_of or clock.today()
    with transaction() as session, collecting() as book:
        numbers = policy(as_of=today)
        person_, path = held(person, ranges, version=version)
        spell = _last_spell(person)
        findings = [
            *_state_rule(person_, decision, spell, today, numbers),
            *_day_rule(decision, spell, today),
        ]
        if not any(finding.blocks for finding in findings):
            findings += _record_rule(person_, decision, today, numbers, reason)
            findings += _branch_rule(person_, decision, ranges, today)
            findings += _punishing_rule(person_, decision, today)
        said = {"standing": (person_.standing, decision.to), "on": (None, decision.day)}
        findings += objections(MemberChange("standing", person, person_.unit_id, said))
        found = refuse_blocked(findings, reason=reason)
        before = person_.standing
        with session.no_autoflush:  # one change of the record, one version more
            _apply(person_, decision, spell)
            person_.updated_at = clock.now()
        session.flush()
        _note(person_, before, decision, reason)
        keep(
            decision="people.standing.changed",
            subject="person",
            subject_id=person,
            book=book,
            as_of=today,
            families=("constitution", "member.education", "member.development"),
        )
        told = {"from": before, "to": decision.to, "on": decision.day, "unit": person_.unit_id}
        emit(
            events.of_standing(decision.to, decision.reason),
            subject="person",
            subject_id=person,
            unit_path=path,
            data=told,
            as_of=today,
        )
    return found


def _last_spell(person: UUID) -> MembershipSpell | None:
    return writing.session().scalar(
        select(MembershipSpell)
        .where(MembershipSpell.person_id == person)
        .order_by(MembershipSpell.ended_on.desc().nulls_first(), MembershipSpell.started_on.desc())
        .limit(1)
    )


def _state_rule(
    person: Person, decision: Decision, spell: MembershipSpell | None, today: date, numbers: RosterPolicy
) -> list[Finding]:
    return [
        *may_change_state(
            current=person.standing,
            to=decision.to,
            reason=decision.reason,
            as_of=today,
            document=decision.document,
            death=decision.death,
            suspension=decision.suspension,
            ended=(spell.end_reason, spell.ended_on) if spell and spell.end_reason and spell.ended_on else None,
            policy=numbers,
        )
    ]


def _day_rule(decision: Decision, spell: MembershipSpell | None, today: date) -> list[Finding]:
    day = decision.day
    if day is None:
        return []
    if day > today:
        return [block("2.2", "on", f"生效日期{shown(day)}还没有到，应不晚于{shown(today)}", code="E_RANGE")]
    if spell is not None:
        earliest = spell.ended_on or spell.started_on
        if day < earliest:
            sentence = f"生效日期{shown(day)}早于上一次党籍变动{shown(earliest)}"
            return [block("2.2", "on", sentence, code="E_RANGE")]
    return []


def _record_rule(
    person: Person, decision: Decision, today: date, numbers: RosterPolicy, reason: str | None
) -> list[Finding]:
    """R2.05, R2.06: the dates of the record as they will be, for those who become formal or are readmitted."""
    if decision.reason not in ("confirmed", "readmitted"):
        return []
    values = clear_values(person, keyring())
    if decision.reason == "confirmed":
        values |= {"person_type": "01", "regular_date": decision.day}
    else:
        values |= {"person_type": "02", "join_date": decision.day, "regular_date": None}
    record = checking.record_of(values, {}, approval="先前已批准" if person.id_kind == "none" else None)
    found = check_member(record, as_of=today, policy=numbers, reason=reason or person.mismatch_reason)
    return [finding for finding in found if finding.rule in ("R2.05", "R2.06", "R2.07")]


def _branch_rule(person: Person, decision: Decision, ranges: tuple[Range, ...], today: date) -> list[Finding]:
    """R2.14: whoever counts again is placed in a branch that is in being."""
    if decision.to not in ("formal", "probationary"):
        return []
    unit = decision.unit or person.unit_id
    if unit is None:
        return [block("R2.14", "unit", "请选择编入的党支部", code="E_REQUIRED")]
    target = checking.look(unit=unit, group=None, number=None, phone=None, person=person.id, as_of=today).units.get(
        unit
    )
    if target is None or (unit != person.unit_id and not any(start <= target.path < end for start, end in ranges)):
        return [block("R2.14", "unit", "找不到所选的党支部。请重新选择", code="E_SCOPE")]
    found = [*checking.placeable(target)]
    if decision.reason == "readmitted":
        found += barred("admit", name=target.name, subtype=target.subtype, path=target.path, as_of=today)
    return found


def _punishing_rule(person: Person, decision: Decision, today: date) -> list[Finding]:
    """R1.13: a temporary branch deals with nobody; the branch that keeps the membership does."""
    if decision.to != "removed" or person.unit_id is None:
        return []
    unit = (
        writing.session().execute(select(Unit.name, Unit.subtype, Unit.path).where(Unit.id == person.unit_id)).first()
    )
    return [*barred("punish", name=unit[0], subtype=unit[1], path=unit[2], as_of=today)] if unit else []


def _apply(person: Person, decision: Decision, spell: MembershipSpell | None) -> None:
    day = decision.day
    if day is None:
        raise ValueError("a decision without a day passed its rules")
    papers = _papers(decision)
    before, person.standing = person.standing, decision.to
    if decision.reason == "confirmed":
        person.regular_date = day
        return
    if decision.to in _GONE or decision.to == "suspended":
        if spell is not None and spell.ended_on is None:
            spell.ended_on, spell.end_reason = day, decision.reason
            for name, value in papers.items():
                setattr(spell, name, value)
        close_posts_of(person_id=person.id, on=day)  # an officer who is no member (any more) holds no post
        if decision.to in _GONE:
            close_stay(person.id, day)
        return
    if decision.reason == "readmitted":
        person.join_date, person.regular_date = day, None
    continued = spell.id if spell is not None and before == "suspended" else None
    writing.write_spell(person.id, started_on=day, start_reason=decision.reason, continues_id=continued, **papers)
    _settle(person, decision, day)


def _papers(decision: Decision) -> dict[str, Any]:
    if decision.document is not None:
        paper = decision.document
        return {"doc_no": paper.number, "doc_organ": paper.organ, "doc_date": paper.decided_on}
    if decision.death is not None:
        return {"doc_organ": decision.death.source, "doc_date": decision.death.died_on}
    return {}


def _settle(person: Person, decision: Decision, day: date) -> None:
    """Begin a stay for somebody who comes back, unless the former one never ended."""
    unit = decision.unit or person.unit_id
    open_stay = writing.session().scalar(
        select(Placement.id).where(Placement.person_id == person.id, Placement.valid_to.is_(None))
    )
    if unit is None or (open_stay is not None and unit == person.unit_id):
        return
    close_stay(person.id, day)
    if unit != person.unit_id:
        person.unit_id, person.group_id = unit, None
    cause = _CAUSES.get(decision.reason, "restored")
    writing.write_placement(person.id, unit=unit, group=person.group_id, valid_from=day, cause=cause)


def _note(person: Person, before: str, decision: Decision, reason: str | None) -> None:
    said = "；".join(text for text in (_paper_text(decision), reason) if text)
    changes: dict[str, tuple[Any, Any]] = {"membership_state": (before, decision.to)}
    if decision.reason == "confirmed":
        changes["regular_date"] = (None, person.regular_date)
    if decision.unit is not None:
        changes["unit"] = (None, unit_name(person.unit_id))
    with one_flush():
        writing.log(person.id, changes, reason=said or None)
        audit(
            kind="people.standing.changed",
            subject="person",
            subject_id=person.id,
            detail={"from": before, "to": decision.to, "why": decision.reason, "on": str(decision.day), "paper": said},
        )


def _paper_text(decision: Decision) -> str:
    if decision.document is not None:
        return f"{decision.document.organ} {decision.document.number}（{shown(decision.document.decided_on)}）"
    return f"依据：{decision.death.source}" if decision.death is not None else ""
