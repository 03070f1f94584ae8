"""Finding the heading rows of a sheet, by what is known of the headings and by shape."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.spreadsheets.bounds import column_letters
from core.spreadsheets.sheets import Cell, Contents, Row
from core.spreadsheets.text import cell_text, tidy

#: How many filled rows are looked at from the top.
_LOOK = 40
_LONGEST = 40
_DATA_LIKE = re.compile(r"^[\d\s./:：\-+%年月日Xx*,]{4,}$|@|^https?:|^男$|^女$|^[\d.]+$")


@dataclass(frozen=True, slots=True)
class Block:
    """The heading rows found.

    :param rows: 0-based indexes of the heading rows, empty if the sheet has none.
    :param columns: (column index, group heading, own heading), left to right.
    :param titles: texts of the rows above.
    """

    rows: tuple[int, ...]
    columns: list[tuple[int, str, str]]
    titles: list[str]

    @property
    def data_from(self) -> int:
        """0-based index of the row after the headings (row 0 if there are none)."""
        return self.rows[-1] + 1 if self.rows else 0


def find_block(contents: Contents, known: Callable[[str], float]) -> Block | None:
    """The best block of one to three heading rows, or ``None`` if the sheet is empty."""
    rows = contents.rows
    looked = [index for index, row in enumerate(rows[:2000]) if any(_filled(cell) for cell in row)][:_LOOK]
    if not looked:
        return None
    scores = {index: _row_score(rows[index], known) for index in looked}
    most = max(scores.values())
    best = next(index for index in looked if scores[index] >= min(most, max(2.0, 0.6 * most)))
    if scores[best] < 1:
        best = _by_shape(rows, looked)
        if best < 0:
            return _without_headings(rows, looked)
    return max(
        (_block(contents, block) for block in _candidates(contents, best, looked)),
        key=lambda block: (_block_score(block, known), -len(block.rows)),
    )


def _filled(cell: Cell) -> bool:
    return cell != "" and not (isinstance(cell, str) and not tidy(cell))


def _is_heading_text(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    text = tidy(cell)
    return 0 < len(text) <= _LONGEST and not _DATA_LIKE.search(text)


def _row_score(row: Row, known: Callable[[str], float]) -> float:
    """Known headings count one each; cells that look like data count against."""
    score = 0.0
    seen: set[str] = set()
    for cell in row:
        if not _filled(cell):
            continue
        text = cell_text(cell)
        if isinstance(cell, int | float | date | datetime) or (_DATA_LIKE.search(text) and len(text) > 1):
            score -= 0.5
        elif text not in seen:
            seen.add(text)
            score += known(text)
    return score


def _by_shape(rows: list[Row], looked: list[int]) -> int:
    """The first row of short, distinct texts that is as wide as what follows; -1 if there is none."""
    for position, index in enumerate(looked[:-1]):
        filled = [cell for cell in rows[index] if _filled(cell)]
        following = max(sum(map(_filled, rows[below])) for below in looked[position + 1 : position + 21])
        texts = {tidy(cell) for cell in filled if isinstance(cell, str)}
        if (
            len(filled) >= 2
            and len(filled) >= 0.6 * following
            and len(texts) == len(filled)
            and all(_is_heading_text(cell) for cell in filled)
            and _differs_below(rows, index, looked[position + 1 : position + 6])
        ):
            return index
    return -1


def _differs_below(rows: list[Row], index: int, below: list[int]) -> bool:
    """Whether something below is of another sort than its heading (a number, a date, a code under a word)."""
    for column, cell in enumerate(rows[index]):
        if _filled(cell) and any(
            _filled(rows[row][column]) and not _is_heading_text(rows[row][column]) for row in below
        ):
            return True
    return False


def _without_headings(rows: list[Row], looked: list[int]) -> Block | None:
    """A bare table: its columns are called by their letters and recognised by their values alone."""
    widths = [sum(map(_filled, rows[index])) for index in looked]
    if max(widths) < 2:
        return None
    used = [column for column in range(len(rows[0])) if any(_filled(rows[index][column]) for index in looked)]
    return Block((), [(column, "", f"{column_letters(column)} 列") for column in used], [])


def _candidates(contents: Contents, best: int, looked: list[int]) -> list[tuple[int, ...]]:
    """The heading row alone and with grouping rows above and sub-headings below, where these are possible."""
    above = best - 1 if best - 1 in looked and _is_group_row(contents, best - 1) else None
    below = best + 1 if best + 1 in looked and _is_sub_row(contents, best) else None
    upper: list[tuple[int, ...]] = [()] if above is None else [(), (above,)]
    if above is not None and above - 1 in looked and _is_group_row(contents, above - 1):
        upper.append((above - 1, above))
    lower: list[tuple[int, ...]] = [()] if below is None else [(), (below,)]
    if below is not None and _reaches_down(contents, best):
        lower = [(below, below + 1) if _is_sub_row(contents, below) and _reaches_down(contents, below) else (below,)]
    return [(*up, best, *down) for up in upper for down in lower]


def _is_group_row(contents: Contents, index: int) -> bool:
    """Several short texts, fewer than columns, none of them a filled-in form line like ``单位：``."""
    row = contents.rows[index]
    filled = [cell for cell in row if _filled(cell)]
    if not all(_is_heading_text(cell) and not re.search("[:：]", str(cell)) for cell in filled):
        return False
    spans = [
        right - left + 1
        for (top, left), (_, right) in contents.merged
        if top == index and right > left and _filled(row[left])
    ]
    if len(filled) == 1:
        return bool(spans) and spans[0] < max(len(row) - 1, 2)
    return bool(filled)


def _is_sub_row(contents: Contents, above: int) -> bool:
    """Whether the row below ``above`` subdivides it: short texts only, under blanks or under merged headings."""
    upper, lower = contents.rows[above], contents.rows[above + 1]
    filled = [column for column, cell in enumerate(lower) if _filled(cell)]
    if not all(_is_heading_text(lower[column]) for column in filled):
        return False
    spanned = {
        column
        for (top, left), (bottom, right) in contents.merged
        if top <= above <= bottom and right > left
        for column in range(left, right + 1)
    }
    covered = {left for (top, left), (bottom, _) in contents.merged if top <= above and bottom >= above + 1}
    if _reaches_down(contents, above):
        return True
    if contents.merged:
        return all(column in spanned or not _filled(upper[column]) for column in filled) and (
            bool(spanned) or bool(covered)
        )
    blanks = sum(1 for column in filled if not _filled(upper[column]))
    return blanks >= 1 and all(
        not _filled(upper[column]) or not _filled(lower[column]) or column + 1 in filled for column in filled
    )


def _reaches_down(contents: Contents, index: int) -> bool:
    """Whether some heading of a row is merged with the cell below: then the row below is a heading row as a whole."""
    return any(
        top <= index < bottom and index + 1 < len(contents.rows) and _filled(contents.rows[top][left])
        for (top, left), (bottom, _) in contents.merged
    )


def _block(contents: Contents, block: tuple[int, ...]) -> Block:
    """The headings of each column: the lowest text is its own, those above are its group."""
    spread = [_spread(contents, index, last=index == block[-1], block=block) for index in block]
    columns = []
    for column in range(len(contents.rows[block[0]])):
        path = list(dict.fromkeys(text for texts in spread if (text := texts[column])))
        if path:
            columns.append((column, "/".join(path[:-1]), path[-1]))
    titles = []
    for row in contents.rows[: block[0]]:
        titles += [cell_text(cell) for cell in row if _filled(cell)]
    return Block(block, columns, titles[:20])


def _spread(contents: Contents, index: int, *, last: bool, block: tuple[int, ...]) -> list[str]:
    """The texts of a heading row, each repeated over the columns it covers."""
    texts = [cell_text(cell) if _filled(cell) else "" for cell in contents.rows[index]]
    merges = [
        (left, right)
        for (top, left), (bottom, right) in contents.merged
        if top <= index <= bottom and right > left and top in block
    ]
    for left, right in merges:
        for column in range(left + 1, min(right + 1, len(texts))):
            texts[column] = texts[column] or texts[left]
    if not last and not merges and not contents.merged:
        below = contents.rows[index + 1]
        for column in range(1, len(texts)):
            if not texts[column] and _filled(below[column]) and _filled(below[column - 1]):
                texts[column] = texts[column - 1]
    return texts


def with_groups(group: str, leaf: str) -> list[str]:
    """A heading together with what stands above it, the nearest first: 证件号码, 基本信息证件号码."""
    parts = group.split("/") if group else []
    return ["".join(parts[start:]) + leaf for start in range(len(parts) - 1, -1, -1)]


def _block_score(block: Block, known: Callable[[str], float]) -> float:
    """Known headings, own or together with their group; a grouping row that explains nothing still beats none."""
    score = 0.0
    for _, group, leaf in block.columns:
        score += max(known(leaf), *(0.95 * known(text) for text in with_groups(group, leaf)), 0.0)
    return score + 0.01 * len({group for _, group, _ in block.columns if group})
