"""All tables of the core in one metadata: for migrations, checks and tests."""

from importlib import import_module
from typing import Any

from sqlalchemy import MetaData

#: Every module of the core that maps tables.
MODEL_MODULES = (
    "core.tenancy.models",
    "core.policy.models",
    "core.audit.models",
    "core.importing.models",
    "core.mail.models",
    "core.events.models",
    "core.webhooks.models",
    "core.identity.models",
    "core.identity.token_models",
    "core.api.models",
    "core.identity.providers.models",
    "core.organization.models",
    "core.access.models",
    "core.people.models",
    "tenants.operators.models",
    "core.notices.models",
    "core.extension.models",
    "core.feedback.models",
    "core.privacy.models",
    "core.web.models",
    "core.files.models",
    "core.documents.models",
)


def metadata() -> MetaData:
    """The metadata with every core table mapped."""
    from core.database.model import Base

    for module in MODEL_MODULES:
        import_module(module)
    return Base.registry.metadata


def owned(thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Whether a database object is the core's to compare: a plugin's tables are its own affair."""
    if kind == "table":
        return thing.schema in ("core", "platform") and name != "core_version"
    return True
