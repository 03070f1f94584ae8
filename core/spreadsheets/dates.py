"""Dates as people write them in workbooks.

Taken: date cells, serial day numbers, ``2026-7-1``, ``2026/7/1``, ``2026.07.01``, ``20260701``, ``2026年7月1日``,
``二〇二六年七月一日``, with full-width digits, spaces or a time of day; and month-only forms (``2026.7``, ``2026年7月``,
``202607``), which give the month's first day and say so. Refused with a sentence: two-digit years, day-first
order, impossible months and days, years out of range.
"""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from core.spreadsheets.sheets import Cell
from core.spreadsheets.text import tidy

#: Dates of living people and standing organisations.
FIRST_YEAR, LAST_YEAR = 1900, 2100
_HOW = "请写成 2026-07-01 这样的格式。"


class ReadDate(NamedTuple):
    """What a cell says as a date.

    :param value: the date, or ``None`` for an empty or unreadable cell.
    :param problem: Chinese sentence when it could not be read, else ``""``.
    :param month_only: no day was written; ``value`` is the first of the month.
    """

    value: date | None
    problem: str = ""
    month_only: bool = False


EMPTY = ReadDate(None)
_FULL = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?")
_LOOSE = re.compile(r"(\d+)[-—–―/.,、。·年\\ ~_]+(\d{1,2})(?:[-—–―/.,、。·月\\ ~_]+(\d{1,2})?)?[日号.]?")
_YEAR_LAST = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}")
_DIGITS = re.compile(r"\d+")
_CLOCK = re.compile(r"[ T]*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?( ?[AP]M)?$", re.IGNORECASE)
_CHINESE = str.maketrans("〇○零Ｏ一二三四五六七八九", "0000123456789")
_CHINESE_DATE = re.compile(
    r"^(?=.*[一二三四五六七八九十])[〇○零一二三四五六七八九十廿卅元Ｏ\d]+年[〇○零一二三四五六七八九十正元腊\d]+月"
    r"[〇○零一二三四五六七八九十廿卅初\d]*[日号]?$"
)
_EMPTY_WORDS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "空", "未填", "暂无", "null", "none", "n/a", "#n/a"}
)


def read_date(cell: Cell, *, dates_from_1904: bool = False) -> ReadDate:
    """Read one cell as a date. Never raises."""
    kind = type(cell)
    if kind is str:
        return read_text(cell)
    if kind is date:
        return _within(cell)  # type: ignore[arg-type]
    if kind is datetime:
        return _within(cell.date())  # type: ignore[union-attr]
    if kind is int or kind is float:
        return _from_number(float(cell), dates_from_1904)  # type: ignore[arg-type]
    return ReadDate(None, f"“{cell}”不是日期。{_HOW}")


@lru_cache(maxsize=65_536)
def read_text(text: str) -> ReadDate:
    """Read a date from text. Remembered, since a roster repeats its dates."""
    match = _FULL.fullmatch(text)
    if match:
        return _checked(int(match[1]), int(match[3]), int(match[4]), text)
    tidied = unicodedata.normalize("NFKC", tidy(text)).strip(" '’‘\"“”").removeprefix("公元")
    if tidied.lower() in _EMPTY_WORDS:
        return EMPTY
    if _CHINESE_DATE.match(tidied.replace(" ", "")):
        tidied = _from_chinese(tidied.replace(" ", ""))
    tidied = _CLOCK.sub("", tidied)
    tidied = re.sub(r"\s*([-/.年月日])\s*", r"\1", tidied)
    if _DIGITS.fullmatch(tidied):
        return _from_digits(tidied, text)
    if _YEAR_LAST.fullmatch(tidied):
        return ReadDate(None, f"“{_short(text)}”把年份写在了最后，分不清月和日。{_HOW}")
    match = _LOOSE.fullmatch(tidied)
    if match:
        return _from_parts(match[1], match[2], match[3], text)
    return ReadDate(None, f"“{_short(text)}”认不出是哪一天。{_HOW}")


def _from_parts(first: str, second: str, third: str | None, text: str) -> ReadDate:
    if len(first) == 4:
        if third is None:
            return _month(int(first), int(second), text)
        return _checked(int(first), int(second), int(third), text)
    if len(first) > 4:
        return ReadDate(None, f"“{_short(text)}”的年份是 {len(first)} 位数，应当是 4 位。")
    return ReadDate(None, f"“{_short(text)}”没有写全 4 位年份，无法确定是哪一年（也可能把日、月写在了前面）。{_HOW}")


def _from_digits(digits: str, text: str) -> ReadDate:
    """``20260701`` and ``202607``; shorter and longer runs of digits are explained."""
    if len(digits) == 8:
        return _checked(int(digits[:4]), int(digits[4:6]), int(digits[6:]), text)
    if len(digits) == 6 and FIRST_YEAR <= int(digits[:4]) <= LAST_YEAR and 1 <= int(digits[4:]) <= 12:
        return _month(int(digits[:4]), int(digits[4:]), text)
    if len(digits) == 4 and FIRST_YEAR <= int(digits) <= LAST_YEAR:
        return ReadDate(None, f"“{digits}”只有年份，缺少月和日。{_HOW}")
    if len(digits) == 5:
        return _from_number(float(digits), from_1904=False)
    if len(digits) == 6:
        return ReadDate(None, f"“{digits}”没有写全 4 位年份，无法确定是哪一年。{_HOW}")
    return ReadDate(None, f"“{_short(text)}”认不出是哪一天。{_HOW}")


def _from_number(number: float, from_1904: bool) -> ReadDate:
    """A number cell: a serial day, or digits typed as a number (``20260701``, ``202607``, ``2026.07``)."""
    if not math.isfinite(number):
        return ReadDate(None, f"“{number}”不是日期。{_HOW}")
    whole = int(number)
    if 19_000_101 <= number <= 99_991_231 or 190_001 <= number <= 999_912:
        return _from_digits(str(whole), str(whole))
    if FIRST_YEAR <= number <= LAST_YEAR and number != whole:
        return _from_decimal(number)
    if FIRST_YEAR <= number <= LAST_YEAR:
        return ReadDate(None, f"“{whole}”只有年份，缺少月和日。{_HOW}")
    if 1 <= number <= 73_415:  # 2100-12-31
        epoch = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        return _within(epoch + timedelta(days=whole))
    return ReadDate(None, f"“{number:g}”不是日期。{_HOW}")


def _from_decimal(number: float) -> ReadDate:
    """``2026.7`` typed as a number. ``.1`` may have been ``.10``: Excel drops the zero, so it is asked back."""
    year, _, month = repr(number).partition(".")
    if month == "1":
        return ReadDate(None, f"“{number}”可能是 1 月，也可能是 10 月（数字格式会丢掉末尾的 0）。{_HOW}")
    if len(month) > 2:
        return ReadDate(None, f"“{number}”认不出是哪一天。{_HOW}")
    return _month(int(year), int(month), str(number))


def _from_chinese(text: str) -> str:
    """``二〇二六年七月一日`` → ``2026年7月1日``."""
    year, _, rest = text.partition("年")
    month, _, day = rest.partition("月")
    day = day.rstrip("日号").lstrip("初")
    return f"{year.translate(_CHINESE)}年{_chinese_number(month)}月" + (f"{_chinese_number(day)}日" if day else "")


def _chinese_number(text: str) -> str:
    """Up to 99: ``十二`` → ``12``, ``二十`` → ``20``, ``廿三`` → ``23``."""
    text = text.replace("廿", "二十").replace("卅", "三十").replace("正", "一").replace("元", "一")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (tens.translate(_CHINESE) or "1") + (ones.translate(_CHINESE) or "0")
    return text.translate(_CHINESE)


def _checked(year: int, month: int, day: int, text: str) -> ReadDate:
    try:
        return _within(date(year, month, day))
    except ValueError:
        if not 1 <= month <= 12:
            return ReadDate(None, f"“{_short(text)}”的月份是 {month}，没有这个月。")
        if year < 1:
            return ReadDate(None, f"“{_short(text)}”的年份不对。{_HOW}")
        return ReadDate(None, f"“{_short(text)}”不存在：{year} 年 {month} 月没有 {day} 日。")


def _month(year: int, month: int, text: str) -> ReadDate:
    read = _checked(year, month, 1, text)
    return read._replace(month_only=True) if read.value else read


def _within(day: date) -> ReadDate:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return ReadDate(day)
    return ReadDate(None, f"“{day.isoformat()}”的年份不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，请核对。")


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
