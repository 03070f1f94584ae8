"""Reads of providers and links."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from core.database.read import row, rows
from core.identity.providers.kinds import open_kinds
from core.identity.providers.models import Link, Provider

_P, _L = Provider, Link
_SHOWN = select(
    _P.id, _P.kind, _P.title, _P.active, _P.settings, _P.matches, _P.links_on_first, _P.second_factor, _P.version
)
_ALL = _SHOWN.order_by(_P.created_at, _P.id)
_ONE = _SHOWN.where(_P.id == bindparam("provider"))
_ACTIVE = select(_P.id, _P.title, _P.kind).where(_P.active).order_by(_P.created_at, _P.id)
_LINKS = (
    select(_L.id, _L.provider_id, _P.title, _L.label, _L.linked_at, _L.last_used_at)
    .join(_P, (_P.tenant_id == _L.tenant_id) & (_P.id == _L.provider_id))
    .where(_L.account_id == bindparam("account"))
    .order_by(_L.linked_at)
)


class ProviderView(NamedTuple):
    """A provider as it is shown: never its secret."""

    id: UUID
    kind: str
    title: str
    active: bool
    settings: dict[str, Any]
    matches: str
    links_on_first: bool
    second_factor: bool
    version: int


class LinkView(NamedTuple):
    """A link of an account."""

    id: UUID
    provider_id: UUID
    provider: str
    label: str
    linked_at: datetime
    last_used_at: datetime | None


def providers() -> list[ProviderView]:
    """Every provider of the bound tenant."""
    return [ProviderView(*found) for found in rows(_ALL)]


def provider(which: UUID) -> ProviderView | None:
    """One provider."""
    found = row(_ONE, provider=which)
    return ProviderView(*found) if found else None


def active_providers() -> list[tuple[UUID, str]]:
    """Id and title of those that people may sign in by: active, and of a kind that is open to the tenant."""
    kinds = open_kinds()
    return [(which, title) for which, title, kind in rows(_ACTIVE) if kind in kinds]


def links_of(account: UUID) -> list[LinkView]:
    """The links of an account."""
    return [LinkView(*found) for found in rows(_LINKS, account=account)]
