"""Which case a row is about: by identity number, else by name, day of birth and branch; and who its helpers are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Text, Uuid, any_, bindparam, or_, select

from core.sdk import Person, rows, transaction
from plugins.development.cases.acts import Done, standing
from plugins.development.models.case import Act, Case

_CASES = (
    select(Case.id, Case.unit_id, Case.name, Case.birth, Case.id_no_index, Case.closed_on, Case.sex)
    .where(
        or_(
            Case.id_no_index == any_(bindparam("numbers", type_=ARRAY(LargeBinary))),
            Case.name == any_(bindparam("names", type_=ARRAY(Text))),
        )
    )
    .order_by(Case.closed_on.desc().nulls_last(), Case.opened_at)  # an open one takes the place of a closed one
)
_MEMBERS = select(Person.unit_id, Person.name, Person.id).where(
    Person.unit_id == any_(bindparam("units", type_=ARRAY(Uuid))), Person.standing == "formal"
)

_ROSTER = select(Person.id_no_index, Person.standing, Person.join_date, Person.name).where(
    Person.id_no_index == any_(bindparam("numbers", type_=ARRAY(LargeBinary))),
    or_(Person.standing == "formal", Person.standing == "probationary"),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A case as it is stored."""

    id: UUID
    unit_id: UUID
    name: str
    birth: date
    number: bytes | None
    closed_on: date | None
    sex: str


class Stock:
    """The cases that the rows of a batch may be about, and their acts."""

    def __init__(self, numbers: Sequence[bytes], names: Sequence[str]) -> None:
        self._by_number: dict[bytes, Stored] = {}
        self._by_person: dict[tuple[str, date, UUID], Stored] = {}
        self._alike: Counter[tuple[str, date, UUID]] = Counter()
        for row in rows(_CASES, numbers=list(numbers), names=list(names)):
            one = Stored(*row)
            if one.number is not None:
                self._by_number[one.number] = one
            self._by_person[one.name, one.birth, one.unit_id] = one
            self._alike[one.name, one.birth, one.unit_id] += 1
        found = rows(_ROSTER, numbers=list(numbers)) if numbers else ()
        self._members: dict[bytes, tuple[str, date | None]] = {}
        self._names: dict[bytes, str] = {}
        for index, how, on, name in found:
            self._members[bytes(index)], self._names[bytes(index)] = (how, on), name
        self._acts: dict[UUID, list[Done]] = {}

    def find(self, number: bytes | None, name: str, birth: date | None, unit_id: UUID | None) -> Stored | None:
        """The case of somebody. Two numbers that differ are two people, whatever else is the same."""
        if number is not None and number in self._by_number:
            return self._by_number[number]
        found = self._by_person.get((name, birth, unit_id)) if birth and unit_id else None
        if found is not None and None not in (number, found.number):
            return None
        return found

    def without_doubt(self, case: Stored, number: bytes) -> bool:
        """Whether a case that has no number can only be that of who has this one: nobody is like them, and nobody else has it."""
        alone = self._alike[case.name, case.birth, case.unit_id] == 1
        return alone and number not in self._by_number and self._names.get(number, case.name) == case.name

    def member(self, number: bytes | None) -> tuple[str, date | None] | None:
        """Standing and day of joining of somebody who is on the roster."""
        return self._members.get(number) if number is not None else None

    def namesake(self, number: bytes | None, name: str, birth: date | None, unit_id: UUID | None) -> Stored | None:
        """An open case elsewhere of somebody of that name and day of birth; two numbers that differ are two people."""
        for one in self._by_person.values():
            same = one.name == name and one.birth == birth and one.unit_id != unit_id and one.closed_on is None
            if same and None in (number, one.number):
                return one
        return None

    def load(self, cases: Iterable[UUID]) -> None:
        """Read the acts of these cases, in one statement."""
        wanted = list(cases)
        by_case: dict[UUID, list[Act]] = {}
        with transaction() as session:
            for act in session.scalars(select(Act).where(Act.case_id.in_(wanted)).order_by(Act.case_id, Act.seq)):
                by_case.setdefault(act.case_id, []).append(act)
        self._acts = {one: standing(by_case.get(one, ())) for one in wanted}

    def acts(self, case: UUID) -> list[Done]:
        """The acts of a case that stand, after :meth:`load`."""
        return self._acts.get(case, [])


class Members:
    """Full members by branch and name, so that a helper who is on the roster is more than a name."""

    def __init__(self, units: Iterable[UUID]) -> None:
        self._known: dict[tuple[UUID, str], list[UUID]] = {}
        for unit, name, id_ in rows(_MEMBERS, units=list(set(units))):
            self._known.setdefault((unit, name), []).append(id_)

    def named(self, unit_id: UUID, people: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """People with the id of the one member of the branch that has the name; by name alone otherwise."""
        found = []
        for one in people:
            known = self._known.get((unit_id, str(one["name"])), [])
            found.append({"id": str(known[0])} if len(known) == 1 else one)
        return found
