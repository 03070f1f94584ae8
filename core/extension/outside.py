"""What a plugin's migration must leave alone: everything outside its own schema.

Taken before and after, inside the migration's own transaction, by the owner of the schema: what differs was touched.
"""

# ruff: noqa: S608  (every text that goes into a query stands in this file)

from sqlalchemy import Connection, text

#: Query → what it looks at; each gives (name, state) of every object outside the schema ``:schema``.
_LOOKS = {
    "relation": """
        SELECT n.nspname || '.' || c.relname,
               concat_ws('|', c.oid, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.reloptions)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    """,
    "column": """
        SELECT n.nspname || '.' || c.relname || '.' || a.attname,
               concat_ws('|', a.attnum, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, a.attisdropped, a.attacl,
                         a.attcollation, pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    """,
    "constraint": """
        SELECT n.nspname || '.' || coalesce(r.relname, '') || ' ' || c.conname,
               concat_ws('|', c.oid, c.convalidated, pg_get_constraintdef(c.oid))
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace LEFT JOIN pg_class r ON r.oid = c.conrelid
        WHERE n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    """,
    "trigger": """
        SELECT t.tgrelid::regclass || ' ' || t.tgname, concat_ws('|', t.oid, t.tgenabled, pg_get_triggerdef(t.oid))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND n.nspname <> :schema
    """,
    "policy": """
        SELECT p.polrelid::regclass || ' ' || p.polname,
               concat_ws('|', p.oid, p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid),
                         pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname <> :schema
    """,
    "function": """
        SELECT p.oid::regprocedure::text, concat_ws('|', p.prosecdef, p.proacl, p.proconfig, md5(p.prosrc), p.proowner)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    """,
    "schema": """
        SELECT n.nspname, concat_ws('|', n.nspowner, n.nspacl) FROM pg_namespace n
        WHERE n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%'
    """,
    "type": """
        SELECT n.nspname || '.' || t.typname, t.oid::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype IN ('d', 'e') AND n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%'
              AND n.nspname <> 'information_schema'
    """,
    "extension": "SELECT extname, extversion FROM pg_extension WHERE :schema <> ''",
    "default right": "SELECT oid::text, defaclacl::text FROM pg_default_acl WHERE :schema <> ''",
}
#: Locks on others' tables that reading, and a foreign key into the core, take.
_HARMLESS = "('AccessShareLock', 'RowShareLock')"
_LOCKS = f"""
    SELECT DISTINCT n.nspname || '.' || c.relname || ' ' || l.mode
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.granted AND n.nspname <> :schema AND n.nspname NOT LIKE 'pg\\_%'
          AND n.nspname <> 'information_schema' AND l.mode NOT IN {_HARMLESS}
          AND NOT (n.nspname = 'core' AND l.mode = 'ShareRowExclusiveLock')
    ORDER BY 1
"""

Picture = dict[tuple[str, str], str]


def picture(connection: Connection, schema: str) -> Picture:
    """Everything outside a schema, as it is now: (kind, name) → state."""
    return {
        (kind, name): state
        for kind, query in _LOOKS.items()
        for name, state in connection.execute(text(query), {"schema": schema})
    }


def touched(before: Picture, after: Picture) -> list[str]:
    """What differs, one sentence each."""
    found = []
    for kind, name in sorted(before.keys() | after.keys()):
        old, new = before.get((kind, name)), after.get((kind, name))
        if old != new:
            what = "makes" if old is None else "removes" if new is None else "changes"
            found.append(f"it {what} the {kind} {name} outside its own schema")
    return found


def locks(connection: Connection, schema: str, *, dropping: bool = False) -> list[str]:
    """Locks the transaction holds on others' tables that would stop their readers or writers, or that wrote there.

    :param dropping: whether tables go; a foreign key to the core can't be dropped without locking what it refers to.
    """
    held = connection.execute(text(_LOCKS), {"schema": schema}).scalars()
    allowed = [
        lock for lock in held if not (dropping and lock.startswith("core.") and lock.endswith(" AccessExclusiveLock"))
    ]
    return [f"it holds {lock} on a table that is not its own" for lock in allowed]
