"""Keeping the roster right: wrong entries removed, two records of one person made one, lost contact cleared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import delete, func, insert, literal, select, update

from core import clock
from core.access.actor import Range
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import tenant_id, transaction
from core.database.read import rows
from core.database.single import one_flush
from core.events.actions import emit
from core.identity.models import Account
from core.organization.models import PostHolding
from core.organization.referring import referring
from core.people import events
from core.people.actions import checking, writing
from core.people.actions.members import clear_values, held
from core.people.added import writing as further
from core.people.models import OWN_TABLES, MembershipSpell, Person, PersonChange, PersonClass, PersonKey, Placement
from core.people.policy import policy
from core.people.record import class_codes, derive
from core.people.rules import check_deletion, check_lost_cleared, check_merge
from core.people.rules.wording import block
from core.policy.findings import Finding, refuse_blocked
from core.tenancy.keys import keyring

declare_kind("people.member.deleted", "删除误录党员", keep=True)
declare_kind("people.member.merged", "合并重复党员", keep=True)
declare_kind("people.lost.cleared", "恢复联系", keep=True)

#: Says by what else a person is referred to, in Chinese, or nothing. Parts above register here.
Uses = Callable[[UUID], str | None]
_uses: list[Uses] = []
_QUIETLY: Final = {"synchronize_session": False}
_MERGED: Final = "people.merged"


def register_uses(source: Uses) -> None:
    """Add a source that says what would be lost with a person's record."""
    if source not in _uses:
        _uses.append(source)


def _used_in(person: UUID) -> list[str]:
    found = []
    if rows(select(PostHolding.id).where(PostHolding.person_id == person).limit(1)):
        found.append("党组织任职")
    if rows(select(Account.id).where(Account.person_id == person).limit(1)):
        found.append("登录账号")
    by_key = referring("core.person", [person], but={*OWN_TABLES, "core.account"}).values()
    return [*found, *(said for source in _uses if (said := source(person))), *by_key]


def delete_wrong_entry(
    *, person: UUID, version: int, reason: str, ranges: tuple[Range, ...], as_of: date | None = None
) -> None:
    """Remove a record that should never have been made: within seven days and while nothing refers to it (2.8).

    :raises Refused: too late, or in use: then the state changes instead. :raises Stale: :raises Unknown:
    """
    day = as_of or clock.today()
    with transaction() as session:
        person_, path = held(person, ranges, version=version)
        entered = person_.created_at.astimezone(clock.ZONE).date()
        wrong = list(check_deletion(entered_on=entered, used_in=_used_in(person), as_of=day, policy=policy(as_of=day)))
        if not reason.strip():
            wrong.append(block("2.8", "reason", "请写明删除的原因", code="E_REQUIRED"))
        refuse_blocked(wrong)
        detail = {"name": person_.name, "unit": str(person_.unit_id), "reason": reason}
        emit(events.DELETED, subject="person", subject_id=person, unit_path=path, data={"unit": person_.unit_id})
        session.delete(person_)  # all that belongs to the record goes with it
        session.flush()
        audit(kind="people.member.deleted", subject="person", subject_id=person, detail=detail)


def register_merged(app: Flask, follow: Callable[[UUID, UUID], None]) -> None:
    """Have ``follow(kept, dropped)`` called in the transaction of each merge, before the dropped record goes."""
    app.extensions.setdefault(_MERGED, []).append(follow)


def merge(
    *,
    keep: UUID,
    drop: UUID,
    keep_version: int,
    drop_version: int,
    ranges: tuple[Range, ...],
    reason: str | None = None,
) -> tuple[Finding, ...]:
    """Make one record of two; the kept one gets what it lacks, and the histories of both (2.8).

    :raises Refused: two people, or a warning without a reason. :raises Stale: :raises Unknown:
    """
    ring = keyring()
    with transaction() as session:
        kept, path = held(keep, ranges, version=keep_version)
        dropped, _ = held(drop, ranges, version=drop_version)
        mine, other = clear_values(kept, ring), clear_values(dropped, ring)
        found = refuse_blocked(
            check_merge(_record(kept, mine), _record(dropped, other), same_record=keep == drop), reason=reason
        )
        taken = {name: value for name, value in other.items() if value and not mine.get(name) and name in _TAKEN}
        if kept.name != dropped.name and not kept.former_name:
            taken["former_name"] = dropped.name
        tags = class_codes((*kept.class_codes, *dropped.class_codes))
        _gather(kept, dropped)
        further.merge(keep, drop)
        for follow in current_app.extensions.get(_MERGED, ()):
            follow(keep, drop)
        details = {"name": dropped.name, "taken": sorted(taken), "reason": reason}
        session.delete(dropped)
        session.flush()  # before the kept record takes over a number that must be unique
        for column, value in derive({**taken, "id": keep, "class_tags": tags}, ring, writing.NAMES).items():
            if column != "id":
                setattr(kept, column, value)
        kept.updated_at = clock.now()
        session.flush()
        with one_flush():
            writing.log(keep, {"merged": (None, f"合并了重复记录“{dropped.name}”")}, reason=reason)
            audit(
                kind="people.member.merged", subject="person", subject_id=keep, detail={**details, "dropped": str(drop)}
            )
            told = {"dropped": drop, "unit": kept.unit_id}
            emit(events.MERGED, subject="person", subject_id=keep, unit_path=path, data=told)
    return found


#: What the kept record takes over when it has none.
_TAKEN: Final = frozenset(
    {
        "id_no", "phone", "address", "ethnic", "native_place", "education", "degree", "former_name", "marital", "regular_date",
        "join_date", "post", "employer", "work_start", "household", "skills", "remark",
    }
)  # fmt: skip


def _record(person: Person, values: dict[str, Any]) -> Any:
    return replace(checking.record_of(values, {}), membership_state=person.standing)


def _gather(kept: Person, dropped: Person) -> None:
    """Hang the dropped record's history onto the kept one; what ran on in both runs on once."""
    session = writing.session()
    ends: list[tuple[Any, Any]] = [(MembershipSpell, MembershipSpell.ended_on), (Placement, Placement.valid_to)]
    for model, end in ends:
        twice = session.scalar(select(model.id).where(model.person_id == kept.id, end.is_(None))) is not None
        if twice:
            session.execute(_own(delete(model), model, dropped.id).where(end.is_(None)), execution_options=_QUIETLY)
        session.execute(_own(update(model), model, dropped.id).values(person_id=kept.id), execution_options=_QUIETLY)
    running = select(PersonClass.code).where(PersonClass.person_id == kept.id, PersonClass.valid_to.is_(None))
    session.execute(
        _own(delete(PersonClass), PersonClass, dropped.id).where(
            PersonClass.valid_to.is_(None), PersonClass.code.in_(running)
        ),
        execution_options=_QUIETLY,
    )
    for model in (PersonClass, PostHolding):
        session.execute(_own(update(model), model, dropped.id).values(person_id=kept.id), execution_options=_QUIETLY)
    session.execute(update(Account).where(Account.person_id == dropped.id).values(person_id=kept.id))
    _copy_log(kept.id, dropped.id)
    session.execute(delete(PersonKey).where(PersonKey.id == dropped.id), execution_options=_QUIETLY)


def _own(statement: Any, model: Any, person: UUID) -> Any:
    return statement.where(model.person_id == person)


def _copy_log(keep: UUID, drop: UUID) -> None:
    """The log of changes is never altered; the dropped record's part of it is written down again under the kept one."""
    c = PersonChange
    copied: list[Any] = [c.at, c.field, c.old, c.new, c.actor_id, c.actor, c.reason, c.import_id]
    made = select(literal(tenant_id()), func.gen_random_uuid(), literal(keep), *copied).where(c.person_id == drop)
    names = ["tenant_id", "id", "person_id", "at", "field", "old", "new", "actor_id", "actor", "reason", "import_id"]
    writing.session().execute(insert(c).from_select(names, made))


def clear_lost(
    *,
    person: UUID,
    version: int,
    contacted_on: date | None,
    evidence: str | None,
    ranges: tuple[Range, ...],
    as_of: date | None = None,
) -> None:
    """Somebody who was lost has been found, with the evidence (R2.11).

    :raises Refused: without evidence or day. :raises Stale: somebody was faster. :raises Unknown: nobody.
    """
    day = as_of or clock.today()
    with transaction() as session:
        person_, path = held(person, ranges, version=version)
        refuse_blocked(check_lost_cleared(evidence=evidence, contacted_on=contacted_on, as_of=day))
        before, person_.lost_since, person_.updated_at = person_.lost_since, None, clock.now()
        session.flush()
        with one_flush():
            writing.log(person, {"lost_contact": (before, None)}, reason=evidence)
            audit(
                kind="people.lost.cleared",
                subject="person",
                subject_id=person,
                detail={"contacted_on": str(contacted_on), "evidence": evidence},
            )
            told = {"unit": person_.unit_id, "fields": ["lost_contact"]}
            emit(events.CHANGED, subject="person", subject_id=person, unit_path=path, data=told, as_of=day)
