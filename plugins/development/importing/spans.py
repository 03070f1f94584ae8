"""Days that a register writes as a span in one cell: 2023.9.6-9.12, 2023年7月3日至5日. Pure."""

import re
from datetime import date
from typing import NamedTuple

from core.sdk.importing import ReadDate, read_day
from plugins.development.importing.fields import NOT_YET

#: What stands between two days: a word or a wave anywhere; a dash only where it does not belong to a day.
_BETWEEN = re.compile(r"\s*(?:至|到|起|[~～〜∼]|—+|–|－{2,}|--+)\s*")
_DASH_BEFORE_YEAR = re.compile(r"\s*[-－―]\s*(?=\d{4}\s*[-./年]|\d{8}$)")
_DASH = re.compile(r"\s*[-－―]\s*")
_DAY, _MONTH_DAY = re.compile(r"(\d{1,2})\s*[日号]?"), re.compile(r"(\d{1,2})\s*[./月]\s*(\d{1,2})\s*[日号]?")
_DOTTED = re.compile(r"[./年月]")
_TAIL = re.compile(r"[起止。；;]+$")


class Span(NamedTuple):
    """What a cell says. :param last: the same as ``first`` where one day is written. :param problem: why it says nothing."""

    first: date | None
    last: date | None
    problem: str = ""
    month_only: bool = False


NOTHING = Span(None, None)


def read_span(text: str) -> Span:
    """One day, or the first and the last of several. Never raises."""
    tidy = _TAIL.sub("", text.strip())
    if not tidy or tidy in NOT_YET:
        return NOTHING
    one = read_day(tidy)
    if not one.problem:
        return Span(one.value, one.value, "", one.month_only)
    for first, last in _halves(tidy):
        begun = read_day(first)
        if begun.value is None:
            continue
        ended = _last(last, begun.value)
        if ended.value is not None:
            return Span(begun.value, ended.value, "", begun.month_only)
    return Span(
        None,
        None,
        f"“{tidy[:30]}”认不出是哪几天。请写成 2026-06-01 至 2026-06-05 这样的格式，只有一天的写 2026-06-01。",
    )


def _halves(text: str) -> list[tuple[str, str]]:
    found = []
    for pattern in (_BETWEEN, _DASH_BEFORE_YEAR):
        parts = [part for part in pattern.split(text) if part]
        if len(parts) == 2:
            found.append((parts[0], parts[1]))
    if _DOTTED.search(text) and len(_DASH.split(text)) == 2:  # the dash cannot belong to 2023.9.6
        first, last = _DASH.split(text)
        found.append((first, last))
    return found


def _last(text: str, first: date) -> ReadDate:
    """The end of a span, which may leave out year and month."""
    day, month_day = _DAY.fullmatch(text), _MONTH_DAY.fullmatch(text)
    if day:
        return read_day(f"{first.year}-{first.month}-{day[1]}")
    if month_day:
        return read_day(f"{first.year}-{month_day[1]}-{month_day[2]}")
    return read_day(text)
