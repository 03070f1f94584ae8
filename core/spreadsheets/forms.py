"""Forms for one person each, one to a sheet or one below the other, read as a list: 姓名 | 张三 | 性别 | 男."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.spreadsheets.bounds import column_letters
from core.spreadsheets.crosswise import Label, Shape
from core.spreadsheets.layout import SECTION, SHEET_NAME, TITLES, Column, Outline, SheetTable
from core.spreadsheets.mapping import OTHER_PEOPLE
from core.spreadsheets.rowkinds import Skipped
from core.spreadsheets.sheets import Cell, Contents, Place, Row, Sheet
from core.spreadsheets.text import cell_text, plain

#: So much of what the sheet's forms have must be in a part of it before that part is a form of its own.
_ENOUGH = 0.6
_LEAST = 3
_LONGEST_HEADING = 16
_INLINE = re.compile(r"^([^:：]{1,16})[:：]\s*([^:：]+)$", re.DOTALL)
_LINE = re.compile("[_＿]+")
_RELATIVES = frozenset({"称谓", "与本人关系", "关系", "与党员关系"})
_TICKS, _BOXES = "☑✓✔√■☒", "□☐"
_BRACKETED = (
    (re.compile(r"[（(\[【]\s*[√✓✔☑■]\s*[)）\]】]"), "☑"),
    (re.compile(r"[（(\[【]\s*[)）\]】]"), "□"),
    (re.compile(r"□\s*√|√\s*□"), "☑"),
)
_SAID = "一人一张的登记表：每一项取自它的名称右边（或下面）的格子，每一张读作一行，行号是这一张“{first}”所在的行"


@dataclass(frozen=True, slots=True)
class _Pair:
    """What a form says of one thing. ``at`` is the place of the label, ``value`` that of the cell that answers it."""

    heading: str
    field: str
    group: str
    at: Place
    value: Place
    cell: Cell


@dataclass
class _Form:
    """The pairs of one form, and where it begins."""

    row: int
    pairs: dict[str, _Pair] = field(default_factory=dict)
    title: str = ""


def forms(sheet: Sheet, label: Label) -> SheetTable | None:
    """The forms of a sheet as a table with a row for each; ``None`` where it cannot be told what belongs together."""
    reader = _Reader(sheet.contents, label)
    starts = reader.starts()
    if not starts:
        return None
    found = [reader.form(row, end) for row, end in zip(starts, [*starts[1:], len(reader.rows)], strict=True)]
    if any(form is None for form in found):
        return None
    filled = [form for form in found if form and any(pair.cell != "" for pair in form.pairs.values() if pair.field)]
    blank = [form.row + 1 for form in found if form and form not in filled]
    if not filled or len({pair.field for form in filled for pair in form.pairs.values() if pair.field}) < _LEAST:
        return None
    return _table(sheet, filled, blank, reader)


def _table(sheet: Sheet, found: Sequence[_Form], blank: Sequence[int], reader: "_Reader") -> SheetTable:
    first: dict[str, _Pair] = {}
    for form in found:
        for key, pair in form.pairs.items():
            first.setdefault(key, pair)
    keys = list(first)
    columns = [
        Column(at, first[key].heading, first[key].group, key, shown=_name_of(first[key].value))
        for at, key in enumerate(keys)
    ]
    rows: list[Row] = [[form.pairs[key].cell if key in form.pairs else "" for key in keys] for form in found]
    spots = {
        (form.row + 1, at): form.pairs[key].value for form in found for at, key in enumerate(keys) if key in form.pairs
    }
    sections = [form.title for form in found]
    titles = [] if len(set(sections)) > 1 else reader.titles(found[0].row)
    if len(set(sections)) > 1:
        columns.append(Column(SECTION, "每张表上方的文字", key="〔分段标题行〕"))
    columns.append(Column(SHEET_NAME, "工作表名称", key="〔工作表名称〕"))
    if titles:
        columns.append(Column(TITLES, "表格上方的文字", key="〔表格上方的文字〕"))
    numbers = [form.row + 1 for form in found]
    return SheetTable(
        sheet=sheet.name, hidden=sheet.hidden, header_rows=[], columns=columns, first_row=numbers[0], rows=rows,
        numbers=numbers, sections=sections if len(set(sections)) > 1 else [], titles=titles,
        skipped=[Skipped(row, "没有填写的空表", "", "blank") for row in blank],
        formulas=frozenset((number - 1, at) for (number, at), place in spots.items() if place in reader.formulas),
        outline=Outline(_SAID.format(first=columns[0].heading), above=[], shows=("name", "")),
        shape=Shape.FORMS.value, spot=lambda number, index: spots.get((number, index), (number - 1, 0)),
        edge=max(map(len, reader.rows), default=1) - 1,
    )  # fmt: skip


def _name_of(place: Place) -> str:
    return f"{column_letters(place[1])}{place[0] + 1}"


class _Reader:
    """Knows the cells of a sheet with what is merged, and which of them are labels."""

    def __init__(self, contents: Contents, label: Label) -> None:
        self.rows, self.formulas = contents.rows, contents.formulas
        self._label = label
        self._ends: dict[Place, Place] = {}
        self._covered: dict[Place, Place] = {}
        for start, (bottom, right) in contents.merged:
            bottom = min(bottom, len(self.rows) - 1)  # noqa: PLW2901
            self._ends[start] = (bottom, right)
            for row in range(start[0], bottom + 1):
                self._covered |= {(row, column): start for column in range(start[1], right + 1)}
        self._answered: set[Place] = set()
        self._labels = [self._labels_of(at) for at in range(len(self.rows))]

    def titles(self, before: int) -> list[str]:
        """The texts above the first form."""
        texts = (cell_text(cell) for row in self.rows[:before] for cell in row if cell != "")
        return [text for text in texts if text][:20]

    def starts(self) -> list[int]:
        """The rows in which forms begin: where the first label stands again, with most of the others after it."""
        first = next(((at, min(labels)) for at, labels in enumerate(self._labels) if labels), None)
        if first is None:
            return []
        row, column = first
        anchor = self._labels[row][column]
        places = [at for at, labels in enumerate(self._labels) if labels.get(column) == anchor]
        everything = {name for labels in self._labels for name in labels.values()}
        found = []
        for at, end in zip(places, [*places[1:], len(self.rows)], strict=True):
            inside = {name for labels in self._labels[at:end] for name in labels.values()}
            if len(inside) >= _ENOUGH * len(everything):
                found.append(at)
        return found if found[:1] == [row] else []

    def form(self, start: int, end: int) -> _Form | None:
        """The pairs of the rows of one form; ``None`` where too much of them answers to no label, or stands twice."""
        made = _Form(start, title=self._title(start))
        anchor = next(iter(self._labels[start].values()))
        if list(self._labels[start].values()).count(anchor) > 1:
            return None  # forms side by side
        twice, lone, left = 0, 0, 0
        among_relatives = False
        for at in range(start, end):
            labels = self._labels[at]
            texts = {plain(text) for column in range(len(self.rows[at])) if (text := self._text((at, column)))}
            if (at > start and anchor in labels.values()) or texts & _RELATIVES:
                twice += len({*labels.values()} & {pair.field for pair in made.pairs.values()}) > _LEAST
                among_relatives = True
                continue
            if among_relatives and not labels:
                continue
            among_relatives = False
            if len(labels) == 1:
                lone += 1
                left += self._answers(at, next(iter(labels))) > 1
            for pair in self._pairs(at, end):
                self._answered.add(pair.value)
                key = plain(pair.heading)
                if OTHER_PEOPLE.search(pair.group):
                    key = f"{plain(pair.group)}/{key}"
                made.pairs.setdefault(key, pair)
        return None if twice or (lone >= _LEAST and left >= _ENOUGH * lone) else made

    def _title(self, start: int) -> str:
        """The one text in the row above a form, as its own title."""
        texts = {cell_text(cell) for cell in self.rows[start - 1] if cell != ""} if start else set()
        return texts.pop() if len(texts) == 1 and not self._labels[start - 1] else ""

    def _answers(self, row: int, column: int) -> int:
        """How many filled cells stand right of a row's only label."""
        cells = {self._covered.get((row, at), (row, at)) for at in range(column + 1, len(self.rows[row]))}
        return sum(1 for place in cells if self.rows[place[0]][place[1]] != "")

    def _labels_of(self, row: int) -> dict[int, str]:
        """Column → field of the labels of a row, each where its merged range begins."""
        found = {}
        for column, cell in enumerate(self.rows[row]):
            if isinstance(cell, str) and cell and self._covered.get((row, column), (row, column)) == (row, column):
                text = cell_text(cell)
                inline = _INLINE.match(text)
                name = self._label(text) or (self._label(inline[1]) if inline else None)
                if name:
                    found[column] = name
        return found

    def _text(self, place: Place) -> str:
        row, column = place
        cell = self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""
        return cell_text(cell) if cell != "" else ""

    def _end(self, place: Place) -> Place:
        return self._ends.get(place, place)

    def _pairs(self, row: int, end: int) -> Iterator[_Pair]:
        """What a row's labels are answered with."""
        if self._answered_below(row, end):
            yield from self._from_below(row, end)
            return
        column, group, width = 0, "", len(self.rows[row])
        while column < width:
            here = (row, column)
            origin = self._covered.get(here, here)
            after = self._end(origin)[1] + 1
            text = self._text(origin)
            if origin[0] < row:  # the continuation of a cell above
                group = text if column == 0 else group
                column = after
                continue
            column = after
            if not text or here in self._answered:
                continue
            inline = _INLINE.match(text) if not self._label(text) else None
            if inline and self._label(inline[1]):
                said = _answer(_LINE.sub(" ", inline[2]).strip())
                yield _Pair(inline[1].strip(), self._label(inline[1]) or "", group, here, here, said)
                continue
            known = self._label(text)
            value = (row, after)
            if after >= width or self._covered.get(value, value)[0] < row or after in self._labels[row]:
                group = group if known else text
                continue
            if known or len(text) <= _LONGEST_HEADING:
                yield _Pair(text, known or "", group, here, value, self._said(value))
                column = self._end(value)[1] + 1

    def _answered_below(self, row: int, end: int) -> bool:
        """Whether the answers of a row stand under its labels: most labels have another one to their right."""
        labels = sorted(self._labels[row])
        beside = sum(1 for one in labels[:-1] if self._end((row, one))[1] + 1 in self._labels[row])
        below = max((self._end((row, one))[0] + 1 for one in labels), default=end)
        return len(labels) > 1 and 2 * beside > len(labels) - 1 and below < end and not self._labels[below]

    def _from_below(self, row: int, end: int) -> Iterator[_Pair]:
        for column in range(len(self.rows[row])):
            here = (row, column)
            text = self._text(here)
            value = (self._end(here)[0] + 1, column)
            if text and self._covered.get(here, here) == here and value[0] < end and len(text) <= _LONGEST_HEADING:
                yield _Pair(text, self._label(text) or "", "", here, value, self._said(value))

    def _said(self, place: Place) -> Cell:
        row, column = place
        cell = self.rows[row][column] if column < len(self.rows[row]) else ""
        return _answer(cell) if isinstance(cell, str) else cell


def _answer(text: str) -> str:
    """An answer, of ticked boxes the one that is ticked: ``☑男 □女`` is 男, and ``□男 □女`` says nothing."""
    for pattern, sign in _BRACKETED:
        text = pattern.sub(sign, text)
    signs = _TICKS + _BOXES
    stripped = text.strip()
    if not any(sign in stripped for sign in signs):
        return text
    before = stripped[:1] in signs
    parts = re.findall(f"[{signs}][^{signs}]*" if before else f"[^{signs}]+[{signs}]?", stripped)
    ticked = [part.strip(signs + " \u3000/、") for part in parts if any(sign in part for sign in _TICKS)]
    return "、".join(one for one in ticked if one)
