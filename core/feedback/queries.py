"""Suggestions and complaints: the author's own, one by its receipt, the handlers' desk, the figures.

The handlers' reads leave the author's account out where there is a name to show, and hold nothing of one without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, and_, bindparam, case, func, not_, or_, select, tuple_
from sqlalchemy.orm import aliased

from core import clock
from core.access.actor import Actor, Range
from core.access.gate import bounds, within
from core.database.read import row, rows
from core.feedback.models import FeedbackItem as Item
from core.identity.models import Account
from core.organization.models import Unit
from core.people.models import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. ``author`` is the name that is shown; None for one without a name."""

    id: UUID
    kind: str
    unit: str
    about_unit: bool
    title: str
    body: str
    author: str | None
    received_on: date
    due_on: date
    state: str
    version: int
    answer: str | None
    answered_name: str | None
    answered_on: date | None

    def overdue(self, today: date) -> bool:
        """Whether it should have been answered."""
        return self.state == "open" and today > self.due_on


_handler = aliased(Unit)
_ALL = (
    select(
        Item.id, Item.kind, Unit.short_name, Item.about_unit, Item.title, Item.body, Account.display_name,
        Item.received_on, Item.due_on, Item.state, Item.version, Item.answer, Item.answered_name, Item.answered_on,
    )
    .join(Unit, (Unit.tenant_id == Item.tenant_id) & (Unit.id == Item.unit_id))
    .join(_handler, (_handler.tenant_id == Item.tenant_id) & (_handler.id == Item.handler_unit_id))
    .join(Account, (Account.tenant_id == Item.tenant_id) & (Account.id == Item.author_id), isouter=True)
)  # fmt: skip
_OWN = (
    _ALL.where(Item.author_id == bindparam("author", type_=Uuid()))
    .order_by(Item.received_on.desc(), Item.id)
    .limit(100)
)
_BY_RECEIPT = _ALL.where(Item.receipt_hash == bindparam("receipt"))


def own(author: UUID) -> list[Entry]:
    """What an account has sent under its name."""
    return [Entry(*found) for found in rows(_OWN, author=author)]


def by_receipt(receipt_hash: str) -> Entry | None:
    """The item of a receipt."""
    found = row(_BY_RECEIPT, receipt=receipt_hash)
    return Entry(*found) if found else None


@dataclass(frozen=True, slots=True)
class Reach:
    """What an account handles: subtrees, the units it belongs to itself, and the complaints about the topmost unit."""

    ranges: tuple[Range, ...]
    own_units: tuple[str, ...]
    top: bool

    @classmethod
    def of(cls, who: Actor, ranges: tuple[Range, ...], *, top: bool) -> "Reach":
        """The reach of an account."""
        held = sorted({one.path for one in who.holdings if one.holds(clock.today())})
        return cls(ranges, tuple(held), top)

    def parameters(self) -> dict[str, Any]:
        """The values of :meth:`condition`."""
        return {
            **(bounds(self.ranges) if self.ranges else {}),
            **{f"own{i}": path for i, path in enumerate(self.own_units)},
            "today": clock.today(),
        }

    def condition(self) -> ColumnElement[bool]:
        """What the account sees: arrived, within its reach, and no complaint about a unit it holds an office in.

        A complaint about the topmost unit, which has no superior, is for those named for it alone.
        """
        arrived = Item.received_on <= bindparam("today", type_=Date())
        involved = or_(
            *(
                (Unit.path <= bindparam(f"own{i}")) & (bindparam(f"own{i}") < Unit.path_end)
                for i in range(len(self.own_units))
            )
        )
        about_top = Item.about_unit & Unit.parent_id.is_(None)
        usual = within(_handler.path, len(self.ranges)) if self.ranges else Item.id.is_(None)
        if self.own_units:
            usual = and_(usual, not_(Item.about_unit & involved))
        seen = and_(usual, not_(about_top))
        return and_(arrived, or_(seen, about_top) if self.top else seen)


def desk(
    reach: Reach, *, state: str | None = "open", limit: int = 100, after: tuple[Any, ...] | None = None
) -> list[Entry]:
    """What an account has to handle, those due first first.

    :param after: due date and id of the last one before this page.
    """
    statement = _ALL.where(reach.condition())
    if after is not None:
        statement = statement.where(tuple_(Item.due_on, Item.id) > tuple_(*after))
    given = reach.parameters()
    if state is not None:
        statement, given = statement.where(Item.state == bindparam("state")), {**given, "state": state}
    found = rows(statement.order_by(Item.due_on, Item.id).limit(limit), **given)
    return [Entry(*one) for one in found]


def one(item_id: UUID, reach: Reach) -> Entry | None:
    """An item within an account's reach; None for every other."""
    found = row(_ALL.where(reach.condition(), Item.id == bindparam("item", type_=Uuid())), item=item_id,
                **reach.parameters())  # fmt: skip
    return Entry(*found) if found else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of the desk."""

    total: int
    open: int
    overdue: int
    answered: int
    in_time: int


def figures(reach: Reach) -> Figures:
    """How many there are, are open, are late, were answered, and of these in time."""

    def how_many(condition: Any) -> Any:
        return func.count(case((condition, 1)))

    today = bindparam("today", type_=Date())
    statement = (
        select(
            func.count(),
            how_many(Item.state == "open"),
            how_many((Item.state == "open") & (Item.due_on < today)),
            how_many(Item.state == "answered"),
            how_many((Item.state == "answered") & (Item.answered_on <= Item.due_on)),
        )
        .select_from(Item)
        .join(Unit, (Unit.tenant_id == Item.tenant_id) & (Unit.id == Item.unit_id))
        .join(_handler, (_handler.tenant_id == Item.tenant_id) & (_handler.id == Item.handler_unit_id))
        .where(reach.condition(), Item.state != "withdrawn")
    )
    return Figures(*(row(statement, **reach.parameters()) or (0, 0, 0, 0, 0)))


_ABOVE = select(Unit.id, Unit.name).where(
    Unit.path <= bindparam("path"), bindparam("path") < Unit.path_end, Unit.state != "dissolved"
)
_ROOT = select(Unit.id, Unit.name).where(Unit.parent_id.is_(None))


def units_above(paths: Sequence[str]) -> list[tuple[str, str]]:
    """The units one may speak about: one's own and those above it (the topmost one for who has none)."""
    found: dict[str, str] = {}
    for path in paths:
        found |= {str(ident): name for ident, name in rows(_ABOVE.order_by(Unit.path.desc()), path=path)}
    return list((found or {str(ident): name for ident, name in rows(_ROOT)}).items())


_PERSONS_UNIT = (
    select(Unit.path)
    .join(Person, (Person.tenant_id == Unit.tenant_id) & (Person.unit_id == Unit.id))
    .join(Account, (Account.tenant_id == Person.tenant_id) & (Account.person_id == Person.id))
    .where(Account.id == bindparam("account", type_=Uuid()))
)


def units_for(who: Actor) -> list[tuple[str, str]]:
    """The units an account may speak about: where its person is a member, where it holds a role, and those above."""
    own = [path for (path,) in rows(_PERSONS_UNIT, account=who.account_id)]
    held = [one.path for one in who.holdings if one.holds(clock.today())]
    return units_above(sorted({*own, *held})[:10])
