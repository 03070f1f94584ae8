"""Taking an import of members back: those it made are removed, those it changed are as before."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, delete, select, update

from core.audit.actions import origin
from core.database import db
from core.database.bulk import insert_columns
from core.importing.kinds import Effect, Undone
from core.organization.models import PostHolding
from core.organization.referring import referring
from core.people.import_added import give_back
from core.people.models import OWN_TABLES, MembershipSpell, Person, PersonChange, PersonClass, PersonKey, Placement
from core.people.record import search_keys
from core.people.rules.wording import short

_QUIETLY = {"synchronize_session": False}


def undo(run_id: UUID, effects: Sequence[Effect]) -> Undone:
    """Undo one run inside the open transaction. Who was changed or given a post since stays, and is named."""
    restored, kept = _restore(run_id, effects)
    removed, used = _remove(run_id)
    return Undone(removed, restored, (*used, *kept))


def _remove(run_id: UUID) -> tuple[int, list[str]]:
    """Remove the people the run made, children first, in one statement a table."""
    session = db.session()
    holders = set(session.scalars(select(PostHolding.person_id).distinct()))
    made = list(session.scalars(select(Person.id).where(Person.import_id == run_id)))
    used = referring("core.person", made, but=OWN_TABLES)
    kept, doomed = [], []
    for person, name, version in session.execute(
        select(Person.id, Person.name, Person.version).where(Person.import_id == run_id)
    ):
        if version > 1:
            kept.append(f"{short(name)}：导入后又有修改，已保留")
        elif person in holders:
            kept.append(f"{short(name)}：已在党组织任职，已保留")
        elif person in used:
            kept.append(f"{short(name)}：导入后已有“{used[person]}”，已保留")
        else:
            doomed.append(person)
    tables: tuple[Any, ...] = (PersonKey, MembershipSpell, Placement, PersonClass, Person)
    for table in tables:
        columns = table.__table__.c
        of_person = columns["person_id" if "person_id" in columns else "id"]
        for start in range(0, len(doomed), 5000):
            part = doomed[start : start + 5000]
            session.execute(delete(table).where(of_person.in_(part)), execution_options=_QUIETLY)
    return len(doomed), kept


def _restore(run_id: UUID, effects: Sequence[Effect]) -> tuple[int, list[str]]:
    """Give the people the run changed their old values, unless somebody changed them since."""
    session = db.session()
    people = {
        person.id: person
        for person in session.scalars(select(Person).where(Person.id.in_([e.subject_id for e in effects])))
    }
    restored, kept = 0, []
    for effect in effects:
        person = people.get(effect.subject_id)
        if person is None:
            kept.append("有一名党员已不在名册中，未能恢复")
        elif person.version != effect.version_after:
            kept.append(f"{short(person.name)}：导入后又有修改，没有恢复")
        else:
            _give_back(run_id, person, effect.before)
            restored += 1
    session.flush()
    return restored, kept


def _give_back(run_id: UUID, person: Person, before: dict[str, Any]) -> None:
    session = db.session()
    columns = {name: _value(name, value) for name, value in before["columns"].items()}
    if "join_date" in columns:
        session.execute(
            update(MembershipSpell)
            .where(
                MembershipSpell.person_id == person.id,
                MembershipSpell.ended_on.is_(None),
                MembershipSpell.started_on == person.join_date,
            )
            .values(started_on=columns["join_date"]),
            execution_options=_QUIETLY,
        )
    for name, value in columns.items():
        setattr(person, name, value)
    made_tables: tuple[Any, ...] = (Placement, PersonClass)
    for made in made_tables:
        session.execute(
            delete(made).where(made.person_id == person.id, made.import_id == run_id), execution_options=_QUIETLY
        )
    _log_back(run_id, person)
    if "placements" in before:
        ended = [UUID(placement) for placement in before["placements"]]
        session.execute(
            update(Placement).where(Placement.id.in_(ended)).values(valid_to=None), execution_options=_QUIETLY
        )
    if "added" in before:
        give_back(person.id, before["added"])
    if "class_codes" in columns:
        _retag(person)
    if "name" in columns:
        session.execute(delete(PersonKey).where(PersonKey.id == person.id), execution_options=_QUIETLY)
        keys = list(dict.fromkeys(search_keys(person.name, {})))
        insert_columns(PersonKey, {"id": [person.id] * len(keys), "key": keys})


def _log_back(run_id: UUID, person: Person) -> None:
    """The change log is only ever added to: each change of the import stands there once more, the other way round."""
    session, who = db.session(), origin()
    changes = session.scalars(
        select(PersonChange).where(PersonChange.person_id == person.id, PersonChange.import_id == run_id)
    )
    for change in list(changes):
        back = PersonChange(
            person_id=person.id, field=change.field, old=change.new, new=change.old, actor_id=who.actor_id,
            actor=who.actor, reason="撤销导入",
        )  # fmt: skip
        session.add(back)


def _retag(person: Person) -> None:
    """Open again the last span of each class tag that the person has back."""
    session = db.session()
    spans = list(session.scalars(select(PersonClass).where(PersonClass.person_id == person.id)))
    for code in person.class_codes:
        of_code = [span for span in spans if span.code == code]
        if of_code and all(span.valid_to is not None for span in of_code):
            max(of_code, key=lambda span: span.valid_from).valid_to = None


def _value(name: str, stored: Any) -> Any:
    """A value kept as JSON, as the column takes it."""
    if isinstance(stored, dict) and "hex" in stored:
        return bytes.fromhex(stored["hex"])
    kind = Person.__table__.c[name].type
    if stored is not None and isinstance(kind, Date):
        return date.fromisoformat(stored)
    if stored is not None and isinstance(kind, Uuid):
        return UUID(stored)
    return stored
