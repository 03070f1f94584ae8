"""A case with everything its pages show, for whoever may see it: row, acts, history, surroundings. Few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from uuid import UUID

from flask import abort, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.sdk import Unit, may, today, transaction
from plugins.development.cases import doers, gates
from plugins.development.cases.acts import Done, standing
from plugins.development.cases.around import Around, Place, around, place_of
from plugins.development.cases.folding import about_of, fold
from plugins.development.cases.history import History
from plugins.development.cases.projection import due_of
from plugins.development.cases.standing_by import known_of
from plugins.development.cases.steps import TIMELESS
from plugins.development.flow import GUARDED, KINDS, Kind, StepInfo
from plugins.development.models.case import Act, Case
from plugins.development.pages.course import ActView, Links, RulingView, act_view, ruling_view
from plugins.development.pages.words import SEXES
from plugins.development.permissions import CORRECT, SEALED, VIEW
from plugins.development.rules.outcomes import Outcome
from plugins.development.rules.rulesets import ruleset

#: Who acts where the case is handled: the right is asked for there.
_HERE = frozenset({"person", "branch", "platform", "county"})
_Origin = aliased(Unit)
_FOUND = (
    select(Case, Unit.path, Unit.path_end, Unit.short_name, _Origin.path, _Origin.short_name)
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .join(_Origin, (_Origin.tenant_id == Case.tenant_id) & (_Origin.id == Case.origin_unit_id), isouter=True)
)


@dataclass
class Loaded:
    """A case as its pages use it.

    :param path: of the unit that handles it. :param origin: name of the place of origin's unit, of a migrant.
    """

    case: Case
    acts: Sequence[Act]
    path: str
    path_end: str
    unit: str
    origin_path: str = ""
    origin: str = ""

    @cached_property
    def history(self) -> History:
        """What its acts say together."""
        return fold(about_of(self.case), standing(self.acts))

    @cached_property
    def around(self) -> Around:
        """The unit, the switches, the calendar and the year's places."""
        return around(self.path, room_for=self.case.id)

    @cached_property
    def sees(self) -> bool:
        """Whether the viewer may open what is delicate."""
        return may(SEALED, self.path)

    @property
    def subtitle(self) -> str:
        """Where it is handled, and the person in a few words."""
        found = [self.unit, str(SEXES.get(self.case.sex, "")), str(_("%(n)s岁", n=age(self.case.birth, today())))]
        return " · ".join(filter(None, [*found, self.case.occupation or ""]))

    def may(self, permission: str) -> bool:
        """Whether the viewer holds a permission where it is handled."""
        return may(permission, self.path)

    def doer(self, kind: Kind) -> Place:
        """The organisation that usually does an act of a kind."""
        origin = place_of(self.origin_path) if kind.code == "cosign" and self.origin_path else None
        return doers.usual(kind, self.around.place, origin)

    def records(self, kind: Kind) -> bool:
        """Whether the viewer may record an act of a kind: asked where it is done."""
        if kind.actor in _HERE and kind.code != "cosign":
            return self.may(kind.who)
        return may(kind.who, doers.asked_at(kind, self.around.place, self.doer(kind)).path)

    def require(self, kind: Kind) -> None:
        """Answer 403, saying who may, for somebody who sees the case and may not record an act of a kind."""
        try:
            doers.require(kind, self.around.place, self.doer(kind))
        except doers.Barred as barred:
            abort(403, barred.sentence)

    @cached_property
    def links(self) -> Links:
        """The addresses of its forms, as far as the viewer may open them."""
        case_id = self.case.id

        def form(kind: Kind) -> str:
            over = self.case.closed_on is not None and kind.step and kind.code not in TIMELESS
            if not kind.made_by_hand or over or not self.records(kind):
                return ""
            return url_for("p_development.do", case_id=case_id, kind=kind.code)

        def act(act_id: UUID) -> str:
            return url_for("p_development.act", case_id=case_id, act_id=act_id)

        def correct(one: Act) -> str:
            if not self.may(CORRECT) or one.redacted_on is not None or not self.records(KINDS[one.kind]):
                return ""
            return url_for("p_development.correct", case_id=case_id, act_id=one.id)

        def mend(done: Done) -> str:
            return act(done.id) if self.may(VIEW) else ""

        def at_once(code: str) -> str:
            kind = KINDS.get(code)
            if kind is None or not self.records(kind) or self.case.closed_on is not None:
                return ""
            return url_for("p_development.at_once", case_id=case_id, kind=code)

        return Links(form, act, correct, mend, at_once)

    def form_of(self, code: str) -> str:
        """The address of a kind's form; empty when the viewer may not record it."""
        return self.links.form(KINDS[code]) if code in KINDS else ""

    def said(self, kind: Kind, on: date) -> list[RulingView]:
        """What the rules say of the step a kind completes, before its facts are known."""
        if not kind.closes or kind.step in self.history.done:
            return []
        found = gates.rulings_of(self.history, kind.step, on, self.around)
        return [ruling_view(one, self.links, here=kind.code) for one in found]

    @cached_property
    def earliest(self) -> Mapping[int, date | None]:
        """The first day on which each step could be taken, where time alone decides."""
        return gates.earliest(self.history, self.around)

    def earliest_of(self, step: int, on: date) -> date | None:
        """The first day for a step, when that is still to come."""
        first = self.earliest.get(step)
        return first if first is not None and first > on else None

    def needs(self, step: int) -> list[gates.Need]:
        """What a step needs."""
        return gates.needs(self.history, step, self.around)

    def due(self, step: int) -> date | None:
        """The last day for a step that waits, where a rule sets one."""
        return due_of(self.history, step, self.around.switches)

    @cached_property
    def health(self) -> list[RulingView]:
        """The whole health check as of today."""
        return [
            ruling_view(one.ruling, self.links, one.act)
            for one in gates.health(self.history, replace(self.around, helpers=known_of([self.history])))
            if (one.ruling.outcome is not Outcome.WARN or one.act is None)
            and (self.sees or one.act is None or one.act.kind not in GUARDED)
        ]

    def article(self, step: StepInfo) -> str:
        """The article a step rests on today."""
        return ruleset(today()).article(step.article)

    def latest(self, count: int) -> list[ActView]:
        """The acts recorded last."""
        ordered = sorted(self.acts, key=lambda one: one.seq, reverse=True)
        return [act_view(one, self.links, sees=self.sees) for one in ordered[:count]]


def load(case_id: UUID) -> Loaded | None:
    """A case with its acts, if the viewer may see it; ``None`` for unknown ones and others' alike."""
    with transaction() as session:
        found = session.execute(_FOUND.where(Case.id == case_id)).one_or_none()
        if found is None:
            return None
        case, path, path_end, unit, origin_path, origin = found
        if not (may(VIEW, path) or (origin_path and may(VIEW, origin_path))):
            return None
        acts = session.scalars(select(Act).where(Act.case_id == case_id).order_by(Act.seq)).all()
    return Loaded(case, acts, path, path_end, unit, origin_path or "", origin or "")


def age(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
