"""The filters of the member list: how each is written in the address, and what it asks of the database.

A filter turns its text into *terms*: keys of conditions with their parameters. The keys alone decide the statement, so
that a statement is built and compiled once for each combination of filters, whatever their values.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Integer, Text, Uuid, any_, bindparam, extract, literal_column, or_

from core.access.actor import Range
from core.calendar_arithmetic import add_years
from core.people.added import asking
from core.people.codes import LISTS, education_band
from core.people.models import Person
from core.people.policy import policy
from core.people.queries import medals, search

#: The keys of conditions with their parameters.
Terms = dict[str, dict[str, Any]]

#: Standings that are members (02-roster 2.2), and every other that can be asked for.
CURRENT: Final = ("formal", "probationary")
STANDINGS: Final = ("current", *LISTS["membership_state"].labels, "all")
_HAN_ETHNIC: Final = "01"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked of persons.

    :param given: filter → text, as it stood in the address; only what made sense.
    :param terms: keys of conditions, sorted: they decide the statement.
    :param parameters: of all conditions together.
    :param ignored: filters whose text made no sense.
    """

    given: Mapping[str, str]
    terms: tuple[str, ...]
    parameters: Mapping[str, Any]
    ignored: tuple[str, ...] = ()

    @property
    def searches(self) -> bool:
        """Whether a text is searched for, which finds few."""
        return "q" in self.given

    @property
    def recorded(self) -> dict[str, str]:
        """What was asked as it may be written down: a number that was looked for is nobody's to read there."""
        number = any(term.startswith(search.NUMBERS) for term in self.terms)
        return {**self.given, **({"q": "******"} if number else {})}

    def usual(self) -> "Criteria | None":
        """The same with names by their usual reading alone; ``None`` when no sounds are searched for."""
        terms = tuple(sorted(search.USUAL.get(term, term) for term in self.terms))
        return None if terms == self.terms else replace(self, terms=terms)

    @property
    def plain(self) -> bool:
        """Whether nothing is asked but membership: the number of such persons is kept, not counted."""
        return self.terms == ("current",)


def read(arguments: Mapping[str, str], *, as_of: date, clear: tuple[Range, ...] | None = None) -> Criteria:
    """The criteria that an address gives. Without ``standing`` only members are meant (probationary and formal).

    :param clear: where the asker may see numbers in full; elsewhere nobody is found by a number, since trying numbers
        would tell what is masked. ``None``: everywhere.
    """
    given: dict[str, str] = {}
    ignored: list[str] = []
    terms: Terms = {}
    for name, understand in READERS.items():
        text = arguments.get(name, "").strip()
        if not text:
            continue
        found = understand(text, as_of)
        if found is None:
            ignored.append(name)
        else:
            given[name] = text
            terms |= found if clear is None else search.where_clear(found, clear)
    for name, (field, how) in asking.filters().items():
        text = arguments.get(name, "").strip()
        found = asking.understood(field, how, text) if text else None
        if found is not None:
            given[name] = text
            terms |= found
        elif text:
            ignored.append(name)
    if "standing" not in given:
        terms["current"] = {}
    parameters = {key: value for parts in terms.values() for key, value in parts.items()}
    return Criteria(given, tuple(sorted(terms)), parameters, tuple(ignored))


@cache
def condition(key: str) -> Any:
    """The condition with a key."""
    if key.startswith(asking.PREFIX):
        return asking.condition(key)
    limited = search.limited(key, _conditions())
    return _conditions()[key] if limited is None else limited


def band(text: str) -> tuple[int | None, int | None] | None:
    """``36-45``, ``61-`` or ``-35`` as (from, to), both included and one of them there."""
    low, dash, high = text.partition("-")
    if (
        not dash
        or not (low or high)
        or not all(part == "" or (part.isdecimal() and len(part) < 4) for part in (low, high))
    ):
        return None
    start, end = int(low) if low else None, int(high) if high else None
    return None if start is not None and end is not None and start > end else (start, end)


def _q(text: str, _as_of: date) -> Terms | None:
    found = search.understand(text)
    return {found.kind: found.parameters} if found else None


def _code(name: str, list_name: str) -> Callable[[str, date], Terms | None]:
    def understand(text: str, _as_of: date) -> Terms | None:
        return {name: {name: text}} if text in LISTS[list_name].labels else None

    return understand


def _ethnic(text: str, _as_of: date) -> Terms | None:
    if text == "minority":
        return {"minority": {}}
    return {"ethnic": {"ethnic": text}} if text in LISTS["ethnic"].labels else None


def _education(text: str, _as_of: date) -> Terms | None:
    if text == "senior_secondary":
        return {"senior_secondary": {}}
    if text == "college":
        return {"education": {"education_from": "10", "education_to": "40"}}
    if education_band(text) != text:
        return None
    return {"education": {"education_from": text, "education_to": str(int(text) + 10)}}


def _standing(text: str, _as_of: date) -> Terms | None:
    if text not in STANDINGS:
        return None
    if text in ("current", "all"):
        return {"current": {}} if text == "current" else {}
    return {"standing": {"standing": text}}


def _age(text: str, as_of: date) -> Terms | None:
    return _years(text, as_of, "born_after", "born_until")


def _party_age(text: str, as_of: date) -> Terms | None:
    return _years(text, as_of, "regular_after", "regular_until")


def _years(text: str, as_of: date, after: str, until: str) -> Terms | None:
    """Completed years of somebody born on ``d`` are at least n when ``d <= as_of - n years``."""
    limits = band(text)
    if limits is None or max(n or 0 for n in limits) > 150:
        return None
    low, high = limits
    terms: Terms = {}
    if low is not None:
        terms[until] = {until: add_years(as_of, -low)}
    if high is not None:
        terms[after] = {after: add_years(as_of, -high - 1)}
    return terms


def _day(name: str) -> Callable[[str, date], Terms | None]:
    def understand(text: str, _as_of: date) -> Terms | None:
        try:
            return {name: {name: date.fromisoformat(text)}}
        except ValueError:
            return None

    return understand


def _month(name: str) -> Callable[[str, date], Terms | None]:
    def understand(text: str, as_of: date) -> Terms | None:
        if text == "now":
            return {name: {name: as_of.month}}
        return {name: {name: int(text)}} if text.isdecimal() and len(text) < 3 and 1 <= int(text) <= 12 else None

    return understand


def _yes(name: str) -> Callable[[str, date], Terms | None]:
    def understand(text: str, _as_of: date) -> Terms | None:
        return {name: {}} if text == "1" else None

    return understand


def _medal(text: str, as_of: date) -> Terms | None:
    return {"medal": medals.given(policy(as_of=as_of), as_of=as_of)} if text == "due" else None


def _group(text: str, _as_of: date) -> Terms | None:
    try:
        return {"group": {"group": UUID(text)}}
    except ValueError:
        return None


#: Every filter, in the order in which a page shows them. The texts are what an address holds.
READERS: Final[Mapping[str, Callable[[str, date], Terms | None]]] = {
    "q": _q,
    "standing": _standing,
    "sex": _code("sex", "sex"),
    "age": _age,
    "education": _education,
    "tag": _code("tag", "class_tag"),
    "ethnic": _ethnic,
    "party_age": _party_age,
    "joined_from": _day("joined_from"),
    "joined_to": _day("joined_to"),
    "birthday": _month("birthday"),
    "political_birthday": _month("political_birthday"),
    "post": _code("post", "post"),
    "lost": _yes("lost"),
    "incomplete": _yes("incomplete"),
    "medal": _medal,
    "group": _group,
}


def _text(name: str) -> Any:
    return bindparam(name, type_=Text())


def _date(name: str) -> Any:
    return bindparam(name, type_=Date())


def _any_of(column: Any, values: Iterable[str]) -> Any:
    """Equality with one of some constants, spelled out so that the planner can use its statistics."""
    return or_(*(column == literal_column(f"'{value}'") for value in values))


@cache
def _conditions() -> dict[str, Any]:
    education = Person.education
    senior = ((education >= literal_column("'10'")) & (education < literal_column("'50'"))) | (
        (education >= literal_column("'60'")) & (education < literal_column("'64'"))
    )
    return {
        **search.conditions(),
        "current": _any_of(Person.standing, CURRENT),
        "standing": Person.standing == _text("standing"),
        "sex": Person.sex == _text("sex"),
        "ethnic": Person.ethnic == _text("ethnic"),
        "minority": Person.ethnic != literal_column(f"'{_HAN_ETHNIC}'"),
        "education": (education >= _text("education_from")) & (education < _text("education_to")),
        "senior_secondary": senior,
        "tag": _text("tag") == any_(Person.class_codes),
        "born_after": Person.birth > _date("born_after"),
        "born_until": Person.birth <= _date("born_until"),
        "regular_after": Person.regular_date > _date("regular_after"),
        "regular_until": Person.regular_date <= _date("regular_until"),
        "joined_from": Person.join_date >= _date("joined_from"),
        "joined_to": Person.join_date <= _date("joined_to"),
        "birthday": extract("month", Person.birth) == bindparam("birthday", type_=Integer()),
        "political_birthday": extract("month", Person.join_date) == bindparam("political_birthday", type_=Integer()),
        "post": Person.post == _text("post"),
        "lost": Person.lost_since.is_not(None),
        "incomplete": or_(
            Person.phone_masked.is_(None),
            Person.address_cipher.is_(None),
            Person.education.is_(None),
            Person.ethnic.is_(None),
            Person.post.is_(None),
        ),
        "medal": medals.candidate(),
        "group": Person.group_id == bindparam("group", type_=Uuid()),
    }
