"""Alembic's environment: the connection is handed over by ``core.database.migrate``."""

from alembic import context

import core.database.operations  # noqa: F401  (registers create_tenant_table and create_global_table)
from core.database.migrate import VERSION_SCHEMA, VERSION_TABLE
from core.database.schema import metadata, owned

context.configure(
    connection=context.config.attributes.get("connection"),
    dialect_name="postgresql",
    target_metadata=metadata(),
    include_schemas=True,
    include_object=owned,
    version_table=VERSION_TABLE,
    version_table_schema=VERSION_SCHEMA,
    transactional_ddl=True,
    transaction_per_migration=True,
    compare_type=True,
)
if context.is_offline_mode():
    context.execute("SET lock_timeout = '2s'")
with context.begin_transaction():
    context.run_migrations()
