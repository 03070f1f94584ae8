"""Reads of imports for pages."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, any_, bindparam, func, literal, or_, select, tuple_

from core.database.read import row, rows, scalar
from core.importing.models import ImportFile, ImportFinding, ImportRun

#: States in which something goes on by itself: the page asks again by itself.
BUSY = ("uploaded", "mapped", "checking", "waiting", "applying", "undoing")
PAGE = 100


class RunView(NamedTuple):
    """A run as pages show it."""

    id: UUID
    kind: str
    file_name: str
    file_size: int
    state: str
    row_count: int
    next_row: int
    created: int
    updated: int
    unchanged: int
    refused: int
    problem: str | None
    actor: str
    actor_id: UUID | None
    created_at: Any
    applied_at: Any
    undone_at: Any
    layout: dict[str, Any]
    mapping: dict[str, Any]
    options: dict[str, Any]
    totals: dict[str, Any]
    undone: dict[str, Any]
    changes: dict[str, Any]

    @property
    def busy(self) -> bool:
        """Whether something goes on by itself."""
        return self.state in BUSY or (self.state == "applied" and bool(self.options.get("undo_asked")))

    @property
    def resumable(self) -> bool:
        """Whether an interrupted application can go on."""
        return self.state == "failed" and self.applied_at is None and bool(self.options.get("started"))

    @property
    def undoable(self) -> bool:
        """Whether it wrote something that can be taken back."""
        wrote = self.created + self.updated > 0
        return (self.state == "applied" and wrote) or (self.state == "failed" and self.next_row > 0 and wrote)


class FindingView(NamedTuple):
    """One finding of a row."""

    position: int
    sheet: str
    row: int
    field: str
    rule: str
    severity: str
    needs_reason: bool
    message: str
    value: str


_SMALL = ("layout", "mapping", "options", "totals", "undone", "changes")
_RUN = select(*(getattr(ImportRun, name) for name in RunView._fields)).where(ImportRun.id == bindparam("run_id"))
_RUNS = (
    select(*(getattr(ImportRun, name) for name in RunView._fields if name not in _SMALL))
    .where(
        or_(
            ImportRun.kind == any_(bindparam("everywhere", type_=ARRAY(Text))),
            ImportRun.actor_id == bindparam("actor_id"),
        )
    )
    .order_by(ImportRun.created_at.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_FINDINGS = (
    select(
        ImportFinding.position, ImportFinding.sheet, ImportFinding.row_number, ImportFinding.field, ImportFinding.rule,
        ImportFinding.severity, ImportFinding.needs_reason, ImportFinding.message, ImportFinding.value,
    )
    .where(ImportFinding.run_id == bindparam("run_id"), ImportFinding.refused == bindparam("refused"))
    .where(or_(bindparam("rule", type_=Text) == "", ImportFinding.rule == bindparam("rule", type_=Text)))
    .where(or_(~bindparam("refused"), ImportFinding.severity != "INFO"))
    .order_by(ImportFinding.position, ImportFinding.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)  # fmt: skip
_BY_RULE = (
    select(ImportFinding.rule, func.count(ImportFinding.position.distinct()))
    .where(ImportFinding.run_id == bindparam("run_id"), ImportFinding.refused, ImportFinding.severity != "INFO")
    .group_by(ImportFinding.rule)
    .order_by(func.count(ImportFinding.position.distinct()).desc(), ImportFinding.rule)
)
_ASKING = select(func.count(ImportFinding.position.distinct())).where(
    ImportFinding.run_id == bindparam("run_id"), ImportFinding.needs_reason
)
_FILES = select(ImportFile.purpose).where(ImportFile.run_id == bindparam("run_id"))


def run_view(run_id: UUID) -> RunView | None:
    """A run, or ``None``."""
    found = row(_RUN, run_id=run_id)
    return RunView(*found) if found else None


def run_list(*, everywhere: list[str], actor_id: UUID, page: int = 1, size: int = 50) -> list[RunView]:
    """Runs, newest first: of the kinds one may import everywhere, and one's own."""
    found = rows(_RUNS, everywhere=everywhere, actor_id=actor_id, limit=size, offset=(page - 1) * size)
    return [RunView._make([*values, {}, {}, {}, {}, {}, {}]) for values in found]


def findings(run_id: UUID, *, refused: bool, rule: str = "", page: int = 1) -> list[FindingView]:
    """What was found in refused rows (or noted of kept ones), in the order of the file, one page."""
    found = rows(_FINDINGS, run_id=run_id, refused=refused, rule=rule, limit=PAGE, offset=(page - 1) * PAGE)
    return [FindingView(*values) for values in found]


def refused_by_rule(run_id: UUID) -> list[tuple[str, int]]:
    """Rule → how many rows it refused, most first."""
    return [(rule, count) for rule, count in rows(_BY_RULE, run_id=run_id)]


def rows_asking(run_id: UUID) -> int:
    """How many rows would pass with a reason."""
    return int(scalar(_ASKING, run_id=run_id) or 0)


def files_of(run_id: UUID) -> frozenset[str]:
    """Which files of a run are there to be downloaded."""
    return frozenset(purpose for (purpose,) in rows(_FILES, run_id=run_id))


def runs_behind(
    *, everywhere: list[str], actor_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[RunView]:
    """Runs, newest first, behind a place in that order (moment, id): of the kinds one may import everywhere, and one's own."""
    statement = _RUNS.order_by(None).limit(None).offset(None)
    keys = tuple_(ImportRun.created_at, ImportRun.id)
    if after is not None:
        statement = statement.where(
            keys < tuple_(literal(after[0], DateTime(timezone=True)), literal(after[1], Uuid()))
        )
    statement = statement.order_by(ImportRun.created_at.desc(), ImportRun.id.desc()).limit(bindparam("limit"))
    found = rows(statement, everywhere=everywhere, actor_id=actor_id, limit=limit)
    return [RunView._make([*values, {}, {}, {}, {}, {}, {}]) for values in found]


def findings_behind(
    run_id: UUID, *, refused: bool, rule: str, after: tuple[int, UUID] | None, limit: int
) -> list[tuple[FindingView, UUID]]:
    """What was found in refused rows (or noted of kept ones), each with its id, behind a place (position, id)."""
    statement = _FINDINGS.limit(None).offset(None).add_columns(ImportFinding.id)
    if after is not None:
        place = tuple_(literal(after[0], Integer()), literal(after[1], Uuid()))
        statement = statement.where(tuple_(ImportFinding.position, ImportFinding.id) > place)
    found = rows(statement.limit(bindparam("limit")), run_id=run_id, refused=refused, rule=rule, limit=limit)
    return [(FindingView(*values[:-1]), values[-1]) for values in found]
