"""A hierarchy as people lay it out in a table: a column for each level, one indented column, or numbers 1, 1.1, 1.1.1.

Pure: texts go in, nodes come out, each with the one above it. What cannot be told is not decided here but counted
(:attr:`Tree.doubtful`) or said of the row (:attr:`Node.problem`).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from core.spreadsheets.text import NOTHING, plain, tidy


class Blank(StrEnum):
    """What an empty cell between two filled levels means."""

    UNTOLD = ""
    SAME = "same"  #: as above
    NONE = "none"  #: this unit has no such level


@dataclass(slots=True)
class Node:
    """One unit of the hierarchy.

    :param at: place of the row that names it (of its own row, if it has one).
    :param level: of its column, or its depth; 0 is outermost.
    :param above: place of the node above it in the tree, ``None`` for an outermost one.
    :param own: the row is about it; otherwise it only stands there as somebody's superior.
    :param problem: Chinese: why its place cannot be told.
    """

    at: int
    text: str
    level: int
    above: int | None
    own: bool = True
    problem: str = ""


@dataclass
class Tree:
    """The nodes, each after the one above it.

    :param doubtful: rows that would stand elsewhere if an empty cell meant the other thing, and nothing tells which.
    """

    nodes: list[Node] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)


def by_columns(rows: Sequence[Sequence[str]], blank: Blank = Blank.UNTOLD) -> Tree:
    """The tree of rows whose cells are the levels, the outermost first.

    A cell with nothing filled to its left is as above, unless its column repeats its values row by row. An empty cell
    between filled ones means what ``blank`` says; untold, a column that repeats its values means “no such level”.
    """
    rows = [[tidy(text) for text in row] for row in rows]
    repeats = _repeating(rows)
    same = _Columns(repeats, Blank.SAME).read(rows)
    none = _Columns(repeats, Blank.NONE).read(rows)
    if blank is Blank.SAME:
        return same
    if blank is Blank.UNTOLD:
        none.doubtful = _differing(rows, repeats, same, none)
    return none


def _repeating(rows: Sequence[Sequence[str]]) -> set[int]:
    """The columns in which a value stands again in the next row although the row is about something deeper."""
    found = set()
    for before, row in pairwise(rows):
        for level, text in enumerate(row):
            if text and text == before[level] and any(row[level + 1 :]):
                found.add(level)
    return found


def _differing(rows: Sequence[Sequence[str]], repeats: set[int], same: Tree, none: Tree) -> list[int]:
    """The rows that the two readings put under different superiors, where the column's habit does not tell."""

    def places(tree: Tree) -> dict[int, tuple[str, ...]]:
        return {node.at: _path(tree, node) for node in tree.nodes if node.own}

    one, other = places(same), places(none)
    return [
        at
        for at in one
        if one[at] != other.get(at)
        and any(not text and level not in repeats for level, text in enumerate(rows[at][: _lowest(rows[at])]))
    ]


def _path(tree: Tree, node: Node) -> tuple[str, ...]:
    path = [node.text]
    while node.above is not None:
        node = tree.nodes[node.above]
        path.append(node.text)
    return tuple(path)


def _lowest(row: Sequence[str]) -> int:
    return max((level for level, text in enumerate(row) if text and text not in NOTHING), default=-1)


class _Columns:
    """One reading of a table with a column for each level."""

    def __init__(self, repeats: set[int], blank: Blank) -> None:
        self._repeats = repeats
        self._blank = blank
        self._tree = Tree()
        self._places: dict[tuple[tuple[int, str], ...], int] = {}

    def read(self, rows: Sequence[Sequence[str]]) -> Tree:
        current: list[str] = [""] * max(map(len, rows), default=0)
        for at, row in enumerate(rows):
            lowest = _lowest(row)
            if lowest < 0:
                continue
            line = self._completed(row, lowest, current)
            current[: lowest + 1] = line
            current[lowest + 1 :] = [""] * (len(current) - lowest - 1)
            self._add(at, line)
        return self._tree

    def _completed(self, row: Sequence[str], lowest: int, current: Sequence[str]) -> list[str]:
        """The row's texts down to its lowest level, the empty ones filled or left empty as they are meant."""
        line: list[str] = []
        changed = False
        for level in range(lowest + 1):
            text = row[level]
            if text in NOTHING:  # 无, / and — say that there is none
                text, changed = "", True
            elif not text and not changed and self._as_above(row, level):
                text = current[level]
            elif text and text != current[level]:
                changed = True
            line.append(text)
        return line

    def _as_above(self, row: Sequence[str], level: int) -> bool:
        if any(row[:level]):
            return self._blank is Blank.SAME
        return level not in self._repeats

    def _add(self, at: int, line: Sequence[str]) -> None:
        above: int | None = None
        key: tuple[tuple[int, str], ...] = ()
        lowest = len(line) - 1
        for level, text in enumerate(line):
            if not text:
                continue
            key = (*key, (level, plain(text)))
            place, own = self._places.get(key), level == lowest
            known = self._tree.nodes[place] if place is not None else None
            if known is None or (own and known.own):  # a row of its own for the second time is told as such
                self._tree.nodes.append(Node(at, text, level, above, own))
                place = self._places.setdefault(key, len(self._tree.nodes) - 1)
            elif own:
                known.at, known.own = at, True
            above = place


#: 1, 1.1, 1.1.1, also with a full stop or a mark behind it; and the numbers of official papers.
_DOTTED = re.compile(r"^(\d{1,3}(?:[.．]\d{1,3})*)(?:[.．、]\s*(?=\D|$)|\s+|(?=[^\d\s.．、])|$)")
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("han", re.compile(r"^[一二三四五六七八九十]{1,3}\s*[、.．]\s*")),
    ("(han)", re.compile(r"^[（(][一二三四五六七八九十]{1,3}[)）]\s*[、.．]?\s*")),
    ("digit", re.compile(r"^\d{1,3}\s*[、.．]\s*(?=\D|$)")),
    ("(digit)", re.compile(r"^[（(]\d{1,3}[)）]\s*[、.．]?\s*")),
    ("circled", re.compile(r"^[①-⑳]\s*[、.．]?\s*")),
)
#: A lone 一 or 1 in a column of numbers.
_LONE = (("han", re.compile(r"^[一二三四五六七八九十]{1,3}$")), ("digit", re.compile(r"^\d{1,3}$")))
_TREE_SIGNS = re.compile(r"^[\s│┃|├└┣┗╰╭─━\-—–>›»·•]+")


def numbered(marks: Sequence[str], texts: Sequence[str]) -> Tree | None:
    """The tree told by numbers, which stand before the texts or apart in ``marks``; ``None`` if they tell none."""
    apart = any(marks)
    written = [tidy(mark) if apart else tidy(text) for mark, text in zip(marks, texts, strict=True)]
    for read in (_dotted, _styled):
        depths = [read(text, apart=apart) for text in written]
        told = [depth for depth in depths if depth is not None]
        if len(told) >= 0.8 * len(written) and len({depth for depth, _ in told}) > 1:
            tree = Tree()
            rests = [tidy(texts[at]) if apart or found is None else found[1] for at, found in enumerate(depths)]
            if read is _dotted:
                _by_number(
                    [_number(text) if found else "" for text, found in zip(written, depths, strict=True)], rests, tree
                )
            else:
                _by_depth([found[0] if found else None for found in _ranked(depths)], rests, tree)
            return tree
    return None


def _number(text: str) -> str:
    found = _DOTTED.match(text)
    return found[1].replace("．", ".") if found else ""


def _dotted(text: str, *, apart: bool) -> tuple[int, str] | None:
    del apart
    found = _DOTTED.match(text)
    return (re.sub("．", ".", found[1]).count("."), text[found.end() :].strip()) if found else None


def _styled(text: str, *, apart: bool) -> tuple[int, str] | None:
    for rank, (_, pattern) in enumerate(_STYLES):
        found = pattern.match(text)
        if found:
            return rank, text[found.end() :].strip()
    if apart:
        names = [name for name, _ in _STYLES]
        return next(((names.index(name), "") for name, pattern in _LONE if pattern.match(text)), None)
    return None


def _ranked(depths: Sequence[tuple[int, str] | None]) -> list[tuple[int, str] | None]:
    """Styles as depths: the styles that occur, in the order that official papers nest them."""
    ranks = {rank: depth for depth, rank in enumerate(sorted({found[0] for found in depths if found}))}
    return [(ranks[found[0]], found[1]) if found else None for found in depths]


def _by_number(numbers: Sequence[str], texts: Sequence[str], tree: Tree) -> None:
    places: dict[str, int] = {}
    for at, number in enumerate(numbers):
        if number and number not in places:
            places[number] = at
    for at, (number, text) in enumerate(zip(numbers, texts, strict=True)):
        upper = number.rpartition(".")[0]
        node = Node(at, text, number.count("."), places.get(upper) if upper else None)
        if not number:
            node.problem = "这一行没有层级编号，看不出上级是哪一个"
        elif places[number] != at:
            node.problem = f"层级编号“{number}”与前面重复（数字格式的1.10会变成1.1，请把编号列设为文本格式）"
        elif upper and upper not in places:
            node.problem = f"层级编号“{number}”的上级“{upper}”在表中没有"
        tree.nodes.append(node)


def indented(texts: Sequence[str], depths: Sequence[int] = ()) -> Tree | None:
    """The tree told by spaces or tree signs before the texts (or by given indents); ``None`` if all begin alike.

    An indent that stands between those of the rows above is told as a problem, not guessed.
    """
    widths = [_width(text) + 2 * (depths[at] if depths else 0) for at, text in enumerate(texts)]
    if len(set(widths)) < 2:
        return None
    tree = Tree()
    _by_depth(widths, [tidy(_TREE_SIGNS.sub("", text)) for text in texts], tree)
    return tree


def _width(text: str) -> int:
    """How far in a text begins, in half-width columns; a tab is four."""
    signs = _TREE_SIGNS.match(text)
    if not signs:
        return 0
    wide = {"W", "F", "A"}
    return sum(4 if sign == "\t" else 2 if unicodedata.east_asian_width(sign) in wide else 1 for sign in signs[0])


def _by_depth(depths: Sequence[int | None], texts: Sequence[str], tree: Tree) -> None:
    """Each under the last one that begins further out."""
    line: list[tuple[int, int]] = []
    for at, (depth, text) in enumerate(zip(depths, texts, strict=True)):
        if depth is None:
            tree.nodes.append(Node(at, text, 0, None, problem="这一行没有层级编号，看不出上级是哪一个"))
            continue
        deeper = None
        while line and line[-1][0] >= depth:
            deeper = line.pop()[0]
        node = Node(at, text, len(line), line[-1][1] if line else None)
        if deeper is not None and deeper > depth:
            node.problem = "这一行的缩进与上面各行都对不齐，看不出上级是哪一个"
        elif line and tree.nodes[line[-1][1]].problem:
            node.problem = "上一级的位置看不出来"
        line.append((depth, at))
        tree.nodes.append(node)
