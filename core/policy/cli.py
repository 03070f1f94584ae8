"""Commands of the operator's rule values: ``dangjian policy …``."""

from datetime import date, datetime
from typing import Any

import click

from core.runtime.console import OPERATOR, CommandError, Console, command

_DAY = click.DateTime(["%Y-%m-%d"])


def _key(name: str) -> Any:
    from core.policy.registry import registry

    found = registry.get(name)
    if found is None:
        near = "、".join(sorted(key for key in registry if key.startswith(name.partition(".")[0] + ".")))
        raise CommandError(f"没有规则参数“{name}”。" + (f"相近的有：{near}" if near else ""), status=2)
    return found


def _value(key: Any, text: str) -> Any:
    """The text as the key's type; the text itself when it is none, for the rule to refuse."""
    if isinstance(key.default, bool):
        return {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}.get(text, text)
    if isinstance(key.default, tuple):
        parts = [part.strip() for part in text.split(",")]
        return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else text
    return int(text) if isinstance(key.default, int) and text.isdecimal() else text


def _row(key: Any, held: Any, day: date) -> dict[str, Any]:
    from core.policy.values import resolve

    now = resolve(key, held, as_of=day)
    return {
        "key": key.key, "title": key.title, "value": now.value, "unit": key.unit, "default": key.default,
        "level": now.level.name.lower(), "from": now.effective_from, "direction": key.direction.value,
        "tag": key.tag.value, "source": key.source,
    }  # fmt: skip


@click.group("policy", help="规则参数：平台设定和撤回、列出、说明来源")
def group() -> None:
    """The group itself does nothing."""


@group.command("set", help="为全部租户设定一个规则参数；--withdraw 撤回平台的设定")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--from", "since", type=_DAY, default=None, help="生效日期（默认今天）")
@click.option("--reason", required=True, help="依据，如文件名称和文号")
@click.option("--by", default="平台运维", help="设定人")
@click.option("--withdraw", is_flag=True, help="从生效日期起撤回平台的设定")
@command(permission=OPERATOR)
def set_(
    console: Console, key: str, value: str | None, since: datetime | None, reason: str, by: str, withdraw: bool
) -> None:
    """Set or withdraw a value for every tenant."""
    if (value is None) != withdraw:
        raise CommandError("请给出值，或者用 --withdraw 撤回。", status=2)
    _give(console, key, value, since, reason, by)


@group.command("withdraw", help="从生效日期起撤回平台为全部租户设定的值")
@click.argument("key")
@click.option("--from", "since", type=_DAY, default=None, help="生效日期（默认今天）")
@click.option("--reason", required=True, help="依据，如文件名称和文号")
@click.option("--by", default="平台运维", help="撤回人")
@command(permission=OPERATOR)
def withdraw_(console: Console, key: str, since: datetime | None, reason: str, by: str) -> None:
    """Take the operator's value back; the same as ``set --withdraw``."""
    _give(console, key, None, since, reason, by)


def _give(console: Console, key: str, value: str | None, since: datetime | None, reason: str, by: str) -> None:
    """Write the operator's value (None: withdraw it) and say so."""
    with console.application(queue=False):
        from core import clock
        from core.policy.platform import set_platform_value

        found = _key(key)
        day = since.date() if since else clock.today()
        new = None if value is None else _value(found, value)
        made = set_platform_value(key=key, value=new, effective_from=day, reason=reason, set_by=by, as_of=clock.today())
    said = "已撤回" if value is None else f"已设为 {value}{found.unit}"
    console.result({"id": made, "key": key, "value": new, "from": day}, f"“{found.title}”{said}，自 {day} 起。")


@group.command("list", help="全部规则参数和平台的现行值")
@click.option("--on", type=_DAY, default=None, help="这一天的值（默认今天）")
@command(permission=OPERATOR)
def list_(console: Console, on: datetime | None) -> None:
    """Every key with the operator's value."""
    with console.application(queue=False):
        from core import clock
        from core.policy.platform import held_by_platform
        from core.policy.registry import registry

        held, day = held_by_platform(), on.date() if on else clock.today()
        found = [_row(key, held, day) for key in registry.values()]
    columns = {
        "key": "代号",
        "title": "规则",
        "value": "现行值",
        "unit": "单位",
        "default": "默认值",
        "from": "自",
        "tag": "依据",
    }
    console.table(found, columns=columns, name="policies")


@group.command("show", help="一个规则参数：现行值、依据和平台的设定记录")
@click.argument("key")
@command(permission=OPERATOR)
def show(console: Console, key: str) -> None:
    """One key with the operator's history."""
    with console.application(queue=False):
        from core import clock
        from core.policy.platform import held_by_platform, platform_values

        row = _row(_key(key), held_by_platform(), clock.today())
        past = [
            {"from": one.effective_from, "value": one.value, "withdrawn": one.withdrawn, "by": one.set_by,
             "at": one.set_at, "reason": one.reason}
            for one in platform_values() if one.key == key
        ]  # fmt: skip
    lines = [f"{row['title']}（{key}）：{row['value']}{row['unit']}，默认 {row['default']}，依据 {row['source']}"]
    lines += [
        f"  {one['from']} 起 {'撤回' if one['withdrawn'] else one['value']}：{one['reason']}（{one['by']}）"
        for one in past
    ]
    console.result({**row, "history": past}, "\n".join(lines))


@group.command("explain", help="说明一个租户（或其中一个党组织）的值从哪里来")
@click.argument("key")
@click.option("--tenant", required=True, help="租户代号")
@click.option("--unit", default=None, help="党组织全称")
@click.option("--on", type=_DAY, default=None, help="这一天的值（默认今天）")
@command(permission=OPERATOR)
def explain_(console: Console, key: str, tenant: str, unit: str | None, on: datetime | None) -> None:
    """The chain from the default down to the unit."""
    from importlib import import_module

    with console.application(queue=False):
        from core import clock
        from core.database import bound
        from core.policy.values import explain
        from core.tenancy.memory import recall

        found, there = _key(key), recall("slug", tenant)
        if there is None:
            raise CommandError(f"没有代号为“{tenant}”的租户。")
        # by name: units stand above policy
        stored = import_module("core.organization.queries.policy")
        with bound(tenant_id=there.id):
            path = stored.path_named(unit) if unit else None
            if unit and path is None:
                raise CommandError(f"没有名为“{unit}”的党组织。")
            day = on.date() if on else clock.today()
            chain = explain(found, stored.set_values(), as_of=day, unit_path=path)
    data = [
        {"level": step.level.name.lower(), "unit_path": step.unit_path, "said": step.said.value if step.said else None,
         "from": step.said.effective_from if step.said else None, "holds": step.held.value}
        for step in chain
    ]  # fmt: skip
    lines = [f"{found.title}：{chain[-1].held.value}{found.unit}（{day}）"]
    lines += [
        f"  {one['level']}{' ' + str(one['unit_path']) if one['unit_path'] else ''}："
        f"{'默认值' if one['said'] is None else one['said']} → {one['holds']}"
        for one in data
    ]
    console.result({"key": key, "value": chain[-1].held.value, "on": day, "chain": data}, "\n".join(lines))
