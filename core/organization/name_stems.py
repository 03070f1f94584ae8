"""What is left of a unit's name once everything is taken away that people leave out or write differently.

``中共清源大学机械学院教工第一支部委员会``, ``机械学院党委教工一支部`` and ``清源大学/机械学院/教工第1党支部`` mean one unit. A stem has no
中共, no words for the kind of unit, no dividing signs, and one way to write a number. Names are only taken as equal when
their stems are, with or without those of the units above: nothing is guessed by likeness.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, TypeVar

from core.organization.codes import UnitType
from core.organization.spellings import plain, type_from_name

Key = TypeVar("Key", bound=Hashable)

_FOREWORDS = re.compile("中国共产党|中共")
_DIVIDERS = re.compile(r"[\s/\\|>→·•,，、。;；:：\-—–_~]+")
_KINDS = re.compile(
    "党的工作委员会|工作委员会|党工委|党总支部委员会|总支部委员会|总支委员会|党总支部|党总支|总支部|总支|"
    r"党支部委员会|支部委员会|党支部|支部|党的委员会|委员会|党委|党小组|小组|(?<=[一二三四五六七八九十\d])组$"
)
_NUMBER = re.compile(r"第?([一二三四五六七八九十]+|\d+)(?=[\u4e00-\u9fff]|$|[^\d\w])")
_DIGITS = {sign: at for at, sign in enumerate("一二三四五六七八九", 1)}
#: What many branches are called within their own committee: alone it names none of them.
_COMMON = re.compile(
    "(<\\d+>|教职工|教工|教师|职工|学生|本科生|研究生|在职|离退休|退休|机关|行政|后勤|党员|流动|综合|联合|临时|直属|班)*"
)


def stem(text: str) -> str:
    """The stem of a name; numbers stand in ``<>``."""
    name = _DIVIDERS.sub("", _FOREWORDS.sub("", plain(text)))
    return _NUMBER.sub(lambda match: f"<{_number(match[1])}>", _KINDS.sub("\n", name)).replace("\n", "")


def is_common(name: str) -> bool:
    """Whether a name is one that many units have within their own superior (第一党支部, 机关支部)."""
    return _COMMON.fullmatch(stem(name)) is not None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in text))
    return (_DIGITS.get(tens, 1) * 10) + _DIGITS.get(ones, 0)


@dataclass(frozen=True, slots=True)
class Named(Generic[Key]):
    """A unit as stems are made of it. ``parent`` is the key of the unit above, ``None`` for the root."""

    key: Key
    name: str
    type: str
    parent: Key | None


class Stems(Generic[Key]):
    """Units by their stems, alone and with those of the units above them."""

    def __init__(self, units: Iterable[Named[Key]]) -> None:
        self._units: Mapping[Key, Named[Key]] = {unit.key: unit for unit in units}
        self._stems = {key: stem(unit.name) for key, unit in self._units.items()}
        self._found: dict[str, dict[Key, None]] = {}
        self._vague: dict[str, dict[Key, None]] = {}
        for key in self._units:
            self._add(key)

    def find(self, text: str, kinds: Iterable[str]) -> list[Key]:
        """The units of these kinds that a text can mean: none, one, or several that cannot be told apart.

        A text that says its kind (…党委) means no unit of another; one that says none (财务处) means a committee
        before a branch of the same name.
        """
        found = list(self._found.get(stem(text), ()))
        told = type_from_name(text)
        kinds = set(kinds)
        if told is None:
            above = [key for key in found if self._units[key].type not in kinds]
            return [] if above else found
        return [key for key in found if self._units[key].type in kinds and self._told(key, told)]

    def near(self, text: str, kinds: Iterable[str], most: int = 3) -> list[str]:
        """Names of units that may have been meant, for a message."""
        wanted, kinds = stem(text), set(kinds)
        keys = dict(self._vague.get(wanted, {}))
        if not keys and wanted:
            for close in get_close_matches(wanted, self._found, n=most, cutoff=0.6):
                keys |= self._found[close]
        return [self._units[key].name for key in keys if self._units[key].type in kinds][:most]

    def _told(self, key: Key, told: UnitType) -> bool:
        committees = {UnitType.COMMITTEE, UnitType.WORK_COMMITTEE}
        kind = UnitType(self._units[key].type)
        return kind is told or {kind, told} <= committees

    def _add(self, key: Key) -> None:
        parts = self._own_parts(key)
        self._found.setdefault(self._stems[key], {})[key] = None
        local = self._stems[key].removeprefix(parts[0])
        for start in range(len(parts)):
            text = "".join(parts[start:])
            common = start > 1 and text != local and _COMMON.fullmatch(text)
            if text:
                (self._vague if common else self._found).setdefault(text, {})[key] = None
        if local:
            self._found.setdefault(local, {})[key] = None

    def _own_parts(self, key: Key) -> list[str]:
        """What each unit from the root down adds to the name of those above it."""
        line: list[Key] = []
        at: Key | None = key
        while at is not None and at in self._units and at not in line:
            line.append(at)
            at = self._units[at].parent
        parts: list[str] = []
        above: set[str] = set()
        for one in reversed(line):
            own = self._stems[one]
            prefixes = [prefix for prefix in above if prefix and own.startswith(prefix) and own != prefix]
            parts.append(own[max(map(len, prefixes), default=0) :])
            above |= {own, "".join(parts), "".join(parts[1:])}
        return parts
