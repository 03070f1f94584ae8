"""What each row below the headings is: data, or a footer, total, note, repeated heading, section or blank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.spreadsheets.headings import Block
from core.spreadsheets.sheets import Cell, Contents, Row
from core.spreadsheets.text import cell_text, plain

_TOTAL = re.compile(r"^(合|总|小|共|累|本页|本支部|全\S{1,6}合)\s*计|^总\s*数|^(合|总|小)计$")
#: Lines that only count: 总人数：12人, 共 2 名党员, 其中女党员：3人.
_COUNT = re.compile(r"^(总人数|党员(总)?人?数|共\s*\d+\s*[名人]|其中)|^\S{0,8}(人数|总数)\s*[:：]")
#: A sentence, as stands below a table: 以上情况属实，特此证明。
_SENTENCE = re.compile(r"^(?=.{8,}).*[，,；;。！].*$", re.DOTALL)
_FOOTER = re.compile(
    r"^[（(]?(填表|填报|制表|制单|审核|审批|复核|核对|经办|录入|统计|单位负责|负责人|党组织书记|支部书记|党委书记|"
    r"联系人|联系电话|签字|签名|盖章|公章|说明|备注|注|附注|附|填写说明|填表说明|第\s*\d+\s*页|共\s*\d+\s*页|日期|时间)"
)
#: What stands below each printed page: 第1页 共2页.
_PAGE = re.compile(r"^[-—\s]*第\s*\d+\s*页[\s，,/、]*(?:共\s*\d+\s*页)?[-—\s]*$|^共\s*\d+\s*页$")
#: A form line such as 填表人： whatever stands beside it.
_SIGNED = re.compile(
    r"^[（(]?(填表|填报|制表|制单|审核|审批|复核|核对|经办|录入|统计|单位负责|负责人|党组织书记|支部书记)\S{0,8}\s*[:：]"
)
_STAMP = re.compile(r"[（(]\s*(公章|盖章|签字|签章|签名)\s*[)）]|^\d{4}\s*年\s*\d{1,2}\s*月\s*\d{0,2}\s*日?$")
_EXAMPLE = re.compile(
    r"^[（(【\[]?(示例|样例|举例|范例|例如|例[:：]|例$|填写示例|填写说明|必填|选填|请填|请选择|格式|说明[:：])"
)
_HINT = re.compile(
    r"必填|选填|yyyy|文本格式|请填写|如[:：]|例如|格式[为:：]|可不填|下拉|填写\S*(名称|代码|日期)", re.IGNORECASE
)
_NUMBERING = re.compile(r"^[（(]?(\d{1,3}|[甲乙丙丁戊己庚辛壬癸])[)）]?$")
#: Headings of a column that only counts the rows.
SEQUENCE = frozenset({"序号", "编号", "序", "no", "no.", "#", "行号"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not data. ``reason`` is Chinese, ``text`` its beginning, ``kind`` a word for programs."""

    row: int
    reason: str
    text: str
    kind: str = ""


@dataclass
class Sorted:
    """The data rows with their numbers and sections, and what was left out."""

    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def take(self, row: Row, number: int, section: str) -> None:
        """Keep a row of data."""
        self.rows.append(row)
        self.numbers.append(number)
        self.sections.append(section)

    def retitle(self, rows: list[Row], heading: int) -> str:
        """A heading follows: a row of one text right above it was its title, not data. :returns: that title, or ``""``."""
        at = self.numbers[-1] - 1 if self.numbers else heading
        if any(cell != "" for row in rows[at + 1 : heading] for cell in row) or at == heading:
            return ""
        texts = {text for cell in rows[at] if (text := _shown(cell))}
        if len(texts) == 1:
            title = next(iter(texts))
            for kept in (self.rows, self.numbers, self.sections):
                kept.pop()
            self.skipped.append(Skipped(at + 1, _REASONS["title"], title[:60], "title"))
            return title
        return ""


def _in_place(row: Row, moved: dict[int, int]) -> Row:
    """A row below headings that stand elsewhere, with each cell where the first headings have it."""
    if not moved:
        return row
    placed: Row = [""] * len(row)
    for column, target in moved.items():
        placed[target] = row[column]
    return placed


class RowSorter:
    """Sorts the rows below a heading block. Full rows are taken at a glance, sparse ones are looked at."""

    def __init__(self, contents: Contents, block: Block, *, columns: Sequence[int], sheet: str) -> None:
        self._block = block
        self._columns = columns
        self._sheet = sheet
        self._heading_rows = [contents.rows[row] for row in block.rows]
        self._wide = {
            top for (top, left), (_, right) in contents.merged if right - left + 1 >= max(3, len(columns) // 2)
        }
        self._titles = {plain(title) for title in block.titles}
        self._sequence = {index for index, _, leaf in block.columns if plain(leaf) in SEQUENCE}
        self._leaves = {index: leaf for index, _, leaf in block.columns}
        named = [column for column in columns if column not in self._sequence]
        self._anchors = [(column, self._leaves[column]) for column in named[:2]]

    def sort(self, rows: list[Row]) -> Sorted:
        """Sort every row from the first below the headings."""
        found = Sorted()
        start, end = self._block.data_from, len(rows)
        width = len(rows[0]) if rows else 0
        full = self._full_from(rows[start:], width)
        last_full = next((at for at in range(end - 1, start - 1, -1) if width - rows[at].count("") >= full), start - 1)
        section = ""
        moved: dict[int, int] = {}
        (one, first), (two, second) = [*self._anchors, (0, "\0"), (0, "\0")][:2]
        for at in range(start, end):
            row = rows[at]
            filled = width - row.count("")
            if filled >= full and row[one] != first and row[two] != second and start + 3 <= at < end - 5:
                found.take(_in_place(row, moved), at + 1, section)
                continue
            if filled == 0:
                continue
            kind, text = self._look(row, at, sparse=filled < full, below=at > last_full)
            if kind == "section":
                section = _COUNTED.sub("", _ORDINAL.sub("", text).rstrip(":："))
            elif kind == "heading":
                moved = self._moved(row)
                section = found.retitle(rows, at) or section
            elif kind == "data":
                found.take(_in_place(row, moved), at + 1, section)
            if kind not in ("data", "blank"):
                found.skipped.append(Skipped(at + 1, _REASONS[kind], text[:60], kind))
        return found

    def _full_from(self, rows: list[Row], width: int) -> int:
        """From how many filled cells on a row is a full one: half of the usual."""
        sample = sorted(width - row.count("") for row in rows[:: max(1, len(rows) // 500)])
        sample = [count for count in sample if count > 1] or [2]
        return max(2, (sample[len(sample) // 2] + 1) // 2)

    def _look(self, row: Row, at: int, *, sparse: bool, below: bool) -> tuple[str, str]:
        cells = {column: text for column in range(len(row)) if (text := _shown(row[column]))}
        if not cells:
            return "blank", ""
        texts = list(cells.values())
        text = " ".join(texts)
        if self._repeats_heading(cells):
            return "heading", text
        if at < self._block.data_from + 3 and self._is_hint(cells):
            return "example", text
        if _TOTAL.match(texts[0]) or (len(texts) > 1 and _TOTAL.match(texts[1]) and texts[0].isdigit()):
            return "total", text
        if sum(1 for one in texts if _SIGNED.match(one)) >= (1 if sparse or len(texts) < 6 else 2):
            return "footer", text
        if sparse:
            return self._look_sparse(at, cells, texts, below=below), texts[0] if len(texts) == 1 else text
        return "data", text

    def _look_sparse(self, at: int, cells: dict[int, str], texts: list[str], *, below: bool) -> str:
        if set(cells) <= self._sequence and all(_NUMBERING.match(text) for text in texts):
            return "number"
        if all(plain(text) in self._titles for text in texts):
            return "title"
        if all(_PAGE.match(text) for text in texts):
            return "footer"
        if _COUNT.match(texts[0]) and (below or len(set(texts)) == 1):
            return "total"
        if below and len(set(texts)) == 1 and _SENTENCE.match(texts[0]):
            return "footer"
        marked = any(_FOOTER.match(text) and (re.search("[:：]", text) or below) for text in texts)
        if marked or (below and any(_STAMP.search(text) for text in texts)):
            return "footer"
        if len(set(texts)) == 1 and (at in self._wide or self._is_section(cells, texts[0])):
            return "footer" if below else "section"
        return "data"

    def _is_section(self, cells: dict[int, str], text: str) -> bool:
        """A lone text at the left that reads like a headline."""
        (column, *_) = cells
        at_left = bool(self._columns) and column <= self._columns[min(1, len(self._columns) - 1)]
        return at_left and len(self._columns) > 2 and bool(_HEADLINE.search(text))

    def _repeats_heading(self, cells: dict[int, str]) -> bool:
        for heading_row in self._heading_rows:
            headed = {column for column in range(len(heading_row)) if _shown(heading_row[column])}
            same = sum(1 for column in headed if cells.get(column) == _shown(heading_row[column]))
            if same >= 2 and same >= 0.6 * len(headed) and same >= 0.6 * len(cells):
                return True
        return False

    def _moved(self, row: Row) -> dict[int, int]:
        """Where the columns under a repeated heading belong, if any heading stands elsewhere than at first.

        A column whose heading the first block lacks belongs nowhere.
        """
        known: dict[str, int] = {}
        for column, text in self._leaves.items():
            known.setdefault(plain(text), column)
        texts = {column: plain(text) for column in range(len(row)) if (text := _shown(row[column]))}
        if all(plain(self._leaves.get(column, "")) == text for column, text in texts.items()):
            return {}
        return {column: known[text] for column, text in texts.items() if text in known}

    def _is_hint(self, cells: dict[int, str]) -> bool:
        """An example or a line of instructions or column numbers under the headings."""
        texts = list(cells.values())
        if _EXAMPLE.match(texts[0]) or sum(1 for text in texts if _HINT.search(text)) >= max(2, len(texts) // 3):
            return True
        return len(texts) >= 4 and all(_NUMBERING.match(text) for text in texts)


_HEADLINE = re.compile(
    r"^[一二三四五六七八九十]+\s*[、.．]|^[（(][一二三四五六七八九十\d]+[)）]|^\d+\s*[、.．]\s*\D|"
    r"(委员会|支部|总支|党委|党组|小组)(\s*[（(][^（()）]{1,12}[)）])?[:：]?$|^第.{1,4}[组部分]"
)
_ORDINAL = re.compile(r"^([一二三四五六七八九十]+\s*[、.．]|[（(][一二三四五六七八九十\d]+[)）]|\d+\s*[、.．])\s*")
#: How many stand below a headline: （共12人）.
_COUNTED = re.compile(r"\s*[（(]\s*[共计]?\s*\d+\s*[人名]\S{0,2}\s*[)）]$")
_REASONS = {
    "heading": "重复的表头",
    "example": "示例或填写说明",
    "total": "合计行",
    "number": "只有序号的空行",
    "title": "重复的标题",
    "footer": "表尾（填表人、说明等）",
    "section": "分段标题",
}


def _shown(cell: Cell) -> str:
    return cell_text(cell) if cell != "" else ""
