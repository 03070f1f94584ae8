"""Tell the page shell who looks at the page."""

from flask import Flask, g

from core import clock
from core.access.actor import Actor
from core.access.gate import may, requires
from core.identity.preferences import choose
from core.tenancy.memory import TenantMemory
from core.web.shell import OPEN_TO
from core.web.viewer import NOBODY, Viewer, keeper, provide


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
        large=None if who.preferences.get("large") is None else bool(who.preferences["large"]),
        keys=who.preferences.get("keys") is not False,
        version=f"{tenant.id}.{tenant.version}.{who.account_id}.{clock.today()}",
    )


def register(app: Flask) -> None:
    """Connect accounts to the shell."""
    provide(app, look)
    keeper(app, lambda chosen: choose(account_id=g.actor.account_id, chosen=chosen))
    for endpoint, asked in OPEN_TO.items():
        app.view_functions[endpoint] = requires(asked)(app.view_functions[endpoint])
