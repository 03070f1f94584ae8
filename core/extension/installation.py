"""A plugin's tables: made, brought up to date and removed by the owner, in one transaction that is checked before it counts.

A plugin keeps its revisions in ``migrations/`` below its package, as one line of Alembic files of its own; its tables lie
in the schema ``p_<name>``, with a version table of their own. So a plugin that is gone never stands in the way of
another's upgrade, and is removed by dropping its schema.
"""

import ast
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version
from sqlalchemy import Connection, create_engine, text

from core.database import catalogue
from core.database.migrate import LOCK, head, stands_at, upgrade
from core.database.role_names import APPLICATION, SYSTEM
from core.extension import outside
from core.extension.arrangement import arrange
from core.extension.discovery import Found, discover
from core.extension.manifest import Manifest
from core.extension.version import SDK

if TYPE_CHECKING:  # imported where something is migrated: what serves pages does without
    from alembic.config import Config

log = logging.getLogger(__name__)
FOLDER = "migrations"
_ENVIRONMENT = Path(__file__).parent / "revisions"
_NOTE = text("""
    INSERT INTO platform.plugin_installation AS p (name, title, version, schema_serial, state, problem)
    VALUES (:name, :title, :version, :serial, :state, :problem)
    ON CONFLICT (name) DO UPDATE SET title = excluded.title, version = excluded.version, state = excluded.state,
        schema_serial = CASE WHEN excluded.state = 'installed' THEN excluded.schema_serial ELSE p.schema_serial END,
        problem = excluded.problem, changed_at = now()
""")


class Unsound(RuntimeError):
    """A migration ran, but did something a plugin must not do. Everything it did is taken back.

    :param problems: one sentence each.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one plugin's tables. ``problem`` is empty where all went well."""

    name: str
    version: str
    serial: int
    problem: str = ""


def schema_of(name: str) -> str:
    """The schema of a plugin's tables."""
    return f"p_{name}"


def configuration(folder: Path, schema: str, connection: Connection) -> "Config":
    """Alembic's configuration for a plugin's revisions."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, schema=schema)
    return config


def upgrade_all(owner_url: str) -> tuple[str, list[Outcome]]:
    """Bring the core's tables and then every plugin's up to date; gives the core's revision and what became of each."""
    return upgrade(owner_url), install_all(owner_url)


def install_all(owner_url: str, found: tuple[Found, ...] | None = None) -> list[Outcome]:
    """Bring the tables of every usable plugin up to date; one that fails does not hold up the others."""
    places = {one.name: one for one in (discover() if found is None else found)}
    arranged = arrange((one.manifest for one in places.values() if one.manifest), sdk=Version(SDK), core_schema=head())
    return [install(owner_url, manifest, places[manifest.name].folder) for manifest in arranged.order]


def install(owner_url: str, manifest: Manifest, folder: Path | None, revision: str = "head") -> Outcome:
    """Bring one plugin's tables to a revision, or leave everything as it was and note why.

    :param folder: the plugin's package.
    """
    problem = ""
    revisions = folder / FOLDER if folder else None
    try:
        if manifest.schema_serial and revisions is not None:
            with _owner(owner_url) as connection:
                _migrate(connection, manifest.name, revisions, revision)
    except Exception as error:
        log.exception("the tables of plugin %s could not be brought up to date", manifest.name)
        problem = "; ".join(error.problems) if isinstance(error, Unsound) else f"{type(error).__name__}: {error}"
    outcome = Outcome(manifest.name, str(manifest.version), manifest.schema_serial, problem)
    with _owner(owner_url) as connection:
        connection.execute(
            _NOTE,
            {
                "name": manifest.name,
                "title": manifest.title,
                "version": outcome.version,
                "serial": outcome.serial if not problem else 0,
                "state": "failed" if problem else "installed",
                "problem": problem[:2000],
            },
        )
    return outcome


def _migrate(connection: Connection, name: str, revisions: Path, revision: str) -> None:
    schema = schema_of(name)
    if revision == "head" and (newest := _newest(revisions)) and stands_at(connection, f"{schema}.version") == newest:
        return  # as at almost every start; what was brought there was looked at then
    from alembic import command
    from alembic.script import ScriptDirectory

    heads = ScriptDirectory.from_config(configuration(revisions, schema, connection)).get_heads()
    if len(heads) != 1:
        raise Unsound([f"its revisions have {len(heads)} ends; they must form one line"])
    if revision == "head" and stands_at(connection, f"{schema}.version") == heads[0]:
        return
    faults_before = {str(fault) for fault in catalogue.faults(connection)}
    before = outside.picture(connection, schema)
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {APPLICATION}, {SYSTEM}"))
    down = revision == "base" or revision.startswith("-")
    (command.downgrade if down else command.upgrade)(configuration(revisions, schema, connection), revision)
    connection.execute(text(f"COMMENT ON TABLE {schema}.version IS '@global the revision the plugin''s tables are at'"))
    problems = [
        *outside.touched(before, outside.picture(connection, schema)),
        *outside.locks(connection, schema, dropping=down),
        *sorted({str(fault) for fault in catalogue.faults(connection)} - faults_before),
        *_keys_that_block(connection, schema),
    ]
    if problems:
        raise Unsound(problems)


def _newest(revisions: Path) -> str | None:
    """The end of a plugin's line of revisions, by its files alone; ``None`` where they do not plainly tell one.

    Alembic would import them all, at each start, to say the same.
    """
    told: list[tuple[object, object]] = []
    for file in revisions.glob("*.py"):
        if file.name != "__init__.py":
            try:
                named = dict(_assigned(ast.parse(file.read_bytes())))
                told.append((named["revision"], named["down_revision"]))
            except (SyntaxError, ValueError, KeyError):
                return None
    ends = {one for one, _ in told} - {before for _, before in told}
    end = ends.pop() if len(ends) == 1 else None
    return end if isinstance(end, str) and all(isinstance(before, str | None) for _, before in told) else None


def _assigned(module: ast.Module) -> Iterator[tuple[str, object]]:
    """The names of a module that are set to something written out."""
    for one in module.body:
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None:
            target = one.targets[0] if isinstance(one, ast.Assign) else one.target
            if isinstance(target, ast.Name) and target.id in ("revision", "down_revision"):
                yield target.id, ast.literal_eval(one.value)


def _keys_that_block(connection: Connection, schema: str) -> list[str]:
    """Foreign keys out of the schema that would keep the core from deleting its own rows."""
    found = connection.execute(
        text("""
            SELECT c.conrelid::regclass || ' ' || c.conname FROM pg_constraint c
            JOIN pg_namespace n ON n.oid = c.connamespace JOIN pg_class r ON r.oid = c.confrelid
            WHERE c.contype = 'f' AND n.nspname = :schema AND r.relnamespace <> c.connamespace
                  AND c.confdeltype NOT IN ('c', 'n')
        """),
        {"schema": schema},
    ).scalars()
    return [
        f"its foreign key {key} keeps a row of the core from being deleted: use CASCADE or SET NULL" for key in found
    ]


def schemas(owner_url: str) -> set[str]:
    """The plugins of which anything is in the database: tables, or a note that there were to be some."""
    with _owner(owner_url) as connection:
        found = connection.execute(
            text("""
                SELECT substr(nspname, 3) FROM pg_namespace WHERE nspname LIKE 'p\\_%'
                UNION SELECT name FROM platform.plugin_installation
            """)
        )
        return set(found.scalars())


def remove(owner_url: str, name: str) -> None:
    """Remove everything of a plugin from the database, whether its code is still there or not."""
    with _owner(owner_url) as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {schema_of(name)} CASCADE"))
        for tenant in connection.execute(text("SELECT id FROM platform.tenant ORDER BY id")).scalars().all():
            connection.execute(text(f"SET LOCAL app.tenant_id = '{int(tenant)}'"))
            for table in ("plugin_use", "plugin_setting", "plugin_task", "plugin_missed"):
                connection.execute(text(f"DELETE FROM core.{table} WHERE plugin = :name"), {"name": name})  # noqa: S608
            connection.execute(text("UPDATE core.tenant_state SET access_version = access_version + 1"))
        connection.execute(text("DELETE FROM platform.plugin_fault WHERE plugin = :name"), {"name": name})
        connection.execute(text("DELETE FROM platform.plugin_installation WHERE name = :name"), {"name": name})


@contextmanager
def _owner(owner_url: str) -> Iterator[Connection]:
    """One transaction as the owner, alone among migrations, that queues behind nobody's readers for long."""
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            connection.execute(text("SET LOCAL statement_timeout = '10min'"))
            yield connection
    finally:
        engine.dispose()
