"""Who holds what where: lists of grants within the asker's reach, and what posts suggest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, Uuid, and_, any_, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from core.access.actor import Range
from core.access.gate import bounds, within
from core.access.models import Grant, Role
from core.access.roles import ROLES
from core.database import BytewiseText
from core.database.read import Row, flush, row, rows
from core.identity.models import Account
from core.organization.models import PostHolding, Unit
from core.organization.paths import above

#: Which grants a list shows, by their days.
STATES = ("current", "coming", "ended", "ending")
#: Days ahead in which a grant counts as about to end.
SOON_DAYS = 30
_officer = aliased(Account)
_COLUMNS = (
    Grant.id, Account.id, Account.display_name, Account.login, Account.state, Grant.role, Role.title, Unit.id,
    Unit.short_name, Grant.valid_from, Grant.valid_to, _officer.display_name, Grant.granted_by, Grant.granted_at,
    Grant.reason, Unit.path, Unit.name, Grant.delegated_by,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as lists and pages show it; days are half-open, ``granted_at`` has its time zone."""

    id: UUID
    account_id: UUID
    account: str
    login: str
    account_state: str
    role: str
    own_title: str | None
    unit_id: UUID
    unit: str
    valid_from: date
    valid_to: date | None
    delegated_by: str | None
    granted_by: str | None
    granted_at: datetime
    reason: str | None
    path: str
    unit_name: str
    delegator_id: UUID | None

    @property
    def title(self) -> str:
        """What the role is called."""
        return self.own_title or (ROLES[self.role].title if self.role in ROLES else self.role)

    def state(self, today: date) -> str:
        """``current``, ``coming`` or ``ended``."""
        if self.valid_to is not None and self.valid_to <= max(today, self.valid_from):
            return "ended"
        return "current" if self.valid_from <= today else "coming"


def _joined(*columns: Any) -> Any:
    same = Grant.tenant_id
    return (
        select(*columns)
        .select_from(Grant)
        .join(Account, (Account.tenant_id == same) & (Account.id == Grant.account_id))
        .join(Unit, (Unit.tenant_id == same) & (Unit.id == Grant.unit_id))
        .join(Role, (Role.tenant_id == same) & (Role.code == Grant.role), isouter=True)
        .join(_officer, (_officer.tenant_id == same) & (_officer.id == Grant.delegated_by), isouter=True)
    )


def _in_state(state: str) -> ColumnElement[bool]:
    today: Any = bindparam("today")
    soon: Any = bindparam("soon")
    lasts = or_(Grant.valid_to.is_(None), Grant.valid_to > today)
    known: dict[str, ColumnElement[bool]] = {
        "current": and_(Grant.valid_from <= today, lasts),
        "coming": and_(Grant.valid_from > today, lasts),
        "ended": Grant.valid_to <= today,
        "ending": and_(Grant.valid_from <= today, Grant.valid_to > today, Grant.valid_to <= soon),
    }
    return known[state]


def _conditions(count: int, terms: tuple[str, ...], state: str) -> list[ColumnElement[bool]]:
    wanted = [within(Unit.path, count)]
    if state:
        wanted.append(_in_state(state))
    known = {
        "role": Grant.role == bindparam("role"),
        "unit": Grant.unit_id == bindparam("unit", type_=Uuid()),
        "account": Grant.account_id == bindparam("account", type_=Uuid()),
        "q": or_(func.strpos(Account.display_name, bindparam("q")) > 0, func.strpos(Account.login, bindparam("q")) > 0),
        "after": Grant.id > bindparam("after", type_=Uuid()),
    }
    return wanted + [known[term] for term in terms]


@lru_cache(maxsize=200)
def _filtered(count: int, terms: tuple[str, ...], state: str) -> tuple[Any, Any]:
    """The page's statement and the count's, for a number of ranges and the filters that are set."""
    wanted = _conditions(count, terms, state)
    page = _joined(*_COLUMNS).where(*wanted).order_by(Unit.path, Account.display_name, Grant.valid_from, Grant.id)
    counted = _joined(cast(func.count(), Integer)).where(*wanted)
    return page.limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer())), counted


def grants(
    ranges: tuple[Range, ...],
    *,
    today: date,
    soon: date,
    state: str = "",
    q: str = "",
    role: str = "",
    unit: UUID | None = None,
    account: UUID | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[GrantRow], int]:
    """A page of grants on units within the ranges, with how many there are in all."""
    if not ranges:
        return [], 0
    given = {"q": q.strip().lower(), "role": role, "unit": unit, "account": account}
    terms = tuple(name for name, value in given.items() if value)
    page, counted = _filtered(len(ranges), terms, state if state in STATES else "")
    parameters: dict[str, Any] = {**bounds(ranges), **{name: given[name] for name in terms}}
    if state in STATES:
        parameters |= {"today": today} | ({"soon": soon} if state == "ending" else {})
    found, total = flush((page, {**parameters, "limit": limit, "offset": offset}), (counted, parameters))
    return [GrantRow(*one) for one in found], total[0][0]


@lru_cache(maxsize=200)
def _following(count: int, terms: tuple[str, ...], state: str) -> Any:
    found = _joined(*_COLUMNS).where(*_conditions(count, terms, state)).order_by(Grant.id)
    return found.limit(bindparam("limit", type_=Integer()))


def grants_after(
    ranges: tuple[Range, ...],
    *,
    today: date,
    soon: date,
    state: str = "",
    role: str = "",
    unit: UUID | None = None,
    account: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[GrantRow]:
    """Grants on units within the ranges in the order they were given, going on behind one."""
    if not ranges:
        return []
    given = {"role": role, "unit": unit, "account": account, "after": after}
    terms = tuple(name for name, value in given.items() if value)
    parameters: dict[str, Any] = {**bounds(ranges), **{name: given[name] for name in terms}, "limit": limit}
    if state in STATES:
        parameters |= {"today": today} | ({"soon": soon} if state == "ending" else {})
    statement = _following(len(ranges), terms, state if state in STATES else "")
    return [GrantRow(*one) for one in rows(statement, **parameters)]


_ONE = _joined(*_COLUMNS).where(Grant.id == bindparam("grant", type_=Uuid()))


def grant_of(grant_id: UUID) -> GrantRow | None:
    """One grant by its id; whoever asks compares its path with what the asker may see."""
    found = row(_ONE, grant=grant_id)
    return GrantRow(*found) if found else None


_OVER = (
    _joined(*_COLUMNS)
    .where(Unit.path == any_(bindparam("paths", type_=ARRAY(BytewiseText))), _in_state("current"))
    .order_by(Unit.path.desc(), Account.display_name, Grant.id)
)


def holders(path: str, *, today: date) -> list[GrantRow]:
    """The grants that cover a unit today: on it, then on each unit above it."""
    return [GrantRow(*one) for one in rows(_OVER, paths=[*above(path), path], today=today)]


_DELEGATED = (
    _joined(*_COLUMNS)
    .where(Grant.delegated_by == bindparam("officer", type_=Uuid()))
    .order_by(Grant.valid_to.desc(), Grant.id)
)


def delegated(officer: UUID) -> list[GrantRow]:
    """What an officer has delegated, latest first."""
    return [GrantRow(*one) for one in rows(_DELEGATED, officer=officer)]


_ACCOUNT = select(Account.id, Account.display_name, Account.login, Account.state, Account.person_id).where(
    Account.id == bindparam("account", type_=Uuid())
)


def account_of(account: UUID) -> Row | None:
    """(id, name, login, state, person) of an account."""
    return row(_ACCOUNT, account=account)


_ACCOUNTS = select(cast(Account.id, Text), Account.display_name, Account.login).where(Account.state == "active")


def accounts() -> list[tuple[str, str]]:
    """(id, name and login) of the active accounts, for a choice."""
    return [(one, f"{name}（{login}）") for one, name, login in rows(_ACCOUNTS.order_by(Account.display_name))]


_BY_LOGIN = select(Account.id).where(Account.login == bindparam("login"))


def account_named(login: str) -> UUID | None:
    """The account with this login."""
    found = row(_BY_LOGIN, login=login.strip().lower())
    return found[0] if found else None


# --- roles ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role of the tenant's own, with how many grants hold it now or later."""

    id: UUID
    code: str
    title: str
    based_on: str | None
    permissions: tuple[str, ...]
    version: int
    used: int


def _used() -> Any:
    lasts = or_(Grant.valid_to.is_(None), Grant.valid_to > bindparam("today"))
    return select(Grant.role, func.count()).where(lasts).group_by(Grant.role)


_USED = _used().execution_options(whole_tenant="how many grants hold a role: a number for who administers roles")
_ROLES = select(Role.id, Role.code, Role.title, Role.based_on, Role.permissions, Role.version).order_by(Role.title)


def roles(*, today: date) -> tuple[list[OwnRole], dict[str, int]]:
    """The tenant's own roles, and for every role's code how many grants hold it."""
    found, used = flush((_ROLES, {}), (_USED, {"today": today}))
    counts: dict[str, int] = dict(used)
    return [_own(one, counts) for one in found], counts


def _own(found: Row, counts: dict[str, int]) -> OwnRole:
    one, code, title, based_on, permissions, version = found
    return OwnRole(one, code, title, based_on, tuple(permissions), version, counts.get(code, 0))


# --- posts ------------------------------------------------------------------------------------------------------------

#: The role that fits a post (its code), by the kind of unit; 01 书记 is another office in each kind.
FITTING = {
    ("01", "branch"): "branch_secretary",
    ("01", "general_branch"): "general_secretary",
    ("01", "committee"): "committee_officer",
    ("01", "work_committee"): "committee_officer",
    ("02", ""): "deputy_secretary",
    ("03", ""): "organization_commissioner",
    ("04", ""): "publicity_commissioner",
    ("05", ""): "discipline_commissioner",
    ("11", "group"): "group_leader",
    ("13", ""): "committee_officer",
}


def fitting(post: str, kind: str) -> str | None:
    """The template that fits a post in a unit of some type."""
    return FITTING.get((post, kind)) or FITTING.get((post, ""))


@dataclass(frozen=True, slots=True)
class PostHolder:
    """Somebody in a post, with their account and the role that fits.

    :param account_id: None: the person has no account.
    :param held: whether a grant of that role on the unit is there already, now or later.
    """

    person: str
    post: str
    unit_id: UUID
    unit: str
    unit_type: str
    path: str
    account_id: UUID | None
    role: str | None
    held: bool


@lru_cache(maxsize=64)
def _posts(count: int, one: bool) -> Any:
    statement = (
        select(
            PostHolding.person_name, PostHolding.post_code, Unit.id, Unit.short_name, Unit.type, Unit.path, Account.id,
            func.array_agg(Grant.role),
        )
        .join(Unit, (Unit.tenant_id == PostHolding.tenant_id) & (Unit.id == PostHolding.unit_id))
        .join(
            Account,
            (Account.tenant_id == PostHolding.tenant_id) & (Account.person_id == PostHolding.person_id)
            & (Account.state == "active"), isouter=True,
        )
        .join(
            Grant,
            (Grant.tenant_id == PostHolding.tenant_id) & (Grant.account_id == Account.id) & (Grant.unit_id == Unit.id)
            & or_(Grant.valid_to.is_(None), Grant.valid_to > bindparam("today")), isouter=True,
        )
        .where(
            PostHolding.held_to.is_(None), Unit.state == "active",
            Unit.id == bindparam("unit", type_=Uuid()) if one else within(Unit.path, count),
        )
        .group_by(
            PostHolding.id, PostHolding.tenant_id, PostHolding.person_name, PostHolding.post_code, PostHolding.rank,
            Unit.id, Unit.short_name, Unit.type, Unit.path, Account.id,
        )
        .order_by(Unit.path, PostHolding.post_code, PostHolding.rank)
    )  # fmt: skip
    return statement if one else statement.where(Account.id.is_not(None)).limit(bindparam("limit", type_=Integer()))


def post_holders(unit: UUID, *, today: date) -> list[PostHolder]:
    """Everybody in a post of one unit."""
    return list(_holders(rows(_posts(0, True), unit=unit, today=today)))


def suggestions(ranges: tuple[Range, ...], *, today: date, limit: int = 200) -> list[PostHolder]:
    """Post holders with an account who lack the role that fits their post."""
    if not ranges:
        return []
    found = rows(_posts(len(ranges), False), **bounds(ranges), today=today, limit=limit * 5)
    return [one for one in _holders(found) if one.role is not None and not one.held][:limit]


def _holders(found: Iterable[Row]) -> Iterable[PostHolder]:
    for *values, account, held in found:
        role = fitting(values[1], values[4])
        person, post, unit, name, kind, path = values
        yield PostHolder(person, post, unit, name, kind, path, account, role, role in held)
