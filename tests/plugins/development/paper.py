"""A whole way on paper: acts as the rules see them, without a database."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from plugins.development.cases.acts import Done
from plugins.development.cases.around import Around, Place, working_days
from plugins.development.cases.folding import fold
from plugins.development.cases.gates import rulings_for
from plugins.development.cases.history import About, History
from plugins.development.flow import KINDS
from plugins.development.rules import powers
from plugins.development.rules.outcomes import Ruling
from plugins.development.rules.policy import Switches
from tests.plugins.development.way import on, way

UNIT = UUID(int=1)
BORN = date(1998, 3, 1)
COMMITTEE = Place(UUID(int=2), "青岭乡党委", "a.", "committee", powers.Unit(powers.UnitType.COMMITTEE, approves=True))
GENERAL = Place(
    UUID(int=3), "青岭党总支", "a.b.", "general_branch", powers.Unit(powers.UnitType.GENERAL_BRANCH), (COMMITTEE,)
)


def branch(kind: powers.UnitType = powers.UnitType.BRANCH, *above: Place) -> Place:
    """A branch, by default right under a committee that approves."""
    return Place(UNIT, "青岭村党支部", "a.c.", "branch", powers.Unit(kind), above or (COMMITTEE,), has_groups=True)


def surroundings(as_of: str = "2026-11-22", place: Place | None = None, **switches: Any) -> Around:
    """The surroundings of a case, as of a day."""
    return Around(place or branch(), Switches(**switches), working_days(), on(as_of))


def helper(name: str, **more: Any) -> dict[str, Any]:
    """A full member."""
    return {"id": str(uuid4()), "name": name, "standing": "formal", **more}


HELPERS = [helper("王建国"), helper("李志强")]


def done(seq: int, kind: str, held: str | date, data: dict[str, Any]) -> Done:
    """An act."""
    known = dict(data)
    for one in KINDS[kind].fields:
        if one.kind == "people" and known.get(one.name):
            byid = {str(UUID(int=n)): who for n, who in enumerate(HELPERS, 100)}
            known[one.name] = [
                {**byid.get(str(who.get("id")), {}), **who, **_named(byid, who)} for who in known[one.name]
            ]
    day = on(held) if isinstance(held, str) else held
    return Done(uuid4(), seq, seq, kind, KINDS[kind].step, day, UNIT, known)


def _named(byid: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    found = byid.get(str(who.get("id")))
    return {"name": found["name"], "standing": "formal"} if found else {}


def story(
    until: str = "", change: dict[str, Any] | None = None, more: list[tuple[str, str, dict[str, Any]]] | None = None
) -> list[Done]:
    """The acts of the way up to and without the first of a kind, with changes by kind (``None``: left out)."""
    found = []
    for kind, held, data, _sealed in way([UUID(int=100), UUID(int=101)]):
        if kind == until:
            break
        if change and kind in change:
            if change[kind] is None:
                continue
            given = {**data, **change[kind]}
            found.append((kind, given.pop("on", held), given))
        else:
            found.append((kind, held, data))
    return [done(seq, *one) for seq, one in enumerate([*found, *(more or [])], 1)]


def told(acts: list[Done], **about: Any) -> History:
    """What acts say together."""
    return fold(About(about.pop("born", BORN), **about), sorted(acts, key=lambda one: (one.act_on, one.place)))


def said(
    history: History, kind: str, held: str, data: dict[str, Any] | None = None, around: Around | None = None
) -> list[Ruling]:
    """What the rules say of an act with the way's own facts, some of them changed."""
    usual = next((facts for code, _day, facts, _ in way([UUID(int=100), UUID(int=101)]) if code == kind), {})
    act = done(99, kind, held, {**usual, **(data or {})})
    return rulings_for(history, around or surroundings(), kind, act.act_on, act.data)


def rules(found: list[Ruling]) -> set[str]:
    """Ids of the rules that said something."""
    return {one.rule for one in found}


def stops(found: list[Ruling]) -> set[str]:
    """Ids of the rules that stop the act."""
    return {one.rule for one in found if one.stops}
