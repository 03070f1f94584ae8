"""Asking plugins before a change of a member or a unit: a returned veto is a blocking finding with the plugin's title."""

from dataclasses import replace
from types import MappingProxyType

from flask import Flask

from core.extension.host import host
from core.extension.verdicts import MemberChange, UnitChange, Veto
from core.policy.findings import Finding, Severity
from core.policy.objections import ask


def against(change: MemberChange | UnitChange) -> list[Finding]:
    """The vetoes of the enabled plugins."""
    held = host()
    change = replace(change, changes=MappingProxyType(dict(change.changes)))  # several are asked; none changes it
    hook = "veto_member_change" if isinstance(change, MemberChange) else "veto_unit_change"
    if not held.implemented(hook):
        return []
    return [
        Finding(
            veto.rule or plugin,
            Severity.BLOCK,
            "",
            f"【{held.plugins[plugin].title}】{veto.message}",
            fix=veto.fix or None,
            code="E_STATE",
        )
        for plugin, veto in held.ask(hook, change=change)
        if isinstance(veto, Veto)
    ]


def register(app: Flask) -> None:
    """Have plugins asked."""
    ask(app, against)
