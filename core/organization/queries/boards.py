"""Boards over many units: terms by due date, vacancies, officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, literal, or_, select

from core.database.read import flush, rows
from core.organization.models import Body, PostHolding, TermExtension, Unit
from core.organization.queries.figures import below
from core.organization.queries.ranges import Range, behind, bounds, by_count, within

_LIVING = or_(Unit.state == "active", Unit.state == "dissolving")
_EXTENDED = (
    exists()
    .where(TermExtension.tenant_id == Body.tenant_id, TermExtension.body_id == Body.id, TermExtension.kind == "extend")
    .label("extended")
)


@dataclass(frozen=True, slots=True)
class Term:
    """The present body of a unit."""

    unit_id: UUID
    unit: str
    type: str
    domain: str | None
    body_id: UUID
    term_no: int | None
    started_on: date
    years: int
    due_on: date
    extended: bool


def _terms(count: int) -> Any:
    return (
        select(
            Unit.id,
            Unit.name,
            Unit.type,
            Unit.domain,
            Body.id,
            Body.term_no,
            Body.started_on,
            Body.years,
            Body.due_on,
            _EXTENDED,
        )
        .join(Unit, (Unit.tenant_id == Body.tenant_id) & (Unit.id == Body.unit_id))
        .where(
            Body.ended_on.is_(None),
            _LIVING,
            within(Unit.path, count),
            Body.due_on >= bindparam("due_from"),
            Body.due_on < bindparam("due_to"),
        )
        .order_by(Body.due_on, Unit.path)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


def _term_counts(count: int) -> Any:
    overdue = func.count().filter(Body.due_on < bindparam("today"))
    soon = func.count().filter(Body.due_on >= bindparam("today"), Body.due_on <= bindparam("soon"))
    return (
        select(func.count(), overdue, soon)
        .select_from(Body)
        .join(Unit, (Unit.tenant_id == Body.tenant_id) & (Unit.id == Body.unit_id))
        .where(Body.ended_on.is_(None), _LIVING, within(Unit.path, count))
    )


_TERMS, _TERM_COUNTS = by_count(_terms), by_count(_term_counts)


@dataclass(frozen=True, slots=True)
class TermBoard:
    """Present bodies by due date, and how many there are, overdue and due within the reminder period."""

    terms: tuple[Term, ...]
    total: int
    overdue: int
    soon: int


def term_board(
    ranges: Sequence[Range],
    *,
    today: date,
    soon: date,
    due_from: date = date.min,
    due_to: date = date.max,
    limit: int = 50,
    offset: int = 0,
) -> TermBoard:
    """All present bodies of these subtrees, the earliest due first.

    :param soon: the last due date that counts as due soon. ``due_from`` and ``due_to`` (exclusive) cut the list.
    """
    if not ranges:
        return TermBoard((), 0, 0, 0)
    count, given = len(ranges), bounds(ranges)
    listed, counted = flush(
        (_TERMS(count), {**given, "due_from": due_from, "due_to": due_to, "most": limit, "skip": offset}),
        (_TERM_COUNTS(count), {**given, "today": today, "soon": soon}),
    )
    return TermBoard(tuple(Term(*row) for row in listed), *counted[0])


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A unit without a secretary: since when, or None when none was ever recorded."""

    unit_id: UUID
    unit: str
    type: str
    members: int
    since: date | None


_SECRETARY = PostHolding.post_code == "01"


def _vacancies(count: int) -> Any:
    held = exists().where(
        PostHolding.tenant_id == Unit.tenant_id,
        PostHolding.unit_id == Unit.id,
        _SECRETARY,
        PostHolding.held_to.is_(None),
    )
    last = (
        select(func.max(PostHolding.held_to))
        .where(PostHolding.tenant_id == Unit.tenant_id, PostHolding.unit_id == Unit.id, _SECRETARY)
        .scalar_subquery()
    )
    return (
        select(Unit.id, Unit.name, Unit.type, below("members"), last.label("since"))
        .where(_LIVING, Unit.type != "group", within(Unit.path, count), ~held)
        .order_by(last.nulls_last(), Unit.path)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


def _vacancy_count(count: int) -> Any:
    held = exists().where(
        PostHolding.tenant_id == Unit.tenant_id,
        PostHolding.unit_id == Unit.id,
        _SECRETARY,
        PostHolding.held_to.is_(None),
    )
    return select(func.count()).select_from(Unit).where(_LIVING, Unit.type != "group", within(Unit.path, count), ~held)


_VACANCIES, _VACANCY_COUNT = by_count(_vacancies), by_count(_vacancy_count)


def vacancies(ranges: Sequence[Range], *, limit: int = 50, offset: int = 0) -> tuple[list[Vacancy], int]:
    """Units without a secretary, the longest vacant first, those never recorded last; and how many there are."""
    if not ranges:
        return [], 0
    count, given = len(ranges), bounds(ranges)
    listed, counted = flush(
        (_VACANCIES(count), {**given, "most": limit, "skip": offset}), (_VACANCY_COUNT(count), given)
    )
    return [Vacancy(*row) for row in listed], counted[0][0]


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """Somebody in a post now."""

    holding_id: UUID
    person_id: UUID
    person: str
    post_code: str
    unit_id: UUID
    unit: str
    held_from: date
    how: str
    approval: str
    external: bool


def _officers(count: int) -> Any:
    return (
        select(
            PostHolding.id,
            PostHolding.person_id,
            PostHolding.person_name,
            PostHolding.post_code,
            Unit.id,
            Unit.name,
            PostHolding.held_from,
            PostHolding.how,
            PostHolding.approval,
            PostHolding.external,
        )
        .join(Unit, (Unit.tenant_id == PostHolding.tenant_id) & (Unit.id == PostHolding.unit_id))
        .where(
            PostHolding.held_to.is_(None),
            within(Unit.path, count),
            or_(bindparam("post") == literal(""), PostHolding.post_code == bindparam("post")),
        )
        .order_by(Unit.path, PostHolding.post_code, PostHolding.rank)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


def _officer_count(count: int) -> Any:
    return (
        select(func.count())
        .select_from(PostHolding)
        .join(Unit, (Unit.tenant_id == PostHolding.tenant_id) & (Unit.id == PostHolding.unit_id))
        .where(
            PostHolding.held_to.is_(None),
            within(Unit.path, count),
            or_(bindparam("post") == literal(""), PostHolding.post_code == bindparam("post")),
        )
    )


_OFFICERS, _OFFICER_COUNT = by_count(_officers), by_count(_officer_count)


def officers(
    ranges: Sequence[Range], *, post: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[OfficerRow], int]:
    """The officers of these subtrees in order of the tree, and how many; ``post`` limits to one post code."""
    if not ranges:
        return [], 0
    count, given = len(ranges), {**bounds(ranges), "post": post}
    listed, counted = flush(
        (_OFFICERS(count), {**given, "most": limit, "skip": offset}), (_OFFICER_COUNT(count), given)
    )
    return [OfficerRow(*row) for row in listed], counted[0][0]


_NEVER = date.max
_SINCE = (
    select(func.max(PostHolding.held_to))
    .where(PostHolding.tenant_id == Unit.tenant_id, PostHolding.unit_id == Unit.id, _SECRETARY)
    .scalar_subquery()
)


def terms_behind(ranges: Sequence[Range], *, after: tuple[date, str] | None, limit: int) -> list[tuple[Term, str]]:
    """Present bodies by due date, each with its unit's path, behind a place in that order (due date, path)."""
    statement, given = behind(_terms, ranges, (Body.due_on, Unit.path), after, limit)
    span = {"due_from": date.min, "due_to": date.max}
    return [(Term(*row[:-2]), row[-1]) for row in rows(statement, **given, **span)] if ranges else []


def vacancies_behind(
    ranges: Sequence[Range], *, after: tuple[date, str] | None, limit: int
) -> list[tuple[Vacancy, date, str]]:
    """Units without a secretary, each with its place (vacant since, path), behind a place in that order."""
    keys = (func.coalesce(_SINCE, literal(_NEVER)), Unit.path)
    statement, given = behind(_vacancies, ranges, keys, after, limit)
    return [(Vacancy(*row[:-2]), row[-2], row[-1]) for row in rows(statement, **given)] if ranges else []


def officers_behind(
    ranges: Sequence[Range], *, post: str, after: tuple[str, str, UUID] | None, limit: int
) -> list[tuple[OfficerRow, str]]:
    """Officers in order of the tree, each with the unit's path, behind a place (path, post code, holding's id)."""
    keys = (Unit.path, PostHolding.post_code, PostHolding.id)
    statement, given = behind(_officers, ranges, keys, after, limit)
    return [(OfficerRow(*row[:-3]), row[-3]) for row in rows(statement, **given, post=post)] if ranges else []
