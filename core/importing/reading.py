"""Cells of mapped columns as values: what is wrong with a cell by itself is found here, whatever the kind of record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.importing.kinds import Batch
from core.policy.findings import Finding, Severity
from core.spreadsheets.dates import read_date, read_text
from core.spreadsheets.fields import FieldSpec, Kind
from core.spreadsheets.layout import TITLES, Outline, SheetTable
from core.spreadsheets.sheets import Cell
from core.spreadsheets.text import LOST_DIGITS, cell_text, lost_digits, tidy, without_fillers

#: Field that every kind has: why a row is right although a rule doubts it.
REASON = FieldSpec(
    "reason",
    "情况说明",
    ("差异说明", "差异原因", "不一致原因", "不一致说明", "说明原因", "原因说明", "特殊情况说明", "理由", "不一致理由",
     "档案与证件不一致原因", "档案与证件不一致说明", "档案与证件不一致理由"),
    help="性别或出生日期与证件不一致等情况，在这一列写明理由后可以导入",
)  # fmt: skip


@dataclass
class Columns:
    """All rows of a file as columns, in one piece; :meth:`batch` cuts it."""

    sheets: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    findings: dict[int, list[Finding]] = field(default_factory=dict)
    unreadable: dict[int, dict[str, str]] = field(default_factory=dict)
    month_only: dict[str, set[int]] = field(default_factory=dict)
    above: dict[int, int | None] = field(default_factory=dict)
    implied: set[int] = field(default_factory=set)
    outermost: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.rows)

    def add(
        self,
        table: SheetTable,
        places: Mapping[str, int],
        constants: Mapping[str, str],
        specs: Mapping[str, FieldSpec],
        *,
        dates_from_1904: bool = False,
    ) -> None:
        """Append a table's rows.

        :param places: field → column index; :param constants: field → one text for all rows.
        """
        start, count = len(self.rows), len(table.rows)
        self.sheets += [table.sheet] * count
        self.rows += table.numbers
        if table.outline is not None:
            self._add_outline(table.outline, start)
        for name, spec in specs.items():
            if name in places:
                read = self._read(spec, table, places[name], start, dates_from_1904)
            elif name in constants:
                cells: list[Cell] = [constants[name]] * count
                read = self._values(spec, cells, start, dates_from_1904)
            elif name in self.values:
                read = [None if spec.kind is Kind.DATE else ""] * count
            else:
                continue
            known = self.values.setdefault(name, [None if spec.kind is Kind.DATE else ""] * start)
            known += read

    def _add_outline(self, outline: Outline, start: int) -> None:
        """Keep how the rows of a table stand under each other; places count through all tables."""
        for at, upper in enumerate(outline.above):
            self.above[start + at] = None if upper is None else start + upper
        self.implied |= {start + at for at in outline.implied}
        self.outermost |= {start + at for at in outline.outermost}
        for at, problem in outline.problems.items():
            found = Finding("IM.10", Severity.BLOCK, "parent", f"{problem}。请改正后再导入。", code="E_FORMAT")
            self.findings.setdefault(start + at, []).append(found)

    def batch(self, start: int, size: int, reasons: Mapping[tuple[str, int], str], for_all: str = "") -> Batch:
        """Rows ``start`` to ``start + size`` as a batch.

        :param reasons: (sheet, row number) → reason given in the wizard; it goes before the column's.
        """
        end = min(start + size, len(self.rows))
        sheets, rows = self.sheets[start:end], self.rows[start:end]
        written: list[str] = self.values.get(REASON.name, [""] * len(self.rows))[start:end]
        if reasons or for_all:
            keys = zip(sheets, rows, written, strict=True)
            written = [reasons.get((sheet, row)) or text or for_all for sheet, row, text in keys]
        inside = range(start, end)
        return Batch(
            start=start,
            sheets=sheets,
            rows=rows,
            columns={name: cells[start:end] for name, cells in self.values.items() if name != REASON.name},
            findings={at - start: list(found) for at, found in self.findings.items() if at in inside},
            unreadable={at - start: fields for at, fields in self.unreadable.items() if at in inside},
            month_only={
                name: frozenset(at - start for at in places if at in inside) for name, places in self.month_only.items()
            },
            reasons=written,
            above={
                at - start: upper - start if upper is not None else None
                for at, upper in self.above.items()
                if at in inside and (upper is None or upper in inside)
            },
            implied=frozenset(at - start for at in self.implied if at in inside),
            outermost=frozenset(at - start for at in self.outermost if at in inside),
        )

    def _read(self, spec: FieldSpec, table: SheetTable, index: int, start: int, dates_from_1904: bool) -> list[Any]:
        cells = outside(spec, table, index) if index < 0 else table.values(index)
        computed = table.formula_rows(index) if index >= 0 else frozenset()
        for at in computed:
            cells[at] = ""
        values = self._values(spec, cells, start, dates_from_1904)
        for at in computed if not spec.aside else ():
            text = cell_text(table.rows[at][index])
            self._refuse(start + at, spec, text, "IM.01", _FORMULA.format(title=spec.title))
        return values

    def _values(self, spec: FieldSpec, cells: Sequence[Cell], start: int, dates_from_1904: bool) -> list[Any]:
        if spec.kind is Kind.DATE:
            return self._dates(spec, cells, start, dates_from_1904)
        if spec.kind is Kind.NUMBER_TEXT:
            return without_fillers(self._numbers(spec, cells, start))
        texts = _texts(cells)
        return texts if spec.kind is Kind.CODE else without_fillers(texts)  # 无 and 未知 may be codes of a list

    def _numbers(self, spec: FieldSpec, cells: Sequence[Cell], start: int) -> list[str]:
        values = []
        for at, cell in enumerate(cells):
            if type(cell) is str and len(cell) < 30 and cell.isalnum():
                values.append(cell)
            elif lost_digits(cell):
                values.append("")
                if spec.optional:
                    self._leave_out(start + at, spec, f"{spec.title}：{LOST_DIGITS}这一项先不导入。")
                    continue
                self._refuse(start + at, spec, cell_text(cell), spec.rule or "IM.02", f"{spec.title}：{LOST_DIGITS}")
            else:
                values.append(cell_text(cell))
        return values

    def _dates(self, spec: FieldSpec, cells: Sequence[Cell], start: int, dates_from_1904: bool) -> list[date | None]:
        values: list[date | None] = []
        for at, cell in enumerate(cells):
            if spec.fillers and type(cell) is str and cell.strip() in spec.fillers:
                cell = ""  # noqa: PLW2901
            read = read_text(cell) if type(cell) is str else read_date(cell, dates_from_1904=dates_from_1904)
            values.append(read.value)
            if read.problem and spec.optional:
                self._leave_out(start + at, spec, f"{spec.title}{read.problem}这一项先不导入。")
            elif read.problem:
                self._refuse(start + at, spec, cell_text(cell), spec.rule or "IM.03", f"{spec.title}{read.problem}")
            elif read.month_only:
                self._note_month(start + at, spec, cell)
        return values

    def _note_month(self, at: int, spec: FieldSpec, cell: Cell) -> None:
        if spec.month_only:
            self.month_only.setdefault(spec.name, set()).add(at)
            return
        text = cell_text(cell)
        self._refuse(at, spec, text, spec.rule or "IM.03", f"{spec.title}“{text}”只有年月，请补上日。")

    def _leave_out(self, at: int, spec: FieldSpec, message: str) -> None:
        found = Finding(spec.rule or "IM.03", Severity.INFO, spec.name, message, code="E_FORMAT")
        self.findings.setdefault(at, []).append(found)

    def _refuse(self, at: int, spec: FieldSpec, text: str, rule: str, message: str) -> None:
        self.unreadable.setdefault(at, {})[spec.name] = text
        found = Finding(rule, Severity.BLOCK, spec.name, message, code="E_FORMAT")
        self.findings.setdefault(at, []).append(found)


def outside(spec: FieldSpec, table: SheetTable, index: int) -> list[Cell]:
    """What stands outside the rows, without what is said around it: 财务处支部党员花名册 names 财务处支部."""
    if index == TITLES:
        text = spec.outside_text(table.titles)
        return [text] * len(table.rows) if text else table.values(index)
    above = spec.outside_text(table.titles)  # of the rows before the first section
    return [(spec.outside_text([text]) or text) if text else above for text in map(cell_text, table.values(index))]


def _texts(cells: Sequence[Cell]) -> list[str]:
    """Cells as tidy text; a column that repeats itself (a branch, a code) is tidied once a value."""
    if set(map(type, cells)) == {str}:
        distinct = set(cells)
        if len(distinct) * 2 < len(cells):
            known = {cell: cell_text(cell) for cell in distinct}
            return [known[cell] for cell in cells]
    return [tidy(cell) if type(cell) is str else cell_text(cell) for cell in cells]


_FORMULA = "{title}是公式，不是填写的内容，不能导入。请选中这一列复制，在原处“选择性粘贴—数值”，保存后重新上传。"
