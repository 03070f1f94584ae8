"""The verbs of a tenant's plugins: switch on, switch off, set up. Each takes effect on the next request everywhere."""

from collections.abc import Mapping
from typing import Any

from flask import g
from sqlalchemy import delete, select

from core.audit.actions import origin, record
from core.database import tenant_id, transaction
from core.extension.host import Host, Plugin, host
from core.extension.models import PluginSetting, PluginUse
from core.extension.points import Call, Point
from core.extension.settings import checked, forget_settings, stored
from core.identity.actions import rights_changed
from core.policy.findings import Finding, Refused, Severity

#: How the functions of a plugin's own life are called: no budget, but a failure stops the step.
_LIFE = Point(Call.LIFECYCLE, "1.0", 0, "")


def _refuse(message: str, *, fix: str | None = None, code: str = "E_STATE", rule: str = "PL.01") -> Refused:
    return Refused([Finding(rule, Severity.BLOCK, "plugin", message, fix=fix, code=code)])


def _known(name: str) -> tuple[Host, Plugin]:
    held = host()
    plugin = held.plugins.get(name)
    if plugin is None or plugin.manifest is None:
        raise _refuse(f"没有名为“{name}”的插件。", code="E_REQUIRED")
    return held, plugin


def enable(*, name: str) -> tuple[str, ...]:
    """Switch a plugin on for the bound tenant, and before it those it requires; gives what was switched on, in order.

    :raises Refused: it is not installed here or not usable, or one of its own steps failed. Nothing is changed then.
    """
    held, plugin = _known(name)
    wanted = [one for one in _with_needs(held, plugin) if one not in held.enabled()]
    with transaction() as session:
        for one in wanted:
            if not held.usable(one):
                reasons = (
                    "；".join(held.plugins[one].problems) or "它的数据表还没有建立，请运维人员运行 dangjian db upgrade"
                )
                raise _refuse(f"插件“{held.plugins[one].title}”现在不能使用：{reasons}。")
            use = session.scalar(select(PluginUse).where(PluginUse.plugin == one).with_for_update())
            if use is not None and use.state == "purging":
                raise _refuse(f"插件“{held.plugins[one].title}”的数据正在清除，完成后才能再次启用。", rule="PL.02")
            if use is None:
                use = PluginUse(plugin=one)
                session.add(use)
            use.state, use.changed_by = "enabled", origin().actor_id
            session.flush()
            _step(held, one, "on_enable")
            held.calls.breaker.forget(one)
            record(kind="plugin.enabled", subject="plugin_use", subject_id=use.id, detail={"plugin": one})
        _changed()
    return tuple(wanted)


def disable(*, name: str) -> None:
    """Switch a plugin off for the bound tenant. Its data stay, invisible and harmless.

    :raises Refused: another enabled plugin needs it, or its own step failed.
    """
    held, plugin = _known_or_orphan(name)
    for other in held.enabled():
        manifest = held.plugins[other].manifest
        if manifest and any(need.name == name for need in manifest.requires):
            message = f"插件“{held.plugins[other].title}”需要它，不能停用。"
            raise _refuse(message, fix=f"请先停用“{held.plugins[other].title}”。", rule="PL.03")
    with transaction() as session:
        use = session.scalar(select(PluginUse).where(PluginUse.plugin == name).with_for_update())
        if use is None or use.state != "enabled":
            raise _refuse("这个插件没有启用。")
        if plugin is not None and plugin.state == "loaded":
            _step(held, name, "on_disable")
        use.state, use.changed_by = "disabled", origin().actor_id
        record(kind="plugin.disabled", subject="plugin_use", subject_id=use.id, detail={"plugin": name})
        _changed()


def _known_or_orphan(name: str) -> tuple[Host, Plugin | None]:
    """A plugin whose code may be gone: what is enabled can always be switched off."""
    return host(), host().plugins.get(name)


def save_settings(*, name: str, given: Mapping[str, Any]) -> None:
    """Set a plugin up. A secret that is not given stays as it is.

    :raises Refused: with every fault of every value.
    """
    _, plugin = _known(name)
    values = checked(plugin, given)
    with transaction() as session:
        for setting, value in values:
            if setting.secret and not value:
                continue
            session.execute(delete(PluginSetting).where(PluginSetting.plugin == name, PluginSetting.key == setting.key))
            session.add(stored(name, setting, value))
        changed = [setting.key for setting, _ in values]
        record(kind="plugin.configured", subject="plugin_setting", detail={"plugin": name, "keys": changed})
        _changed()
    forget_settings()


def _with_needs(held: Host, plugin: Plugin) -> list[str]:
    """The plugin and all it requires, those first that are required."""
    found: list[str] = []

    def visit(name: str) -> None:
        manifest = held.plugins[name].manifest if name in held.plugins else None
        for need in manifest.requires if manifest else ():
            visit(need.name)
        if name not in found:
            found.append(name)

    visit(plugin.name)
    return found


def _step(held: Host, name: str, hook: str) -> None:
    """Run one step of a plugin's own life. :raises Refused: when it failed, so that the whole act is taken back."""
    for implementation in held.calls.implementations(hook, frozenset({name})):
        done, _ = held.calls.one(name, hook, _LIFE, tenant_id(), implementation.function, {})
        if not done:
            message = f"插件“{held.plugins[name].title}”在这一步出了错，没有作任何改动。"
            raise _refuse(message, fix="运维人员可在插件页看到原因。", rule="PL.04")


def _changed() -> None:
    """Let every worker look again on its next request, and this context at once."""
    rights_changed()
    g.pop(f"extension.enabled.{tenant_id()}", None)
