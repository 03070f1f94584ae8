"""A file with its tables found and their columns mapped: the same steps for looking, checking and applying."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from core.importing.kinds import ImportKind, kind_of
from core.importing.reading import REASON, Columns
from core.spreadsheets.crosswise import HINTS, Shape, shape_of, turned
from core.spreadsheets.errors import DEFAULT_LIMITS, Limits
from core.spreadsheets.fields import FieldSpec
from core.spreadsheets.forms import forms
from core.spreadsheets.joined import with_joined
from core.spreadsheets.layout import Known, Outline, SheetTable, recognise
from core.spreadsheets.mapping import ColumnMapping, Headings, map_columns
from core.spreadsheets.opening import Workbook, open_workbook
from core.spreadsheets.sheets import Contents, Sheet

#: What an empty cell may mean, as it is told.
_BLANKS = {"same": "“同上”", "none": "“没有”"}
#: A table of so few rows is looked at twice: it may be the top of a form.
_FEW_ROWS = 60


class Remembered(NamedTuple):
    """How a table with the same headings was read the last time.

    :param columns: column key → field. :param outline: what was chosen then, as in :class:`Choice`; ``""`` if nothing was asked.
    """

    columns: Mapping[str, str]
    outline: str = ""


#: Asks for what is remembered of a table by its fingerprint.
Memory = Callable[[str], Remembered | None]


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
    """A sheet's table, what its columns are, and whether it is imported.

    :param seen: fingerprint of the table as it stands in the sheet, if it was read in a way of its own.
    :param outline: what an empty cell in it means; chosen now or remembered.
    """

    table: SheetTable
    mapping: ColumnMapping
    used: bool = False
    seen: str = ""
    outline: str = ""

    @property
    def fingerprint(self) -> str:
        """What the mapping is remembered by."""
        return _digest(self.table)


def _digest(table: SheetTable) -> str:
    return sha256(table.fingerprint.encode()).hexdigest()


@dataclass
class Source:
    """An opened file.

    :param left_out: sheet → Chinese reason why nothing of it is imported.
    """

    kind: ImportKind
    workbook: Workbook
    tables: list[Table]
    choice: Choice
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def constants(self) -> Mapping[str, str]:
        """Field → one text for all rows that lack a column for it."""
        return self.choice.constants

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
    source = Source(kind, workbook, [], choice)
    headings = headings_of(kind.name)

    def known(heading: str) -> float:
        return max(headings.known(heading), 0.9 if kind.is_level(heading) else 0.0)

    look = _Look(source, headings, known, choice, memory)
    for sheet in workbook.sheets:
        if sheet.hidden and sheet.name not in choice.sheets:
            source.left_out[sheet.name] = "是隐藏的工作表，没有导入"
            continue
        found = look.table_of(sheet)
        if found is None or not found.table.rows:
            source.left_out[sheet.name] = "是空的，或没有数据行"
            continue
        source.tables.append(found)
    _use(source, choice)
    return source


@dataclass(frozen=True, slots=True)
class _Look:
    """Finds the table of a sheet, whichever way its records stand."""

    source: Source
    headings: Headings
    known: Known
    choice: Choice
    memory: Memory | None

    def table_of(self, sheet: Sheet) -> Table | None:
        """The table of a sheet with its columns mapped; ``None`` if the sheet holds nothing like one."""
        found = self._arranged(recognise(sheet, self.known), sheet.contents)
        if self.choice.outline == "plain" or (found and found.table.rows and self._fits(found, sheet)):
            return found
        shape = shape_of(sheet.contents, self.headings.label)
        other = self._crosswise(sheet, shape)
        if other and _tells_more(other, found):
            return other
        if found and found.mapping.missing and shape in HINTS:
            found.mapping.conflicts.append(HINTS[shape])
        return found

    def _fits(self, found: Table, sheet: Sheet) -> bool:
        """Whether a table read as a list is one beyond doubt: nothing is missing, and it is not a form's first row."""
        few = len(found.table.rows) <= _FEW_ROWS
        return not found.mapping.missing and not (few and shape_of(sheet.contents, self.headings.label) is Shape.FORMS)

    def _crosswise(self, sheet: Sheet, shape: Shape) -> Table | None:
        """The table of a turned list or of forms."""
        if shape is Shape.TURNED:
            upright = turned(sheet, self.known)
            return self._arranged(*upright) if upright else None
        return self._arranged(forms(sheet, self.headings.label), None) if shape is Shape.FORMS else None

    def _arranged(self, table: SheetTable | None, contents: Contents | None) -> Table | None:
        """The table with its columns mapped; as an ordinary one if it is laid out in a way of its own."""
        if table is None:
            return None
        table = with_joined(table, self.headings.exactly, self.headings.listed)
        found = self._mapped(table)
        if table.shape != Shape.LIST.value and table.outline:
            found.table = replace(table, outline=replace(table.outline, shows=_telling(self.source.kind, found)))
        made, said = self._laid_out(found, contents) if contents is not None else (None, "")
        if made is None or not made.rows:
            return found
        arranged = self._mapped(replace(made, shape=table.shape, spot=table.spot, edge=table.edge))
        arranged.seen, arranged.outline = _digest(table), said
        return arranged

    def _laid_out(self, found: Table, contents: Contents) -> tuple[SheetTable | None, str]:
        """A table laid out in a way of its own as an ordinary one, and what was taken for the meaning of empty cells.

        Nobody having said it now, it is what was said of the last table with these headings, where there are such cells.
        """
        arrange, choice = self.source.kind.arrange, self.choice
        if arrange is None or choice.outline == "plain":
            return None, ""
        top = choice.constants.get("parent", "")
        made = arrange(found.table, contents, found.mapping, blank=choice.outline, top=top)
        if choice.outline or made is None or made.outline is None or not made.outline.doubtful or self.memory is None:
            return made, choice.outline
        known = self.memory(_digest(found.table))
        if known is None or known.outline not in _BLANKS:
            return made, ""
        made = arrange(found.table, contents, found.mapping, blank=known.outline, top=top)
        if made and made.outline:
            said = f"{made.outline.said}。空白的单元格沿用上次的选择，读作{_BLANKS[known.outline]}"
            made = replace(made, outline=replace(made.outline, said=said))
        return made, known.outline

    def _mapped(self, table: SheetTable) -> Table:
        found = Table(table, ColumnMapping())
        known = self.memory(found.fingerprint) if self.memory else None
        remembered = {**(known.columns if known else {}), **self.choice.columns}
        found.mapping = map_columns(table, self.headings, remembered)
        return found


def _tells_more(other: Table, found: Table | None) -> bool:
    """Whether another reading of a sheet is the right one: nothing more is missing, and far more of it has a name.

    Headings in two rows look a little like a form: each row has but a part of the fields.
    """
    if found is None:
        return True
    more = 2 * len(other.mapping.matches) > 3 * len(found.mapping.matches)
    return more and len(other.mapping.missing) <= len(found.mapping.missing)


def _telling(kind: ImportKind, found: Table) -> tuple[str, str]:
    """The two fields that show best how a table was read: who it is about, and where it belongs."""
    open_ones = [spec.name for spec in kind.fields if spec.required and not spec.private]
    mapped = [name for name in open_ones if name in found.mapping.fields] or open_ones or [""]
    return mapped[0], mapped[-1] if len(mapped) > 1 else ""


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
