"""Values of further fields: read from what was typed, and as people read them. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy.types import UserDefinedType

from core.people.added.fields import MemberField
from core.spreadsheets.dates import read_date


class Number(UserDefinedType[Decimal]):
    """A numeric column as the fast read path takes it: the driver itself makes decimals of it."""

    cache_ok = True

    def get_col_spec(self, **_more: Any) -> str:
        """Its name in SQL."""
        return "NUMERIC"


#: A value: text, int or float, ``True``, a date, a choice's code; ``None`` for none (a flag knows no other no).
Value = str | int | float | bool | date | None
#: What is shown of a sealed value.
MASK: Final = "******"
_LONGEST: Final[Mapping[str, int]] = {"text": 200, "long_text": 2000}
_LARGEST: Final = Decimal(10) ** 12
_YES: Final = frozenset({True, "1", "true", "on", "是", "有", "√"})
_NO: Final = frozenset({False, "0", "false", "off", "否", "无", "×"})


def read(field: MemberField, raw: Any) -> tuple[Value, str | None]:
    """The value of what was typed, given by a program, or stood in a cell: (value, what is wrong with it in Chinese)."""
    given = raw.replace("\x00", "").strip() if isinstance(raw, str) else raw
    if given is None or given == "":
        return None, None
    match field.type:
        case "flag":
            if not isinstance(given, str | bool) or given not in _YES | _NO:
                return None, "须为“是”或“否”"
            return (True if given in _YES else None), None
        case "number":
            return _number(given)
        case "date":
            return _day(given)
        case "choice":
            found = next((code for code, title in field.choices if given in (code, title)), None)
            return found, None if found else f"须为以下之一：{'、'.join(title for _, title in field.choices)}"
        case _:
            most = _LONGEST[field.type]
            if not isinstance(given, str):
                return None, "须为文字"
            return (None, f"最多{most}个字，现有{len(given)}个字") if len(given) > most else (given, None)


def _number(given: Any) -> tuple[Value, str | None]:
    try:
        number = Decimal(str(given)) if not isinstance(given, bool | date) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _LARGEST:
        return None, "须为数字，例如 12 或 3.5"
    return plain_number(number.quantize(Decimal("0.000001"))), None


def plain_number(number: Decimal) -> int | float:
    """A number as JSON and people write it."""
    return int(number) if number == number.to_integral_value() else float(number)


def _day(given: Any) -> tuple[Value, str | None]:
    if isinstance(given, date):
        return given, None
    found = read_date(given) if isinstance(given, str) else None
    if found is None or found.problem or found.month_only or found.value is None:
        return None, "须为日期，例如 2026-07-01"
    return found.value, None


def as_text(value: Value) -> str:
    """A value as text that :func:`read` takes back."""
    return "1" if value is True else value.isoformat() if isinstance(value, date) else str(value)


def shown(field: MemberField, value: Value) -> Any:
    """A value as lists and pages show it: a choice's title, 是, a number, a date, a text; sealed ones are not asked here."""
    if value is None:
        return None
    if field.type == "choice":
        return dict(field.choices).get(str(value), value)
    return "是" if field.type == "flag" else value
