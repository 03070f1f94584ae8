"""Alembic's environment for one plugin's revisions: everything is handed over by ``core.extension.installation``."""

from alembic import context

import core.database.operations  # noqa: F401  (registers create_tenant_table)

options = context.config.attributes
context.configure(
    connection=options["connection"],
    version_table="version",
    version_table_schema=options["schema"],
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
