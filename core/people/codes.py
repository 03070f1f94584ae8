"""Code lists of the roster: a name or a code comes in as text, a code goes out; and the label of a code.

The lists themselves stand in ``code_lists`` (general) and ``education_codes``. A workbook asks for eight codes in each
row, so :func:`parse` is one dictionary lookup for every spelling seen before; other spellings are normalised once
(full-width to half-width, spaces away, affixes of the list away) and remembered.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from core.people import code_lists, education_codes
from core.people.code_lists import FEMALE, FORMAL, MALE, PROBATIONARY

__all__ = [
    "COLLEGE_AND_ABOVE",
    "FEMALE",
    "FORMAL",
    "LISTS",
    "MALE",
    "NOT_RURAL",
    "PROBATIONARY",
    "SENIOR_SECONDARY_AND_ABOVE",
    "CodeList",
    "education_band",
    "label",
    "parse",
    "parse_class_tags",
    "parser",
]

#: How many spellings a list remembers beyond its own, so that hostile input cannot fill the memory.
_REMEMBERED = 5000

COLLEGE_AND_ABOVE: Final = education_codes.COLLEGE_AND_ABOVE
SENIOR_SECONDARY_AND_ABOVE: Final = education_codes.SENIOR_SECONDARY_AND_ABOVE

#: What :func:`parse_class_tags` gives for 非农: the row says that the person is not of the countryside.
NOT_RURAL: Final = "not_rural"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class CodeList:
    """One list: codes with their labels, and every spelling that stands for a code.

    :param labels: code → label in Chinese, in the order of the list.
    :param spellings: other spelling → code.
    :param reduce: takes affixes off a normalised spelling that is unknown; it is then looked up again.
    """

    def __init__(
        self,
        name: str,
        labels: Mapping[str, str],
        spellings: Mapping[str, str] | None = None,
        reduce: Callable[[str], Iterable[str]] | None = None,
    ) -> None:
        self.name = name
        self.labels = dict(labels)
        self._reduce = reduce
        self._known: dict[object, str | None] = {}
        for spelling, code in {**(spellings or {}), **{v: k for k, v in labels.items()}}.items():
            self._known[spelling] = self._known[_plain(spelling)] = code
        for code in labels:
            self._known[code] = code
            if code.isdigit():  # a spreadsheet that took the code for a number has lost its zero
                self._known.setdefault(str(int(code)), code)
        self._limit = len(self._known) + _REMEMBERED

    def parse(self, text: object) -> str | None:
        """The code that ``text`` (a name, a code, in any common spelling) stands for, or ``None``."""
        try:
            return self._known[text]
        except KeyError:
            return self._parse_new(text)

    def _parse_new(self, text: object) -> str | None:
        if isinstance(text, float) and text.is_integer():
            plain = str(int(text))
        else:
            plain = _plain(str(text)) if text is not None else ""
        code = self._known.get(plain) or self._known.get(plain.removesuffix(".0"))
        if code is None and self._reduce is not None:
            code = next((self._known[short] for short in self._reduce(plain) if self._known.get(short)), None)
        if isinstance(text, str) and len(text) <= 40 and len(self._known) < self._limit:
            self._known[text] = code
        return code

    def label(self, code: str | None) -> str:
        """The label of ``code``; the code itself if the list does not have it, and ``""`` for none."""
        return self.labels.get(code, code) if code else ""

    def extended(self, labels: Mapping[str, str], spellings: Mapping[str, str] | None = None) -> "CodeList":
        """This list with a tenant's own codes after (or renamed in) it."""
        known = {str(k): v for k, v in self._known.items() if v is not None}
        return CodeList(self.name, {**self.labels, **labels}, {**known, **(spellings or {})}, self._reduce)


def _reduce_ethnic(plain: str) -> Iterable[str]:
    yield plain.removesuffix("族")
    yield re.sub(r"[(（].*", "", plain).removesuffix("族")


def _reduce_member(plain: str) -> Iterable[str]:
    for suffix in ("党员", "类党员", "类", "人员", "户党员"):
        yield plain.removesuffix(suffix)


#: Every list by its name.
LISTS: Final[Mapping[str, CodeList]] = {
    "sex": CodeList("sex", code_lists.SEX, code_lists.SEX_SPELLINGS, code_lists.reduce_remark),
    "ethnic": CodeList("ethnic", code_lists.ETHNIC, code_lists.ETHNIC_SPELLINGS, _reduce_ethnic),
    "education": CodeList(
        "education", education_codes.EDUCATION, education_codes.spellings(), education_codes.reduce_spelling
    ),
    "degree": CodeList("degree", code_lists.DEGREE, code_lists.DEGREE_SPELLINGS, code_lists.reduce_degree),
    "person_type": CodeList(
        "person_type", code_lists.PERSON_TYPE, code_lists.PERSON_TYPE_SPELLINGS, code_lists.reduce_person_type
    ),
    "marital": CodeList("marital", code_lists.MARITAL, code_lists.MARITAL_SPELLINGS, code_lists.reduce_remark),
    "health": CodeList("health", code_lists.HEALTH, code_lists.HEALTH_SPELLINGS),
    "household": CodeList("household", code_lists.HOUSEHOLD, code_lists.HOUSEHOLD_SPELLINGS),
    "membership_state": CodeList(
        "membership_state", code_lists.MEMBERSHIP_STATE, code_lists.MEMBERSHIP_STATE_SPELLINGS, _reduce_member
    ),
    "start_reason": CodeList("start_reason", code_lists.START_REASON, code_lists.START_REASON_SPELLINGS),
    "end_reason": CodeList("end_reason", code_lists.END_REASON, code_lists.END_REASON_SPELLINGS),
    "class_tag": CodeList("class_tag", code_lists.CLASS_TAG, code_lists.CLASS_TAG_SPELLINGS, _reduce_member),
    "post": CodeList("post", code_lists.POST, code_lists.POST_SPELLINGS, code_lists.reduce_post),
}


def parse(list_name: str, text: object) -> str | None:
    """The code of ``text`` in the list, or ``None`` if nothing is known by that name.

    :raises KeyError: there is no such list.
    """
    return LISTS[list_name].parse(text)


def parser(list_name: str) -> Callable[[object], str | None]:
    """The parsing function of one list, for loops over many rows."""
    return LISTS[list_name].parse


def label(list_name: str, code: str | None) -> str:
    """The Chinese label of ``code``."""
    return LISTS[list_name].label(code)


def education_band(code: str | None) -> str | None:
    """The band (10, 20, 30, 40, 60, 70, 80, 90) an education code rolls up to; ``None`` for none or an unknown code."""
    return education_codes.BAND_OF.get(code) if code else None


_TAG_SEPARATORS = re.compile(r"[、，,;；/|\n]+")
_tags_seen: dict[str, tuple[str, ...] | None] = {"": ()}


def parse_class_tags(text: str) -> tuple[str, ...] | None:
    """The class tags a cell names, several divided by 、 or a comma; ``None`` if one of them is unknown.

    ``非农`` gives :data:`NOT_RURAL`: it is no tag, but says that an earlier 农村 has ended.
    """
    try:
        return _tags_seen[text]
    except KeyError:
        tags = _read_tags(text)
        if len(text) <= 40 and len(_tags_seen) < _REMEMBERED:
            _tags_seen[text] = tags
        return tags


def _read_tags(text: str) -> tuple[str, ...] | None:
    found: list[str] = []
    for part in _TAG_SEPARATORS.split(text):
        if not part.strip():
            continue
        plain = _plain(part)
        code = NOT_RURAL if plain in code_lists.NOT_RURAL_SPELLINGS else LISTS["class_tag"].parse(plain)
        if code is None:
            return None
        if code not in found:
            found.append(code)
    return tuple(found)
