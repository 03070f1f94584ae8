"""The database: engine, tenant scope, session, fast reads, field encryption and migrations."""

from core.database.model import BytewiseText, Model, TenantModel, db, tenant_key, uuid7
from core.database.scope import TenantSwitch, Unbound, bound, current_tenant, tenant_id
from core.database.session import before_change_commits, transaction, watch

__all__ = [
    "BytewiseText",
    "Model",
    "TenantModel",
    "TenantSwitch",
    "Unbound",
    "before_change_commits",
    "bound",
    "current_tenant",
    "db",
    "tenant_id",
    "tenant_key",
    "transaction",
    "uuid7",
    "watch",
]
