"""Rows for the plugin's tables: its own sample data, then a row for each branch made from what the models say."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    Numeric,
    Table,
    Text,
    Time,
    Uuid,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import Integer, String

from core.database import uuid7
from core.database.schema import metadata
from core.identity.models import Account
from core.organization.models import Unit
from core.organization.paths import path_of
from core.sdk.kit.ground import Ground, Place
from core.sdk.kit.telling import told
from core.tenancy.keys import keyring

#: How many ways of filling a table are tried.
_TRIES = 64
_numbers = itertools.count(1)
_WORDS = re.compile(r'"?(\w+)"? (?:IN \(|= ANY \(ARRAY\[)(.*?)[)\]]', re.IGNORECASE)
_BETWEEN = re.compile(r'"?(\w+)"? BETWEEN (-?\d+) AND (-?\d+)', re.IGNORECASE)
_PERSON = {"sex": "1", "ethnic": "01", "education": "31", "standing": "formal", "id_kind": "id_card", "state": None}


def furnish(ground: Ground, place: Place) -> None:
    """Give a tenant two branches and a member in each, marked."""
    place.branches = (uuid7(), uuid7())
    with ground.judge.begin() as connection:
        root, _ = connection.execute(select(Unit.path, Unit.path_end).where(Unit.id == place.root_unit_id)).one()
        for number, branch in enumerate(place.branches, 1):
            path, path_end = path_of(root, number)
            unit = {
                "id": branch, "parent_id": place.root_unit_id, "path": path, "path_end": path_end, "depth": 1, "type": "branch",
                "state": "active", "name": f"{place.mark}第{number}支部", "short_name": f"{place.mark}{number}",
            }  # fmt: skip
            _put(connection, place, metadata().tables["core.unit"], unit)
            person = {
                "id": uuid7(), "unit_id": branch, "name": f"{place.mark}同志{number}", "name_key": f"{place.mark}{number}",
                "pinyin": place.mark, "initials": place.mark[:2], "birth": date(1990, 1, number), "join_date": date(2015, 7, 1),
                "regular_date": date(2016, 7, 1), **{key: value for key, value in _PERSON.items() if value},
            }  # fmt: skip
            _put(connection, place, metadata().tables["core.person"], person)
        connection.execute(text("UPDATE core.tenant_state SET next_unit = 10 WHERE tenant_id = :t"), {"t": place.id})
        own = update(Account).where(Account.tenant_id == place.id).values(person_id=place.ids["person"][0])
        connection.execute(own)
        place.ids["account"] = list(connection.scalars(select(Account.id).where(Account.tenant_id == place.id)))


def _put(connection: Connection, place: Place, table: Table, fixed: dict[str, Any]) -> None:
    """Insert a row with these values, and something for every other column that needs a value."""
    values = {"tenant_id": place.id, **fixed}
    for column in table.columns:
        needed = not column.nullable and column.server_default is None and column.name not in values
        if needed:
            values[column.name] = _value(column, place.mark, next(_numbers))
    connection.execute(insert(table).values(values))
    place.ids.setdefault(table.name, []).append(values["id"])


def fill(ground: Ground, place: Place) -> None:
    """Fill every table of the plugin: by its sample data, and a row of the kit's for each branch."""
    _sample(ground, place)
    for number, (branch, person) in enumerate(zip(place.branches, place.ids["person"], strict=True)):
        rows = {"unit": branch, "person": person, "account": place.ids["account"][0]}
        for table in ground.tables:
            why = _fill_table(ground, place, table, rows)
            if why and number == 0:
                ground.unfilled.setdefault(table.name, why)
    with ground.judge.connect() as connection:
        for table in ground.tables:
            found = list(connection.scalars(select(table.c.id).where(table.c.tenant_id == place.id).limit(20)))
            place.ids[f"{ground.name}.{table.name}"] = found
            if found:
                ground.unfilled.pop(table.name, None)


def _sample(ground: Ground, place: Place) -> None:
    for one in ground.plugin.brought.get("register_sample_data", ()):
        try:
            with ground.inside(place):
                one.load()
        except Exception as error:  # noqa: BLE001  (whatever a plugin's sample data raise)
            ground.unloaded.setdefault(one.key, told(error, ground.found))


def _fill_table(ground: Ground, place: Place, table: Table, rows: dict[str, UUID]) -> str:
    """Insert one row; gives why it could not be done."""
    why = ""
    with ground.judge.begin() as connection:
        for words, full in itertools.islice(_ways(table), _TRIES):
            values = _row(ground, place, table, rows, words, full=full)
            try:
                with connection.begin_nested():
                    connection.execute(insert(table).values(values))
            except SQLAlchemyError as error:
                why = str(getattr(error, "orig", error)).splitlines()[0]
            else:
                rows[table.name] = values["id"]
                return ""
    return why


def _ways(table: Table) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every choice of the words that checks let columns hold, with and without what may be left out."""
    words = _words(table)
    for choice in itertools.product(*words.values()):
        for full in (True, False):
            yield dict(zip(words, choice, strict=True)), full


def _words(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in table.constraints:
        said = str(getattr(one, "sqltext", ""))
        for name, words in _WORDS.findall(said):
            if name in table.c:
                found.setdefault(name, re.findall(r"'([^']*)'", words) or re.findall(r"-?\d+", words))
        for name, low, high in _BETWEEN.findall(said):
            if name in table.c:
                found.setdefault(name, [low, high])
    return {name: words for name, words in found.items() if words}


def _row(
    ground: Ground, place: Place, table: Table, rows: dict[str, UUID], words: dict[str, Any], *, full: bool
) -> dict[str, Any]:
    # one number for the whole row: amounts that must agree do, and another row has another
    number = next(_numbers)
    values: dict[str, Any] = {"tenant_id": place.id, "id": uuid7()}
    targets = {
        element.parent.name: element.column.table.name
        for key in table.foreign_key_constraints
        for element in key.elements
        if element.parent.name != "tenant_id"
    }
    if targets.get("id") in rows:  # one row for each of the parent's, under the same id
        values["id"] = rows[targets["id"]]
    for column in table.columns:
        if column.name in values:
            continue
        target = targets.get(column.name)
        link = column.name.removesuffix("_id")
        if column.name in words:
            word = words[column.name]
            values[column.name] = int(word) if isinstance(column.type, Integer) else word
        elif target is not None:
            if target != table.name and target in rows and (full or not column.nullable):
                values[column.name] = rows[target]
        elif isinstance(column.type, Uuid) and link in rows:
            values[column.name] = rows[link]
        elif column.server_default is None and (full or not column.nullable):
            values[column.name] = _sealed(ground, place, table, column, values["id"]) or _value(
                column, place.mark, number
            )
    return values


def _sealed(ground: Ground, place: Place, table: Table, column: Column[Any], row: UUID) -> bytes | None:
    """The mark as the tenant's own keys encrypt it at that place, for columns of bytes."""
    if not isinstance(column.type, LargeBinary):
        return None
    with ground.inside(place):
        # readers of plain text and readers of JSON objects both find something they can read
        words = json.dumps({"words": place.mark})
        return keyring().encrypt(words, table=table.name, column=column.name, row=row)


def _value(column: Column[Any], mark: str, number: int) -> Any:
    kind: Any = column.type
    made: list[tuple[type, Any]] = [
        (Text, f"{mark}-{column.name}-{number}"),
        (String, f"{mark}-{number}"[: getattr(kind, "length", None) or 99]),
        (Uuid, uuid7()),
        (Boolean, False),
        (Date, date(2024, 5, 1)),
        (DateTime, datetime(2024, 5, 1, tzinfo=UTC)),
        (Time, time(9)),
        (Numeric, Decimal(number % 90 + 1)),
        (Integer, number % 90 + 1),
        (LargeBinary, mark.encode()),
        (ARRAY, []),
        (JSONB, {}),
    ]
    return next(value for type_, value in made if isinstance(kind, type_))
