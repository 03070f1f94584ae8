"""How the plugins of an installation do, for whoever runs it: faults, breakers, health, compatibility, what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from packaging.version import Version
from sqlalchemy import Connection, create_engine, delete, select, text, update

from core.database import bound, transaction
from core.database.migrate import head
from core.database.system import system_engine
from core.extension.arrangement import arrange
from core.extension.discovery import Found, discover
from core.extension.host import Host, Plugin, host
from core.extension.lifecycle import Installed, reasons_of
from core.extension.models import PluginFault, PluginInstallation
from core.extension.points import Call, Point
from core.extension.version import SDK
from core.identity.actions import rights_changed

#: How a plugin can do: its tables are to be made (waiting), could not be (failed), an operator holds it back (held), …
STATES = ("ok", "waiting", "failed", "held", "incompatible", "quarantined", "orphaned")
#: A health check is run while the operator waits.
_HEALTH = Point(Call.FILTER, "1.0", 3_000, "")
_i = PluginInstallation
_INSTALLED = select(_i.name, _i.title, _i.version, _i.schema_serial, _i.state, _i.problem)
_USES = text("SELECT plugin, state, count(*) FROM core.plugin_use GROUP BY plugin, state")
_TENANTS = text("SELECT DISTINCT tenant_id FROM core.plugin_use WHERE plugin = :plugin AND state = 'enabled'")
_FAULTS = text("""
    SELECT plugin, hook, what, sum(count), count(*) FILTER (WHERE of_tenant <> 0), min(first_at), max(last_at),
           (array_agg(trace ORDER BY last_at DESC))[1]
    FROM platform.plugin_fault WHERE CAST(:plugin AS text) IS NULL OR plugin = :plugin
    GROUP BY plugin, hook, what ORDER BY max(last_at) DESC LIMIT 200
""")


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure, over all tenants together.

    :param tenants: how many tenants met it; 0: it happened outside any.
    """

    plugin: str
    hook: str
    what: str
    count: int
    tenants: int
    first_at: datetime
    last_at: datetime
    trace: str


@dataclass(frozen=True, slots=True)
class Condition:
    """How one plugin does here.

    :param state: one of :data:`STATES`.
    :param serial: of its tables; ``wanted`` the one its code needs.
    :param used: tenants that have it on; ``kept`` tenants that have it off and may hold data.
    """

    name: str
    title: str
    version: str
    state: str
    reasons: tuple[str, ...]
    serial: int | None
    wanted: int | None
    sdk: str
    core_schema: str
    distribution: str
    trace: str
    used: int = 0
    kept: int = 0
    faults: int = 0
    breakers: tuple[str, ...] = ()

    @property
    def degraded(self) -> bool:
        """Whether it does not do what it is here for."""
        return self.state != "ok"


def conditions(connection: Connection) -> list[Condition]:
    """Every plugin of this process and database.

    :param connection: of the system role.
    """
    held = host()
    installed = {found[0]: Installed(*found) for found in connection.execute(_INSTALLED)}
    uses = {(name, state): count for name, state, count in connection.execute(_USES)}
    faults = {name: int(count) for name, count in connection.execute(
        select(PluginFault.plugin, text("sum(count)")).group_by(PluginFault.plugin)
    )}  # fmt: skip
    open_ones = held.calls.breaker.open()
    names = [*held.plugins, *sorted((installed.keys() | {name for name, _ in uses}) - held.plugins.keys())]
    return [
        _condition(
            name, held.plugins.get(name), installed.get(name),
            used=uses.get((name, "enabled"), 0),
            kept=uses.get((name, "disabled"), 0) + uses.get((name, "purging"), 0),
            faults=faults.get(name, 0),
            breakers=tuple(sorted({hook for plugin, hook, _ in open_ones if plugin == name})),
        )
        for name in names if name not in held.always
    ]  # fmt: skip


def _condition(
    name: str, plugin: Plugin | None, installed: Installed | None, *, used: int = 0, kept: int = 0, faults: int = 0,
    breakers: tuple[str, ...] = (),
) -> Condition:  # fmt: skip
    manifest = plugin.manifest if plugin else None
    reasons = reasons_of(plugin, installed)
    state = (
        "orphaned"
        if plugin is None
        else plugin.state
        if plugin.state != "loaded"
        else "held"
        if installed is not None and installed.state == "held"
        else "ok"
        if not reasons
        else "failed"
        if installed is not None and installed.state == "failed"
        else "waiting"
    )
    return Condition(
        name=name,
        title=manifest.title if manifest else installed.title if installed else name,
        version=str(manifest.version) if manifest else installed.version if installed else "",
        state=state,
        reasons=reasons,
        serial=installed.serial if installed else None,
        wanted=manifest.schema_serial if manifest else None,
        sdk=", ".join(sorted(map(str, manifest.sdk), reverse=True)) if manifest else "",
        core_schema=manifest.core_schema if manifest else "",
        distribution=plugin.found.distribution if plugin else "",
        trace=plugin.trace if plugin else "",
        used=used,
        kept=kept,
        faults=faults,
        breakers=breakers,
    )


def faults(connection: Connection, plugin: str | None = None) -> list[Fault]:
    """What failed, newest first. :param connection: of the system role."""
    found = connection.execute(_FAULTS, {"plugin": plugin})
    return [Fault(name, hook, what, int(count), *rest) for name, hook, what, count, *rest in found]


def health(name: str) -> list[tuple[str, bool, str]]:
    """Run a plugin's health checks, guarded: (check, whether all is well, what it says)."""
    held, plugin = host(), host().plugins.get(name)
    if plugin is None or plugin.state != "loaded":
        return []
    found = []
    for check in plugin.brought.get("register_health_checks", ()):
        done, said = held.calls.one(name, f"health:{check.key}", _HEALTH, None, check.check, {})
        found.append((check.key, done and not said, str(said or "") if done else "the check itself failed"))
    return found


def degraded(held: Host) -> list[str]:
    """The plugins this process keeps out, one line each; says nothing of why, anybody may read it."""
    return [f"plugin {one.name} {one.state}" for one in held.plugins.values() if one.state != "loaded"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A plugin looked at without a database and without starting it."""

    name: str
    version: str
    state: str
    problems: tuple[str, ...]


def examine(url: str, found: Sequence[Found] | None = None) -> Iterator[Checked]:
    """What manifests, arrangement and the registry of tables say; nothing of a plugin's code is imported."""
    places = {one.name: one for one in (discover() if found is None else found)}
    arranged = arrange((one.manifest for one in places.values() if one.manifest), sdk=Version(SDK), core_schema=head())
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            installed = {one[0]: Installed(*one) for one in connection.execute(_INSTALLED)}
    finally:
        engine.dispose()
    for one in places.values():
        problems = (*one.problems, *arranged.refused.get(one.name, ()))
        made = Plugin(one.name, one, one.manifest, "incompatible" if problems else "loaded", problems)
        seen = _condition(one.name, made, installed.get(one.name))
        yield Checked(one.name, seen.version, seen.state, seen.reasons)
    for name in sorted(installed.keys() - places.keys()):
        seen = _condition(name, None, installed[name])
        yield Checked(name, seen.version, seen.state, seen.reasons)


def hold(name: str) -> bool:
    """Hold a plugin back for every tenant, from the next request on; its data stay. Says whether it was at work."""
    return _set_state(name, "installed", "held")


def retry(name: str) -> bool:
    """Let a plugin that was held back work again where it is on, its breakers closed in this process."""
    host().calls.breaker.forget(name)
    return _set_state(name, "held", "installed")


def _set_state(name: str, before: str, after: str) -> bool:
    with system_engine().begin() as connection:
        mine = update(PluginInstallation).where(_i.name == name, _i.state == before).values(state=after)
        changed = connection.execute(mine).rowcount > 0
        tenants = list(connection.execute(_TENANTS, {"plugin": name}).scalars())
    host().forget_installed()
    for tenant in tenants if changed else ():
        with bound(tenant_id=tenant), transaction():
            rights_changed()
    return changed


def forget_faults(name: str) -> None:
    """Take the faults of a plugin off the list, and close its breakers in this process."""
    with system_engine().begin() as connection:
        connection.execute(delete(PluginFault).where(PluginFault.plugin == name))
    host().calls.breaker.forget(name)
