"""What a tenant holds of the plugin, as digests that can be compared."""

# ruff: noqa: S608  (names are the metadata's)

from sqlalchemy import Connection, DateTime, text

from core.sdk.kit.ground import Ground, Place

#: Tables of the core whose rows a plugin causes, and the column by which its own are told.
CAUSED = {"core.event": "name", "core.message": "kind", "core.stored_file": "purpose"}


def state(ground: Ground, place: Place, *, moments: bool = True) -> dict[str, str]:
    """Table → digest of the tenant's rows, of the plugin's tables and of what it caused in the core's.

    :param moments: whether columns of moments count; a repetition may note when it last ran.
    """
    with ground.judge.connect() as connection:
        found = {}
        for table in ground.tables:
            left_out = [] if moments else [one.name for one in table.c if isinstance(one.type, DateTime)]
            minus = " ".join(f"- '{name}'" for name in left_out)
            found[table.name] = _digest(connection, f"to_jsonb(t) {minus}", f"{table} t WHERE tenant_id = :t", place)
        for name, column in CAUSED.items():
            found[name] = _digest(
                connection, f"t.{column}", f"{name} t WHERE tenant_id = :t AND {column} LIKE '{ground.name}.%'", place
            )
        return found


def _digest(connection: Connection, what: str, of: str, place: Place) -> str:
    query = f"SELECT count(*) || ':' || md5(coalesce(string_agg(v, '|' ORDER BY v), '')) FROM (SELECT ({what})::text AS v FROM {of}) x"
    return str(connection.execute(text(query), {"t": place.id}).scalar_one())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in before if before[name] != after.get(name))
