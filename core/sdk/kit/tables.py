"""Checks of the plugin's tables: what the migrations make, what the catalogue says, whether the kit can fill them."""

# ruff: noqa: S608  (the only name in a query is a schema's, checked by the manifest)

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine

from core.database import catalogue
from core.database.model import Base
from core.extension.installation import install
from core.sdk.kit.contract import check
from core.sdk.kit.ground import Ground

_CATALOGUE = re.compile(r"^K\d\d ")


@contextmanager
def _owner(ground: Ground) -> Iterator[Connection]:
    engine = create_engine(ground.settings.database_owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _install(ground: Ground, revision: str) -> list[str]:
    """Bring the tables to a revision; gives what was wrong."""
    if ground.found.manifest is None:
        return []
    problem = install(ground.settings.database_owner_url, ground.found.manifest, ground.found.folder, revision).problem
    with ground.app.app_context():
        ground.host.forget_installed()
    return problem.split("; ") if problem else []


@check(
    "tables",
    "Make tables with op.create_tenant_table, let every index and key begin with tenant_id, and pair it in foreign keys.",
    running=False,
)
def tables(ground: Ground) -> list[str]:
    """Each of its tables is led by tenant_id and guarded by row security."""
    problem = ground.outcomes[ground.name].problem if ground.name in ground.outcomes else ""
    found = [one for one in problem.split("; ") if _CATALOGUE.match(one) or one.startswith("its foreign key")]
    with _owner(ground) as connection:
        found += [str(one) for one in catalogue.faults(connection) if f"{ground.schema}." in one.name]
    return sorted(set(found))


@check(
    "migrations",
    "One line of revisions below migrations/, each with a downgrade; name constraints as the models' naming does.",
    running=False,
)
def migrations(ground: Ground) -> list[str]:
    """Its migrations go up, down and up again, touch nothing of others, and give what its models say."""
    problem = ground.outcomes[ground.name].problem if ground.name in ground.outcomes else ""
    found = [
        one for one in problem.split("; ") if one and not _CATALOGUE.match(one) and not one.startswith("its foreign")
    ]
    if problem or not ground.runs or ground.found.manifest is None or not ground.found.manifest.schema_serial:
        return found
    for revision in ("base", "head"):
        found += [f"to {revision}: {one}" for one in _install(ground, revision)]
        if revision == "base" and not found:
            found += [f"going down leaves {name}" for name in _relations(ground)]
    return found or _drift(ground)


def _relations(ground: Ground) -> list[str]:
    with _owner(ground) as connection:
        query = (
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = '{ground.schema}' AND c.relkind IN ('r', 'v', 'S', 'm') AND c.relname <> 'version'"
        )
        return list(connection.exec_driver_sql(query).scalars())


def _drift(ground: Ground) -> list[str]:
    def own(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name == ground.schema
        if kind == "table":
            return parents.get("schema_name") == ground.schema and name != "version"
        return True

    with _owner(ground) as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_schemas": True, "include_name": own, "compare_type": True, "compare_server_default": False,
                  "include_object": lambda obj, _name, kind, _reflected, _other: (
                      kind != "table" or obj.schema == ground.schema)},
        )  # fmt: skip
        try:
            differences = compare_metadata(context, Base.metadata)
        except CommandError as error:
            return [str(error)]
    return [f"the models and the tables differ: {_said(one)}" for one in differences]


def _said(difference: Any) -> str:
    if isinstance(difference, list):
        return "; ".join(_said(one) for one in difference)
    return " ".join(str(getattr(part, "name", part)) for part in difference if part is not None)


@check(
    "rows",
    "Fill the table in register_sample_data: what holds no row in two tenants is judged by nobody.",
)
def rows(ground: Ground) -> list[str]:
    """Each of its tables can be filled, by its sample data or by what its models say."""
    _ = ground.pair
    found = [f"its sample data {key} could not be loaded: {why}" for key, why in ground.unloaded.items()]
    return found + [f"{table} could not be filled: {why}" for table, why in ground.unfilled.items()]
