"""Writing judged rows of a register: one statement a table, whatever the number of rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

from core.database import db, uuid7
from core.database.bulk import insert_columns
from core.importing.kinds import Effect, ImportContext
from core.organization import paths
from core.organization.actions.writing import close_posts, next_ordinals, short_name_of
from core.organization.import_rows import Row
from core.organization.importing import Judged
from core.organization.models import Body, Unit, UnitVersion
from core.organization.rules.form import FOUNDED

_MADE = ("approval_doc_no", "region_code", "contact_name", "contact_phone", "address", "remark", "code")


def write(judged: Judged, context: ImportContext) -> Sequence[Effect]:
    """Make and change units; returns what changed units were like before."""
    _make(judged.made, context)
    return _change(judged.changed, context)


def _make(made: Sequence[Row], context: ImportContext) -> None:
    if not made:
        return
    first, known = next_ordinals(len(made)), dict[int, str]()
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for ordinal, row in enumerate(made, first):
        upper = known[row.parent_row.at] if row.parent_row else row.parent.path if row.parent else ""
        path, path_end = paths.path_of(upper, ordinal)
        known[row.at] = path
        for name, value in _unit(row, path, path_end).items():
            columns[name].append(value)
    count, run = len(made), context.run_id
    insert_columns(Unit, {**columns, "import_id": [run] * count})
    insert_columns(
        UnitVersion,
        {
            "id": [uuid7() for _ in made],
            "unit_id": columns["id"],
            # A unit whose beginning nobody wrote down is shown in every as-of view, as the root is.
            "valid_from": [day or FOUNDED for day in columns["established_on"]],
            "name": columns["name"],
            "short_name": columns["short_name"],
            "type": columns["type"],
            "subtype": columns["subtype"],
            "parent_id": columns["parent_id"],
            "state": ["active"] * count,
        },
    )
    _make_bodies([(row.id, row) for row in made if row.values.get("body_started")], run)


def _unit(row: Row, path: str, path_end: str) -> dict[str, Any]:
    parent_id = row.parent_row.id if row.parent_row else row.parent.id if row.parent else None
    return {
        "id": row.id,
        "name": row.name,
        "short_name": row.values.get("short_name") or short_name_of(row.name),
        "type": row.type.value if row.type else None,
        "subtype": row.subtype.value if row.subtype else None,
        "parent_id": parent_id,
        "path": path,
        "path_end": path_end,
        "depth": paths.depth(path),
        "domain": row.domain.value if row.domain else None,
        "established_on": row.values.get("established_on"),
        **{name: row.values.get(name) for name in _MADE},
    }


_COLUMNS = ("id", "name", "short_name", "type", "subtype", "parent_id", "path", "path_end", "depth", "domain",
            "established_on", *_MADE)  # fmt: skip


def _make_bodies(units: Sequence[tuple[UUID, Row]], run: UUID | None) -> None:
    count = len(units)
    insert_columns(
        Body,
        {
            "id": [uuid7() for _ in units],
            "unit_id": [unit_id for unit_id, _ in units],
            "term_no": [_number(row.values.get("term_no")) for _, row in units],
            "started_on": [row.values["body_started"] for _, row in units],
            "years": [row.years for _, row in units],
            "due_on": [row.due_on for _, row in units],
            "import_id": [run] * count,
        },
    )


def _number(text: str | None) -> int | None:
    """第8届, 8 → 8; anything else is no number."""
    digits = (text or "").removeprefix("第").removesuffix("届").removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else None


def _change(changed: Sequence[Row], context: ImportContext) -> list[Effect]:
    effects = []
    for row in changed:
        if row.stored is None:
            raise ValueError("a row that changes nothing stored")
        if row.new_body:
            effects += _succeed(row, context)
        if row.changes:
            before = {name: _plain(getattr(row.stored, name)) for name in row.changes}
            statement = update(Unit).where(Unit.id == row.stored.id)
            db.session().execute(
                statement.values(**row.changes, version=Unit.version + 1), execution_options=_UNSYNCHRONISED
            )
            effects.append(Effect("unit", row.stored.id, before, row.stored.version + 1))
    return effects


_UNSYNCHRONISED = {"synchronize_session": False}


def _succeed(row: Row, context: ImportContext) -> list[Effect]:
    """A later body than the present one: that one ends when this one begins."""
    stored, started = row.stored, row.values["body_started"]
    effects = []
    if stored is not None and stored.body_id is not None:
        ended = update(Body).where(Body.id == stored.body_id).values(ended_on=started)
        db.session().execute(ended, execution_options=_UNSYNCHRONISED)
        close_posts(on=started, body_id=stored.body_id)
        effects.append(Effect("body", stored.body_id, {"ended_on": None}, 0))
    if stored is not None:
        _make_bodies([(stored.id, row)], context.run_id)
    return effects


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
