"""Give an application its database, and refuse to serve over one that does not protect tenants."""

import logging

import psycopg
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, Conflict, ServiceUnavailable

from core.database.engine import engine_options, install
from core.database.model import db
from core.database.session import end_reads

_log = logging.getLogger(__name__)
_ROLE = text(
    """
    SELECT r.rolname, r.rolsuper, r.rolbypassrls,
           EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')) AS owns,
           EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS joined,
           (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'core' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS open
    FROM pg_roles r WHERE r.rolname = current_user
    """
)


class UnsafeDatabase(RuntimeError):
    """The database role could see past tenants: the application does not start."""


def register(app: Flask, *, url: str, prepare: bool = True, pool_size: int = 4) -> None:
    """Connect ``db`` to the application's database and end every request's reads with a commit."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(prepare=prepare, pool_size=pool_size)
    db.init_app(app)
    with app.app_context():
        install(db.engine)

    def unstorable(error: Exception) -> ResponseReturnValue:
        """A value no column can hold, such as text with a NUL: the sender's mistake, not ours."""
        _log.warning("a value the database cannot hold: %s", type(error).__name__)
        return app.handle_http_exception(BadRequest())

    app.register_error_handler(DataError, unstorable)
    app.register_error_handler(psycopg.DataError, unstorable)

    def outrun(error: Exception) -> ResponseReturnValue:
        """Somebody changed the row between its being read here and written: nothing was saved, and nothing is lost."""
        _log.warning("a row was changed by somebody else meanwhile: %s", error)
        db.session.rollback()
        return app.handle_http_exception(Conflict())

    app.register_error_handler(StaleDataError, outrun)

    def unreachable(error: Exception) -> ResponseReturnValue:
        """The database is restarting, gone or too busy: not the visitor's doing, and worth another try."""
        said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        _log.warning("database unreachable: %s: %s", type(error).__name__, said)
        db.session.rollback()
        return app.handle_http_exception(ServiceUnavailable(retry_after=5))

    for kind in (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError):
        app.register_error_handler(kind, unreachable)

    @app.after_request
    def commit_reads(response):  # type: ignore[no-untyped-def]
        if db.session.registry.has():
            end_reads()
        return response


def check_role(engine: Engine) -> None:
    """Refuse a role that is a superuser, bypasses row security, owns tables or can become another role; and open tables.

    :raises UnsafeDatabase: naming what is wrong.
    """
    with engine.connect() as connection:
        role = connection.execute(_ROLE).one()
        connection.commit()
    faults = [
        fault
        for bad, fault in (
            (role.rolsuper, "是超级用户"),
            (role.rolbypassrls, "可以绕过行级安全"),
            (role.owns, "拥有数据表"),
            (role.joined, "属于其他角色"),
            (role.open, f"能访问{role.open}张没有行级安全的表"),
        )
        if bad
    ]
    if faults:
        raise UnsafeDatabase(f"数据库角色 {role.rolname} {'，'.join(faults)}。请改用应用角色 dangjian_app。")
