"""Writing judged rows of a roster: five tables, one statement each, whatever the number of rows."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from core.database import db
from core.database.bulk import Insert, insert_all, insert_columns, new_ids, update_columns
from core.database.crypto import Keyring
from core.importing.kinds import Effect, ImportContext
from core.people import import_added
from core.people.import_stored import Judged, Stored
from core.people.models import MembershipSpell, Person, PersonChange, PersonClass, PersonKey, Placement
from core.people.record import NameCache, class_codes, derive, search_keys

#: Columns of ``person`` that a new person gets from an import, in the order they are written.
_MADE = (
    "id", "name", "former_name", "name_key", "pinyin", "initials", "sex", "ethnic", "id_kind", "id_no_cipher",
    "id_no_index", "id_no_masked", "birth", "birth_by_id", "mismatch_reason", "native_place", "education", "degree",
    "post", "employer", "phone_cipher", "phone_index", "phone_masked", "address_cipher", "standing", "unit_id",
    "group_id", "join_date", "regular_date", "class_codes", "work_start", "marital", "household", "before_1949",
    "skills", "remark",
)  # fmt: skip
#: Fields whose values are not written into the change log in clear.
_SENSITIVE = {"phone": "phone_masked", "address": None}


class Writer:
    """Writes the batches of one run."""

    def __init__(self, context: ImportContext, ring: Keyring) -> None:
        self._context = context
        self._ring = ring
        self._names: NameCache = {}

    def write(self, judged: Judged) -> Sequence[Effect]:
        """Write one batch. :returns: what people were like before they were changed."""
        insert_all(judged.inserts)
        return self._change(judged.changed)

    def prepare(self, judged: Judged) -> None:
        """Work out the inserts of a batch: keys, masks, ciphertexts, five tables."""
        made = judged.made
        if not made:
            return
        derived = [derive(values, self._ring, self._names) for values in made]
        names = [name for name in _MADE if name in derived[0]]
        people: dict[str, list[Any]] = {name: [columns[name] for columns in derived] for name in names}
        people["id"] = ids = [person.hex for person in people["id"]]
        run = {"import_id": self._context.run_id}
        judged.inserts += [
            Insert(Person, people, run),
            self._keys(zip(ids, people["name"], strict=True)),
            Insert(
                MembershipSpell,
                {"id": new_ids(len(ids)), "person_id": ids, "started_on": people["join_date"]},
                {"start_reason": "imported", **run},
            ),
            self._placements(ids, people["unit_id"], people["group_id"]),
            self._tags(
                [(person, tag) for person, tags in zip(ids, people["class_codes"], strict=True) for tag in tags]
            ),
            import_added.insert_of([(person, values["added"]) for person, values in zip(ids, made, strict=True)]),
        ]

    def _keys(self, names: Iterable[tuple[UUID | str, str]]) -> Insert:
        keys = [(person, key) for person, name in names for key in dict.fromkeys(search_keys(name, self._names))]
        return Insert(PersonKey, {"id": [person for person, _ in keys], "key": [key for _, key in keys]})

    def _placements(self, people: Sequence[UUID | str], units: Sequence[UUID], groups: Sequence[UUID | None]) -> Insert:
        columns: dict[str, Sequence[Any]] = {"id": new_ids(len(people)), "person_id": people, "unit_id": units}
        if any(groups):
            columns["group_id"] = groups
        constants = {"valid_from": self._context.as_of, "cause": "imported", "import_id": self._context.run_id}
        return Insert(Placement, columns, constants)

    def _tags(self, tags: list[tuple[UUID | str, str]]) -> Insert:
        return Insert(
            PersonClass,
            {
                "id": new_ids(len(tags)),
                "person_id": [person for person, _ in tags],
                "code": [code for _, code in tags],
            },
            {"valid_from": self._context.as_of, "import_id": self._context.run_id},
        )

    def _change(self, changed: list[tuple[Stored, dict[str, Any]]]) -> list[Effect]:
        if not changed:
            return []
        added = {stored.id: changes["added"] for stored, changes in changed if "added" in changes}
        changed = [
            (stored, {name: value for name, value in changes.items() if name != "added"}) for stored, changes in changed
        ]
        # of whom only further fields change the sex is written once more, so that the record's version rises
        derived = {
            stored.id: derive({"id": stored.id, **(changes or {"sex": stored.sex})}, self._ring, self._names)
            for stored, changes in changed
        }
        before = self._before([stored.id for stored, _ in changed])
        closed, before_added = self._moved(changed), import_added.write(self._context, added)
        self._by_columns(derived)
        self._retagged(changed)
        self._renamed(changed)
        self._rejoined(changed)
        self._log(changed, before)
        return [
            Effect(
                "person",
                stored.id,
                {
                    "columns": _kept(before[stored.id], derived[stored.id]),
                    **closed.get(stored.id, {}),
                    **before_added.get(stored.id, {}),
                },
                stored.version + 1,
            )
            for stored, _ in changed
        ]

    def _before(self, people: list[UUID]) -> dict[UUID, dict[str, Any]]:
        table = Person.__table__
        found = db.session().execute(select(table).where(table.c.id.in_(people)))
        return {row["id"]: dict(row) for row in found.mappings()}

    def _by_columns(self, derived: dict[UUID, dict[str, Any]]) -> None:
        """Update the people whose changes touch the same columns together."""
        alike: dict[tuple[str, ...], list[UUID]] = {}
        for person, columns in derived.items():
            alike.setdefault(tuple(sorted(columns.keys() - {"id"})), []).append(person)
        for names, people in alike.items():
            update_columns(Person, people, {name: [derived[person][name] for person in people] for name in names})

    def _moved(self, changed: list[tuple[Stored, dict[str, Any]]]) -> dict[UUID, dict[str, Any]]:
        """Close the placement of everybody who moves and open the new one. :returns: what was closed, by person."""
        moving: dict[UUID, tuple[Any, UUID | None]] = {
            stored.id: (changes.get("unit_id", stored.unit_id), changes.get("group_id", stored.group_id))
            for stored, changes in changed
            if "unit_id" in changes or "group_id" in changes
        }
        if not moving:
            return {}
        ended = db.session().execute(
            update(Placement)
            .where(Placement.person_id.in_(moving), Placement.valid_to.is_(None))
            .values(valid_to=self._context.as_of)
            .returning(Placement.person_id, Placement.id),
            execution_options={"synchronize_session": False},
        )
        closed: dict[UUID, dict[str, Any]] = {}
        for person, placement in ended:
            closed.setdefault(person, {"placements": []})["placements"].append(str(placement))
        people = list(moving)
        units, groups = [moving[person][0] for person in people], [moving[person][1] for person in people]
        self._placements(people, units, groups).run()
        return closed

    def _retagged(self, changed: list[tuple[Stored, dict[str, Any]]]) -> None:
        session = db.session()
        added: list[tuple[UUID | str, str]] = []
        for stored, changes in changed:
            if "class_tags" not in changes:
                continue
            tags = set(class_codes(changes["class_tags"]))
            added += [(stored.id, tag) for tag in sorted(tags - set(stored.class_codes))]
            gone = set(stored.class_codes) - tags
            if gone:
                session.execute(
                    update(PersonClass)
                    .where(
                        PersonClass.person_id == stored.id, PersonClass.code.in_(gone), PersonClass.valid_to.is_(None)
                    )
                    .values(valid_to=self._context.as_of),
                    execution_options={"synchronize_session": False},
                )
        self._tags(added).run()

    def _renamed(self, changed: list[tuple[Stored, dict[str, Any]]]) -> None:
        names = {stored.id: changes["name"] for stored, changes in changed if "name" in changes}
        if names:
            db.session().execute(delete(PersonKey).where(PersonKey.id.in_(names)))
            self._keys(names.items()).run()

    def _rejoined(self, changed: list[tuple[Stored, dict[str, Any]]]) -> None:
        """The open spell begins on the day of joining."""
        for stored, changes in changed:
            if "join_date" in changes:
                db.session().execute(
                    update(MembershipSpell)
                    .where(
                        MembershipSpell.person_id == stored.id,
                        MembershipSpell.ended_on.is_(None),
                        MembershipSpell.started_on == stored.join_date,
                    )
                    .values(started_on=changes["join_date"]),
                    execution_options={"synchronize_session": False},
                )

    def _log(self, changed: list[tuple[Stored, dict[str, Any]]], before: dict[UUID, dict[str, Any]]) -> None:
        entries: list[tuple[UUID, str, str, str]] = []
        for stored, changes in changed:
            for name, value in changes.items():
                if name == "birth_by_id":
                    continue
                if name in _SENSITIVE:
                    masked = _SENSITIVE[name]
                    old, new = (before[stored.id][masked] if masked else "****"), "****"
                else:
                    column = "class_codes" if name == "class_tags" else name
                    old, new = before[stored.id][column], value
                entries.append((stored.id, name, _json(old), _json(new)))
        insert_columns(
            PersonChange,
            {
                "id": new_ids(len(entries)),
                "person_id": [entry[0] for entry in entries],
                "field": [entry[1] for entry in entries],
                "old": [entry[2] for entry in entries],
                "new": [entry[3] for entry in entries],
            },
            {
                "actor_id": self._context.actor_id,
                "actor": self._context.actor,
                "reason": "导入",
                "import_id": self._context.run_id,
            },
        )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _kept(before: dict[str, Any], derived: dict[str, Any]) -> dict[str, Any]:
    """The old values of the columns that change, as JSON: dates and ids as text, bytes as ``{"hex": …}``."""
    return {name: _stored(before[name]) for name in derived if name != "id"}


def _stored(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"hex": bytes(value).hex()}
    if isinstance(value, date | UUID):
        return str(value)
    return value
