"""The one generator of the default templates: a paper's layout becomes a Word file.

A4 after GB/T 9704 where a letter, a ruled form where a form; what is not known prints as room for the hand.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.sdk.documents import drawing
from plugins.development.documents.form import (
    Box,
    Grid,
    Line,
    Paper,
    Part,
    Row,
    Sheet,
    Slips,
    Text,
    label_of,
    literal,
    marked,
    name_of,
)

#: Columns of a form: each pair of label and value takes some of them.
_COLUMNS = 12
_SIDES = {"left": drawing.LEFT, "flat": drawing.LEFT, "center": drawing.CENTER, "right": drawing.RIGHT}
_BY_HAND = "　　　　年　　月　　日"
_UNSEEN = "（　）"
#: Six characters of a label stand in one line.
_LABEL = 10.5
#: Points in a millimetre.
_POINTS = 2.83


def template_of(paper: Paper) -> bytes:
    """The default template of a paper, as a .docx file."""
    return _drawn(paper.code)


@lru_cache(maxsize=64)
def _drawn(code: str) -> bytes:
    from plugins.development.documents.papers import PAPERS

    paper = PAPERS[code]
    made = _Draft(paper)
    made.draw()
    return made.bytes()


class _Draft:
    """A Word file on which a paper's parts are put one after another."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.sheet = drawing.sheet(landscape=paper.landscape)
        section = self.sheet.sections[0]
        if not paper.landscape and any(isinstance(part, Row | Box | Grid) for part in paper.parts):
            section.top_margin, section.bottom_margin = Mm(25), Mm(22)
        elif paper.landscape:
            section.top_margin, section.bottom_margin = Mm(16), Mm(14)
        self.width = (section.page_width - section.left_margin - section.right_margin) / 36000
        #: the form that is being drawn, and whether the part before was a table
        self._form: Any = None
        self._ruled_before = False

    def draw(self) -> None:
        """Title, what stands above, the parts, the foot."""
        self._title(self.paper.sheet_title or self.paper.title)
        if self.paper.over:
            drawing.add_line(self.sheet, marked(self.paper.over), after=4, size=12)
        for part in self.paper.parts:
            self._part(part)
        drawing.add_foot(self.sheet)

    def bytes(self) -> bytes:
        """As a file."""
        made = io.BytesIO()
        self.sheet.save(made)
        return made.getvalue()

    def _title(self, text: str) -> None:
        drawing.add_title(self.sheet, marked(text))

    def _part(self, part: Part) -> None:
        begins = isinstance(part, Grid | Slips) or (self._form is None and isinstance(part, Row | Box))
        if begins and self._ruled_before:
            self._gap()
        self._ruled_before = isinstance(part, Grid | Slips | Row | Box)
        if isinstance(part, Row | Box):
            self._form = self._form or self._ruled()
            if isinstance(part, Row):
                self._row(part)
            else:
                self._box(part)
            return
        self._form = None
        match part:
            case Grid():
                self._grid(part)
            case Text():
                self._text(part)
            case Line():
                self._line(part)
            case Sheet():
                self._further(part)
            case Slips():
                self._slips(part)

    # --- forms ---

    def _ruled(self) -> Any:
        return drawing.add_table(self.sheet, [self.width / _COLUMNS] * _COLUMNS)

    def _gap(self) -> None:
        """Two tables without anything between them would be one."""
        line = drawing.add_line(self.sheet, "", size=4)
        line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(10)

    def _cells(self, height: float, spans: Sequence[int]) -> list[Any]:
        """A row whose cells take so many columns each."""
        row = self._form.add_row()
        row.height = Mm(height)
        _unbroken(row)
        cells, made, at = row.cells, [], 0
        for span in spans:
            cell = cells[at] if span == 1 else cells[at].merge(cells[at + span - 1])
            cell.width = Mm(self.width / _COLUMNS * span)
            made.append(cell)
            at += span
        return made

    def _row(self, part: Row) -> None:
        value = {1: 10, 2: 4, 3: 2}[len(part.cells)]
        found = self._cells(part.height, [2, value] * len(part.cells))
        for index, cell in enumerate(part.cells):
            drawing.fill(found[2 * index], label_of(cell), face=drawing.LABEL, size=_LABEL)
            align = drawing.LEFT if len(part.cells) == 1 else drawing.CENTER
            drawing.fill(found[2 * index + 1], f"{{{{ {name_of(cell)} }}}}", align=align, size=11)

    def _box(self, part: Box) -> None:
        label, content = self._cells(part.height, [2, 10])
        drawing.fill(label, part.label, face=drawing.LABEL, size=_LABEL)
        text = marked(part.content) if literal(part.content) else f"{{{{ {part.content} }}}}" if part.content else ""
        first = content.paragraphs[0]
        first.paragraph_format.first_line_indent = Pt(22)
        first.paragraph_format.line_spacing_rule, first.paragraph_format.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(20)
        drawing.write(first, text, size=11)
        _upper(content)
        if part.sign:
            room = max(8.0, (part.height - 36) * _POINTS)
            drawing.add_line(content, f"{part.sign}　　　　　　　　", align=drawing.RIGHT, before=room, size=11)
            day = f"{{{{ {part.day} or '{_BY_HAND}' }}}}" if part.day else _BY_HAND
            drawing.add_line(content, day, align=drawing.RIGHT, before=4, after=4, size=11)

    # --- tables ---

    def _grid(self, part: Grid) -> None:
        scale = self.width / sum(width for _head, _name, width in part.columns)
        table = drawing.add_table(self.sheet, [width * scale for _head, _name, width in part.columns])
        if part.heading:
            top = drawing.add_row(
                table, [part.heading, *[""] * (len(part.columns) - 1)], height=9, heading=True, size=11
            )
            top.cells[0].merge(top.cells[-1])
        drawing.add_row(table, [head for head, _name, _width in part.columns], height=9, heading=True, size=10.5)
        marks = [f"{{{{ 行.{name} }}}}" if name else "" for _head, name, _width in part.columns]
        drawing.add_rows(table, f"行 in {part.listed}", marks, height=part.height, size=10.5)
        for row in table.rows:
            _unbroken(row)

    # --- running text ---

    def _text(self, part: Text) -> None:
        line = drawing.add_line(
            self.sheet, marked(part.text), align=_SIDES[part.align], before=part.before, size=part.size
        )
        form = line.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(part.size * 1.75)
        if part.align == "left":
            form.first_line_indent = Pt(2 * part.size)

    def _line(self, part: Line) -> None:
        drawing.add_line(
            self.sheet, marked(part.text), align=_SIDES[part.align], before=part.before, after=2, size=part.size
        )

    def _further(self, part: Sheet) -> None:
        line = drawing.add_line(
            self.sheet, marked(part.title), align=drawing.CENTER, after=10, face=drawing.TITLE, size=22
        )
        line.paragraph_format.page_break_before = True

    # --- slips ---

    def _slips(self, part: Slips) -> None:
        table = drawing.add_table(self.sheet, (self.width / 2, self.width / 2))
        drawing.add_row(table, [f"{{%tr for 行 in {part.listed} %}}", ""])
        row = drawing.add_row(table, ["", ""], height=66)
        _unbroken(row)
        for cell, side in zip(row.cells, ("左", "右"), strict=True):
            drawing.add_line(cell, marked(part.title), align=drawing.CENTER, face=drawing.TITLE, size=16, after=6)
            for text in part.lines:
                drawing.add_line(cell, marked(text, f"行.{side}"), size=12, after=5, align=drawing.CENTER)
            if part.choices:
                marks = "　".join(f"{one}{_UNSEEN}" for one in part.choices)
                drawing.add_line(cell, marks, size=12, before=6, after=8, align=drawing.CENTER)
        drawing.add_row(table, ["{%tr endfor %}", ""])


def _unbroken(row: Any) -> None:
    """A row stays on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001


def _upper(cell: Any) -> None:
    """Text of a cell begins at its top."""
    mark = OxmlElement("w:vAlign")
    mark.set(qn("w:val"), "top")
    cell._tc.get_or_add_tcPr().append(mark)  # noqa: SLF001
