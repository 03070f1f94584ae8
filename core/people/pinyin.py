"""Pinyin of names: one key to sort by, and every key a name may be searched by.

Readings come from pypinyin's table of single characters; surnames have their own (``surnames``). Only that table is
loaded (12 MiB, on the first Chinese name that is written or asked for), not the whole of pypinyin (56 MiB with its
phrases): a name is not a phrase, and a web worker that only reads stored keys loads nothing.
"""

import importlib.util
import sys
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from core.people.surnames import COMPOUND, GIVEN, SURNAMES

#: How many full readings of one name are indexed; the likeliest come first.
MAX_READINGS: Final = 16

_TONES: Final = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


class NameKeys(NamedTuple):
    """The keys of a name."""

    sort: str  #: for ``ORDER BY`` under ``COLLATE "C"``
    pinyin: str  #: the likeliest reading in full: ``liming``
    initials: str  #: its initials: ``lm``
    further: tuple[str, ...]  #: every other key: other readings in full, surname with initials, other initials

    @property
    def search(self) -> tuple[str, ...]:
        """All keys to search by, likeliest first, each once."""
        return tuple(key for key in dict.fromkeys((self.pinyin, self.initials, *self.further)) if key)


class _Part(NamedTuple):
    """A character, or a compound surname: its key in the order, its readings without tones, each with its initials."""

    sort: str
    readings: tuple[tuple[str, str], ...]


def sort_key(name: str) -> str:
    """The key that orders names by surname, syllable, tone, then character: 李明 is ``li3李ming2明``.

    The character stands in the key, so that homophones stay together and the order is the same everywhere. Characters
    without a known reading come after all others.
    """
    return name_keys(name).sort


def search_keys(name: str) -> tuple[str, ...]:
    """Every way to spell the name: full pinyin of each reading, surname in full with initials, initials.

    The reading a surname has comes first. ``ü`` is written ``v`` and, as passports do, ``yu``. Compare with the text
    typed by a user after :func:`fold_query`.
    """
    return name_keys(name).search


def fold_query(text: str) -> str:
    """What a user typed, as keys are written: lower case, no spaces, tone marks, apostrophes or interpuncts."""
    marked = unicodedata.normalize("NFKD", text.casefold()).replace("u\u0308", "v")
    return "".join([c for c in marked if c.isalnum()])


def name_keys(name: str) -> NameKeys:
    """The sort key and the search keys of ``name`` in one pass. Never fails, whatever the name holds."""
    parts = _parts(name)
    sort = "".join([part.sort for part in parts])
    pinyin = "".join([part.readings[0][0] for part in parts])
    initials = "".join([part.readings[0][1] for part in parts])
    if all(len(part.readings) == 1 for part in parts):  # most names: every character is read in one way
        if len(parts) < 2:
            return NameKeys(sort, pinyin, initials, ())
        hybrid = parts[0].readings[0][0] + initials[len(parts[0].readings[0][1]) :]
        return NameKeys(sort, pinyin, initials, (hybrid,) if hybrid not in (pinyin, initials) else ())
    further = _all_readings(parts)
    further.pop(pinyin, None)
    further.pop(initials, None)
    return NameKeys(sort, pinyin, initials, tuple(further))


def _all_readings(parts: list[_Part]) -> dict[str, None]:
    """Full, hybrid and initial keys of every combination of readings, likeliest first, at most MAX_READINGS of each."""
    full: dict[str, None] = {}
    hybrid: dict[str, None] = {}
    initials: dict[str, None] = {}
    for choice in _combinations(tuple([len(part.readings) for part in parts])):
        chosen = [part.readings[index] for part, index in zip(parts, choice, strict=True)]
        tail = "".join([reading[1] for reading in chosen[1:]])
        full["".join([reading[0] for reading in chosen])] = None
        hybrid[chosen[0][0] + tail] = None
        initials[chosen[0][1] + tail] = None
    return full | hybrid | initials


@lru_cache(maxsize=1024)
def _combinations(sizes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The likeliest choices of one reading for each part, given how many each has: those nearest to all first.

    ``(1, 2)`` gives ``((0, 0), (0, 1))``. The cap holds after each part, so that the cost grows with the length of a
    name and not with the number of its combinations.
    """
    choices: list[tuple[int, ...]] = [()]
    for size in sizes:
        grown = [(*choice, index) for choice in choices for index in range(min(size, MAX_READINGS))]
        choices = sorted(grown, key=sum)[:MAX_READINGS]
    return tuple(choices)


def _parts(name: str) -> list[_Part]:
    if len(name) > 2 and name[:2] in COMPOUND:
        return [_compound(name[:2]), *map(_character, name[2:])]
    if not name:
        return []
    return [_surname(name[0]), *map(_character, name[1:])]


@lru_cache(maxsize=256)
def _compound(surname: str) -> _Part:
    """The part of a surname of two characters; its characters' other readings are not offered."""
    first = COMPOUND[surname][0].split()
    sort = "".join(syllable + character for syllable, character in zip(first, surname, strict=True))
    readings: dict[tuple[str, str], None] = {}
    for reading in COMPOUND[surname]:
        syllables = [_spellings(syllable[:-1]) for syllable in reading.split()]
        for spelled in product(*syllables):
            readings["".join(spelled), "".join(s[0] for s in spelled)] = None
    # 单于 may also be Shàn Yú; the way a dictionary reads the two characters is found as well.
    one, two = _surname(surname[0]), _character(surname[1])
    readings[one.readings[0][0] + two.readings[0][0], one.readings[0][1] + two.readings[0][1]] = None
    return _Part(sort, tuple(readings))


@lru_cache(maxsize=4096)
def _surname(character: str) -> _Part:
    own = SURNAMES.get(character)
    return _part(character, [*own, *_dictionary(character)]) if own else _character(character)


@lru_cache(maxsize=16384)
def _character(character: str) -> _Part:
    usual = GIVEN.get(character)
    return _part(character, [usual, *_dictionary(character)] if usual else _dictionary(character))


def _part(character: str, readings: list[str]) -> _Part:
    if not readings:
        return _unread(character)
    spelled: dict[tuple[str, str], None] = {}
    for reading in readings:
        for spelling in _spellings(reading.rstrip("12345")):
            spelled[spelling, spelling[0]] = None
    return _Part(readings[0] + character, tuple(spelled))


def _unread(character: str) -> _Part:
    """A character without a reading: Latin letters are their own, separators vanish, the rest sorts last."""
    if character in "·•・.-' \u3000":
        return _Part(" ", (("", ""),))
    folded = fold_query(character)
    if folded and folded.isascii():
        return _Part(folded, ((folded, folded),))
    return _Part(f"~{character}", ((character, character),))


def _spellings(syllable: str) -> tuple[str, ...]:
    """A toneless syllable with ``v``, and as input methods and passports write it: lv, lyu; lve, lue."""
    if "v" not in syllable:
        return (syllable,)
    if syllable.endswith("ve"):
        return syllable, syllable.replace("ve", "ue"), syllable.replace("ve", "yue")
    return syllable, syllable.replace("v", "yu")


def _dictionary(character: str) -> list[str]:
    """The readings pypinyin's table has for a character, with tone numbers: 单 gives dan1, chan2, shan4."""
    return [_numbered(reading) for reading in _readings().get(ord(character), "").split(",") if reading]


def _numbered(reading: str) -> str:
    """``lǜ`` → ``lv4``; a neutral tone is 5."""
    letters: list[str] = []
    tone = "5"
    for letter in unicodedata.normalize("NFD", reading):
        if letter in _TONES:
            tone = _TONES[letter]
        elif letter == "\u0308":
            letters[-1] = "v"
        elif letter == "\u0302":  # ê
            continue
        else:
            letters.append(letter)
    return "".join(letters) + tone


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    """The table of single characters of pypinyin, loaded without the rest of the package."""
    loaded = sys.modules.get("pypinyin.pinyin_dict")
    if loaded is None:
        package = importlib.util.find_spec("pypinyin")
        if package is None or not package.submodule_search_locations:
            raise ImportError("pypinyin is not installed")
        path = f"{package.submodule_search_locations[0]}/pinyin_dict.py"
        spec = importlib.util.spec_from_file_location("core.people._pypinyin_table", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot load {path}")
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    table: dict[int, str] = loaded.pinyin_dict
    return table
