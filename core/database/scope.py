"""Which tenant the present request, job or command serves: one context variable, bound once, never switched."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import has_app_context

_tenant: ContextVar[int | None] = ContextVar("dangjian_tenant", default=None)


class Unbound(RuntimeError):
    """Tenant data was asked for while no tenant is bound. A defect of the caller, never a user's mistake."""


class TenantSwitch(RuntimeError):
    """Code tried to serve a second tenant inside the first one's scope."""


def current_tenant() -> int | None:
    """The bound tenant's id, or ``None``."""
    return _tenant.get()


def tenant_id() -> int:
    """The bound tenant's id.

    :raises Unbound: when there is none.
    """
    tenant = _tenant.get()
    if tenant is None:
        raise Unbound("no tenant is bound: wrap the work in core.database.bound(tenant_id=…)")
    return tenant


class NoTransaction(RuntimeError):
    """A connection in autocommit was to read tenant data: nothing would tell PostgreSQL whom it serves."""


@contextmanager
def bound(*, tenant_id: int) -> Iterator[None]:
    """Bind a tenant for the length of the block: how jobs and commands say whom they serve.

    :raises TenantSwitch: when another tenant is bound already.
    """
    before = _tenant.get()
    if before is not None and before != tenant_id:
        raise TenantSwitch(f"tenant {before} is bound; finish its work before serving tenant {tenant_id}")
    token = _tenant.set(int(tenant_id))
    try:
        yield
    finally:
        try:
            if before is None:
                _release()
        finally:
            _tenant.reset(token)


def _release() -> None:
    """End the session that served the tenant: the next tenant of this command or job gets one of its own."""
    from core.database.model import db

    if has_app_context() and db.session.registry.has():
        db.session.remove()


def bind_for_request(tenant: int | None) -> None:
    """Set the tenant of the request that now begins (``None`` clears it). Only the tenancy part calls this."""
    _tenant.set(tenant)


def binding_statement() -> str:
    """The statement that tells PostgreSQL whom this transaction serves.

    It is always sent, with an empty value when there is no tenant: a pooled connection on which somebody left a
    session-level setting must not answer for that tenant (reliability C5). A statement rather than ``set_config``,
    because a distributed PostgreSQL propagates only ``SET LOCAL``.
    """
    tenant = _tenant.get()
    return "SET LOCAL app.tenant_id = ''" if tenant is None else f"SET LOCAL app.tenant_id = '{int(tenant)}'"
