"""What the verbs write: the rows of a person, and the log of changed fields. Call these inside ``one_flush``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from core.audit.actions import origin
from core.database import db, uuid7
from core.database.session import TenantSession
from core.database.single import execute, insert_row
from core.people.models import MembershipSpell, Person, PersonChange, PersonClass, PersonKey, Placement
from core.people.record import NameCache, search_keys

#: Names this process has read.
NAMES: NameCache = {}
#: Fields whose values are never written into the log of changes in clear.
HIDDEN: Final[Mapping[str, str | None]] = {"id_no": "id_no_masked", "phone": "phone_masked", "address": None}
_STARS: Final = "****"


def session() -> TenantSession:
    """The session of the present transaction."""
    return db.session()  # type: ignore[return-value]


def write_person(columns: Mapping[str, Any]) -> None:
    """The row of a person, prepared by ``record.derive``, with the further keys of the name."""
    insert_row(Person, **columns)
    write_keys(columns["id"], columns["name"])


def write_keys(person: UUID, name: str) -> None:
    """The further search keys of a name."""
    keys = list(dict.fromkeys(search_keys(name, NAMES)))
    if keys:
        execute(_KEYS, changes=PersonKey, id=person, keys=keys)


_KEYS: Final = (
    "INSERT INTO core.person_key (tenant_id, id, key) "
    "SELECT %(tenant_id)s::bigint, %(id)s::uuid, unnest(%(keys)s::text[])"
)


def write_spell(person: UUID, *, started_on: date, start_reason: str, **more: Any) -> UUID:
    """Begin a membership; returns its id."""
    spell = uuid7()
    insert_row(MembershipSpell, id=spell, person_id=person, started_on=started_on, start_reason=start_reason, **more)
    return spell


def write_placement(person: UUID, *, unit: UUID, group: UUID | None, valid_from: date, cause: str) -> None:
    """Begin a stay in a unit."""
    insert_row(Placement, person_id=person, unit_id=unit, group_id=group, valid_from=valid_from, cause=cause)


def write_tags(person: UUID, codes: Sequence[str], *, valid_from: date) -> None:
    """Begin class tags."""
    for code in codes:
        insert_row(PersonClass, person_id=person, code=code, valid_from=valid_from)


def log(person: UUID, changes: Mapping[str, tuple[Any, Any]], *, reason: str | None = None) -> None:
    """Write down what changed: field → (old, new). Sensitive values must be masked already (:func:`hidden`)."""
    who = origin()
    for field, (old, new) in changes.items():
        insert_row(
            PersonChange,
            person_id=person,
            field=field,
            old=plain(old),
            new=plain(new),
            actor_id=who.actor_id,
            actor=who.actor,
            reason=reason,
        )


def hidden(field: str, masked: str | None) -> str | None:
    """What the log of changes may say of a sensitive value: its mask, or that there was one."""
    return masked if HIDDEN[field] else (_STARS if masked else None)


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple | set | frozenset) else value
