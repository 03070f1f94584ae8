"""Text as people type it, made the same however it was typed: spaces, full-width signs, invisible characters."""

import re
import unicodedata
from datetime import date, datetime, time

from core.spreadsheets.sheets import Cell

#: From here on a double no longer holds every whole number Excel shows; Excel itself keeps 15 digits.
LOST_DIGITS_FROM = 10**15

#: Invisible: zero-width space and joiners, direction marks, word joiner, byte-order mark, soft hyphen.
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_CONTROL = "".join(chr(code) for code in range(32) if chr(code) not in _SPACES) + "\x7f"
#: Full-width digits and Latin letters; full-width punctuation is right in Chinese and stays.
_WIDE = {
    code: code - 0xFEE0
    for block in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(block[0], block[1] + 1)
}
_TABLE: dict[int, int | None] = {
    **dict.fromkeys(map(ord, _INVISIBLE + _CONTROL), None),
    **dict.fromkeys(map(ord, _SPACES), 0x20),
    **_WIDE,
}
_UNTIDY = re.compile(
    f"[{re.escape(_INVISIBLE + _CONTROL + _SPACES)}\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]|  |^[ ']| $"
)
_RUNS = re.compile(" {2,}")
#: Compatibility forms of Han characters (U+F900…, U+2F00… radicals) look the same and compare unequal; so do the places
#: for private use in which old GBK fonts keep rare ones (U+E815…).
_COMPATIBILITY = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ue815-\ue864\U0002f800-\U0002fa1f]")
#: What GB 18030 put elsewhere than the table of the codec has it.
_OF_GBK = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
    0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F,
    0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip


def tidy(text: str) -> str:
    """Text to keep: one kind of space, none at the ends, none doubled; half-width digits and letters; nothing invisible.

    Chinese punctuation stays as it is. An apostrophe before a digit or a formula sign, which spreadsheets use to
    mark text, is dropped.
    """
    if _UNTIDY.search(text):
        text = _RUNS.sub(" ", text.translate(_TABLE)).strip()
        if text[:1] == "'" and text[1:2] in _MARKED:
            text = text[1:]
    return _COMPATIBILITY.sub(_canonical, text) if _COMPATIBILITY.search(text) else text


_MARKED = frozenset("0123456789=+-@＝＋－＠")


def _canonical(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xE815 <= code <= 0xE864:
        low = 0x50 + code - 0xE815
        found = bytes((0xFE, low + (low >= 0x7F))).decode("gb18030", "replace")
        return chr(_OF_GBK[code]) if code in _OF_GBK else match[0] if found == "\ufffd" else found
    return unicodedata.normalize("NFKC", match[0])


def plain(text: str) -> str:
    """Text to compare: NFKC (full-width brackets and signs too), no spaces, lower case."""
    if text.isalnum() and text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", tidy(text)).replace(" ", "").lower()


#: What stands in a cell that says nothing.
NOTHING = frozenset(
    [
        "-",
        "--",
        "---",
        "—",
        "——",
        "————",
        "－",
        "–",
        "_",
        "/",
        "//",
        "／",
        "\\",
        "、",
        ".",
        "。",
        "…",
        "*",
        "#N/A",
        "#n/a",
        "N/A",
        "n/a",
        "NULL",
        "null",
        "None",
        "none",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "空",
        "未填",
        "暂无",
        "未知",
        "不详",
        "不清楚",
        "待补",
        "待补充",
        "待查",
        "暂缺",
        "缺",
        "无",
        "没有",
    ]
)


def without_fillers(texts: list[str]) -> list[str]:
    """Texts in which dashes, 不详, 无 and the like are empty."""
    if NOTHING.isdisjoint(texts):
        return texts
    return ["" if text in NOTHING else text for text in texts]


def number_text(value: float) -> str:
    """A number cell as the person sees it: ``13900000000.0`` → ``13900000000``, no exponent for whole numbers."""
    if value == int(value) if abs(value) < 1e300 else False:
        return str(int(value))
    return repr(value)


def cell_text(cell: Cell) -> str:
    """Any cell as tidy text: dates as ``2026-07-01``, whole numbers without a point, booleans as 是/否."""
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def lost_digits(cell: Cell) -> bool:
    """Whether the cell is a number too long for Excel: its last digits are gone and cannot be brought back."""
    if isinstance(cell, int | float):
        return abs(cell) >= LOST_DIGITS_FROM
    return isinstance(cell, str) and _SCIENTIFIC.match(cell.strip()) is not None


#: ``3.50525E+17``: a long number that went through Excel on its way to a text file.
_SCIENTIFIC = re.compile(r"^\d(\.\d{1,7})?[eE]\+?(0?9|1\d)$|^\d(\.\d+)?[eE]\+?1[4-9]$")

LOST_DIGITS = (
    "这个号码在表格里存成了数字，Excel 只保留前 15 位，后面的位数已经丢失，无法恢复。"
    "请把这一列设为“文本”格式，重新填写完整号码。"
)
