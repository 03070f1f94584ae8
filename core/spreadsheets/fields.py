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
    :param in_title: finds the value in a line above the table, a section row or a sheet's name: the first group that matches.
    :param from_outside: may be filled from the section row above, from the sheet's name, or from a line above the table.
    :param month_only: a date without a day is taken as the first of the month.
    :param optional: a cell that cannot be read is left out and told; the row is kept.
    :param fillers: words in a cell that say nothing yet (待转正).
    :param rule: id of the rule that an unreadable cell breaks; the pipeline's own (IM.…) if empty.
    :param aside: only helps to read another field; the template has no column for it.
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
    in_title: re.Pattern[str] | None = None
    private: bool = False
    from_outside: bool = False
    month_only: bool = True
    optional: bool = False
    fillers: frozenset[str] = frozenset()
    rule: str = ""
    aside: bool = False
    help: str = ""
    example: str = ""

    def outside_text(self, texts: Sequence[str]) -> str:
        """What the first of some texts from outside the rows says for this field; ``""`` when none says anything."""
        for text in texts:
            found = self.in_title.search(text) if self.in_title else None
            if found:
                return next(group for group in found.groups() if group).strip()
            if self.pattern is not None and self.pattern.fullmatch(text):
                return text
        return ""
