"""Where each plugin stands in its life for the bound tenant, and everything the plugin's page says of it.

available (code, no tables) → installed → enabled → disabled → purged (as installed); beside them purging, and three
states that are nobody's wish: incompatible (not loaded), quarantined (its code failed), orphaned (data, but no code).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.database.read import rows
from core.extension.actions import needing, with_needs
from core.extension.host import Host, Plugin, host
from core.extension.manifest import Manifest
from core.extension.models import PluginInstallation, PluginSetting, PluginUse

STATES = (
    "available", "installed", "enabled", "disabled", "purging", "purged", "incompatible", "quarantined", "orphaned",
)  # fmt: skip
_i, _u = PluginInstallation, PluginUse
_INSTALLED = select(_i.name, _i.title, _i.version, _i.schema_serial, _i.state, _i.problem)
_USES = select(_u.plugin, _u.state, _u.changed_at)
_CONFIGURED = select(PluginSetting.plugin).distinct()


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin's tables, as the registry of the database has them."""

    name: str
    title: str
    version: str
    serial: int
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A plugin as the bound tenant sees it.

    :param state: one of :data:`STATES`.
    :param used: what the tenant made of it (enabled, disabled, purging, purged), whatever became of its code; or none.
    :param configured: whether any setting is saved.
    :param reasons: why it can't be used, one sentence each; for the operator rather than for the tenant.
    """

    name: str
    title: str
    state: str
    used: str | None
    since: datetime | None = None
    plugin: Plugin | None = None
    installed: Installed | None = None
    configured: bool = False
    reasons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()

    @property
    def manifest(self) -> Manifest | None:
        """What it says of itself; none when its code is gone or unreadable."""
        return self.plugin.manifest if self.plugin else None

    @property
    def unreadable(self) -> bool:
        """Whether what is installed says nothing sound of itself: no match of versions could even be looked at."""
        return self.state == "incompatible" and self.manifest is None

    @property
    def version(self) -> str:
        """Of the code, else of the code that made its tables."""
        return str(self.manifest.version) if self.manifest else self.installed.version if self.installed else ""

    @property
    def can_enable(self) -> bool:
        """Whether switching it on could work now."""
        return self.state in ("installed", "disabled", "purged")

    @property
    def can_disable(self) -> bool:
        """Whether there is something to switch off, even if its code does not run."""
        return self.used == "enabled"

    @property
    def can_purge(self) -> bool:
        """Whether its data may be removed: never while it is on."""
        return self.used in ("disabled", "purging") or (self.state == "orphaned" and self.used != "enabled")

    @property
    def broken(self) -> bool:
        """Whether the tenant uses it and it does not work."""
        return self.used == "enabled" and self.state != "enabled"


@dataclass(slots=True)
class _Read:
    """The rows that tell the states, read together."""

    installed: Mapping[str, Installed]
    uses: Mapping[str, tuple[str, datetime]]
    configured: frozenset[str] = field(default_factory=frozenset)


def registry() -> dict[str, Installed]:
    """The plugins whose tables are, or were to be, in this database."""
    return {found[0]: Installed(*found) for found in rows(_INSTALLED)}


def standings() -> list[Standing]:
    """Every plugin the tenant may hear of: those there is code for, and those that left data behind with it."""
    held = host()
    read = _Read(
        registry(),
        {name: (state, since) for name, state, since in rows(_USES)},
        frozenset(name for (name,) in rows(_CONFIGURED)),
    )
    names = [*held.plugins, *sorted((read.installed.keys() | read.uses.keys()) - held.plugins.keys())]
    return [
        standing
        for standing in (_standing(held, name, read) for name in names if name not in held.always)
        if standing.state != "orphaned" or standing.used
    ]


def standing_of(name: str) -> Standing | None:
    """One plugin's, or none when nothing is known of it."""
    return next((one for one in standings() if one.name == name), None)


def _standing(held: Host, name: str, read: _Read) -> Standing:
    plugin, installed = held.plugins.get(name), read.installed.get(name)
    used, since = read.uses.get(name, (None, None))
    return Standing(
        name=name,
        title=plugin.title if plugin and plugin.manifest else installed.title if installed else name,
        state=_state(held, plugin, used, installed),
        used=used,
        since=since,
        plugin=plugin,
        installed=installed,
        configured=name in read.configured,
        reasons=reasons_of(plugin, installed),
        needs=tuple(one for one in with_needs(held, plugin) if one != name) if plugin and plugin.manifest else (),
        needed_by=tuple(one for one in needing(held, name) if read.uses.get(one, ("",))[0] == "enabled"),
    )


def _state(held: Host, plugin: Plugin | None, used: str | None, installed: Installed | None) -> str:
    if used == "purging":
        return "purging"
    if plugin is None:
        return "orphaned"
    if plugin.state != "loaded" or (installed is not None and installed.state == "held"):
        return plugin.state if plugin.state != "loaded" else "quarantined"
    if not held.usable(plugin.name):
        return "available"
    return used or "installed"


def reasons_of(plugin: Plugin | None, installed: Installed | None) -> tuple[str, ...]:
    """Why a plugin can't be used, one sentence each; empty when it can."""
    if plugin is None:
        return ("its code is not installed here; its data are",)
    found = list(plugin.problems)
    if installed is not None and installed.state == "held":
        return (*found, "an operator holds it back; retry it on the operators' page")
    if plugin.manifest and plugin.manifest.schema_serial:
        if installed is None:
            found.append("its tables are not made yet: run dangjian db upgrade")
        elif installed.state != "installed":
            found.append(f"its tables could not be brought up to date: {installed.problem}")
        elif installed.serial < plugin.manifest.schema_serial:
            found.append(
                f"its tables are at {installed.serial}, its code needs {plugin.manifest.schema_serial}: "
                "run dangjian db upgrade"
            )
    return tuple(found)


def brings(plugin: Plugin) -> list[tuple[str, list[str]]]:
    """What a loaded plugin adds to the product, in words: (kind, titles), kinds without any left out."""
    found: list[tuple[str, list[str]]] = []
    for hook, kind in _KINDS:
        given = plugin.brought.get(hook, ())
        titles = [str(getattr(one, "title", None) or getattr(one, "label", "")) for one in given]
        titles = list(dict.fromkeys(filter(None, titles)))
        if titles:
            found.append((str(kind), titles))
    return found


#: Boot hook → what people call what it gives; what has no title (pieces of pages, jobs) is nothing to read about.
_KINDS: Iterable[tuple[str, Any]] = (
    ("register_navigation", _l("导航入口")),
    ("register_widgets", _l("首页卡片")),
    ("register_actions", _l("按钮")),
    ("people_list_columns", _l("党员名册的列")),
    ("register_member_fields", _l("党员信息项")),
    ("register_deadlines", _l("待办和提醒")),
    ("register_notice_kinds", _l("通知种类")),
    ("register_reports", _l("报表")),
    ("register_exporters", _l("可导出的表")),
    ("register_indicators", _l("统计指标")),
    ("register_documents", _l("可打印的文书")),
    ("register_importers", _l("可导入的表格")),
    ("register_search", _l("搜索来源")),
    ("register_events", _l("对外事件")),
    ("register_policy", _l("规则参数")),
    ("register_roles", _l("角色")),
    ("register_identity_providers", _l("登录方式")),
)
