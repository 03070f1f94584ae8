"""What a caller tells about the fields it wants from a workbook."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"  #: tidy text
    CODE = "code"  #: one of a list, by name or by code; the caller translates
    NUMBER_TEXT = (
        "number_text"  #: digits that are a name, not a quantity (identity number, phone): lost digits are refused
    )
    DATE = "date"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field that a column may hold.

    :param name: English name; ``title`` the Chinese heading of the template.
    :param synonyms: other headings met in workbooks.
    :param required: a table without it cannot be imported.
    :param values: names (and codes) a cell may hold, for recognising a column by what stands in it.
    :param pattern: what nearly every cell looks like, likewise; only where no other field looks the same.
    :param never: words in a heading that make it another thing (``配偶`` before ``姓名``).
    :param private: class P3: values are masked in reports of refused rows.
    :param from_outside: may be filled from the section row above, or from the sheet's name.
    :param month_only: a date without a day is taken as the first of the month.
    :param rule: id of the rule that an unreadable cell breaks; the pipeline's own (IM.…) if empty.
    :param help: one Chinese line for the wizard and the template.
    """

    name: str
    title: str
    synonyms: Sequence[str] = ()
    kind: Kind = Kind.TEXT
    required: bool = False
    values: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    never: Sequence[str] = ()
    private: bool = False
    from_outside: bool = False
    month_only: bool = True
    rule: str = ""
    help: str = ""
    example: str = ""
