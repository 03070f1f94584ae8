"""Class tags 党员分类, dated, for one or for many at once."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from core import clock
from core.access.actor import Range
from core.audit.actions import origin
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import db, transaction, uuid7
from core.database.bulk import insert_columns, update_columns
from core.events.actions import emit
from core.organization.models import Unit
from core.people import events
from core.people.actions.members import sees
from core.people.codes import LISTS
from core.people.models import Person, PersonChange, PersonClass
from core.people.rules.wording import block, shown
from core.policy.findings import Refused

declare_kind("people.tags.changed", "调整党员类别", keep=True)

#: People of one act at most.
MOST = 5000


def retag_many(
    *,
    people: Sequence[UUID],
    add: Collection[str] = (),
    remove: Collection[str] = (),
    on: date,
    ranges: tuple[Range, ...],
    reason: str | None = None,
    as_of: date | None = None,
) -> int:
    """Give people class tags and take others away, from ``on``; those outside ``ranges`` are passed over.

    :returns: how many records changed.
    :raises Refused: an unknown tag, the same one added and removed, nobody or too many chosen, a day to come.
    """
    day, known = as_of or clock.today(), LISTS["class_tag"].labels
    adding, removing = frozenset(add), frozenset(remove)
    wrong = []
    if not (adding or removing) or adding & removing or not (adding | removing) <= set(known):
        wrong.append(block("2.1", "class_tags", "请选择要加上或去掉的分类，同一分类不能既加又去", code="E_FORMAT"))
    if not 0 < len(people) <= MOST:
        wrong.append(block("2.1", "people", f"请选择1至{MOST}名党员", code="E_RANGE"))
    if on > day:
        wrong.append(block("2.1", "on", f"生效日期{shown(on)}还没有到", code="E_RANGE"))
    if wrong:
        raise Refused(wrong)
    with transaction() as session:
        found = session.execute(
            select(Person.id, Person.class_codes, Unit.path)
            .join(Unit, (Unit.id == Person.unit_id), isouter=True)
            .where(Person.id.in_(list(people)))
            .order_by(Person.id)
            .with_for_update(of=Person)
        ).all()
        changed = [
            (person, list(held), sorted((set(held) - removing) | adding))
            for person, held, path in found
            if sees(ranges, path or "")
        ]
        changed = [entry for entry in changed if entry[1] != entry[2]]
        if changed:
            _write(changed, on, reason)
            detail = {"people": len(changed), "add": sorted(adding), "remove": sorted(removing), "reason": reason}
            audit(kind="people.tags.changed", detail=detail)
            emit(events.TAGGED, subject="person_class", subject_id=uuid7(), data={"count": len(changed), "on": on})
    return len(changed)


def _write(changed: list[tuple[UUID, list[str], list[str]]], on: date, reason: str | None) -> None:
    for code in sorted({code for _, old, new in changed for code in set(old) - set(new)}):
        gone = [person for person, old, new in changed if code in old and code not in new]
        db.session.execute(
            update(PersonClass)
            .where(PersonClass.person_id.in_(gone), PersonClass.code == code, PersonClass.valid_to.is_(None))
            .values(valid_to=on)
            .execution_options(synchronize_session=False)
        )
    begun = [(person, code) for person, old, new in changed for code in new if code not in old]
    insert_columns(
        PersonClass,
        {
            "id": [uuid7() for _ in begun],
            "person_id": [person for person, _ in begun],
            "code": [code for _, code in begun],
            "valid_from": [on] * len(begun),
        },
    )
    people, count, who = [person for person, _, _ in changed], len(changed), origin()
    update_columns(Person, people, {"class_codes": [new for _, _, new in changed]})
    insert_columns(
        PersonChange,
        {
            "id": [uuid7() for _ in people],
            "person_id": people,
            "field": ["class_tags"] * count,
            "old": [_json(old) for _, old, _ in changed],
            "new": [_json(new) for _, _, new in changed],
            "actor_id": [who.actor_id] * count,
            "actor": [who.actor] * count,
            "reason": [reason] * count,
        },
    )


def _json(codes: list[str]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in codes) + "]"
