"""Further fields of members in an import: their columns, their cells, writing them, and taking them back."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from core.database import db
from core.database.bulk import Insert, insert_columns, new_ids
from core.importing.kinds import Batch, ImportContext
from core.people.added.fields import FIELDS, open_fields
from core.people.added.stored import value_of
from core.people.added.values import Value
from core.people.added.writing import RULE, columns, judged, logged
from core.people.models import MemberFieldValue, PersonChange
from core.people.rules.wording import inform
from core.policy.findings import Finding
from core.spreadsheets.fields import FieldSpec, Kind

_QUIETLY = {"synchronize_session": False}
_v = MemberFieldValue
_ROW = ("id", "text", "number", "day", "cipher")
#: Person → field → value.
Values = Mapping[UUID, Mapping[str, Value]]


def specs() -> tuple[FieldSpec, ...]:
    """The columns that further fields of the bound tenant may have in a workbook."""
    return tuple(
        FieldSpec(
            field.key, str(field.title), field.headings, kind=Kind.DATE if field.type == "date" else Kind.TEXT,
            optional=True, month_only=False, private=field.sealed, rule=RULE, help=field.help,
        )
        for field in open_fields()
    )  # fmt: skip


class Added:
    """The further fields that a run's workbook has columns for."""

    def __init__(self, mapped: frozenset[str]) -> None:
        self._fields = tuple(field for field in open_fields() if field.key in mapped)

    def read(self, batch: Batch) -> list[tuple[dict[str, Value], list[Finding]]]:
        """Of each row the values given, and what is told of cells that cannot be used: those are left out."""
        found: list[tuple[dict[str, Value], list[Finding]]] = [({}, []) for _ in range(len(batch))]
        for field in self._fields:
            cells = batch.column(field.key, None)
            known = {cell: judged(field, cell) for cell in set(cells)}
            for at, cell in enumerate(cells):
                value, fault = known[cell]
                if fault:
                    sentence = f"“{field.title}”{fault}，这一项没有导入"
                    found[at][1].append(inform(RULE, field.key, sentence, code="E_RANGE"))
                elif value is not None:
                    found[at][0][field.key] = value
        return found

    def stored(self, people: Sequence[UUID]) -> dict[UUID, dict[str, Value]]:
        """What these people have in these fields, in clear."""
        held: dict[UUID, dict[str, Value]] = {}
        if self._fields and people:
            keys = [field.key for field in self._fields]
            asked = select(_v.person_id, _v.field, _v.text, _v.number, _v.day, _v.id, _v.cipher)
            for person, key, *stored in db.session.execute(asked.where(_v.person_id.in_(people), _v.field.in_(keys))):
                held.setdefault(person, {})[key] = value_of(FIELDS[key], stored, clear=True)
        return held


def insert_of(people: Sequence[tuple[UUID | str, Mapping[str, Value]]]) -> Insert:
    """The insert of new values."""
    made = [columns(FIELDS[key], person, value) for person, given in people for key, value in given.items()]
    given = {name: [row[name] for row in made] for name in ("id", "person_id", "field", "text", "day", "cipher")}
    number = [None if row["number"] is None else str(row["number"]) for row in made]
    return Insert(_v, {**given, "number": number})


def write(context: ImportContext, changes: Values) -> dict[UUID, dict[str, Any]]:
    """Write changed values and what is to be said of them; gives what was there before, as JSON, by person."""
    if not changes:
        return {}
    before = _before(changes)
    _remove(changes)
    insert_of(list(changes.items())).run()
    entries = [
        (person, key, old, new)
        for person, given in changes.items()
        for key, (old, new) in logged({key: (_old(key, before[person][key]), value) for key, value in given.items()}).items()
    ]  # fmt: skip
    insert_columns(
        PersonChange,
        {
            "id": new_ids(len(entries)),
            "person_id": [person for person, *_ in entries],
            "field": [key for _, key, *_ in entries],
            "old": [_json(old) for *_, old, _ in entries],
            "new": [_json(new) for *_, new in entries],
        },
        {"actor_id": context.actor_id, "actor": context.actor, "reason": "导入", "import_id": context.run_id},
    )
    return {person: {"added": {key: _kept(row) for key, row in given.items()}} for person, given in before.items()}


def _before(changes: Values) -> dict[UUID, dict[str, Mapping[str, Any] | None]]:
    found: dict[UUID, dict[str, Mapping[str, Any] | None]] = {
        person: dict.fromkeys(given) for person, given in changes.items()
    }
    asked = select(_v.person_id, _v.field, *(getattr(_v, name) for name in _ROW)).where(_v.person_id.in_(changes))
    for person, key, *row in db.session.execute(asked):
        if key in found[person]:
            found[person][key] = dict(zip(_ROW, row, strict=True))
    return found


def _old(key: str, row: Mapping[str, Any] | None) -> Value:
    if row is None:
        return None
    value: Value = value_of(FIELDS[key], [row["text"], row["number"], row["day"], row["id"], row["cipher"]])
    return value


def _remove(changes: Values) -> None:
    for person, given in changes.items():
        gone = delete(_v).where(_v.person_id == person, _v.field.in_(list(given)))
        db.session.execute(gone, execution_options=_QUIETLY)


def _kept(row: Mapping[str, Any] | None) -> Any:
    if row is None:
        return None
    return {name: {"hex": value.hex()} if isinstance(value, bytes) else None if value is None else str(value) for name, value in row.items()}  # fmt: skip


def give_back(person: UUID, before: Mapping[str, Any]) -> None:
    """Put a person's values back as they were before an import: field → the row, or ``None`` where there was none."""
    _remove({person: dict.fromkeys(before)})
    for key, row in before.items():
        if row is not None:
            values = {name: _READ.get(name, str)(text) if text is not None else None for name, text in row.items()}
            db.session.add(_v(person_id=person, field=key, **values))


def _bytes(kept: Mapping[str, str]) -> bytes:
    return bytes.fromhex(kept["hex"])


_READ: Mapping[str, Any] = {"id": UUID, "number": Decimal, "day": date.fromisoformat, "cipher": _bytes}
_json = partial(json.dumps, ensure_ascii=False, default=str)
