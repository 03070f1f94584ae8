"""Migration operations that make a table the way every table of its kind has to be.

``op.create_tenant_table`` makes the primary key lead with ``tenant_id``, switches row security on and forces it, and
adds the one canonical policy; ``op.create_global_table`` asks for the reason why a table belongs to nobody.
The catalogue test (tests/isolation) refuses anything else.
"""

from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation

from core.database.model import NAMING
from core.database.role_names import APPLICATION, SYSTEM

#: Text of the canonical policy. ``nullif``: after a transaction the setting is '' rather than absent (reliability I3).
OWN_ROWS = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


@Operations.register_operation("create_tenant_table")
class CreateTenantTable(MigrateOperation):
    """Create a table of tenant rows."""

    def __init__(self, name: str, *parts: Any, schema: str = "core", key: tuple[str, ...], rights: str) -> None:
        self.name, self.parts, self.schema, self.key, self.rights = name, parts, schema, key, rights

    @classmethod
    def create_tenant_table(
        cls,
        operations: Operations,
        name: str,
        *parts: Any,
        schema: str = "core",
        key: tuple[str, ...] = ("id",),
        rights: str = EVERYTHING,
    ) -> None:
        """Create ``schema.name`` with ``tenant_id`` and ``id``, canonical row security, and rights of the application.

        :param parts: further columns and constraints.
        :param key: columns of the primary key after ``tenant_id``.
        :param rights: what the application role may do; append-only tables leave out UPDATE and DELETE.
        """
        operations.invoke(cls(name, *parts, schema=schema, key=key, rights=rights))


@Operations.implementation_for(CreateTenantTable)
def _create_tenant_table(operations: Operations, operation: CreateTenantTable) -> None:
    full = f"{operation.schema}.{operation.name}"
    operations.create_table(
        operation.name,
        sa.Column("tenant_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("id", sa.Uuid, nullable=False),
        *operation.parts,
        sa.PrimaryKeyConstraint("tenant_id", *operation.key, name=NAMING["pk"] % {"table_name": operation.name}),
        schema=operation.schema,
    )
    secure(operations, full)
    operations.execute(f"GRANT {operation.rights} ON {full} TO {APPLICATION}")


def secure(operations: Operations, full: str) -> None:
    """Switch on the canonical row security of a table."""
    operations.execute(f"ALTER TABLE {full} ENABLE ROW LEVEL SECURITY")
    operations.execute(f"ALTER TABLE {full} FORCE ROW LEVEL SECURITY")
    operations.execute(f"CREATE POLICY tenant ON {full} USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})")


@Operations.register_operation("create_global_table")
class CreateGlobalTable(MigrateOperation):
    """Create a table that belongs to no tenant."""

    def __init__(self, name: str, *parts: Any, reason: str, schema: str) -> None:
        self.name, self.parts, self.reason, self.schema = name, parts, reason, schema

    @classmethod
    def create_global_table(
        cls, operations: Operations, name: str, *parts: Any, reason: str, schema: str = "platform"
    ) -> None:
        """Create ``schema.name``, which the application role cannot touch; the reason is kept as its comment."""
        operations.invoke(cls(name, *parts, reason=reason, schema=schema))


@Operations.implementation_for(CreateGlobalTable)
def _create_global_table(operations: Operations, operation: CreateGlobalTable) -> None:
    operations.create_table(operation.name, *operation.parts, schema=operation.schema)
    reason = operation.reason.replace("'", "''")
    operations.execute(f"COMMENT ON TABLE {operation.schema}.{operation.name} IS '@global {reason}'")
    operations.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {operation.schema}.{operation.name} TO {SYSTEM}")
