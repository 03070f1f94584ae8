"""公民身份号码 (GB 11643): normalising, checking, and what the digits tell. R2.01 and R2.02.

The place code is not part of the verdict: county codes are younger than many bearers (350525 with a birth in 1980 is
a real number), so ``stdnum.cn.ric.validate`` would refuse true numbers. See :func:`place_is_known` for the advice.

A check of a valid number costs about 1 µs, because an import asks it for every row.
"""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from core.people.codes import FEMALE, MALE

#: Province prefixes of GB/T 2260 in use in numbers (annexe C), with their names.
PROVINCES: dict[str, str] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古",
    "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东",
    "41": "河南", "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南",
    "50": "重庆", "51": "四川", "52": "贵州", "53": "云南", "54": "西藏",
    "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
    "71": "台湾", "81": "香港", "82": "澳门", "83": "台湾居民居住证",
}  # fmt: skip

EARLIEST_BIRTH = date(1900, 1, 1)

#: What people and programs put around or into a number: spaces, byte order marks, apostrophes, dashes (to nothing),
#: full-width forms, and the letters that look like the check character X.
_NOISE = " \t\r\n\v\f\xa0\u1680\u180e\u202f\u205f\u3000\ufeff'‘’`＇-－—–_"
_TABLE: dict[int, str | None] = dict.fromkeys(map(ord, _NOISE))
_TABLE.update(dict.fromkeys(range(0x2000, 0x2010)))
_TABLE.update({0xFF10 + n: str(n) for n in range(10)})
_TABLE.update({ord(look_alike): "X" for look_alike in "xｘＸ×✕✖хХχΧⅹⅩ"})
_TABLE.update({ord("．"): ".", ord("＋"): "+", ord("Ｅ"): "E", ord("ｅ"): "E", ord("e"): "E"})

_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}")
_DIGITS_AND_ZEROES = re.compile(r"(\d+)\.0*")


class Fault(StrEnum):
    """What is wrong with a number; the value is stable and may be stored."""

    EMPTY = "empty"
    DIGITS_LOST = "digits_lost"
    FIFTEEN = "fifteen"
    LENGTH = "length"
    CHARACTERS = "characters"
    PROVINCE = "province"
    BIRTH = "birth"
    BIRTH_FUTURE = "birth_future"
    CHECKSUM = "checksum"


class IdFacts(NamedTuple):
    """What a valid number says of its bearer: sex code (GB/T 2261.1), date of birth, province prefix."""

    sex: str
    birth: date
    province: str


def normalise(value: object) -> str:
    """The number as it should be written: ASCII, no spaces, capital X, no trailing ``.0``. Idempotent.

    A whole number typed into a spreadsheet cell (int or float) becomes its digits; a float that is too long for
    a float to hold comes back in scientific notation, which :func:`fault` reports as lost digits.
    """
    if isinstance(value, str):
        if len(value) == 18 and value.isascii() and value.isalnum():  # nearly every row of a workbook
            return value.upper()
        text = value.translate(_TABLE)
    elif value is None or isinstance(value, bool):
        return ""
    elif isinstance(value, (int, float)):
        text = (f"{value:.5E}" if abs(value) >= 10**15 else str(value)).translate(_TABLE)
    else:
        text = str(value).translate(_TABLE)
    whole = _DIGITS_AND_ZEROES.fullmatch(text)
    return (whole[1] if whole else text).upper()


def check_character(number: str) -> str:
    """The 18th character that belongs to the first 17 digits (weights 7 9 10 5 8 …, ISO 7064 mod 11-2)."""
    # The weights are the powers of 2 modulo 11 and 13 is 2 modulo 11, so reading the digits in base 13 sums them.
    remainder = (1 - 2 * int(number[:17], 13)) % 11
    return "X" if remainder == 10 else str(remainder)


def fault(number: str, *, as_of: date) -> Fault | None:
    """The first fault of a normalised number, or ``None`` for a valid one. Rules R2.01 and R2.02."""
    if len(number) != 18 or not number.isascii() or not number[:17].isdigit():
        return _fault_of_form(number)
    if number[:2] not in PROVINCES:
        return Fault.PROVINCE
    try:
        birth = date.fromisoformat(number[6:14])
    except ValueError:
        return _unless_digits_lost(number, Fault.BIRTH)
    if birth < EARLIEST_BIRTH:
        return Fault.BIRTH
    if birth > as_of:
        return Fault.BIRTH_FUTURE
    remainder = (1 - 2 * int(number[:17], 13)) % 11
    if number[17] != ("X" if remainder == 10 else str(remainder)):
        return _unless_digits_lost(number, Fault.CHECKSUM if number[17] in "0123456789X" else Fault.CHARACTERS)
    return None


def _fault_of_form(number: str) -> Fault:
    if not number:
        return Fault.EMPTY
    if _SCIENTIFIC.fullmatch(number):
        return Fault.DIGITS_LOST
    if not number.isascii() or not number[:-1].isdigit() or number[-1] not in "0123456789X":
        return Fault.CHARACTERS
    if len(number) == 15 and number.isdigit():
        return Fault.FIFTEEN
    return Fault.LENGTH


def _unless_digits_lost(number: str, otherwise: Fault) -> Fault:
    """A number that ends in 000 and does not check was cut to 15 digits by a spreadsheet: no serial is 000."""
    return Fault.DIGITS_LOST if number.endswith("000") else otherwise


def facts(number: str) -> IdFacts:
    """Sex, birth and province of a number that :func:`fault` found valid.

    :raises ValueError: the number is not 18 characters with a real date.
    """
    return IdFacts(
        MALE if int(number[16]) % 2 else FEMALE,
        date.fromisoformat(number[6:14]),
        number[:2],
    )


def from_fifteen(number: str) -> str | None:
    """The 18-character number proposed for an old 15-digit one, or ``None`` if it cannot be one (R2.02).

    The bearer must confirm it: ``19`` is put before the year, which is wrong for people born before 1900.
    """
    if len(number) != 15 or not number.isascii() or not number.isdigit():
        return None
    digits = f"{number[:6]}19{number[6:]}"
    proposal = digits + check_character(digits)
    return proposal if fault(proposal, as_of=date(1999, 12, 31)) is None else None


def are_twins(one: str, other: str) -> bool:
    """Whether two numbers differ in the check character alone, so that one of them is mistyped (02-roster 2.8)."""
    return one != other and len(one) == len(other) == 18 and one[:17] == other[:17]


def place_is_known(number: str) -> bool:
    """Whether the county code was in force in the year of birth, as far as the stored list goes. Advice only.

    Loads a table of some megabytes on first use: for single records, not for imports.
    """
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    try:
        ric.get_birth_place(number)
    except (ValidationError, KeyError):  # the list has some provinces' reserved codes without a county
        return False
    return True
