"""All cases of somebody's reach looked at at once: what is wrong, and what waits too long. Reads light rows, batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from core.sdk import Unit, bounds, rows, today, transaction, within
from plugins.development.cases.acts import Done
from plugins.development.cases.around import Around, around
from plugins.development.cases.folding import fold
from plugins.development.cases.gates import Checked, health, unexplained
from plugins.development.cases.history import About
from plugins.development.cases.standing_by import known_of
from plugins.development.models.case import Act, Case
from plugins.development.rules.outcomes import Outcome

_BATCH = 200
_CASES = (
    select(
        Case.id, Case.name, Case.unit_id, Unit.short_name, Unit.path, Case.birth, Case.migrant, Case.league_member,
        Case.origin_unit_id,
    )
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .where(Case.closed_on.is_(None))
    .order_by(Unit.path, Case.id)
)  # fmt: skip
_ACTS = (
    select(
        Act.case_id, Act.id, Act.seq, Act.kind, Act.step, Act.act_on, Act.unit_id, Act.data, Act.rulings, Act.corrects_id,
        Act.voids,
    )
    .where(Act.case_id == any_(bindparam("cases", type_=ARRAY(Uuid()))))
    .order_by(Act.case_id, Act.seq)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """An open case with what the rules say of it today."""

    id: UUID
    name: str
    unit_id: UUID
    unit: str
    found: tuple[Checked, ...]

    @property
    def stops(self) -> bool:
        """Whether something stands that should not have been possible."""
        return any(one.ruling.stops for one in self.found if one.act is not None)


def note_all(*, as_of: date | None = None) -> tuple[int, int]:
    """Look at every open case of the tenant and keep with each what stands against it, so that lists can be limited to it.

    :returns: how many there are, and how many the rules have something to say of.
    """
    wanted = {one.id: tuple(unexplained(one.found)) for one in check_all(as_of=as_of)}
    with transaction() as session:
        kept = session.execute(select(Case.id, Case.found_rules).where(Case.closed_on.is_(None))).all()
        changed: dict[tuple[str, ...], list[UUID]] = {}
        for case_id, held in kept:
            if tuple(held) != wanted.get(case_id, ()):
                changed.setdefault(wanted.get(case_id, ()), []).append(case_id)
        for rules, cases in changed.items():
            found = update(Case).where(Case.id.in_(cases)).values(found_rules=list(rules))
            session.execute(found, execution_options={"synchronize_session": False})
        session.expire_all()
    return len(kept), sum(bool(rules) for rules in wanted.values())


def check_all(ranges: tuple[tuple[str, str], ...] | None = None, *, as_of: date | None = None) -> Iterator[Looked]:
    """Every open case within the ranges (of the whole tenant by default) that the rules have something to say of."""
    day, known = as_of or today(), dict[str, Around]()
    statement, given = _CASES, dict[str, Any]()
    if ranges is not None:
        if not ranges:
            return
        statement, given = _CASES.where(within(Unit.path, len(ranges))), dict(bounds(ranges))
    cases = rows(statement, **given)
    for start in range(0, len(cases), _BATCH):
        batch = cases[start : start + _BATCH]
        acts = _acts([one[0] for one in batch])
        folded = {
            id_: fold(About(birth, migrant, league, origin is not None), acts.get(id_, ()))
            for id_, *_where, birth, migrant, league, origin in batch
        }
        helpers = known_of(folded.values())
        for id_, name, unit_id, unit, path, *_about in batch:
            if path not in known:
                known[path] = around(path, as_of=day)
            found = health(folded[id_], replace(known[path], helpers=helpers))
            told = tuple(one for one in found if one.ruling.outcome is not Outcome.WARN)
            if told:
                yield Looked(id_, name, unit_id, unit, told)


def _acts(cases: list[UUID]) -> dict[UUID, list[Done]]:
    """The acts that stand, by case, in the order in which things happened (as ``acts.standing``)."""
    found: dict[UUID, dict[UUID, Done]] = {one: {} for one in cases}
    places: dict[UUID, int] = {}
    for case_id, id_, seq, kind, step, on, unit_id, data, rulings, corrects, voids in rows(_ACTS, cases=cases):
        kept = found[case_id]
        place = seq
        if corrects is not None:
            place = places.get(corrects, seq)
            kept.pop(corrects, None)
        places[id_] = place
        if not voids:
            kept[id_] = Done(id_, seq, place, kind, step, on, unit_id, data, tuple(rulings), corrects=corrects)
    return {one: sorted(kept.values(), key=lambda act: (act.act_on, act.place)) for one, kept in found.items()}
