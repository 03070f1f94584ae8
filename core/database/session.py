"""The session: refuses to run unbound, and limits every statement it sees to the bound tenant."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from flask_sqlalchemy.session import Session
from sqlalchemy import TextClause, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, SessionTransaction, with_loader_criteria

from core.database.predicate import joins_loosely, touches_tenant, with_tenant
from core.database.scope import TenantSwitch, current_tenant, tenant_id

_O = TypeVar("_O")
#: Called with the session just before a transaction that changed a watched table commits, in order of registration.
before_change_commits: list[Callable[["TenantSession"], None]] = []
#: Called with the session and the tables it wrote, just before any writing transaction commits.
before_write_commits: list[Callable[["TenantSession", set[Any]], None]] = []
#: Called with the session when a transaction of the domain begins, before anything else is done in it.
at_transaction_start: list[Callable[["TenantSession"], None]] = []
_watched: set[Any] = set()
#: Schemas whose tables all count: each holds what one plugin keeps.
_WATCHED_SCHEMAS = "p_"
#: A statement written as text that changes such a table.
_CHANGES_PLUGIN = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH)\b.*\bp_\w+\.", re.IGNORECASE | re.DOTALL)
#: In a table's ``info``: neither recorded nor counted, since when it changed is to be nobody's knowledge (who voted when).
UNRECORDED = "unrecorded"
#: Execution option of a statement that keeps a machine going and is no act of anybody: nothing of it is recorded.
UPKEEP = "upkeep"


def watch(*models: Any) -> None:
    """Say that changes of these models' rows count as changes of the tenant's data."""
    _watched.update(model.__table__ for model in models)


def is_watched(table: Any) -> bool:
    """Whether changes of a table count as changes of the tenant's data: those named by :func:`watch`, and all of plugins."""
    if table in _watched:
        return True
    schema = getattr(table, "schema", None) or ""
    return schema.startswith(_WATCHED_SCHEMAS) and not table.info.get(UNRECORDED)


class TenantSession(Session):
    """Flask-SQLAlchemy's session, which serves exactly one tenant in its life."""

    def note_change(self, table: Any) -> None:
        """Remember that this transaction changes a table."""
        self.info["written"] = self.info.get("written", 0) + 1
        self.info.setdefault("tables", set()).add(table)
        if is_watched(table):
            self.info["changed"] = True

    def get(  # type: ignore[override]
        self, entity: type[_O], ident: Any, *, with_for_update: Any = None, **options: Any
    ) -> _O | None:
        """SQLAlchemy's, but a row that is to be locked is what the database holds now.

        SQLAlchemy takes it for a conflict (``StaleDataError``) when this session has read the row before and somebody has
        changed it since; nothing was decided on the old one yet, so here it is locked first and read then.
        """
        mapper: Any = inspect(entity)
        if with_for_update and mapper.identity_key_from_primary_key(tuple(ident)) in self.identity_map:
            same = [column == value for column, value in zip(mapper.primary_key, ident, strict=True)]
            lock = select(mapper.primary_key[-1]).where(*same)
            self.execute(lock.with_for_update() if with_for_update is True else lock.with_for_update(**with_for_update))
            with_for_update, options["populate_existing"] = None, True
        return super().get(entity, ident, with_for_update=with_for_update, **options)

    def serve(self) -> int:
        """The tenant this session serves; fixed by its first use.

        :raises Unbound: when no tenant is bound.
        :raises TenantSwitch: when another tenant was served before on this session.
        """
        tenant = tenant_id()
        if self.info.setdefault("tenant", tenant) != tenant:
            raise TenantSwitch(f"this session serves tenant {self.info['tenant']}, not {tenant}")
        return tenant


def _criteria(tenant: int) -> Any:
    from core.database.model import TenantModel

    return with_loader_criteria(TenantModel, lambda cls: cls.tenant_id == tenant, include_aliases=True)


@event.listens_for(TenantSession, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    session = state.session
    if not isinstance(session, TenantSession):
        raise TypeError("the event is registered for TenantSession alone")
    if not touches_tenant(state.statement):
        if isinstance(state.statement, TextClause) and _CHANGES_PLUGIN.match(state.statement.text):
            session.info["changed"] = True
        return
    tenant = session.serve()
    if (state.is_insert or state.is_update or state.is_delete) and not state.execution_options.get(UPKEEP):
        session.note_change(getattr(state.statement, "table", None))
    elif state.is_orm_statement and getattr(state.statement, "_for_update_arg", None) is not None:
        state.update_execution_options(populate_existing=True)  # what is locked is decided on as it is now
    if state.is_orm_statement and not state.is_insert and not joins_loosely(state.statement):
        state.statement = state.statement.options(_criteria(tenant))
    elif not state.is_insert or getattr(state.statement, "select", None) is not None:
        state.statement = with_tenant(cast(Any, state.statement), tenant)


@event.listens_for(TenantSession, "before_flush")
def _own_rows(session: TenantSession, _context: Any, _instances: Any) -> None:
    from core.database.model import TenantModel

    rows = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, TenantModel)]
    if not rows:
        return
    tenant = session.serve()
    for row in rows:
        session.note_change(row.__table__)
        owner: int | None = row.tenant_id
        if owner is None:
            row.tenant_id = tenant
        elif owner != tenant:
            raise TenantSwitch(f"a row of tenant {owner} in a session of tenant {tenant}")


@event.listens_for(TenantSession, "before_commit")
def _last_words(session: TenantSession) -> None:
    """Have said what is said once a transaction; the end of a savepoint, which SQLAlchemy calls a commit too, is not it."""
    if session.in_nested_transaction():
        return
    session.flush()
    depth = session.info.get("depth")
    session.info["depth"] = depth or 1  # what is called here joins this commit, whoever asked for it
    try:
        if "tables" in session.info:
            for look in before_write_commits:
                look(session, session.info["tables"])
        if session.info.pop("changed", False):
            for call in before_change_commits:
                call(session)
    finally:
        session.info["depth"] = depth or 0
    session.info.pop("changed", None)
    session.info.pop("written", None)
    session.info.pop("tables", None)


@event.listens_for(TenantSession, "after_rollback")
def _forget(session: TenantSession) -> None:
    """Forget what a transaction had changed. What stood before a savepoint that was rolled back still stands."""
    if session.in_nested_transaction():
        return
    session.info.pop("changed", None)
    session.info.pop("written", None)
    session.info.pop("tables", None)


@event.listens_for(TenantSession, "after_soft_rollback")
def _undone(session: TenantSession, undone: SessionTransaction) -> None:
    """What a savepoint took back is no half-done change any more."""
    half = session.info.get("half_done")
    while half is not None and half is not undone:
        half = half.parent
    if half is not None or not undone.nested:
        session.info.pop("half_done", None)


class HalfDone(RuntimeError):
    """An inner block failed after it had written, and whoever called it went on as if nothing had happened."""


@contextmanager
def transaction() -> Iterator[TenantSession]:
    """One transaction of the domain: the outermost block commits, inner ones join it, an exception rolls all back.

    Also usable as a decorator of an action. An inner block that fails after it has written leaves the whole unfit to
    be committed, even where its exception is caught on the way out: half of an action must not stay. To try
    something and go on without it, wrap it in ``session.begin_nested()``.

    :raises HalfDone: at the end of the outermost block, which is rolled back then.
    """
    from core.database.model import db

    session: TenantSession = db.session()  # type: ignore[assignment]
    if session.info.get("depth"):
        yield from _joined(session)
        return
    session.info["depth"] = 1
    session.info.pop("half_done", None)
    try:
        for call in at_transaction_start:
            call(session)
        yield session
        if session.info.get("half_done") is not None:
            raise HalfDone("an action failed half way inside a transaction that was to be committed")
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["depth"] = 0


def _joined(session: TenantSession) -> Iterator[TenantSession]:
    """An inner block of a transaction."""
    before = _written(session)
    try:
        yield session
    except BaseException:
        if _written(session) != before:
            session.info["half_done"] = session.get_nested_transaction() or session.get_transaction()
        raise


def _written(session: TenantSession) -> tuple[object, ...]:
    """A mark that differs once something was written or is about to be."""
    return session.info.get("written"), len(session.new), len(session.deleted), len(session.dirty)


def end_reads() -> None:
    """Commit what is open, so that the connection keeps its prepared statements (a rollback drops them)."""
    from core.database.model import db

    session = db.session()
    if current_tenant() is None or not session.in_transaction() or session.info.get("written"):
        return
    if session.new or session.deleted or any(session.is_modified(row) for row in session.dirty):
        return  # changes that no transaction() asked to keep are dropped with the session
    session.commit()
