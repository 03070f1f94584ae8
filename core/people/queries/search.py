"""What somebody typed into the search field, and the persons it means.

A name or a part of it in characters; pinyin in full, initials, surname with initials, of any reading; a whole identity
number or phone (compared by blind index). Every comparison is an equality or a range: under row security nothing else
reaches an index. A single character is looked for anywhere in the name, by reading the names.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Text, bindparam, false, or_, select, union_all

from core.access.actor import Range
from core.organization.models import Unit
from core.people.identity_number import normalise as normalise_id_no
from core.people.models import Person, PersonKey
from core.people.pinyin import fold_query
from core.people.values import normalise_name, normalise_phone
from core.tenancy.keys import keyring

#: Behind every text that begins with a prefix: the prefix with the last character there is.
_LAST: Final = "\U0010ffff"
#: Syllables that a surname may be spelled by, roughly: an initial and a final.
_SYLLABLE: Final = re.compile(r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?[aeiouv]{1,3}(?:ng|n|r)?")
_LONGEST: Final = 60
_HAN: Final = re.compile(r"[㐀-鿿豈-龎\U00020000-\U000323af〇]")


@dataclass(frozen=True, slots=True)
class Search:
    """The key of a condition (:data:`CONDITIONS`) with its parameters."""

    kind: str
    parameters: dict[str, Any]


def understand(text: str) -> Search | None:
    """What a text typed into the search field asks for; ``None`` for one that says nothing."""
    plain = " ".join(text.split())[:_LONGEST]
    if not plain:
        return None
    number = normalise_id_no(plain)
    if len(number) == 18 and number[:17].isdigit():
        return Search("search_id_no", {"q_index": keyring().blind(number, purpose="id_no")})
    phone = normalise_phone(plain)
    if len(phone) >= 10 and phone.replace("-", "").isdigit():
        return Search("search_phone", {"q_index": keyring().blind(phone, purpose="phone")})
    if _HAN.search(plain):
        name = normalise_name(plain)
        if len(name) == 1:
            return Search("search_character", {"q_like": f"%{name}%"})
        return Search("search_name", {"q": name, "q_end": name + _LAST})
    return _by_sound(fold_query(plain))


def _by_sound(folded: str) -> Search:
    if not folded:  # signs alone: nobody is called that
        return Search("search_nothing", {})
    asked = {"q": folded, "q_end": folded + _LAST}
    taken_apart = _surname_and_initials(folded)
    if taken_apart is None:
        return Search("search_sound", asked)
    surname, initials = taken_apart
    asked |= {
        "q_surname": surname,
        "q_surname_end": surname + _LAST,
        "q_short": initials,
        "q_short_end": initials + _LAST,
    }
    return Search("search_sound_mixed", asked)


def _surname_and_initials(folded: str) -> tuple[str, str] | None:
    """``wangjg`` → (``wang``, ``wjg``): the longest syllable in front of consonants that cannot belong to it."""
    syllable = _SYLLABLE.match(folded)
    if syllable is None or not folded.isalpha() or not folded.isascii():
        return None
    rest = folded[syllable.end() :]
    if not rest or len(rest) > 4 or syllable.end() < 2 or rest[0] in "aeiouv":
        return None
    return syllable[0], folded[0] + rest


#: Of what sounds so by any reading, what does by the usual one: 张 before 丁, which may be read zhēng.
USUAL: Final = {"search_sound": "search_sound_usual", "search_sound_mixed": "search_sound_mixed_usual"}


#: What is compared with a number that masked readers do not see.
NUMBERS: Final = ("search_id_no", "search_phone")
_WITHIN: Final = "_within_"
_ENDS: Final = ("from", "to")


def where_clear(terms: dict[str, dict[str, Any]], clear: tuple[Range, ...]) -> dict[str, dict[str, Any]]:
    """The same terms, where a number is looked for only in the ranges in which the asker may see it in full."""
    kind = next((one for one in NUMBERS if one in terms), None)
    if kind is None or any(start.count(".") <= 1 for start, _end in clear):
        return terms
    if not clear:
        return {"search_nothing": {}}
    ends = {
        f"clear_{name}{number}": path
        for number, span in enumerate(clear)
        for name, path in zip(_ENDS, span, strict=True)
    }
    return {f"{kind}{_WITHIN}{len(clear)}": terms[kind] | ends}


def limited(key: str, known: dict[str, Any]) -> Any:
    """The condition of a key that :func:`where_clear` made; ``None`` for any other."""
    kind, made, count = key.partition(_WITHIN)
    if not made:
        return None
    unit = Unit.__table__.alias("clear_unit")
    spans = (
        (unit.c.path >= bindparam(f"clear_from{number}", type_=Text()))
        & (unit.c.path < bindparam(f"clear_to{number}", type_=Text()))
        for number in range(int(count))
    )
    return known[kind] & Person.unit_id.in_(select(unit.c.id).where(or_(*spans)))


def _begins(column: Any, name: str = "q") -> Any:
    return (column >= bindparam(name, type_=Text())) & (column < bindparam(f"{name}_end", type_=Text()))


def _one_of(*found: Any) -> Any:
    return Person.id.in_(union_all(*found))


def _by_key() -> Any:
    return select(PersonKey.id).where(_begins(PersonKey.key))


def _ids(condition: Any) -> Any:
    other = Person.__table__.alias("found")
    return select(other.c.id).where(condition(other.c))


def _usual() -> tuple[Any, ...]:
    return _ids(lambda c: _begins(c.pinyin)), _ids(lambda c: _begins(c.initials))


def _sounds() -> tuple[Any, ...]:
    return *_usual(), _by_key()


def conditions() -> dict[str, Any]:
    """The conditions by their keys."""
    mixed = _ids(lambda c: _begins(c.initials, "q_short") & _begins(c.pinyin, "q_surname"))
    return {
        "search_nothing": false(),
        "search_id_no": Person.id_no_index == bindparam("q_index"),
        "search_phone": Person.phone_index == bindparam("q_index"),
        "search_character": Person.name.like(bindparam("q_like", type_=Text())),
        "search_name": _one_of(_ids(lambda c: _begins(c.name)), _by_key()),
        "search_sound": _one_of(*_sounds()),
        "search_sound_mixed": _one_of(*_sounds(), mixed),
        "search_sound_usual": _one_of(*_usual()),
        "search_sound_mixed_usual": _one_of(*_usual(), mixed),
    }
