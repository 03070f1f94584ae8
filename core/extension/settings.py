"""A plugin's settings in a tenant: checked by their declared types, secrets encrypted, read once per request."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import select

from core.database import uuid7
from core.database.read import rows
from core.extension.contributions import Setting
from core.extension.host import Plugin, host
from core.extension.models import PluginSetting
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring

_ALL = select(PluginSetting.plugin, PluginSetting.key, PluginSetting.value, PluginSetting.secret, PluginSetting.id)
_HELD = "extension.settings"
_LONGEST = 10_000


def declared(plugin: Plugin) -> tuple[Setting, ...]:
    """The settings a plugin declares."""
    return plugin.brought.get("register_settings", ())


def setting(plugin: str, key: str) -> Any:
    """The value in force for the bound tenant: what was saved, else the declared default.

    :raises KeyError: the plugin declares no such setting.
    """
    found = next((one for one in declared(host().plugins[plugin]) if one.key == key), None)
    if found is None:
        raise KeyError(f"plugin {plugin} declares no setting {key!r}")
    saved = _saved().get((plugin, key))
    if saved is None:
        return found.default
    value, secret, row = saved
    if found.secret:
        return keyring().decrypt(secret, table="plugin_setting", column="secret", row=row) if secret else None
    return date.fromisoformat(value) if found.type == "date" and value else value


def has_secret(plugin: str, key: str) -> bool:
    """Whether a secret is saved, which is all that is ever shown of it."""
    return (plugin, key) in _saved()


def _saved() -> dict[tuple[str, str], tuple[Any, bytes | None, UUID]]:
    found: dict[tuple[str, str], tuple[Any, bytes | None, UUID]] | None = g.get(_HELD)
    if found is None:
        found = {(plugin, key): (value, secret, row) for plugin, key, value, secret, row in rows(_ALL)}
        setattr(g, _HELD, found)
    return found


def forget_settings() -> None:
    """Read them again when next asked."""
    g.pop(_HELD, None)


def checked(plugin: Plugin, given: Mapping[str, Any]) -> list[tuple[Setting, Any]]:
    """The given texts as values of the declared types.

    :raises Refused: with every fault of every value.
    """
    known = {one.key: one for one in declared(plugin)}
    faults = [
        Finding("PL.05", Severity.BLOCK, key, f"没有“{key}”这项设置。", code="E_FORMAT")
        for key in given
        if key not in known
    ]
    values = []
    for key, one in known.items():
        if key not in given:
            continue
        value, fault = _read(one, given[key])
        fault = fault or (one.check(value) if one.check and value not in (None, "") else None)
        if fault:
            faults.append(Finding("PL.05", Severity.BLOCK, key, f"“{one.title}”{fault}", code="E_FORMAT"))
        values.append((one, value))
    if faults:
        raise Refused(faults)
    return values


def _read(one: Setting, raw: Any) -> tuple[Any, str | None]:
    text = raw.strip() if isinstance(raw, str) else raw
    match one.type:
        case "flag":
            return text in (True, "1", "true", "on"), None
        case "number":
            try:
                return int(text), None
            except (TypeError, ValueError):
                return None, "须为整数。"
        case "date":
            try:
                return (date.fromisoformat(text).isoformat() if text else None), None
            except (TypeError, ValueError):
                return None, "须为日期，如 2026-07-01。"
        case "choice":
            return text, None if text in dict(one.choices) else "不在可选的范围内。"
        case _:
            if not isinstance(text, str) or len(text) > _LONGEST or "\x00" in text:
                return None, f"须为不超过{_LONGEST}字的文字。"
            return text, None


def stored(plugin: str, one: Setting, value: Any) -> PluginSetting:
    """The row that keeps a value."""
    row = uuid7()
    if one.secret:
        secret = keyring(fresh=True).encrypt(str(value), table="plugin_setting", column="secret", row=row)
        return PluginSetting(id=row, plugin=plugin, key=one.key, value=None, secret=secret)
    return PluginSetting(id=row, plugin=plugin, key=one.key, value=value, secret=None)
