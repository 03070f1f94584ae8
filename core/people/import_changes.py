"""What a roster's row changes of somebody who is on it, in words that may be shown: masked, and nothing that is sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from core import clock
from core.database.read import rows
from core.importing.kinds import Change, Changed
from core.people.added.fields import open_field
from core.people.added.values import MASK, Value, shown
from core.people.import_branches import Branches
from core.people.import_fields import FIELDS
from core.people.import_stored import Judged, Stored
from core.people.masking import mask_address, mask_phone
from core.people.models import Person, PersonChange
from core.people.wording import change_value
from core.spreadsheets.text import cell_text

#: What an undone import writes into the log of changes; it is nobody's own change.
UNDONE: Final = "撤销导入"
_TITLES: Final = {spec.name: str(spec.title) for spec in FIELDS} | {"mismatch_reason": "与证件不一致的原因"}
#: Columns that a sheet, or the log of changes, calls otherwise.
_FIELDS: Final = {"unit_id": "branch", "group_id": "group"}
_LOGGED: Final = {"unit": "branch", "group": "group"} | _FIELDS
#: What follows from another change and is not told by itself.
_FOLLOWS: Final = frozenset({"birth_by_id"})
_people = bindparam("people", type_=ARRAY(Uuid))
_PHONES = select(Person.id, Person.phone_masked).where(Person.id == any_(_people))
#: Of every field of some people the last change: when, by whom, and whether an import made it.
_LAST = (
    select(
        PersonChange.person_id, PersonChange.field, PersonChange.at, PersonChange.actor, PersonChange.import_id,
        PersonChange.reason,
    )
    .where(PersonChange.person_id == any_(_people))
    .order_by(PersonChange.person_id, PersonChange.at, PersonChange.id)
)  # fmt: skip


def told(
    judged: Judged,
    branches: Branches,
    addresses: Mapping[UUID, str],
    held: Mapping[UUID, Mapping[str, Value]],
) -> dict[int, Changed]:
    """What rows change, by their place.

    :param judged: the people to change, as they are stored, with the new values by column.
    :param addresses: of those whose address changes the present one. :param held: values of further fields, in clear.
    """
    if not judged.changed:
        return {}
    people = [stored.id for stored, _ in judged.changed]
    with_phone = [stored.id for stored, changes in judged.changed if "phone" in changes]
    phones: dict[UUID, str] = dict(rows(_PHONES, people=with_phone)) if with_phone else {}
    since = _changed_since(people)
    found = {}
    for at, (stored, changes) in zip(judged.at, judged.changed, strict=True):
        told_of = []
        for name, old, new in _pairs(stored, changes, held.get(stored.id, {})):
            field = _FIELDS.get(name, name)
            if name == "phone":
                before, after = phones.get(stored.id) or "", mask_phone(new)
            elif name == "address":
                before, after = mask_address(addresses.get(stored.id)), mask_address(new)
            else:
                before, after = (_text(name, value, branches) for value in (old, new))
            told_of.append(Change(field, _title(field), before, after, since.get((stored.id, field), "")))
        found[at] = Changed(stored.name, told_of)
    return found


def _pairs(stored: Stored, changes: Mapping[str, Any], held: Mapping[str, Value]) -> list[tuple[str, Any, Any]]:
    pairs: list[tuple[str, Any, Any]] = []
    for name, new in changes.items():
        if name == "added":
            pairs += [(key, held.get(key), value) for key, value in new.items()]
        elif name == "class_tags":
            pairs.append((name, stored.class_codes, new))
        elif name not in _FOLLOWS:
            pairs.append((name, getattr(stored, name, None), new))
    return pairs


def _text(name: str, value: Any, branches: Branches) -> str:
    """A value as people read it; of a sealed one only that there is one."""
    if value is None or value in ("", []):
        return ""
    if name in _FIELDS:
        return branches.name_of(value)
    field = open_field(name)
    if field is not None:
        return MASK if field.sealed else cell_text(shown(field, value))
    return MASK if "." in name else change_value(name, value)


def _title(field: str) -> str:
    added = open_field(field)
    return str(added.title) if added else _TITLES.get(field, field)


def _changed_since(people: Sequence[UUID]) -> dict[tuple[UUID, str], str]:
    """Person and field → who changed it in the product since it was last imported, and when; others are missing."""
    found: dict[tuple[UUID, str], str] = {}
    last: dict[tuple[UUID, str], tuple[datetime, str]] = {}
    for person, field, at, actor, run, reason in rows(_LAST, people=people):
        key: tuple[UUID, str] = person, _LOGGED.get(str(field), str(field))
        if run is None and reason != UNDONE:
            last[key] = at, actor
        else:
            last.pop(key, None)
    for key, (at, actor) in last.items():
        found[key] = f"{actor} {at.astimezone(clock.ZONE):%Y-%m-%d}"
    return found


def gaps(stored: Stored, changes: Mapping[str, Any], held: Mapping[str, Value]) -> dict[str, Any]:
    """Of what a row would change only what fills something empty. A group goes with its branch."""
    filled: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "added":
            empty = {key: one for key, one in value.items() if held.get(key) is None}
            filled |= {"added": empty} if empty else {}
        elif not _present(stored, name) and not (name == "group_id" and "unit_id" in changes and stored.unit_id):
            filled[name] = value
    return filled


def _present(stored: Stored, name: str) -> bool:
    """Whether a column holds something."""
    kept: Mapping[str, Any] = {
        "phone": stored.phone_index, "address": stored.address_cipher, "class_tags": stored.class_codes,
        "birth_by_id": stored.birth, "mismatch_reason": stored.birth,
    }  # fmt: skip
    return bool(kept[name] if name in kept else getattr(stored, name))
