"""The ciphertexts of many people at once, for an export in clear."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, cast, select

from core.database.read import rows
from core.people.added.fields import open_field
from core.people.added.stored import of_people
from core.people.models import Person
from core.people.record import SEALED, unseal
from core.tenancy.keys import keyring

_PART = 2000
_SEALED = select(cast(Person.id, Text), *(getattr(Person, column) for column in SEALED.values())).where(
    Person.id == any_(bindparam("people", type_=ARRAY(Uuid)))
)


def in_clear(people: Sequence[str], added: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Person id → ``id_no, phone, address`` in clear. Whoever calls this has the right to, and has written it down.

    :param added: keys of which the sealed further fields are wanted in clear as well.
    """
    ring = keyring()
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(people), _PART):
        part = [UUID(person) for person in people[start : start + _PART]]
        for person, *sealed in rows(_SEALED, people=part):
            found[person] = {
                field: unseal(value, ring, column=column, row=UUID(person)) if value else None
                for (field, column), value in zip(SEALED.items(), sealed, strict=True)
            }
    sealed_ones = [key for key in added if (field := open_field(key)) and field.sealed]
    for key, values in of_people(people, sealed_ones, clear=True).items():
        for person, clear in found.items():
            clear[key] = values.get(person)
    return found
