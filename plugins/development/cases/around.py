"""What the rules look at beside a case's acts: the unit it stands in, the switches, the calendar, the year's places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import aliased

from core.sdk import Unit, rows, today
from core.sdk.notices import is_working_day, is_year_known
from plugins.development.cases import ports
from plugins.development.policy import OverTime
from plugins.development.rules import powers
from plugins.development.rules.dates import Calendar
from plugins.development.rules.plan import Room
from plugins.development.rules.policy import Switches

_YEARS = range(2014, 2031)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stands in the tree. :param approver: the nearest organisation above with the power to approve."""

    id: UUID
    name: str
    path: str
    type: str
    unit: powers.Unit
    above: tuple["Place", ...] = ()
    has_groups: bool = False

    @property
    def approver(self) -> "Place | None":
        """The nearest committee above that may approve admissions."""
        return next((one for one in self.above if powers.may(one.unit, powers.Act.APPROVE)), None)

    @property
    def general(self) -> "Place | None":
        """The nearest organisation above that deliberates and cannot approve."""
        for one in self.above:
            if powers.may(one.unit, powers.Act.APPROVE):
                return None
            if powers.may(one.unit, powers.Act.DELIBERATE):
                return one
        return None


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings in which a case is judged.

    :param actor: the organisation that does the act in question; the usual one where none is named.
    :param as_of: today. :param terms: version of the switches. :param room: the year's places, if a plan is kept.
    :param helpers: what the roster says today of the contacts and sponsors, where that was looked up.
    """

    place: Place
    switches: Switches
    calendar: Calendar
    as_of: date
    terms: str = ""
    actor: Place | None = None
    room: Room | None = None
    over_time: OverTime | None = None
    helpers: Mapping[str, Any] = field(default_factory=dict)

    def on(self, day: date) -> "Around":
        """The same with the switches of another day, for an act of that day. Places and the actor are of today's act."""
        if self.over_time is None:
            return self
        found = self.over_time.on(day)
        if found.switches is self.switches and found.version == self.terms:
            return self
        return replace(self, switches=found.switches, terms=found.version)


@lru_cache(maxsize=1)
def working_days() -> Calendar:
    """The working days of the years in which somebody may be developed; unknown years are said to be provisional."""
    off, on = set(), set()
    known = frozenset(year for year in _YEARS if is_year_known(year))
    for year in known:
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            works = is_working_day(day)
            if works and day.weekday() >= 5:
                on.add(day)
            elif not works and day.weekday() < 5:
                off.add(day)
    return Calendar(frozenset(off), frozenset(on), known)


_child = aliased(Unit)
_CHAIN = (
    select(
        Unit.id, Unit.short_name, Unit.path, Unit.type, Unit.subtype, Unit.can_approve_probationary, Unit.domain,
        exists()
        .where(
            _child.tenant_id == Unit.tenant_id, _child.parent_id == Unit.id, _child.type == "group",
            _child.state == "active",
        )
        .correlate(Unit),
    )
    .where(Unit.path == any_(bindparam("paths", type_=ARRAY(TEXT()))))
    .order_by(Unit.path.desc())
)  # fmt: skip
_VILLAGE = frozenset({"village", "community"})
#: What a village's or community's committee is called; a township's is of the same field and ends in 乡, 镇 or 街道.
_VILLAGE_NAME = re.compile(r"(村|社区|居民区|嘎查)(联合)?(党|基层)?委员会$")
_TYPES = {"group": powers.UnitType.GROUP, "general_branch": powers.UnitType.GENERAL_BRANCH}
_BRANCHES = {"temporary": powers.UnitType.TEMPORARY, "floating": powers.UnitType.FLOATING}


def ancestors(path: str) -> list[str]:
    """The paths of a unit and all above it: ``a.b.c.`` gives ``a.b.c.``, ``a.b.``, ``a.``."""
    labels = path.rstrip(".").split(".")
    return [".".join(labels[:count]) + "." for count in range(len(labels), 0, -1)]


def place_of(path: str, *, floating: bool = False) -> Place:
    """A unit with those above it, in one statement.

    :param floating: floating branches here meet the conditions for all stages (§40).
    :raises LookupError: there is none.
    """
    found = rows(_CHAIN, paths=ancestors(path))
    if not found or found[0][2] != path:
        raise LookupError(path)
    flagged = any(one[5] for one in found)
    above: tuple[Place, ...] = ()
    for index in range(len(found) - 1, -1, -1):
        above = (_place(found[index], above, flagged=flagged, floating=floating), *above)
    return above[0]


def _place(row: Sequence[Any], above: tuple[Place, ...], *, flagged: bool, floating: bool) -> Place:
    id_, name, path, type_, subtype, approves, domain, groups = row
    if type_ in ("committee", "work_committee"):
        unit = _committee(
            bool(approves), domain in _VILLAGE and _VILLAGE_NAME.search(name) is not None, above, flagged=flagged
        )
    else:
        unit = powers.Unit(
            _TYPES.get(type_) or _BRANCHES.get(subtype, powers.UnitType.BRANCH), development_enabled=floating
        )
    return Place(id_, name, path, type_, unit, above, bool(groups))


def _committee(approves: bool, village: bool, above: tuple[Place, ...], *, flagged: bool) -> powers.Unit:
    """A committee has the power when its flag says so; where nobody above has set a flag, when it is none under a township's."""
    if flagged:
        under = any(powers.may(one.unit, powers.Act.APPROVE) for one in above) and not approves
        return powers.Unit(powers.UnitType.SUB_COMMITTEE if under else powers.UnitType.COMMITTEE, approves=approves)
    under = village or sum(one.type in ("committee", "work_committee") for one in above) > 1
    return powers.Unit(powers.UnitType.SUB_COMMITTEE if under else powers.UnitType.COMMITTEE)


def standing_at(path: str, *, as_of: date | None = None) -> tuple[Place, OverTime]:
    """A unit with those above it as the rule values of a day make them, and those values over time."""
    over_time = OverTime(path)
    return place_of(path, floating=over_time.on(as_of or today()).floating), over_time


def around(
    path: str, *, as_of: date | None = None, room_for: UUID | None = None, actor: str | None = None,
    known: tuple[Place, OverTime] | None = None,
) -> Around:  # fmt: skip
    """The surroundings of a case in a unit, as they are now.

    :param room_for: the case for which the year's places are looked up. :param actor: path of the organisation that acts.
    :param known: what :func:`standing_at` said of the unit already.
    """
    day = as_of or today()
    place, over_time = known or standing_at(path, as_of=day)
    found = over_time.on(day)
    room = ports.room_of(place.id, path, day.year, room_for) if room_for is not None else None
    acting = place_of(actor, floating=found.floating) if actor is not None and actor != path else None
    return Around(place, found.switches, working_days(), day, found.version, acting, room, over_time)
