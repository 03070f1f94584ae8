"""Registers whose hierarchy is laid out instead of written: 党委 | 党总支 | 党支部 side by side, indented, or numbered.

Such a table becomes an ordinary one with a name, a kind and a superior in each row, which the wizard shows for
confirmation. A table that names the superior of each unit in a column of its own is left as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.organization.import_fields import SUPERIOR_ABOVE
from core.organization.spellings import type_from_name
from core.spreadsheets.layout import Column, Outline, SheetTable
from core.spreadsheets.mapping import SURE, ColumnMapping, bare
from core.spreadsheets.outline import Blank, Tree, by_columns, indented, numbered
from core.spreadsheets.rowkinds import SEQUENCE
from core.spreadsheets.sheets import Contents, Row
from core.spreadsheets.text import cell_text, plain

_KINDS: Final = (("党委", 0), ("党总支", 1), ("党支部", 2), ("党小组", 3))
_KIND_WORDS: Final = (
    (re.compile("党工委|党委会?|委员会|工委"), 0),
    (re.compile("党?总支部?"), 1),
    (re.compile("党?支部"), 2),
    (re.compile("党?小组"), 3),
)
_LEVEL = re.compile(
    r"(?:基层|所属|所在|直属|下属|上级|二级|学院|院系|乡镇|街道|单位)?"
    r"((?:党工委|党委会?|委员会|工委|党?总支部?|党?支部|党?小组|[或及、])+)(?:名称|全称|党组织)?"
)
_RANKED = re.compile(r"第?([一二三四五1-5])(?:级|层)(?:党?组织)?(?:名称|全称)?|(?:层级|级别)([一二三四五1-5])")
_DIGITS = {sign: at for signs in ("一二三四五", "12345") for at, sign in enumerate(signs)}
_NUMBER_ONLY = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class _Level:
    """A column that holds one level. ``kind`` is empty where the heading tells none, or several."""

    column: Column
    rank: int
    kind: str


def arrange(
    table: SheetTable, contents: Contents, mapping: ColumnMapping, *, blank: str, top: str
) -> SheetTable | None:
    """The table with a name, a kind and a superior for each unit, or ``None`` if its hierarchy is not laid out.

    :param blank: what an empty cell between two levels means, ``""`` if nobody said.
    :param top: the superior of the outermost units, ``""`` if nobody said.
    """
    levels = _levels(table, mapping)
    if levels:
        numbers = _numbers_of_rows(table, [level.column.index for level in levels])
        cells = [[cell_text(contents.rows[row - 1][level.column.index]) for level in levels] for row in numbers]
        tree = by_columns(cells, Blank(blank))
        names = "、".join(f"“{level.column.heading}”" for level in levels)
        said = f"{names}各列依次是各级党组织，每行最后填写的一级是这一行的党组织，它左边的一级是上级"
        made = _Made(table, contents, tree, numbers, [level.column for level in levels], said, top)
        return made.table([level.kind for level in levels])
    if any(
        match.field == "parent" and (match.column.index >= 0 or match.confidence >= SURE) for match in mapping.matches
    ):
        return None
    return _one_column(table, contents, mapping, top)


def _levels(table: SheetTable, mapping: ColumnMapping) -> list[_Level]:
    """The columns of the levels, outermost first; none if the table is an ordinary one."""
    fields = mapping.fields
    found: list[_Level] = []
    for column in table.columns:
        level = _level(column) if column.index >= 0 and not _counts(table, column) else None
        if level and (not found or level.rank > found[-1].rank):
            found.append(level)
    places = [level.column.index for level in found]
    named = next((match for match in mapping.matches if match.field == "name"), None)
    if named and named.column.index >= 0 and named.column.index not in places and named.confidence >= SURE and found:
        found.append(_Level(named.column, 9, ""))
    parent = fields.get("parent", -1)
    if len(found) < 2 or (parent >= 0 and parent not in places):
        return []
    if len(found) == 2 and parent in places and fields.get("name") == found[1].column.index:
        empty = any(row[found[1].column.index] != "" and row[parent] == "" for row in table.rows)
        return found if empty else []
    return found


def is_level(heading: str) -> bool:
    """Whether a heading names a level of the hierarchy: 党总支, 二级党组织."""
    return _level(Column(0, heading)) is not None


def _level(column: Column) -> _Level | None:
    heading = bare(column.heading)
    ranked = _RANKED.fullmatch(heading)
    if ranked:
        return _Level(column, _DIGITS[ranked[1] or ranked[2]], "")
    told = _LEVEL.fullmatch(heading)
    if not told:
        return None
    ranks = {rank for pattern, rank in _KIND_WORDS for _ in pattern.findall(_without_smaller(told[1], rank))}
    return _Level(column, min(ranks), _KINDS[min(ranks)][0] if len(ranks) == 1 else "") if ranks else None


def _without_smaller(text: str, rank: int) -> str:
    """总支部 holds 支部, but is no branch."""
    return re.sub("党?总支部?", "", text) if rank > 1 else text


def _counts(table: SheetTable, column: Column) -> bool:
    """Whether a column called 党支部 says how many there are."""
    texts = [text for row in table.rows[:200] if (text := cell_text(row[column.index]))]
    return bool(texts) and sum(1 for text in texts if _NUMBER_ONLY.fullmatch(text)) > len(texts) / 2


def _one_column(table: SheetTable, contents: Contents, mapping: ColumnMapping, top: str) -> SheetTable | None:
    """Names in one column, with numbers before them or beside them, or indented."""
    name = next((match.column for match in mapping.matches if match.field == "name" and match.column.index >= 0), None)
    if name is None:
        return None
    numbers = _numbers_of_rows(table, [name.index])
    if len(numbers) < 2:
        return None
    raw = [contents.rows[row - 1][name.index] for row in numbers]
    paths = _paths([cell_text(cell) for cell in raw])
    if paths:
        told = f"“{name.heading}”一列写的是从上到下的各级党组织：最后一级是这一行的党组织，它前面的一级是上级"
        return _Made(table, contents, by_columns(paths, Blank.NONE), numbers, [name], told, top).table([])
    texts = [cell if isinstance(cell, str) else cell_text(cell) for cell in raw]
    beside = next((column for column in table.columns if plain(column.heading) in _BESIDE and column is not name), None)
    marks = [cell_text(contents.rows[row - 1][beside.index]) for row in numbers] if beside else [""] * len(texts)
    tree, said, used = numbered(marks, texts), "编号", [name]
    if tree is not None and beside is not None and any(marks):
        used = [name, beside]
    if tree is None:
        tree = numbered([""] * len(texts), texts)
    if tree is None:
        indents = contents.indents() if contents.indents else {}
        tree, said = indented(texts, [indents.get((row - 1, name.index), 0) for row in numbers]), "缩进"
    if tree is None:
        return None
    told = f"“{name.heading}”一列按{said}分级：每个党组织的上级，是它上面最近的、高一级的那一个"
    return _Made(table, contents, tree, numbers, used, told, top).table([])


_STEP = re.compile(r"\s*(?:[/／\\>＞→»]|->|——)+\s*")


def _paths(texts: Sequence[str]) -> list[list[str]]:
    """The steps of each text, where most are paths of units: 机械学院党委/教工支部; else none."""
    steps = [[step for step in _STEP.split(text) if step] for text in texts]
    named = [one for one in steps if len(one) > 1 and all(type_from_name(step) for step in one)]
    deepest = max(map(len, steps), default=0)
    return [[*one, *[""] * (deepest - len(one))] for one in steps] if 1 < len(named) > len(steps) / 2 else []


_BESIDE = SEQUENCE | {"层级编号", "层级序号", "级次", "层次"}


def _numbers_of_rows(table: SheetTable, columns: Sequence[int]) -> list[int]:
    """The numbers of the rows that name units: those of data, and lone names taken for headlines or footers."""
    lone = {
        skipped.row
        for skipped in table.skipped
        if skipped.kind == "section" or (skipped.kind == "footer" and type_from_name(skipped.text) is not None)
    }
    return sorted({*table.numbers, *lone}) if columns else list(table.numbers)


class _Made:
    """Builds the ordinary table of a tree."""

    def __init__(
        self, table: SheetTable, contents: Contents, tree: Tree, numbers: Sequence[int], used: Sequence[Column],
        said: str, top: str,
    ) -> None:  # fmt: skip
        self._old, self._contents, self._tree, self._numbers = table, contents, tree, numbers
        self._used, self._said = used, said
        self._top = top or SUPERIOR_ABOVE.outside_text(table.titles)
        self._width = max(map(len, contents.rows), default=0)

    def table(self, kinds: Sequence[str]) -> SheetTable:
        """The table with its made columns in front.

        :param kinds: what the headings say of each level.
        """
        old, nodes = self._old, self._tree.nodes
        outermost = min((node.level for node in nodes), default=0)
        rows: list[Row] = []
        for node in nodes:
            source = self._contents.rows[self._numbers[node.at] - 1]
            cells: Row = [*source, *[""] * (self._width - len(source))] if node.own else [""] * self._width
            kind = kinds[node.level] if kinds and type_from_name(node.text) is None else ""
            upper = nodes[node.above].text if node.above is not None else self._top if node.level == outermost else ""
            rows.append([*cells, node.text, kind, upper])
        letters = "、".join(column.letters for column in self._used)
        made = [
            Column(self._width + at, heading, "各级党组织", f"〔各级党组织〕{heading}", letters)
            for at, heading in enumerate(("党组织全称", "党组织类别", "上级党组织"))
            if at != 1 or any(row[self._width + 1] for row in rows)
        ]
        taken = {column.index for column in self._used}
        kept = set(self._numbers)
        return SheetTable(
            sheet=old.sheet, hidden=old.hidden, header_rows=old.header_rows,
            columns=[*made, *(column for column in old.columns if column.index not in taken and column.index >= 0)],
            first_row=min((self._numbers[node.at] for node in nodes), default=0), rows=rows,
            numbers=[self._numbers[node.at] for node in nodes], sections=[], titles=old.titles,
            skipped=[row for row in old.skipped if row.row not in kept], formulas=old.formulas,
            outline=self._outline(outermost),
            sources=dict(old.sources) | {self._width + at: tuple(column.index for column in self._used) for at in range(3)},
        )  # fmt: skip

    def _outline(self, outermost: int) -> Outline:
        nodes = self._tree.nodes
        problems: Mapping[int, str] = {at: node.problem for at, node in enumerate(nodes) if node.problem}
        return Outline(
            said=self._said,
            above=[node.above for node in nodes],
            implied=frozenset(at for at, node in enumerate(nodes) if not node.own),
            outermost=frozenset(at for at, node in enumerate(nodes) if node.above is None and node.level == outermost),
            problems=problems,
            doubtful=[self._numbers[at] for at in self._tree.doubtful],
            question="中间一级是空的，看不出是“同上”还是“没有这一级”",
        )
