"""Who asks, for which tenant, in one flush with the question itself."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from flask import abort, request, session
from flask_wtf.csrf import validate_csrf
from psycopg_pool import ConnectionPool

Row = tuple[Any, ...]

#: What the roles of the bench's accounts may do; the floor does not need more.
MAY = {"committee_officer": {"people.member.view", "people.member.edit", "organization.unit.view"}}

TENANT = "SELECT id, state FROM platform.tenant_by_slug(%s)"
ACCOUNT = """
    SELECT a.display_name, g.role, u.path, u.path_end
    FROM core.account a
    JOIN core.access_grant g ON g.tenant_id = a.tenant_id AND g.account_id = a.id
    JOIN core.unit u ON u.tenant_id = g.tenant_id AND u.id = g.unit_id
    WHERE a.tenant_id = %(tenant)s AND a.id = %(account)s AND a.state = 'active' AND a.session_epoch = %(epoch)s
      AND g.valid_from <= %(today)s AND (g.valid_to IS NULL OR g.valid_to > %(today)s)
"""


class Asking:
    """One request's connection to the database, its asker checked on the way."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection], slug: str, permission: str) -> None:
        self._pool, self._slug, self._permission = pool, slug, permission
        self.tenant = int(session.get("tenant") or abort(401))
        self.account = UUID(session["account"])
        self.name = ""
        self.ranges: list[tuple[str, str]] = []

    def ask(self, *questions: tuple[str, dict[str, Any]]) -> list[list[Row]]:
        """Run the questions for the asker; a list of rows for each."""
        with self.connection() as connection:
            return self.answers(connection, questions)

    def connection(self) -> AbstractContextManager[psycopg.Connection]:
        """A connection of the pool; a transaction left open in it is committed at the end of the block."""
        return self._pool.connection()

    def answers(
        self, connection: psycopg.Connection, questions: Sequence[tuple[str, dict[str, Any]]], *, commit: bool = True
    ) -> list[list[Row]]:
        """Begin, bind the tenant, look the asker up, run the questions, all in one flush."""
        own = {"tenant": self.tenant, "account": self.account, "epoch": session["epoch"], "today": date.today()}  # noqa: DTZ011, TID251
        with connection.pipeline():
            connection.execute(f"SET LOCAL app.tenant_id = '{self.tenant}'", prepare=False)
            tenant = connection.execute(TENANT, (self._slug,))
            grants = connection.execute(ACCOUNT, own)
            found = [connection.execute(sql, {"tenant": self.tenant, **given}) for sql, given in questions]
            if commit:
                connection.commit()
        if tenant.fetchall() != [(self.tenant, "active")]:
            abort(404)
        self._admit(grants.fetchall())
        return [cursor.fetchall() for cursor in found]

    def _admit(self, grants: list[Row]) -> None:
        self.ranges = [(path, end) for _, role, path, end in grants if self._permission in MAY.get(role, ())]
        if not self.ranges:
            abort(403)
        self.name = grants[0][0]

    def within(self, path: str) -> None:
        """Refuse, as if there were nothing, what lies outside the asker's reach."""
        if not any(start <= path < end for start, end in self.ranges):
            abort(404)


def check_change() -> None:
    """A change needs the session's own token."""
    validate_csrf(request.headers.get("X-CSRFToken"))
