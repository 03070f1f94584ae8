"""A tenant in which every text that people can read carries the tenant's own mark."""

import base64
import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import BigInteger, SmallInteger, String

from core.database import bound, uuid7
from core.database.schema import metadata
from core.identity.models import Account
from core.organization.models import Unit
from core.organization.paths import path_of
from core.tenancy.keys import keyring
from tenants.provision import NewTenant, add_account, create_tenant
from tests.conftest import PASSWORD

#: Columns that hold a code, a key or a state rather than words, with a value that is one.
CODES = {
    "type": "branch", "subtype": None, "domain": None, "unit_mode": None, "region_code": "350525", "state": None, "kind": None,
    "sex": "1", "ethnic": "01", "id_kind": "id_card", "education": "31", "degree": None, "standing": "formal", "marital": None,
    "post_code": "01", "how": "elected", "approval": "pending", "start_reason": "admitted", "end_reason": None,
    "cause": "admitted", "code": None, "role": "auditor", "password_hash": None, "nature": None, "industry": None, "field": "name",
    "key": None, "value": None,
}  # fmt: skip
#: The same for one table's column.
IN_TABLE = {
    "unit_change.kind": "rename", "unit_change.state": "submitted", "unit_change.submitted_on": date(2024, 5, 1), "unit_version.state": "active", "term_extension.kind": "extend",
    "plugin_missed.kind": "redact",
    "import_run.kind": "people", "import_run.state": "checked", "import_finding.severity": "BLOCK", "import_file.purpose": "original",
    "import_mapping.kind": "people", "import_effect.subject": "person", "unit_change.wanted": {"name": "改名"},
    "notice.state": "published", "disposal_item.outcome": "open", "identity_provider.settings": {"issuer": "https://id.invalid", "client_id": "c"}, "import_effect.before": {}, "import_mapping.columns": {}, "person_change.old": "甲", "person_change.new": "乙",
}  # fmt: skip
#: Tables the tenant's making fills itself, or whose rows mean something to the machinery.
#: What a signed suggestion leaves empty.
EMPTY = {"feedback_item.receipt_hash"}
#: Columns that say which account it was.
ACTING = {"author_id", "owner_id", "actor_id", "asked_by", "submitted_by"}
LEFT = {
    "unit_figures", "tenant_state", "field_key", "outbox", "account", "access_grant", "policy_value",
    "account_passkey", "account_hold", "account_recovery_code", "audit_seal", "audit_check", "audit_removal",
}  # fmt: skip
_numbers = itertools.count(1)


@dataclass
class Marked:
    """A tenant, its mark, and the ids of its rows by table; ``branches`` are two sibling units."""

    app: Flask
    tenant: NewTenant
    mark: str
    branches: tuple[UUID, UUID]
    ids: dict[str, list[UUID]] = field(default_factory=dict)
    #: what belongs to the second branch
    of_second: dict[str, UUID] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The base URL of its sub-domain."""
        return f"http://{self.tenant.slug}.dangjian.test"

    @property
    def every_id(self) -> list[UUID]:
        """All ids of its rows."""
        return [one for ids in self.ids.values() for one in ids]


def marked_tenant(app: Flask, judge: Engine) -> Marked:
    """Make one: two branches, a person in each, and a row of every other table for each branch."""
    mark = "m" + secrets.token_hex(8)
    with app.app_context():
        tenant = create_tenant(
            slug=f"c-{mark[1:9]}", title=f"{mark}智慧党建", root=f"中共{mark}县委员会", admin="admin", admin_name=f"{mark}管理员",
            password=PASSWORD,
        )  # fmt: skip
    branches = uuid7(), uuid7()
    made = Marked(app, tenant, mark, branches)
    with judge.begin() as connection:
        root_path, _ = connection.execute(select(Unit.path, Unit.path_end).where(Unit.id == tenant.root_unit_id)).one()
        for number, branch in enumerate(branches, 1):
            path, path_end = path_of(root_path, number)
            fixed = {
                "id": branch,
                "parent_id": tenant.root_unit_id,
                "path": path,
                "path_end": path_end,
                "depth": 1,
                "state": "active",
            }
            rows = {"unit": branch, "account": tenant.admin_id}
            _fill(connection, made, _table("unit"), rows, fixed)
            _fill(connection, made, _table("person"), rows, {"unit_id": branch, "group_id": None})
            for table in metadata().sorted_tables:
                if table.schema == "core" and table.name not in {"unit", "person", *LEFT}:
                    try:
                        with connection.begin_nested():
                            _fill(connection, made, table, rows, {})
                    except IntegrityError:  # one of a kind for an account or the tenant: the first branch has it
                        if number == 1:
                            raise
            if number == 2:
                made.of_second = rows
        connection.execute(text("UPDATE core.tenant_state SET next_unit = 10 WHERE tenant_id = :t"), {"t": tenant.id})
        connection.execute(
            update(Account).where(Account.tenant_id == tenant.id).values(person_id=made.ids["person"][0])
        )
        for name in ("account", "access_grant", "field_key", "tenant_state"):
            table = _table(name)
            made.ids[name] = list(connection.scalars(select(table.c.id).where(table.c.tenant_id == tenant.id)))
    return made


def _table(name: str) -> Table:
    return metadata().tables[f"core.{name}"]


def _fill(  # noqa: C901  (one line for each kind of column)
    connection: Any, made: Marked, table: Table, rows: dict[str, UUID], fixed: dict[str, Any]
) -> None:
    values: dict[str, Any] = {"tenant_id": made.tenant.id}
    targets = {
        element.parent.name: element.column.table.name
        for key in table.foreign_key_constraints
        for element in key.elements
        if element.parent.name != "tenant_id"
    }
    for column in table.columns:
        if column.name in fixed:
            values[column.name] = fixed[column.name]
        elif column.name in targets:
            target = targets[column.name]
            value = None if target == table.name and column.nullable else rows.get(target)
            if value is not None or not column.nullable:
                values[column.name] = value
        elif f"{table.name}.{column.name}" in EMPTY:
            values[column.name] = None
        elif column.name.removesuffix("_id") in rows and isinstance(column.type, Uuid):  # a link that no key guards
            values[column.name] = rows[column.name.removesuffix("_id")]
        elif column.name in ACTING and "account" in rows:
            values[column.name] = rows["account"]
        elif column.name not in values:
            value = IN_TABLE.get(f"{table.name}.{column.name}") or _allowed(column) or _value(column, made.mark)
            if isinstance(column.type, LargeBinary) and value is not None:
                value = _sealed(made, table.name, column.name, values["id"])
            if value is not None:
                values[column.name] = value
    connection.execute(insert(table).values(values))
    if "id" in values:
        rows[table.name] = values["id"]
        made.ids.setdefault(table.name, []).append(values["id"])


def _allowed(column: Any) -> str | None:
    """The first of the words that a check lets a column hold."""
    for one in column.table.constraints:
        found = re.match(rf"{column.name} IN \('([^']+)'", str(getattr(one, "sqltext", "")))
        if found:
            return found[1]
    return None


def _sealed(made: Marked, table: str, column: str, row: UUID) -> bytes:
    """The mark as the tenant's own keys encrypt it at that place."""
    with made.app.app_context(), bound(tenant_id=made.tenant.id):
        return keyring().encrypt(base64.b64encode(made.mark.encode()).decode(), table=table, column=column, row=row)


def _value(column: Any, mark: str) -> Any:
    if column.name == "id":
        return uuid7()
    kind = column.type
    if isinstance(kind, (Text, String)):
        if column.name in CODES:
            value = CODES[column.name]
            return (
                value
                if value is not None or column.nullable or column.server_default is not None
                else f"{mark}-code-{next(_numbers)}"
            )
        return f"{mark}-{column.name}-{next(_numbers)}"
    if column.server_default is not None or (column.nullable and not isinstance(kind, JSONB)):
        return None
    makers: dict[type, Callable[[], Any]] = {
        Uuid: uuid7, Boolean: lambda: False, Date: lambda: date(2024, 5, 1), DateTime: lambda: datetime(2024, 5, 1, tzinfo=UTC),
        BigInteger: lambda: 1, SmallInteger: lambda: 1, Integer: lambda: 1, Float: lambda: 1.0, LargeBinary: mark.encode, ARRAY: list,
        JSONB: lambda: {"note": mark},
    }  # fmt: skip
    return next(make() for kind_, make in makers.items() if isinstance(kind, kind_))


def branch_secretary(app: Flask, made: Marked) -> str:
    """An account that may work in the first branch alone; returns its login."""
    with app.app_context(), bound(tenant_id=made.tenant.id):
        add_account(
            login="zhibu", name=f"{made.mark}书记", password=PASSWORD, role="branch_secretary", unit_id=made.branches[0]
        )
    return "zhibu"


def fingerprint(judge: Engine, tenant: int) -> dict[str, str]:
    """A digest of all rows a tenant has, by table: nothing of another tenant's doing may change it."""
    with judge.connect() as connection:
        there = set(connection.scalars(text("SELECT schemaname || '.' || tablename FROM pg_tables")))
        return {
            table.name: connection.execute(
                text(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t WHERE tenant_id = :t"
                ),
                {"t": tenant},
            ).scalar_one()
            for table in metadata().sorted_tables
            if "tenant_id" in table.c and str(table) in there  # a plugin's classes may be loaded, its tables elsewhere
        }
