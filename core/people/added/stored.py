"""Reading the values of further fields: of one person, of a page of persons, in clear for whoever may."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, cast, select, type_coerce

from core.database.read import Query, Row, rows
from core.people.added.fields import FIELDS, MemberField, open_field, open_fields
from core.people.added.values import MASK, Number, Value, plain_number, read, shown
from core.people.models import MemberFieldValue
from core.tenancy.keys import keyring

_v = MemberFieldValue
_VALUE = (_v.text, type_coerce(_v.number, Number()), _v.day, _v.id, _v.cipher)
_OF_PERSON = select(_v.field, *_VALUE).where(_v.person_id == bindparam("person", type_=Uuid()))
_OF_PEOPLE = select(cast(_v.person_id, Text), _v.field, *_VALUE).where(
    _v.person_id == any_(bindparam("people", type_=ARRAY(Uuid))),
    _v.field == any_(bindparam("fields", type_=ARRAY(Text))),
)
_PART = 2000


def value_of(field: MemberField, stored: Sequence[Any], *, clear: bool = False) -> Any:
    """A row's value.

    :param stored: text, number, day, id and ciphertext of the row.
    :param clear: whether a sealed value is opened; masked otherwise.
    """
    text, number, day, row, cipher = stored
    if cipher is not None:
        if not clear:
            return MASK
        return read(field, keyring().decrypt(cipher, table="member_field_value", column="cipher", row=row))[0]
    if number is not None:
        return plain_number(number)
    if day is not None:
        return day
    return True if field.type == "flag" else text


def question(person: UUID) -> tuple[Query, ...]:
    """What is to be read of a person's further fields, to be sent with other questions; nothing where there are none."""
    return ((_OF_PERSON, {"person": person}),) if open_fields() else ()


def answered(found: Iterable[Row], *, clear: bool = False) -> dict[str, Any]:
    """The answer to :func:`question`: field → value, in the order of the fields; ``None`` where there is none."""
    held = {key: stored for key, *stored in found}
    return {
        field.key: value_of(field, held[field.key], clear=clear) if field.key in held else None
        for field in open_fields()
    }


def of_person(person: UUID, *, clear: bool = False) -> dict[str, Any]:
    """A person's values of the fields that the tenant has: field → value or ``None``; sealed ones masked."""
    asked = question(person)
    return answered(rows(asked[0][0], person=person), clear=clear) if asked else {}


def of_people(
    people: Sequence[str], keys: Sequence[str], *, clear: bool = False, plain: bool = False
) -> dict[str, dict[str, Any]]:
    """Values of many persons as lists show them: field → person's id → value. One statement for two thousand.

    :param plain: codes instead of what they mean, for programs.
    """
    found: dict[str, dict[str, Any]] = {key: {} for key in keys}
    fields = {key: field for key in keys if (field := open_field(key))}
    for start in range(0, len(people) if fields else 0, _PART):
        part = [UUID(person) for person in people[start : start + _PART]]
        for person, key, *stored in rows(_OF_PEOPLE, people=part, fields=list(fields)):
            value = value_of(fields[key], stored, clear=clear)
            found[key][person] = value if plain or value == MASK else shown(fields[key], value)
    return found


def for_programs(people: Sequence[str], *, clear: bool = False) -> dict[str, dict[str, Any]]:
    """All further fields of many persons: person's id → field → value, codes as codes; only what there is."""
    found: dict[str, dict[str, Any]] = {person: {} for person in people}
    for key, values in of_people(people, [field.key for field in open_fields()], clear=clear, plain=True).items():
        for person, value in values.items():
            found[person][key] = value
    return found


def as_people_read(values: Mapping[str, Any]) -> list[tuple[MemberField, Any]]:
    """Values of a person as the page shows them, those without one too."""
    return [(FIELDS[key], value if value == MASK else shown(FIELDS[key], value)) for key, value in values.items()]


def typed(field: MemberField, value: Value) -> dict[str, Any]:
    """The columns that a value stands in; exactly one of them is filled."""
    if field.type == "number":
        return {"text": None, "number": value, "day": None}
    if field.type == "date":
        return {"text": None, "number": None, "day": value}
    return {"text": "1" if value is True else value, "number": None, "day": None}
