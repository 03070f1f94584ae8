"""Engines whose every transaction says, before anything else, which tenant it serves."""

import select
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from core.database.scope import binding_statement


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
    """Attach the tenant binding and the liveness check to an engine; returns it.

    The binding hangs on the *engine's* begin event because a session's hook is not called for connections taken
    directly, and it always sets the value, so that nothing left on a pooled connection can answer (reliability C5).
    """
    event.listen(engine, "begin", _bind)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def make_engine(url: str, **options: Any) -> Engine:
    """An engine outside Flask (commands, jobs of the system role, tests)."""
    return install(create_engine(url, **{**engine_options(), **options}))


def _bind(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    driver.execute(binding_statement(), prepare=False)  # type: ignore[union-attr]


def _refuse_dead(dbapi: Any, record: Any, proxy: Any) -> None:
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
