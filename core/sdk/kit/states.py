"""What a tenant holds of the plugin, as digests that can be compared."""

# ruff: noqa: S608  (names are the metadata's)

from collections.abc import Iterator

from sqlalchemy import DateTime, text

from core.sdk.kit.ground import Ground, Place

#: Tables of the core whose rows a plugin causes, and the column by which its own are told.
CAUSED = {"core.event": "name", "core.message": "kind", "core.stored_file": "purpose"}


def state(ground: Ground, place: Place, *, moments: bool = True) -> dict[str, str]:
    """Table → digest of the tenant's rows, of the plugin's tables and of what it caused in the core's.

    :param moments: whether columns of moments count; a repetition may note when it last ran.
    """
    with ground.judge.connect() as connection:
        query = " UNION ALL ".join(_digests(ground, moments=moments))
        return {name: str(digest) for name, digest in connection.execute(text(query), {"t": place.id})}


def _digests(ground: Ground, *, moments: bool) -> Iterator[str]:
    for table in ground.tables:
        left_out = [] if moments else [one.name for one in table.c if isinstance(one.type, DateTime)]
        minus = " ".join(f"- '{name}'" for name in left_out)
        yield _digest(table.name, f"to_jsonb(t) {minus}", f"{table} t WHERE tenant_id = :t")
    for name, column in CAUSED.items():
        yield _digest(name, f"t.{column}", f"{name} t WHERE tenant_id = :t AND {column} LIKE '{ground.name}.%'")


def _digest(name: str, what: str, of: str) -> str:
    agree = "count(*) || ':' || md5(coalesce(string_agg(v, '|' ORDER BY v), ''))"
    return f"SELECT '{name}', {agree} FROM (SELECT ({what})::text AS v FROM {of}) x"


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in before if before[name] != after.get(name))
