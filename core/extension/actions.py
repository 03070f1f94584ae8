"""The verbs of a tenant's plugins: switch on, switch off, set up. Each takes effect on the next request everywhere.

Whoever changes what a plugin is to the tenant locks its row first, and those of the plugins it requires before it: so
switching on and off, purging and importing of one plugin happen one after another, from however many tabs they come.
"""

from collections.abc import Mapping
from typing import Any

from flask import g
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.audit.actions import origin, record
from core.database import tenant_id, transaction, uuid7
from core.extension import missed
from core.extension.host import Host, Plugin, host
from core.extension.models import PluginSetting, PluginUse
from core.extension.points import Call, Point
from core.extension.saying import said
from core.extension.settings import checked, declared, forget_settings, stored
from core.identity.actions import rights_changed
from core.jobs import post
from core.policy.findings import Finding, Refused, Severity

#: How the functions of a plugin's own life are called: no budget, but a failure stops the step.
LIFE = Point(Call.LIFECYCLE, "1.0", 0, "")
#: The job that computes what is due by the rules of a plugin that has just been switched on.
DUE = "extension.due"


def refusal(message: str, *, fix: str | None = None, code: str = "E_STATE", rule: str = "PL.01", field: str = "plugin") -> Refused:  # fmt: skip
    """A refusal of one of these verbs."""
    return Refused([Finding(rule, Severity.BLOCK, field, message, fix=fix, code=code)])


def _known(name: str) -> tuple[Host, Plugin]:
    held = host()
    plugin = held.plugins.get(name)
    if plugin is None:
        raise refusal(f"没有名为“{name}”的插件。", code="E_REQUIRED")
    if plugin.manifest is None:
        raise refusal(f"插件“{name}”现在不能使用：{why_not(held, name)}。")
    return held, plugin


def locked(session: Session, name: str) -> PluginUse:
    """What the plugin is to the tenant, locked until the end of the transaction; made when there is no row yet."""
    fresh = insert(PluginUse).values(tenant_id=tenant_id(), id=uuid7(), plugin=name, state="disabled")
    session.execute(fresh.on_conflict_do_nothing())
    use = select(PluginUse).where(PluginUse.plugin == name).with_for_update().execution_options(populate_existing=True)
    return session.scalars(use).one()


def enable(*, name: str) -> tuple[str, ...]:
    """Switch a plugin on for the bound tenant, and before it those it requires; gives what was switched on, in order.

    What is on already stays as it is.

    :raises Refused: it is not installed here or not usable, or one of its own steps failed. Nothing is changed then.
    """
    held, plugin = _known(name)
    with transaction() as session:
        wanted = [one for one in with_needs(held, plugin) if one not in held.always]
        switched = [one for one in wanted if _switch_on(held, session, one)]
        if switched:
            changed()
    return tuple(switched)


def _switch_on(held: Host, session: Session, name: str) -> bool:
    if not held.usable(name):
        raise refusal(f"插件“{title_of(held, name)}”现在不能使用：{why_not(held, name)}。")
    use = locked(session, name)
    if use.state == "enabled":
        return False
    if use.state == "purging":
        raise refusal(f"插件“{title_of(held, name)}”的数据正在清除，完成后才能再次启用。", rule="PL.02")
    use.state, use.changed_by = "enabled", origin().actor_id
    session.flush()
    held.calls.breaker.forget(name)
    _catch_up(held, name)
    _step(held, name, "on_enable")
    if any(plugin == name for plugin, _ in held.brought("register_deadlines")):
        post(kind=DUE, payload={"plugin": name})
    record(kind="plugin.enabled", subject="plugin_use", subject_id=use.id, detail={"plugin": name})
    return True


def _catch_up(held: Host, name: str) -> None:
    """Tell it what became of people while it was off. :raises Refused: it failed at that; it stays off."""
    try:
        missed.catch_up(held, name)
    except missed.Unanswered:
        message = f"停用期间合并或清除的人员，插件“{title_of(held, name)}”没有处理成功，没有启用。"
        raise refusal(message, fix="运维人员可在插件页看到原因。", rule="PL.04") from None


def why_not(held: Host, name: str) -> str:
    """Why a plugin can't be used here, in words for whoever asks the operator."""
    plugin = held.plugins.get(name)
    if plugin is None:
        return "它的程序不在这台服务器上"
    if plugin.problems:
        return "；".join(said(one).rstrip("。") for one in plugin.problems)
    if held.installed().get(name, (0, ""))[1] == "failed":
        return "它的数据表没有建立或升级成功，请运维人员运行 dangjian plugin doctor 查看原因"
    return "它的数据表还没有建立，请运维人员运行 dangjian db upgrade"


def title_of(held: Host, name: str) -> str:
    """What people know a plugin by, whether its code is there or not."""
    return held.plugins[name].title if name in held.plugins else name


def disable(*, name: str) -> None:
    """Switch a plugin off for the bound tenant. Its data stay, invisible and harmless.

    Works when its code is gone, too.

    :raises Refused: it is not on, another enabled plugin needs it, or its own step failed.
    """
    held = host()
    with transaction() as session:
        use = locked(session, name)
        if use.state != "enabled":
            raise refusal("这个插件没有启用。")
        on = session.scalars(select(PluginUse.plugin).where(PluginUse.state == "enabled")).all()
        for other in needing(held, name):
            if other in on:
                message = f"插件“{title_of(held, other)}”需要它，不能停用。"
                raise refusal(message, fix=f"请先停用“{title_of(held, other)}”。", rule="PL.03")
        plugin = held.plugins.get(name)
        if plugin is not None and plugin.state == "loaded" and held.usable(name):
            _step(held, name, "on_disable")
        use.state, use.changed_by = "disabled", origin().actor_id
        record(kind="plugin.disabled", subject="plugin_use", subject_id=use.id, detail={"plugin": name})
        changed()


def needing(held: Host, name: str) -> list[str]:
    """The plugins whose manifests require this one, used or not."""
    return [
        other.name
        for other in held.plugins.values()
        if other.manifest and any(need.name == name for need in other.manifest.requires)
    ]


def save_settings(*, name: str, given: Mapping[str, Any]) -> None:
    """Set a plugin up. A secret that is not given stays as it is; ``None`` takes it away.

    :raises Refused: with every fault of every value.
    """
    _, plugin = _known(name)
    removed = {one.key for one in declared(plugin) if one.secret and given.get(one.key, "") is None}
    values = checked(plugin, {key: value for key, value in given.items() if key not in removed})
    with transaction() as session:
        for key in removed:
            session.execute(delete(PluginSetting).where(PluginSetting.plugin == name, PluginSetting.key == key))
        for setting, value in values:
            if setting.secret and not value:
                continue
            session.execute(delete(PluginSetting).where(PluginSetting.plugin == name, PluginSetting.key == setting.key))
            session.add(stored(name, setting, value))
        # a secret that was left empty did not change; and of none the value is written down
        keys = sorted({setting.key for setting, value in values if value or not setting.secret} | removed)
        record(kind="plugin.configured", subject="plugin_setting", detail={"plugin": name, "keys": keys})
        changed()
    forget_settings()


def with_needs(held: Host, plugin: Plugin) -> list[str]:
    """The plugin and all it requires, those first that are required."""
    found: list[str] = []

    def visit(name: str) -> None:
        manifest = held.plugins[name].manifest if name in held.plugins else None
        for need in sorted(manifest.requires, key=lambda one: one.name) if manifest else ():
            if need.name not in found:
                visit(need.name)
        if name not in found:
            found.append(name)

    if plugin.state == "incompatible":  # its requirements may form a circle
        return [plugin.name]
    visit(plugin.name)
    return found


def _step(held: Host, name: str, hook: str) -> None:
    """Run one step of a plugin's own life. :raises Refused: when it failed, so that the whole act is taken back."""
    for implementation in held.calls.implementations(hook, frozenset({name})):
        done, _ = held.calls.one(name, hook, LIFE, tenant_id(), implementation.function, {})
        if not done:
            message = f"插件“{held.plugins[name].title}”在这一步出了错，没有作任何改动。"
            raise refusal(message, fix="运维人员可在插件页看到原因。", rule="PL.04")


def changed() -> None:
    """Let every worker look again on its next request, and this context at once."""
    rights_changed()
    g.pop(f"extension.enabled.{tenant_id()}", None)
