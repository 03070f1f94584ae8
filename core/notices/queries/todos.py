"""To-dos: of the home page in one statement, and as a list in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Date, any_, bindparam, case, func, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from core.access.models import Grant
from core.database.read import flush, rows
from core.identity.models import Account
from core.notices.models import Deadline
from core.notices.queries.reach import Reach, mine, visible
from core.organization.models import Unit
from core.tenancy.memory import kept

#: How many entries of a kind, turn and time the home page is given; the number beside them counts all.
SHOWN = 6
#: How long what was done stays on the home page.
DONE_DAYS = 7
WEEK = timedelta(days=7)
_HOLDER = aliased(Unit)
_AS_OF = bindparam("as_of", type_=Date)


class Todo(NamedTuple):
    """One thing to do.

    :param where: the unit it is about. :param mine: whether it is the account's turn.
    :param holder: the unit whose officers must act; ``None`` when nobody may.
    :param days: days until it is due; negative when overdue.
    """

    id: UUID
    rule: str
    subject_id: UUID
    title: str
    where: str
    due_on: date
    days: int
    mine: bool
    holder: str | None
    nudged_on: date | None
    snoozed_until: date | None
    snoozes: int


class When(StrEnum):
    """How near a thing is."""

    OVERDUE = "overdue"
    WEEK = "week"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """All things of a kind that are as near, and the account's turn or not: how many, and the nearest of them."""

    rule: str
    mine: bool
    when: When
    total: int
    first: tuple[Todo, ...]


class Done(NamedTuple):
    """Something that was done lately."""

    rule: str
    subject_id: UUID
    title: str
    where: str
    closed_on: date


def _columns(reach: Reach) -> list[Any]:
    return [
        Deadline.id, Deadline.rule, Deadline.subject_id, Deadline.title, Unit.short_name.label("where"), Deadline.due_on,
        (Deadline.due_on - _AS_OF).label("days"), mine(reach).label("mine"), _HOLDER.short_name.label("holder"),
        Deadline.nudged_on, Deadline.snoozed_until, Deadline.snoozes,
    ]  # fmt: skip


def _joined(found: Any) -> Any:
    return (
        found.select_from(Deadline)
        .join(Unit, (Unit.tenant_id == Deadline.tenant_id) & (Unit.id == Deadline.unit_id))
        .outerjoin(_HOLDER, (_HOLDER.tenant_id == Deadline.tenant_id) & (_HOLDER.path == Deadline.held_path))
    )


def _awake() -> Any:
    return or_(Deadline.snoozed_until.is_(None), Deadline.snoozed_until <= _AS_OF)


def _grouped(reach: Reach) -> Any:
    near = case(
        (Deadline.due_on < _AS_OF, literal_column(f"'{When.OVERDUE}'")),
        (Deadline.due_on <= bindparam("week", type_=Date), literal_column(f"'{When.WEEK}'")),
        else_=literal_column(f"'{When.LATER}'"),
    )
    found = _joined(select(*_columns(reach), near.label("near")))
    todo = found.where(Deadline.state == "open", _awake(), visible(reach)).subquery("todo")
    alike = (todo.c.rule, todo.c.mine, todo.c.near)
    inner = select(
        *todo.c,
        func.count().over(partition_by=alike).label("total"),
        func.row_number().over(partition_by=alike, order_by=(todo.c.due_on, todo.c.id)).label("place"),
    ).subquery("placed")
    return select(inner).where(inner.c.place <= SHOWN).order_by(inner.c.rule, inner.c.mine, inner.c.near, inner.c.place)


def _done(reach: Reach) -> Any:
    return (
        _joined(
            select(
                Deadline.rule, Deadline.subject_id, Deadline.title, Unit.short_name,
                func.timezone("Asia/Shanghai", Deadline.closed_at).cast(Date),
            )
        )
        .where(Deadline.state == "done", Deadline.closed_at >= bindparam("since", type_=Date), visible(reach))
        .order_by(Deadline.closed_at.desc(), Deadline.id)
        .limit(SHOWN)
    )  # fmt: skip


_statements: dict[Any, tuple[Any, Any]] = {}


def home(reach: Reach, *, as_of: date) -> tuple[list[TodoGroup], list[Done]]:
    """What the home page shows: the groups with the account's turn first and the nearest days, and what was done lately."""
    if reach.shape not in _statements:
        if len(_statements) > 200:
            _statements.clear()
        _statements[reach.shape] = (_grouped(reach), _done(reach))
    grouped, done = _statements[reach.shape]
    given = reach.given()
    found, over = flush(
        (grouped, {**given, "as_of": as_of, "week": as_of + WEEK}),
        (done, {**_without_turns(given), "since": as_of - timedelta(days=DONE_DAYS)}),
    )
    return _groups(found), [Done(*row) for row in over]


def home_kept(reach: Reach, *, as_of: date, version: int) -> tuple[list[TodoGroup], list[Done]]:
    """:func:`home` within a request, from the worker's memory until the tenant's data change.

    :param version: the tenant's access counter: which person an account belongs to is a matter of accounts.
    """

    def make() -> bytes:
        groups, done = home(reach, as_of=as_of)
        # tuples are no JSON of orjson's own: they are written as arrays and read back by position
        return orjson.dumps(
            [
                [(one.rule, one.mine, one.when, one.total, [tuple(todo) for todo in one.first]) for one in groups],
                [tuple(one) for one in done],
            ]
        )

    groups, done = orjson.loads(kept(("home.todos", reach.account_id, version, as_of), make))
    again = [
        TodoGroup(rule, turn, When(when), total, tuple(_todo_again(todo) for todo in first))
        for rule, turn, when, total, first in groups
    ]
    over = [Done(rule, UUID(subject), title, where, _day(closed)) for rule, subject, title, where, closed in done]
    return again, over


def _todo_again(one: list[Any]) -> Todo:
    given = dict(zip(Todo._fields, one, strict=True))
    for name in ("id", "subject_id"):
        given[name] = UUID(given[name])
    for name in ("due_on", "nudged_on", "snoozed_until"):
        given[name] = _day(given[name]) if given[name] else None
    return Todo(**given)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _without_turns(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if not name.startswith("act")}


def _groups(found: Sequence[tuple[Any, ...]]) -> list[TodoGroup]:
    width = len(Todo._fields)
    groups: dict[tuple[str, bool, str, int], list[Todo]] = {}
    for row in found:
        todo, (near, total, _place) = Todo(*row[:width]), row[width:]
        groups.setdefault((todo.rule, todo.mine, near, total), []).append(todo)
    return [
        TodoGroup(rule, turn, When(near), total, tuple(first)) for (rule, turn, near, total), first in groups.items()
    ]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of to-dos is limited to.

    :param turn: ``mine``, ``others`` or empty. :param when: ``overdue``, ``week`` or empty.
    :param state: ``open``, ``done`` or ``snoozed``.
    """

    rule: str = ""
    turn: str = ""
    when: str = ""
    state: str = "open"


def todos(reach: Reach, filters: Filters, *, as_of: date, after: tuple[date, UUID] | None, limit: int) -> list[Todo]:
    """To-dos by due date, from behind a place on."""
    found = _joined(select(*_columns(reach))).where(visible(reach), *_limits(reach, filters))
    given: dict[str, Any] = {**reach.given(), "as_of": as_of, "most": limit}
    if after is not None:
        found = found.where(
            tuple_(Deadline.due_on, Deadline.id) > tuple_(bindparam("after_day", type_=Date), bindparam("after_id"))
        )
        given |= {"after_day": after[0], "after_id": after[1]}
    if filters.rule:
        given["rule"] = filters.rule
    if filters.when == "week":
        given["week"] = as_of + WEEK
    found = found.order_by(Deadline.due_on, Deadline.id).limit(bindparam("most"))
    return [Todo(*row) for row in rows(found, **given)]


def _limits(reach: Reach, filters: Filters) -> list[Any]:
    wanted: list[Any] = [Deadline.state == ("done" if filters.state == "done" else "open")]
    if filters.state == "snoozed":
        wanted.append(Deadline.snoozed_until > _AS_OF)
    elif filters.state == "open":
        wanted.append(_awake())
    if filters.rule:
        wanted.append(Deadline.rule == bindparam("rule"))
    if filters.turn:
        wanted.append(mine(reach) if filters.turn == "mine" else ~mine(reach))
    if filters.when == "overdue":
        wanted.append(Deadline.due_on < _AS_OF)
    elif filters.when == "week":
        wanted.append(Deadline.due_on.between(_AS_OF, bindparam("week", type_=Date)))
    return wanted


def todo(reach: Reach, deadline_id: UUID, *, as_of: date) -> Todo | None:
    """One open to-do that the account may see."""
    one = _joined(select(*_columns(reach))).where(
        Deadline.id == bindparam("deadline"), Deadline.state == "open", visible(reach)
    )
    found = rows(one, **reach.given(), as_of=as_of, deadline=deadline_id)
    return Todo(*found[0]) if found else None


_NAMES = (
    select(Unit.short_name, Account.display_name)
    .distinct()
    .join(Grant, (Grant.tenant_id == Unit.tenant_id) & (Grant.unit_id == Unit.id))
    .join(Account, (Account.tenant_id == Grant.tenant_id) & (Account.id == Grant.account_id))
    .where(
        Unit.path == bindparam("path"),
        Grant.role == any_(bindparam("roles", type_=ARRAY(Grant.role.type))),
        Account.state == "active",
    )
    .order_by(Account.display_name)
)


def holders(path: str, roles: Sequence[str]) -> list[str]:
    """The names of the office-holders of a unit, by its path."""
    return [name for _, name in rows(_NAMES, path=path, roles=list(roles))]
