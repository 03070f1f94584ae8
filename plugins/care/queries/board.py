"""The board of occasions: how many in each state, the most urgent of each, and the whole list page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, case, func, literal, select, tuple_

from core.sdk import Person, Unit, flush
from plugins.care.models import Case
from plugins.care.people import among
from plugins.care.queries.reach import Reach, seen, shown, still_open

COLUMNS = ("reported", "confirmed", "assigned", "visited", "following")
#: Cards in a column of the board.
CARDS = 6
_DAY = func.coalesce(Case.due_on, Case.reported_on)
FIELDS = (
    Case.id, Case.person_id, Person.name, Unit.id, Unit.short_name, Case.kind, Case.sub_kind, Case.state, Case.severity,
    Case.occurred_on, Case.reported_on, Case.confirmed_on, Case.due_on, Case.first_visit_on, Case.closed_on,
    Case.same_as_id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An occasion as lists show it."""

    id: UUID
    person_id: UUID
    person: str
    unit_id: UUID
    unit: str
    kind: str
    sub_kind: str
    state: str
    severity: str
    occurred_on: date
    reported_on: date
    confirmed_on: date | None
    due_on: date | None
    first_visit_on: date | None
    closed_on: date | None
    same_as_id: UUID | None

    @property
    def waiting(self) -> bool:
        """Whether a visit is still to be made."""
        return self.state in ("confirmed", "assigned")

    def tone(self, today: date) -> str:
        """The colour of its due day: bad when over, warn on the last two days."""
        if not self.waiting or self.due_on is None:
            return ""
        left = (self.due_on - today).days
        return "bad" if left < 0 else "warn" if left < 2 else "ok"

    @property
    def place(self) -> str:
        """Where the next page goes on."""
        return f"{self.due_on or self.reported_on}_{self.id}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is limited to; empty for everything."""

    state: str = ""
    kind: str = ""
    when: str = ""
    unit: UUID | None = None
    after: tuple[date, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The board: (how many, the first few) of each state, and how many of guarded kinds are only counted."""

    counts: Mapping[str, int]
    cards: Mapping[str, Sequence[Row]]
    guarded: int
    overdue: int
    kinds: Mapping[str, int] = field(default_factory=dict)


def _base(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Case)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
    )


def _limited(found: Any, terms: tuple[str, ...]) -> Any:
    wanted = {
        "state": Case.state == bindparam("state"),
        "kind": Case.kind == bindparam("kind"),
        "unit": Case.unit_id == bindparam("unit", type_=Uuid()),
        "overdue": among(Case.state, "confirmed", "assigned") & (Case.due_on < bindparam("today", type_=Date())),
        "soon": among(Case.state, "confirmed", "assigned")
        & (Case.due_on >= bindparam("today", type_=Date()))
        & (Case.due_on < bindparam("today", type_=Date()) + 2),
        "late": (Case.first_visit_on > Case.due_on),
        "open": still_open(),
        "confirmed_once": Case.confirmed_on.is_not(None) & (Case.state != "not_established"),
        "after": tuple_(_DAY, Case.id) > tuple_(bindparam("day", type_=Date()), bindparam("last", type_=Uuid())),
    }
    for name in terms:
        found = found.where(wanted[name])
    return found


@lru_cache(maxsize=256)
def _list(shape: tuple[int, int], terms: tuple[str, ...]) -> Any:
    found = _limited(_base(*FIELDS).where(shown(shape)), terms)
    return found.order_by(_DAY, Case.id).limit(bindparam("most"))


@lru_cache(maxsize=64)
def _counts(shape: tuple[int, int], terms: tuple[str, ...]) -> Any:
    late = among(Case.state, "confirmed", "assigned") & (Case.due_on < bindparam("today", type_=Date()))
    visible = case((shown(shape), literal(1)), else_=literal(0))
    found = _limited(_base(Case.state, func.count(), func.sum(visible), func.sum(case((late, 1), else_=0))), terms)
    return found.where(seen(shape)).group_by(Case.state)


def board(reach: Reach, filters: Filters, *, today: date) -> Board:
    """The board for whoever reaches so far."""
    terms = _terms(Filters(kind=filters.kind, unit=filters.unit))
    given = {**reach.given(), **_given(filters), "today": today}
    counted, *cards = flush(
        (_counts(reach.shape, terms), given),
        *((_list(reach.shape, ("state", *terms)), {**given, "state": one, "most": CARDS}) for one in COLUMNS),
    )
    shown_by = {state: int(visible) for state, _, visible, _ in counted}
    return Board(
        counts=shown_by,
        cards={state: [Row(*one) for one in found] for state, found in zip(COLUMNS, cards, strict=True)},
        guarded=sum(int(every) - int(visible) for state, every, visible, _ in counted if state in COLUMNS),
        overdue=sum(int(late) for *_, late in counted),
    )


def _terms(filters: Filters) -> tuple[str, ...]:
    found = [name for name in ("state", "kind", "unit") if getattr(filters, name)]
    if filters.when:
        found.append(filters.when)
    if filters.after:
        found.append("after")
    return tuple(found)


def _given(filters: Filters) -> dict[str, Any]:
    found: dict[str, Any] = {"state": filters.state, "kind": filters.kind, "unit": filters.unit}
    if filters.after:
        found["day"], found["last"] = filters.after
    return {name: value for name, value in found.items() if value}


WHENS = ("overdue", "soon", "late", "open", "confirmed_once")


def cases(reach: Reach, filters: Filters, *, today: date, most: int = 50) -> tuple[list[Row], bool]:
    """A page of the list by due day, and whether more follow."""
    given = {**reach.given(), **_given(filters), "today": today, "most": most + 1}
    found = flush((_list(reach.shape, _terms(filters)), given))[0]
    return [Row(*one) for one in found[:most]], len(found) > most
