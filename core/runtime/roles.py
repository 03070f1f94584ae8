"""The database and its three login roles, made on any PostgreSQL from 15 on, embedded or not.

=================  ==========================================================================================
dangjian_owner     owns the database and all tables; migrations only
dangjian_app       web, jobs and commands: row-level security binds it; owns nothing, creates nothing
dangjian_system    the relay and the courier: may look across tenants only where a policy names it
=================  ==========================================================================================

None is a superuser, none bypasses row-level security, none makes roles or databases.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from core.runtime.secrets import SecretStore

OWNER, APP, SYSTEM = "dangjian_owner", "dangjian_app", "dangjian_system"
DATABASE = "dangjian"
MIN_VERSION = 15
_LOGIN = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"

#: How long one statement, and one transaction in which nothing happens, may take. Kept with the role, so that it also
#: holds behind a pooler.
_PATIENCE = {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "5min"}


class CannotPrepare(Exception):
    """The database can't be prepared with the given role; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """How each role reaches the database."""

    owner: str
    app: str
    system: str


def psycopg_url(url: str) -> str:
    """The URL as libpq takes it: SQLAlchemy's ``postgresql+psycopg://`` without the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def may_prepare(url: str) -> bool:
    """Whether the role of ``url`` can make roles and databases."""
    with psycopg.connect(psycopg_url(url), connect_timeout=10) as connection:
        return _is_admin(connection)


def prepare_database(
    admin_url: str, *, secrets: SecretStore, database: str = DATABASE, reset_passwords: bool = False
) -> DatabaseUrls:
    """Make or check the three roles and the database. Calling it again changes nothing.

    :param admin_url: a superuser, or a role with CREATEROLE and CREATEDB, at any existing database.
    :param secrets: where the roles' passwords are kept, and made on the first call.
    :param reset_passwords: give the roles new passwords when theirs are not in ``secrets``.
    :raises CannotPrepare: server too old, role without the right, roles of another installation, wrong database.
    """
    admin = make_url(admin_url).set(drivername="postgresql")
    with psycopg.connect(
        admin.render_as_string(hide_password=False), autocommit=True, connect_timeout=10
    ) as connection:
        _check_admin(connection)
        # two installers at once: CREATE ROLE has no IF NOT EXISTS. The lock is one of this server's, not of a tenant
        connection.execute("SELECT pg_advisory_lock(hashtextextended('dangjian.prepare_database', 0))")
        for role in (OWNER, APP, SYSTEM):
            _prepare_role(connection, role, secrets, admin, reset_passwords)
        for name, value in _PATIENCE.items():
            for role in (APP, SYSTEM):
                _execute(connection, f"ALTER ROLE {{}} SET {name} = '{value}'", role)
        _prepare_database(connection, database)
    urls = DatabaseUrls(*(_role_url(admin, role, secrets, database) for role in (OWNER, APP, SYSTEM)))
    _close_to_public(urls.owner, database)
    return urls


def _is_admin(connection: psycopg.Connection) -> bool:
    found = connection.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(found and found[0])


def _check_admin(connection: psycopg.Connection) -> None:
    if connection.info.server_version < MIN_VERSION * 10000:
        raise CannotPrepare(
            f"PostgreSQL 版本过低（{connection.info.server_version // 10000}），需要 {MIN_VERSION} 或更高。"
        )
    if not _is_admin(connection):
        raise CannotPrepare(
            f"角色 {connection.info.user} 不能建立角色和数据库（需要超级用户，或同时具有 CREATEROLE 与 CREATEDB）。"
        )


def less(role: str) -> str:
    """The statement that takes from a role what none of ours may have."""
    return f'ALTER ROLE "{role}" NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;'


def _prepare_role(connection: psycopg.Connection, role: str, secrets: SecretStore, admin: URL, reset: bool) -> None:
    found = connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = %s", (role,)
    ).fetchone()
    known = secrets.get(f"{role}_password") is not None
    password = secrets.get_or_make(f"{role}_password")
    if found is None:
        _execute(connection, f"CREATE ROLE {{}} {_LOGIN} PASSWORD {{}}", role, password)
        return
    if any(found):
        raise CannotPrepare(
            f"角色 {role} 已存在，但权限过大（超级用户、绕过行级安全或可建库建角色）。请先以超级用户执行：{less(role)}"
        )
    if known and not reset and _password_works(admin, role, password):
        return
    if not known and not reset:
        raise CannotPrepare(
            f"这台服务器上已有角色 {role}，但本数据目录没有它的口令（可能属于另一套安装）。"
            "请设置 DANGJIAN_DATABASE_URL 等连接地址，或用 dangjian db init --reset-passwords 重设口令。"
        )
    _execute(connection, "ALTER ROLE {} LOGIN PASSWORD {}", role, password)


def _password_works(admin: URL, role: str, password: str) -> bool:
    """Whether the role signs in. A role that may not connect to the administrator's database has still shown its password."""
    url = admin.set(username=role, password=password)
    try:
        psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        return "CONNECT privilege" in str(error)
    return True


def _prepare_database(connection: psycopg.Connection, database: str) -> None:
    _join_owner(connection)
    found = connection.execute(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", (database,)
    ).fetchone()
    if found is None:
        _create_database(connection, database)
    elif found[0] != OWNER:
        raise CannotPrepare(
            f"数据库 {database} 已存在，但所有者是 {found[0]}，不是 {OWNER}。请换一个数据库名或更改所有者。"
        )
    elif found[1] != "UTF8":
        raise CannotPrepare(f"数据库 {database} 的编码是 {found[1]}，必须是 UTF8。")


def _join_owner(connection: psycopg.Connection) -> None:
    """A role that is no superuser must be a member of the owner to make a database for it."""
    member = connection.execute(
        "SELECT pg_has_role(current_user, %s, 'USAGE') AND pg_has_role(current_user, %s, 'MEMBER')", (OWNER, OWNER)
    ).fetchone()
    if not (member and member[0]):
        _execute(connection, "GRANT {} TO CURRENT_USER", OWNER)


def _create_database(connection: psycopg.Connection, database: str) -> None:
    """Text is compared by code point everywhere (Chinese order is a stored pinyin key); letters are known as Unicode's."""
    common = f"CREATE DATABASE {{}} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' "
    try:
        _execute(connection, common + "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'", database)
    except (psycopg.errors.WrongObjectType, psycopg.errors.InvalidParameterValue):
        # a system without that locale; or a cluster whose default provider is not libc
        provider = "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
        if connection.info.server_version >= 170000:
            provider = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
        _execute(connection, common + provider, database)


def _close_to_public(owner_url: str, database: str) -> None:
    """Nobody but the three roles gets in; nobody but the owner makes temporary tables or schemas."""
    with psycopg.connect(psycopg_url(owner_url), connect_timeout=10) as connection:
        _execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
        for role in (APP, SYSTEM):
            _execute(connection, f"REVOKE ALL ON DATABASE {{}} FROM {role}", database)
            _execute(connection, f"GRANT CONNECT ON DATABASE {{}} TO {role}", database)
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def _role_url(admin: URL, role: str, secrets: SecretStore, database: str) -> str:
    password = secrets.get_or_make(f"{role}_password")
    return admin.set(username=role, password=password, database=database).render_as_string(hide_password=False)


def _execute(connection: psycopg.Connection, text: str, name: str, literal: str | None = None) -> None:
    values = [sql.Identifier(name), *([] if literal is None else [sql.Literal(literal)])]
    connection.execute(sql.SQL(text).format(*values))
