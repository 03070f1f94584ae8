"""A file with its tables found and their columns mapped: the same steps for looking, checking and applying."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from core.importing.kinds import ImportKind, kind_of
from core.importing.reading import REASON, Columns
from core.spreadsheets.crosswise import crosswise
from core.spreadsheets.errors import DEFAULT_LIMITS, Limits
from core.spreadsheets.fields import FieldSpec
from core.spreadsheets.joined import with_joined
from core.spreadsheets.layout import Outline, SheetTable, recognise
from core.spreadsheets.mapping import ColumnMapping, Headings, map_columns
from core.spreadsheets.opening import Workbook, open_workbook
from core.spreadsheets.sheets import Contents

#: Asks for the remembered mapping of a table by its fingerprint.
Memory = Callable[[str], Mapping[str, str] | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person (or an earlier import) decided of the mapping.

    :param columns: column key → field, ``""`` for a column that is not imported.
    :param constants: field → one text for all rows that lack a column for it.
    :param sheets: the sheets to import; empty: those that look right.
    :param outline: of a table laid out as a hierarchy: what an empty cell between two levels means (``same``: as above,
        ``none``: no such level); ``plain``: it is no hierarchy; ``""``: nobody said.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    outline: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Choice":
        """From ``ImportRun.mapping``."""
        sheets = tuple(stored.get("sheets", ()))
        return cls(stored.get("columns", {}), stored.get("constants", {}), sheets, stored.get("outline", ""))


@dataclass
class Table:
    """A sheet's table, what its columns are, and whether it is imported."""

    table: SheetTable
    mapping: ColumnMapping
    used: bool = False

    @property
    def fingerprint(self) -> str:
        """What the mapping is remembered by."""
        return sha256(self.table.fingerprint.encode()).hexdigest()


@dataclass
class Source:
    """An opened file.

    :param left_out: sheet → Chinese reason why nothing of it is imported.
    """

    kind: ImportKind
    workbook: Workbook
    tables: list[Table]
    constants: Mapping[str, str]
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def used(self) -> list[Table]:
        """The tables that are imported."""
        return [table for table in self.tables if table.used]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a column in some used table, or a constant."""
        mapped = {name for table in self.used for name in table.mapping.fields}
        return frozenset(mapped | set(self.constants)) - {REASON.name}

    @property
    def missing(self) -> list[FieldSpec]:
        """Required fields that some used table has neither a column nor a constant for; all of them without a table."""
        if not self.used:
            return [spec for spec in self.kind.fields if spec.required]
        lacking = {spec.name: spec for table in self.used for spec in table.mapping.missing}
        return [spec for name, spec in lacking.items() if name not in self.constants]

    @property
    def doubtful(self) -> dict[str, Outline]:
        """Sheet → how it was read, where that depends on what an empty cell means, which nobody said."""
        outlines = ((table.table.sheet, table.table.outline) for table in self.used)
        return {sheet: outline for sheet, outline in outlines if outline and outline.doubtful}

    def columns(self) -> Columns:
        """All rows of the used tables as columns of fields."""
        specs = {spec.name: spec for spec in all_fields(self.kind.name)}
        columns = Columns()
        for table in self.used:
            columns.add(
                table.table,
                table.mapping.fields,
                self.constants,
                specs,
                dates_from_1904=self.workbook.dates_from_1904,
            )
        return columns


def all_fields(kind: str) -> tuple[FieldSpec, ...]:
    """A kind's fields with the one every kind has."""
    return (*kind_of(kind).fields, REASON)


def headings_of(kind: str) -> Headings:
    """The headings of a kind's fields, ready for comparing."""
    return _headings(all_fields(kind))


@lru_cache(maxsize=64)
def _headings(fields: tuple[FieldSpec, ...]) -> Headings:
    return Headings(fields)


def read_source(
    kind: ImportKind, data: bytes, *, choice: Choice | None = None, memory: Memory | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Source:  # fmt: skip
    """Open a file, find its tables and map their columns.

    :param memory: remembered mappings; what ``choice`` says goes before them.
    :raises WorkbookRefused: the file cannot be read.
    """
    choice = choice or Choice()
    workbook = open_workbook(data, limits)
    source = Source(kind, workbook, [], choice.constants)
    headings = headings_of(kind.name)

    def known(heading: str) -> float:
        return max(headings.known(heading), 0.9 if kind.is_level(heading) else 0.0)

    for sheet in workbook.sheets:
        if sheet.hidden and sheet.name not in choice.sheets:
            source.left_out[sheet.name] = "是隐藏的工作表，没有导入"
            continue
        table = recognise(sheet, known)
        table = with_joined(table, headings.exactly, headings.listed) if table else None
        found = _mapped(table, headings, choice, memory) if table else None
        found = (found and _arranged(found, sheet.contents, source, choice, memory)) or found
        if found is None or not found.table.rows:
            source.left_out[sheet.name] = "是空的，或没有数据行"
            continue
        if found.mapping.missing:
            found.mapping.conflicts += filter(None, [crosswise(sheet.contents, headings.exactly)])
        source.tables.append(found)
    _use(source, choice)
    return source


def _arranged(found: Table, contents: Contents, source: Source, choice: Choice, memory: Memory | None) -> Table | None:
    """The table as an ordinary one, if it is laid out as a hierarchy and nobody says that it is not."""
    if source.kind.arrange is None or choice.outline == "plain":
        return None
    top = choice.constants.get("parent", "")
    made = source.kind.arrange(found.table, contents, found.mapping, blank=choice.outline, top=top)
    return _mapped(made, headings_of(source.kind.name), choice, memory) if made and made.rows else None


def _mapped(table: SheetTable, headings: Headings, choice: Choice, memory: Memory | None) -> Table:
    found = Table(table, ColumnMapping())
    remembered = dict((memory(found.fingerprint) or {}) if memory else {})
    remembered.update(choice.columns)
    found.mapping = map_columns(table, headings, remembered)
    return found


def _use(source: Source, choice: Choice) -> None:
    """Decide which tables are imported: those chosen, else those that have the required columns, else the likeliest."""
    for table in source.tables:
        if choice.sheets:
            table.used = table.table.sheet in choice.sheets
        else:
            table.used = _likeness(source, table) > 0.5
    if not source.used and source.tables and not choice.sheets:
        best = max(source.tables, key=lambda table: (len(table.mapping.matches), len(table.table.rows)))
        best.used = bool(best.mapping.matches) or len(source.tables) == 1
    for table in source.tables:
        if not table.used:
            reason = "没有选中" if choice.sheets else f"没有{source.kind.title}需要的列，看来与这次导入无关"
            source.left_out[table.table.sheet] = reason


def _likeness(source: Source, table: Table) -> float:
    """The share of the required fields that a table has."""
    required = [spec for spec in source.kind.fields if spec.required]
    lacking = [spec for spec in table.mapping.missing if spec.name not in source.constants]
    return 1 - len(lacking) / max(len(required), 1)
