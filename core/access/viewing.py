"""Tell the page shell who looks at the page."""

from flask import Flask, g

from core import clock
from core.access.actor import Actor
from core.access.gate import PUBLIC, may, requires
from core.tenancy.memory import TenantMemory
from core.web.viewer import NOBODY, Viewer, provide


def look() -> Viewer:
    """The viewer of the running request."""
    tenant: TenantMemory | None = g.get("tenant")
    if tenant is None:
        return NOBODY
    who: Actor | None = g.get("actor")
    if who is None:
        return Viewer(tenant=tenant.title)
    home = who.home(clock.today())
    locale = who.preferences.get("locale")
    return Viewer(
        name=who.name,
        tenant=tenant.title,
        may=may,
        unit=home.unit_name if home else "",
        locale=str(locale) if locale else None,
        large=bool(who.preferences.get("large")),
        version=f"{tenant.id}.{tenant.version}.{who.account_id}.{clock.today()}",
    )


def register(app: Flask) -> None:
    """Connect accounts to the shell."""
    provide(app, look)
    for endpoint in ("web.display",):
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = requires(PUBLIC)(app.view_functions[endpoint])
