"""Who is meant: members and units within somebody's reach, and who acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from core.sdk import Model, Person, Unit, bounds, ranges, rows, tenant_id, transaction, within
from plugins.care.rules.rounds import Member

Ranges = tuple[tuple[str, str], ...]
#: Members of the Party who count: suspended and former ones do not (00-conventions 0.5).
ACTIVE = ("probationary", "formal")
STANDINGS = {"formal": "正式党员", "probationary": "预备党员", "suspended": "停止党籍", "died": "已去世"}


class Unknown(LookupError):
    """There is no such record for who asks."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts. :param account: their account. :param name: as it is written down. :param person: on the roster."""

    account: UUID | None
    name: str
    person: UUID | None = None


def reaches(held: Ranges, path: str) -> bool:
    """Whether a path lies in one of the ranges."""
    return any(start <= path < end for start, end in held)


def taken(model: type[Model], record_id: UUID, *, version: int | None = None, lock: bool = True) -> Any:
    """A row, locked until the transaction ends.

    :raises Unknown: there is none. :raises Refused: somebody changed it since it was read.
    """
    from core.sdk import Refused
    from plugins.care.findings import block

    with transaction() as session:
        found: Any = session.get(model, (tenant_id(), record_id), with_for_update=lock, populate_existing=True)
        if found is None:
            raise Unknown(str(record_id))
        if version is not None and found.version != version:
            raise Refused([block("R6.00", "", "他人刚刚修改了这条记录，请看过最新内容后再办理。", "E_CONFLICT")])
        return found


def unit(unit_id: UUID, ranges: Ranges | None = None) -> Unit:
    """A unit. :raises Unknown: there is none within the ranges."""
    with transaction() as session:
        found = session.get(Unit, (tenant_id(), unit_id))
        if found is None or (ranges is not None and not reaches(ranges, found.path)):
            raise Unknown(str(unit_id))
        return found


def member(person_id: UUID, ranges: Ranges | None = None) -> tuple[Person, Unit]:
    """Somebody of the roster with their branch. :raises Unknown: there is nobody within the ranges."""
    with transaction() as session:
        found = session.get(Person, (tenant_id(), person_id))
        if found is None or found.unit_id is None:
            raise Unknown(str(person_id))
        return found, unit(found.unit_id, ranges)


def root() -> Unit:
    """The unit at the top of the tree."""
    with transaction() as session:
        return session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()


def whole_tree() -> Ranges:
    """The range of everything, for jobs and commands that act for the whole tenant."""
    top = root()
    return ((top.path, top.path_end),)


def same_unit(column: Any) -> Any:
    """The join of a table to its unit."""
    return (Unit.tenant_id == column.class_.tenant_id) & (Unit.id == column)


def same_person(column: Any) -> Any:
    """The join of a table to its person."""
    return (Person.tenant_id == column.class_.tenant_id) & (Person.id == column)


def inside(ranges: Ranges) -> tuple[Any, Mapping[str, str]]:
    """The condition that a unit lies within the ranges, with its parameters."""
    return within(Unit.path, len(ranges)), bounds(ranges)


def units(ranges: Ranges, *, types: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(id, name) of the active units within the ranges but groups, in the order of the tree."""
    if not ranges:
        return []
    near, given = inside(ranges)
    kinds = types or ("committee", "work_committee", "general_branch", "branch")
    found = select(Unit.id, Unit.short_name).where(
        Unit.state == "active", or_(*(Unit.type == kind for kind in kinds)), near
    )
    return [(str(one), name) for one, name in rows(found.order_by(Unit.path).limit(2000), **given)]


def search(text: str, ranges: Ranges, *, most: int = 30) -> list[tuple[Any, ...]]:
    """Active members by the beginning of their name, pinyin or initials: id, name, branch, joining day."""
    word = " ".join(text.split())[:40]
    if not word or not ranges:
        return []
    near, given = inside(ranges)
    low = word.lower()
    starts = or_(
        Person.name.startswith(word, autoescape=True),
        Person.pinyin.startswith(low, autoescape=True),
        Person.initials.startswith(low, autoescape=True),
    )
    statement = (
        select(Person.id, Person.name, Unit.short_name, Person.join_date)
        .join(Unit, same_unit(Person.unit_id))
        .where(starts, or_(*(Person.standing == one for one in ACTIVE)), near)
        .order_by(Person.name_key)
        .limit(most)
    )
    return rows(statement, **given)


def as_member(person: str, join: date | None, standing: str, **more: Any) -> Member:
    """A member as the rules of rounds see them."""
    return Member(person, join, standing in ACTIVE, **more)


def among(column: Any, *values: str) -> Any:
    """Whether a column holds one of a few values, in a form whose text does not depend on how many there are."""
    return or_(*(column == value for value in values))


def with_names(model: Any, permission: str, *columns: Any) -> tuple[Any, Mapping[str, str]]:
    """Records about members with their names and branches, where the viewer holds a permission: statement, parameters."""
    found, given = at_units(model, permission, *columns)
    return found.join(Person, same_person(model.person_id)), given


def at_units(model: Any, permission: str, *columns: Any) -> tuple[Any, Mapping[str, str]]:
    """Records of units with their names, where the viewer holds a permission: statement, parameters."""
    near, given = inside(ranges(permission))
    return select(*columns).select_from(model).join(Unit, same_unit(model.unit_id)).where(near), given


def counted(column: Any, held: Ranges, *wanted: Any) -> dict[str, int]:
    """How many records there are by what a column says, within some ranges."""
    near, given = inside(held)
    found = (
        select(column, func.count()).select_from(column.class_).join(Unit, same_unit(column.class_.unit_id))
        .where(near, *wanted).group_by(column)
    )  # fmt: skip
    return {str(value): int(count) for value, count in rows(found, **given)}
