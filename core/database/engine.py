"""Engines whose every transaction says, before anything else, which tenant it serves."""

import select
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from core.database.refused import note_refused
from core.database.scope import NoTransaction, TenantSwitch, binding_statement, current_tenant

#: Where a connection notes the tenant its transaction serves.
_SERVED = "dangjian.tenant"
_CLEAN = object()
_RESIDUE = b"RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()"


def engine_options(*, prepare: bool = True, pool_size: int = 4) -> dict[str, Any]:
    """Options of an application engine.

    :param prepare: server-side prepared statements; off behind a pooler that cannot keep them
        (pgbouncer before 1.21 in transaction mode mixes them up, reliability C5).
    """
    return {
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "pool_recycle": 1800,
        "connect_args": {
            "prepare_threshold": 5 if prepare else None,
            "application_name": "dangjian",
            "connect_timeout": 10,
        },
    }


def install(engine: Engine) -> Engine:
    """Attach the tenant binding, its guards and the liveness check to an engine; returns it.

    The binding hangs on the *engine's* begin event because a session's hook is not called for connections taken
    directly, and it always sets the value, so that nothing left on a pooled connection can answer (reliability C5).
    """
    event.listen(engine, "begin", _bind)
    event.listen(engine, "before_cursor_execute", _same_tenant)
    event.listen(engine, "checkout", _refuse_dead)
    event.listen(engine, "handle_error", note_refused)
    event.listen(engine, "reset", _leave_nothing)
    return engine


def make_engine(url: str, *, prepare: bool = True, **options: Any) -> Engine:
    """An engine outside Flask (commands, jobs of the system role, tests)."""
    return install(create_engine(url, **{**engine_options(prepare=prepare), **options}))


def _bind(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if driver.autocommit:
        raise NoTransaction("SET LOCAL means nothing in autocommit: use make_engine's connections as they are")
    connection.info[_SERVED] = current_tenant()
    driver.execute(binding_statement(), prepare=False)


def _same_tenant(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    """Refuse a statement of one tenant's scope in a transaction begun in another's."""
    check_served(connection, unless_savepoint=statement)


def check_served(connection: Connection, *, unless_savepoint: str = "") -> None:
    """Refuse to go on in a transaction that was begun for another tenant than the one bound now.

    :param unless_savepoint: the statement to come; a session that is torn down may still release its savepoints.
    :raises TenantSwitch: naming both.
    """
    served, tenant = connection.info.get(_SERVED), current_tenant()
    if served != tenant and not unless_savepoint.startswith(("ROLLBACK TO ", "RELEASE ")):
        raise TenantSwitch(f"this transaction was begun for tenant {served}, and tenant {tenant} is bound now")


def _leave_nothing(dbapi: Any, record: Any, state: Any) -> None:
    """Clear what a transaction may have left on the connection: settings, cursors, listening, advisory locks.

    Connections that only served fast reads are not touched: those run nothing that could leave anything.
    ``DISCARD ALL`` would throw away the prepared statements under psycopg's feet (reliability I12).
    """
    if state.terminate_only or record.info.pop(_SERVED, _CLEAN) is _CLEAN or dbapi.closed:
        return
    if dbapi.info.transaction_status != TransactionStatus.IDLE:
        dbapi.rollback()
    dbapi.pgconn.exec_(_RESIDUE)


def _refuse_dead(dbapi: Any, _record: Any, _proxy: Any) -> None:
    """Discard a pooled connection whose server has gone, without a round trip.

    An idle connection has nothing to read; when its socket is readable, the server has closed it (or is saying so).
    """
    try:
        descriptor = dbapi.fileno()
    except Exception as error:  # the connection is closed on our side already
        raise DisconnectionError from error
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):
        raise DisconnectionError
