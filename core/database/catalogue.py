"""What PostgreSQL's own catalogue must say for tenants to be apart: one query for each rule, each naming what breaks it.

Run after every migration, a plugin's included, by the tests, and by ``dangjian doctor`` as the application role itself
(reliability B1, I1–I10). A table is canonical, or it is global and says why, or it stands in :data:`LISTED`.
"""

# ruff: noqa: S608  (every text that goes into a query stands in this file)

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, text

from core.database.role_names import APPLICATION, SYSTEM

#: The canonical policy as PostgreSQL writes it back.
CANONICAL = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::bigint)"
#: Objects that break a rule on purpose, and why.
LISTED = MappingProxyType(
    {
        "K02 core.outbox relay": "the relay finds due rows of all tenants; it is granted no column that says what they are about",
        "K02 core.plugin_use operator": "the operator counts the tenants that use a plugin; it is granted no other column",
        "K05 core.ix_outbox_due": "the relay reads due rows of all tenants in order of time",
        "K15 platform.core_version": "the application compares the schema's revision with its own",
        "K15 platform.plugin_installation": "the application asks at its start whose tables are there",
        "K16 core.outbox": "the relay's seven columns, under its own policy",
        "K16 core.plugin_use": "which tenant uses which plugin, under the operator's own policy",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on the catalogue.

    :param query: gives one column: the names of what breaks the rule.
    """

    code: str
    what: str
    query: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks a rule."""

    code: str
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.code} {self.name}: {self.what}"


# Tables, functions and the rest that are ours: not PostgreSQL's own, not an extension's.
_OURS = """
    n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')
"""
_TABLES = f"""
    WITH ours AS (
        SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
               coalesce(obj_description(c.oid, 'pg_class'), '') AS said,
               (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS led
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND {_OURS.format(oid="c.oid")}
    ), tenant AS (SELECT * FROM ours WHERE said NOT LIKE '@global _%')
"""
_ROLES = f"('{APPLICATION}', '{SYSTEM}')"
_RELATIONS = f"""
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS.format(oid="c.oid")} AND
"""
_FUNCTIONS = f"""
    SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE {_OURS.format(oid="p.oid")} AND
"""

RULES = (
    Rule(
        "K01", "row security is not enabled and forced",
        _TABLES + "SELECT name FROM tenant WHERE NOT (relrowsecurity AND relforcerowsecurity)",
    ),
    Rule(
        "K02", "a policy other than the canonical one",
        _TABLES + f"""
        SELECT name || ' ' || p.polname FROM tenant JOIN pg_policy p ON p.polrelid = tenant.oid
        WHERE NOT (p.polpermissive AND p.polcmd = '*' AND p.polroles = '{{0}}'
                   AND coalesce(pg_get_expr(p.polqual, p.polrelid), '') = $canonical${CANONICAL}$canonical$
                   AND coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') = $canonical${CANONICAL}$canonical$)
        UNION ALL
        SELECT name || ' (none)' FROM tenant WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = tenant.oid)
        """,
    ),
    Rule(
        "K03", "no column tenant_id bigint NOT NULL without a default",
        _TABLES + """
        SELECT name FROM tenant LEFT JOIN pg_attribute a ON a.attrelid = tenant.oid AND a.attnum = tenant.led
        WHERE a.attnum IS NULL OR NOT a.attnotnull OR a.atttypid <> 'bigint'::regtype OR a.atthasdef OR a.attidentity <> ''
        """,
    ),
    Rule(
        "K04", "a key that does not begin with tenant_id tells that another tenant's row exists",
        _TABLES + """
        SELECT i.indexrelid::regclass::text FROM tenant JOIN pg_index i ON i.indrelid = tenant.oid
        WHERE (i.indisunique OR i.indisexclusion) AND i.indkey[0] IS DISTINCT FROM tenant.led
        UNION ALL
        SELECT name || ' (no primary key)' FROM tenant
        WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = tenant.oid AND i.indisprimary)
        """,
    ),
    Rule(
        "K05", "an index that does not begin with tenant_id is of no use under row security",
        _TABLES + """
        SELECT i.indexrelid::regclass::text FROM tenant JOIN pg_index i ON i.indrelid = tenant.oid
        WHERE NOT i.indisunique AND i.indkey[0] IS DISTINCT FROM tenant.led
        """,
    ),
    Rule(
        "K06", "a foreign key that does not pair tenant_id is checked past row security",
        _TABLES + """
        SELECT tenant.name || ' ' || f.conname
        FROM tenant JOIN pg_constraint f ON f.conrelid = tenant.oid AND f.contype = 'f'
             LEFT JOIN tenant parent ON parent.oid = f.confrelid
        WHERE parent.oid IS NULL OR f.conkey[1] IS DISTINCT FROM tenant.led OR f.confkey[1] IS DISTINCT FROM parent.led
              OR f.confupdtype NOT IN ('a', 'r')
              OR f.confdeltype IN ('n', 'd') AND (f.confdelsetcols IS NULL OR tenant.led = ANY (f.confdelsetcols))
        UNION ALL
        SELECT ours.name || ' ' || f.conname
        FROM ours JOIN pg_constraint f ON f.conrelid = ours.oid AND f.contype = 'f' JOIN tenant parent ON parent.oid = f.confrelid
        WHERE ours.said LIKE '@global _%'
        """,
    ),
    Rule("K07", "a table outside the product's schemas", _TABLES + "SELECT name FROM ours WHERE name LIKE 'public.%'"),
    Rule(
        "K08", "SECURITY DEFINER without a stated reason (@audited), of a superuser, or without a search_path of its own",
        _FUNCTIONS + """
        p.prosecdef AND (coalesce(obj_description(p.oid, 'pg_proc'), '') NOT LIKE '@audited _%'
            OR (SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles r WHERE r.oid = p.proowner)
            OR NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%'))
        """,
    ),
    Rule("K09", "a LEAKPROOF function sees rows before the policy does", _FUNCTIONS + "p.proleakproof"),
    Rule(
        "K10", "a view that reads as its owner",
        _RELATIONS + """
        c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false)
        """,
    ),
    Rule("K11", "a materialised or foreign table has no row security", _RELATIONS + "c.relkind IN ('m', 'f')"),
    Rule("K12", "a partition or child can be read past its parent", _RELATIONS + "EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent))"),
    Rule(
        "K13", "a sequence shows how much other tenants write",
        _RELATIONS + f"""
        CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('{APPLICATION}', c.oid, 'USAGE, SELECT, UPDATE') END
        """,
    ),
    Rule(
        "K14", "a right beyond reading and changing rows, or a right of everybody",
        f"""
        SELECT DISTINCT n.nspname || '.' || c.relname || ' ' || coalesce(r.rolname, 'PUBLIC') || ' ' || g.privilege_type
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE {_OURS.format(oid="c.oid")} AND (g.grantee = 0 OR r.rolname IN {_ROLES}
              AND (g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE') OR g.is_grantable))
        """,
    ),
    Rule(
        "K15", "the application role reaches a table of all tenants",
        _TABLES + f"""
        SELECT name FROM ours WHERE said LIKE '@global _%' AND (
            has_table_privilege('{APPLICATION}', oid, 'SELECT, INSERT, UPDATE, DELETE')
            OR has_any_column_privilege('{APPLICATION}', oid, 'SELECT, INSERT, UPDATE'))
        """,
    ),
    Rule(
        "K16", "the system role reaches a tenant's table",
        _TABLES + f"""
        SELECT name FROM tenant WHERE has_table_privilege('{SYSTEM}', oid, 'SELECT, INSERT, UPDATE, DELETE')
               OR has_any_column_privilege('{SYSTEM}', oid, 'SELECT, INSERT, UPDATE')
        """,
    ),
    Rule(
        "K17", "a role that may do more than a role of its kind, or belongs to another",
        f"""
        SELECT rolname FROM pg_roles WHERE rolname IN {_ROLES}
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
             OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid))
        """,
    ),
    Rule(
        "K18", "a role that owns or may create something",
        f"""
        SELECT r.rolname || ' ' || o.name FROM pg_roles r, LATERAL (
            SELECT c.oid::regclass::text FROM pg_class c WHERE c.relowner = r.oid
            UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.proowner = r.oid
            UNION ALL SELECT n.nspname FROM pg_namespace n WHERE n.nspowner = r.oid OR has_schema_privilege(r.oid, n.oid, 'CREATE')
            UNION ALL SELECT d.datname FROM pg_database d WHERE d.datname = current_database()
                      AND (d.datdba = r.oid OR has_database_privilege(r.oid, d.oid, 'CREATE, TEMPORARY'))
        ) AS o(name) WHERE r.rolname IN {_ROLES}
        """,
    ),
    Rule(
        "K19", "its owner is not bound by row security even when it is forced",
        _TABLES + """
        SELECT name FROM tenant JOIN pg_roles r ON r.oid = tenant.relowner WHERE r.rolsuper OR r.rolbypassrls
        """,
    ),
    Rule(
        "K20", "a setting that binds a tenant, or changes row security, for whole sessions",
        """
        SELECT coalesce(r.rolname, 'all') || ' ' || s.setting
        FROM pg_db_role_setting d LEFT JOIN pg_roles r ON r.oid = d.setrole, unnest(d.setconfig) AS s(setting)
        WHERE s.setting LIKE 'app.%' OR s.setting LIKE 'row\\_security=%' OR s.setting LIKE 'role=%'
        """,
    ),
    Rule(
        "K21", "a rewrite rule runs with its owner's rights",
        _TABLES + "SELECT name || ' ' || w.rulename FROM ours JOIN pg_rewrite w ON w.ev_class = ours.oid",
    ),
    Rule(
        "K22", "a trigger calls a SECURITY DEFINER function",
        _TABLES + """
        SELECT name || ' ' || t.tgname FROM tenant JOIN pg_trigger t ON t.tgrelid = tenant.oid AND NOT t.tgisinternal
               JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.prosecdef
        """,
    ),
)  # fmt: skip


def faults(connection: Connection, *, rules: Iterable[Rule] = RULES) -> list[Fault]:
    """Whatever breaks a rule in the connection's database and is not :data:`LISTED`; best called by any of our roles."""
    return [
        Fault(rule.code, name, rule.what)
        for rule in rules
        for name in connection.execute(text(rule.query.replace(":", "\\:"))).scalars()
        if f"{rule.code} {name}" not in LISTED
    ]
