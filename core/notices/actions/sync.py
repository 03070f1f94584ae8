"""Bring the stored deadlines in line with the rules: for the whole tenant, or for what a transaction has touched.

Every step is one statement over a set; what is right already is not written again, so that running it twice changes
nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from core import clock
from core.access.models import Grant, Role
from core.access.roles import ROLES
from core.database import before_change_commits, db, tenant_id, transaction
from core.database.read import rows
from core.database.session import TenantSession
from core.identity.models import Account
from core.notices.actions import comparing
from core.notices.models import Deadline, DeadlineTouched
from core.notices.registry import DeadlineRule, open_rules
from core.notices.rules.holders import holder_of
from core.organization.models import Unit
from core.tenancy.doors import is_open, tried

_QUIETLY = {"synchronize_session": False, "preserve_rowcount": True}
_TOUCHED = select(DeadlineTouched.id, DeadlineTouched.kind, DeadlineTouched.subject_id)
_OWN_ROLES = select(Role.code).where(bindparam("permission", type_=Text()) == any_(Role.permissions))
_HELD = (
    select(Unit.path)
    .distinct()
    .join(Grant, (Grant.tenant_id == Unit.tenant_id) & (Grant.unit_id == Unit.id))
    .join(Account, (Account.tenant_id == Grant.tenant_id) & (Account.id == Grant.account_id))
    .where(
        Grant.role == any_(bindparam("roles", type_=ARRAY(Grant.role.type))),
        Grant.valid_from <= bindparam("day"),
        or_(Grant.valid_to.is_(None), Grant.valid_to > bindparam("day")),
        Account.state == "active",
    )
    .execution_options(whole_tenant="whose turn a deadline is: kept for everybody, beside the change")
)


@dataclass(frozen=True, slots=True)
class Synced:
    """How many deadlines were opened or given another day, and how many were closed."""

    written: int
    closed: int


def sync(*, as_of: date, codes: Collection[str] | None = None, subjects: Sequence[UUID] | None = None) -> Synced:
    """Compute the deadlines anew.

    :param codes: of these rules only.
    :param subjects: of these subjects only.
    """
    with transaction():
        written = closed = 0
        chosen: Sequence[DeadlineRule] = [rule for rule in open_rules().values() if codes is None or rule.code in codes]
        if subjects is not None:
            chosen = comparing.changed(chosen, as_of=as_of, subjects=subjects)
        for rule in chosen:
            done, found = tried(rule.code, partial(_sync, rule, as_of, subjects))
            if done:
                written, closed = written + found[0], closed + found[1]
        hold(chosen, as_of=as_of)
        return Synced(written, closed)


def _sync(rule: DeadlineRule, as_of: date, subjects: Sequence[UUID] | None) -> tuple[int, int]:
    version, given = rule.given(as_of)
    return _open(rule, version, given, subjects), _close(rule, given, subjects)


def touch(kind: str, *subjects: UUID) -> None:
    """Have the deadlines of these subjects computed anew before the present transaction commits.

    Units, persons, changes and steps are noted by themselves; this is for what else a rule may be about.

    :param kind: the rules' ``subject``.
    """
    with transaction() as session:
        session.add_all(DeadlineTouched(kind=kind, subject_id=one) for one in subjects)


def roles_with(permission: str) -> list[str]:
    """The codes of the roles, the templates and the tenant's own, that hold a permission."""
    own = [code for (code,) in rows(_OWN_ROLES, permission=permission)]
    return sorted(
        [*own, *(role.code for role in ROLES.values() if permission in role.permissions and is_open(role.code))]
    )


def held_paths(permission: str, *, as_of: date) -> frozenset[str]:
    """The paths of the units on which an active account holds a permission."""
    return frozenset(path for (path,) in rows(_HELD, roles=roles_with(permission), day=as_of))


def _wanted(rule: DeadlineRule, given: dict[str, Any], subjects: Sequence[UUID] | None) -> Any:
    names = ("subject_id", "unit_id", "title", "opens_on", "due_on")
    found = rule.open.params(**given).subquery("found")
    columns = [column.label(name) for column, name in zip(found.c, names, strict=True)]
    wanted = select(*columns)
    if subjects is not None:
        wanted = wanted.where(found.c[0] == any_(_ids(subjects)))
    return wanted.subquery("wanted")


def _ids(subjects: Iterable[UUID]) -> Any:
    return cast(literal(list(subjects), ARRAY(Uuid())), ARRAY(Uuid()))


def _texts(values: Sequence[str | None]) -> Any:
    return cast(literal(list(values), ARRAY(Text())), ARRAY(Text()))


def _open(rule: DeadlineRule, version: str, given: dict[str, Any], subjects: Sequence[UUID] | None) -> int:
    wanted = _wanted(rule, given, subjects)
    source = select(
        cast(literal(tenant_id()), BigInteger),
        func.gen_random_uuid(),
        literal(rule.code),
        wanted.c.subject_id,
        wanted.c.unit_id,
        Unit.path,
        wanted.c.title,
        wanted.c.opens_on,
        wanted.c.due_on,
        literal(version),
    ).join(Unit, Unit.id == wanted.c.unit_id)
    names = [
        "tenant_id",
        "id",
        "rule",
        "subject_id",
        "unit_id",
        "path",
        "title",
        "opens_on",
        "due_on",
        "policy_version",
    ]
    made = insert(Deadline).from_select(names, source)
    changing = ("unit_id", "path", "title", "opens_on", "due_on")
    differs = or_(*(getattr(Deadline, name).is_distinct_from(made.excluded[name]) for name in changing))
    moved = Deadline.due_on.is_distinct_from(made.excluded.due_on)
    statement = made.on_conflict_do_update(
        index_elements=["tenant_id", "rule", "subject_id"],
        index_where=literal_column("state = 'open'"),
        set_={
            **{name: made.excluded[name] for name in (*changing, "policy_version")},
            # another day is another duty: what was put off for the old one is not put off for the new
            "snoozes": case((moved, 0), else_=Deadline.snoozes),
            "snoozed_until": case((moved, None), else_=Deadline.snoozed_until),
        },
        where=differs,
    )
    return _count(statement)


def _close(rule: DeadlineRule, given: dict[str, Any], subjects: Sequence[UUID] | None) -> int:
    wanted = _wanted(rule, given, subjects)
    over = update(Deadline).where(
        Deadline.rule == rule.code,
        Deadline.state == "open",
        Deadline.subject_id.not_in(select(wanted.c.subject_id)),
    )
    if subjects is not None:
        over = over.where(Deadline.subject_id == any_(_ids(subjects)))
    done = Deadline.subject_id.in_(rule.done) if rule.done is not None else literal(True)
    return _count(over.values(state=case((done, "done"), else_="gone"), closed_at=func.now()))


def hold(rules: Iterable[DeadlineRule], *, as_of: date) -> int:
    """Note with each open deadline whose turn it is; returns how many changed."""
    changed = 0
    open_paths = select(Deadline.path).distinct().where(Deadline.rule == bindparam("rule"), Deadline.state == "open")
    open_paths = open_paths.execution_options(whole_tenant="kept for everybody, beside the change")
    for rule in rules:
        held = held_paths(rule.act, as_of=as_of)
        paths = [path for (path,) in rows(open_paths, rule=rule.code)]
        if not paths:
            continue
        turns = func.unnest(_texts(paths), _texts([holder_of(path, held) for path in paths]))
        given = turns.table_valued("path", "held", name="given").render_derived()
        statement = (
            update(Deadline)
            .where(
                Deadline.rule == rule.code,
                Deadline.state == "open",
                Deadline.path == given.c.path.collate("C"),
                Deadline.held_path.is_distinct_from(given.c.held.collate("C")),
            )
            .values(held_path=given.c.held)
        )
        changed += _count(statement)
    return changed


def _count(statement: Any) -> int:
    found: int = db.session().execute(statement, execution_options=_QUIETLY).rowcount  # type: ignore[attr-defined]
    return found


def settle_touched(*, as_of: date) -> None:
    """Bring the deadlines of everything this transaction touched in line; nothing touched costs one small read."""
    touched = rows(_TOUCHED)
    if not touched:
        return
    _count(delete(DeadlineTouched).where(DeadlineTouched.id == any_(_ids(id_ for id_, _, _ in touched))))
    subjects: dict[str, set[UUID]] = {}
    for _, kind, subject in touched:
        subjects.setdefault(kind, set()).add(subject)
    units = subjects.get("unit", set())
    if units:
        _follow(units)
    for kind, ids in subjects.items():
        codes = {rule.code for rule in open_rules().values() if rule.subject == kind}
        if codes:
            sync(as_of=as_of, codes=codes, subjects=sorted(ids))
    if "grant" in subjects or units:
        hold(open_rules().values(), as_of=as_of)


def _follow(units: Collection[UUID]) -> None:
    """What is about somebody in a moved unit moves with it."""
    _count(
        update(Deadline)
        .where(
            Deadline.unit_id == any_(_ids(units)),
            Unit.id == Deadline.unit_id,
            Deadline.path != Unit.path,
            Deadline.state == "open",
        )
        .values(path=Unit.path)
    )


def _before_commit(_session: TenantSession) -> None:
    settle_touched(as_of=clock.today())


# First of them all: the counter of changes is raised last, so that its row is held for a moment only.
before_change_commits.insert(0, _before_commit)
