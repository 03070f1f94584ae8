"""What a domain part says of the records it lets people import, and what it is handed while they are imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from core.policy.findings import Finding
from core.spreadsheets.fields import FieldSpec
from core.spreadsheets.layout import SheetTable
from core.spreadsheets.mapping import ColumnMapping
from core.spreadsheets.sheets import Contents
from core.tenancy.doors import is_open


class Act(StrEnum):
    """What an import does with a row."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    REFUSE = "refuse"


@dataclass(slots=True)
class Batch:
    """Rows handed to an importer, in the order of the file, as columns.

    :param start: place of the first row among all rows of data of the file.
    :param sheets: of each row the sheet; ``rows`` of each row its number as Excel counts.
    :param columns: field → one value a row: tidy text (``""`` for an empty cell), or ``date | None`` for date fields.
        A field without a column (or constant) is missing here: leave what is stored alone.
    :param findings: place in the batch → what was already found while reading the cells (unreadable date, formula, …).
    :param unreadable: place → field → text of a cell that was given but could not be read; its value is empty.
    :param month_only: date field → places where only year and month were written (the value is the first of the month).
    :param reasons: of each row the reason given for it, in a column or afterwards, or ``""``.
    :param above: of each row the place of its superior's row, where the table was laid out as a hierarchy; else ``None``.
    :param implied: places of rows that have none of their own in the sheet; ``outermost``: of those with nothing above.
    """

    start: int
    sheets: Sequence[str]
    rows: Sequence[int]
    columns: dict[str, list[Any]]
    findings: dict[int, list[Finding]] = field(default_factory=dict)
    unreadable: dict[int, dict[str, str]] = field(default_factory=dict)
    month_only: dict[str, frozenset[int]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    above: Mapping[int, int | None] = field(default_factory=dict)
    implied: frozenset[int] = frozenset()
    outermost: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str, empty: Any = "") -> list[Any]:
        """A field's values, or as many empty ones when no column holds it."""
        found = self.columns.get(name)
        return [empty] * len(self.rows) if found is None else found


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a stored record that a row changes, as anybody may read it who imports: masked, never what is sealed.

    :param title: what the field is called. :param old: empty where there was nothing.
    :param since: who changed it in the product since it was last imported, and when; empty when nobody did.
    """

    field: str
    title: str
    old: str
    new: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a row changes of the record it is about, whose name is ``whom``."""

    whom: str
    fields: Sequence[Change]


@dataclass(slots=True)
class Verdicts:
    """What the check says of a batch.

    :param acts: one for each row. :param findings: place → everything found (the batch's own findings included).
    :param askable: places refused only for want of a reason: with one, the row would pass.
    :param payload: whatever ``apply`` needs of what ``check`` worked out.
    :param ahead: work for the writing that needs no database; it is called before ``apply``, never in a dry run,
        and may run while the batch before is being written.
    :param changes: place → what a row that updates changes; of other rows nothing.
    """

    acts: list[Act]
    findings: dict[int, list[Finding]] = field(default_factory=dict)
    askable: set[int] = field(default_factory=set)
    payload: Any = None
    ahead: Callable[[], None] | None = None
    changes: dict[int, Changed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """A record changed by an import, as it was before (JSON), and its version afterwards."""

    subject: str
    subject_id: UUID
    before: dict[str, Any]
    version_after: int


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What an importer knows of its run.

    :param run_id: ``None`` in a dry run from the command line, which leaves no trace.
    :param fields: the fields that have a column or a constant.
    :param mode: ``both``, ``add`` (existing records are left alone), ``update`` (no new ones) or ``fill`` (of existing
        records only what is empty is filled; only kinds that say ``fills`` are asked for it).
    :param within: path ranges of the units the actor may import into; ``None``: the whole tenant.
    """

    run_id: UUID | None
    as_of: date
    actor: str
    actor_id: UUID | None
    fields: frozenset[str]
    mode: str = "both"
    within: tuple[tuple[str, str], ...] | None = None


class Importer(Protocol):
    """Works through one run. Batches come in the order of the file; the tenant is bound."""

    def check(self, batch: Batch) -> Verdicts:
        """Judge each row; write nothing. What later rows must know (numbers seen) is remembered here."""

    def apply(self, batch: Batch, verdicts: Verdicts) -> Sequence[Effect]:
        """Write a judged batch inside the open transaction; created records carry ``import_id``.

        :returns: what is needed to restore the records that were changed.
        """

    def totals(self) -> dict[str, Any]:
        """Figures of the tenant to show after the import."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did.

    :param kept: Chinese sentences: records left as they are because somebody changed or uses them since.
    """

    removed: int
    restored: int
    kept: Sequence[str] = ()


class Arrange(Protocol):
    """Reads tables that are laid out in a way of their own."""

    def __call__(
        self, table: SheetTable, contents: Contents, mapping: ColumnMapping, *, blank: str, top: str
    ) -> SheetTable | None:
        """The table as an ordinary one with an ``outline``, or ``None`` if it is ordinary.

        :param mapping: what its columns are when taken as they stand.
        :param blank: ``same`` or ``none``: what an empty cell between two levels means; ``""`` if nobody said.
        :param top: the superior of the outermost rows, ``""`` if nobody said.
        """


def _no_level(_heading: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of record that can be imported.

    :param title: Chinese, such as 党员花名册; ``noun`` counts its records, such as 名党员.
    :param permission: who may import it.
    :param fields: what columns may hold.
    :param begin: makes the importer of a run.
    :param undo: takes a whole run back inside the open transaction, given its effects, newest first.
    :param batch_rows: rows of a transaction; ``None``: the whole file at once (rows that refer to each other).
    :param key_fields: the required fields that suffice when only existing records are updated.
    :param figure_titles: what the importer's totals are called on screen.
    :param further: the fields that the bound tenant has besides.
    :param arrange: makes an ordinary table of one that is laid out otherwise, or says that it is ordinary; see :class:`Arrange`.
    :param is_level: whether a heading is one of a hierarchy that ``arrange`` reads.
    :param fills: whether its importer knows the mode ``fill``.
    """

    name: str
    title: str
    noun: str
    permission: str
    fields: Sequence[FieldSpec]
    begin: Callable[[ImportContext], Importer]
    undo: Callable[[UUID, Sequence[Effect]], Undone]
    batch_rows: int | None = 2500
    key_fields: frozenset[str] = frozenset()
    figure_titles: Mapping[str, str] = field(default_factory=dict)
    further: Callable[[], Sequence[FieldSpec]] = tuple
    arrange: Arrange | None = None
    is_level: Callable[[str], bool] = _no_level
    fills: bool = False


_kinds: dict[str, ImportKind] = {}


class UnknownKind(LookupError):
    """Nobody registered a kind of this name."""


def register_kind(kind: ImportKind) -> ImportKind:
    """Make a kind importable. :raises ValueError: when another one has its name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"import kind {kind.name} is registered twice")
    return kind


def kind_of(name: str) -> ImportKind:
    """The kind of that name, with the fields that the bound tenant has. :raises UnknownKind: when there is none, or it is off here."""
    found = _kinds.get(name)
    if found is None or not is_open(name):
        raise UnknownKind(name)
    further = found.further()
    return replace(found, fields=(*found.fields, *further)) if further else found


def kinds() -> Mapping[str, ImportKind]:
    """All kinds by name."""
    return dict(_kinds)


def hang(kind: ImportKind) -> None:
    """Put in a kind that somebody else made; it replaces one of the same name."""
    _kinds[kind.name] = kind


def open_kinds() -> Mapping[str, ImportKind]:
    """The kinds that the bound tenant may import, by name: the product's own, then those of plugins (``plugin.kind``)."""
    return {name: kind_of(name) for name in sorted(_kinds, key=lambda name: "." in name) if is_open(name)}
