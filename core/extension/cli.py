"""``dangjian plugin …``: what is installed, what is wrong with it, switching it per tenant, its data."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from core.extension.scaffold.cli import new
from core.runtime.console import FAILED, OPERATOR, CommandError, Console, command

if TYPE_CHECKING:
    from core.extension.tasks import TaskView

_STATES = {
    "ok": "正常", "waiting": "数据表待建立", "incompatible": "不能使用", "quarantined": "已隔离", "orphaned": "程序已移除",
    "failed": "数据表未建立成功", "held": "已暂停", "available": "数据表待建立", "installed": "未启用", "enabled": "已启用", "disabled": "已停用", "purging": "正在清除", "purged": "已清除",
}  # fmt: skip
_tenant = click.option("--tenant", "slug", required=True, help="租户代号")


@click.group("plugin", help="插件：列出、检查、错误记录、启用停用、导出导入、清除")
def group() -> None:
    """The group itself does nothing."""


group.add_command(new)


@contextmanager
def inside(console: Console, slug: str) -> Iterator[None]:
    """The application, bound to the tenant, acting as the operator."""
    from core.audit.actions import Origin, acting
    from core.database import bound, db

    who = Origin(actor="运维人员（命令行）")
    with console.application(queue=False), acting(who), bound(tenant_id=_tenant_id(slug)):
        try:
            yield
        finally:
            db.session.remove()


def _tenant_id(slug: str) -> int:
    from sqlalchemy import text

    from core.database.system import system_engine

    with system_engine().connect() as connection:
        found = connection.execute(text("SELECT id FROM platform.tenant WHERE slug = :slug"), {"slug": slug}).scalar()
        connection.commit()
    if found is None:
        raise CommandError(f"没有代号为“{slug}”的租户。用 dangjian tenant list 查看全部租户。")
    return int(found)


@group.command("list", help="全部插件；给 --tenant 则为该租户的状态；不正常的原因见 doctor")
@click.option("--tenant", "slug", default=None, help="租户代号")
@command(permission=OPERATOR)
def list_(console: Console, slug: str | None) -> None:
    """Every plugin with its state."""
    rows = _of_tenant(console, slug) if slug else _of_installation(console)
    shown = {
        "name": "插件",
        "title": "名称",
        "version": "版本",
        "words": "状态",
        "schema": "数据表（库中/程序）",
        "used": "启用的租户",
    }  # why a plugin can't be used is as long as it needs to be: doctor says it line by line
    console.table(
        rows, columns={key: shown[key] for key in shown if (rows and key in rows[0]) or key == "name"}, name="plugins"
    )


def _said(reason: str) -> str:
    from core.extension.saying import said

    return said(reason)


def _of_tenant(console: Console, slug: str) -> list[dict[str, Any]]:
    with inside(console, slug):
        from core.extension.lifecycle import standings

        return [
            {
                "name": one.name, "title": one.title, "version": one.version, "state": one.state,
                "words": _STATES[one.state], "used": one.used, "reasons": "；".join(map(_said, one.reasons)),
            }
            for one in standings()
        ]  # fmt: skip


def _of_installation(console: Console) -> list[dict[str, Any]]:
    with console.application(queue=False):
        return [
            {
                "name": one.name, "title": one.title, "version": one.version, "state": one.state,
                "words": _STATES[one.state], "schema": f"{one.serial or 0}/{one.wanted or 0}", "used": one.used,
                "reasons": "；".join(map(_said, one.reasons)),
            }
            for one in _conditions()
        ]  # fmt: skip


def _conditions() -> list[Any]:
    from core.database.system import system_engine
    from core.extension.condition import conditions

    with system_engine().connect() as connection:
        found = conditions(connection)
        connection.commit()
    return found


def _count(problems: list[str]) -> int:
    return sum(not one.startswith(" ") for one in problems)


def _line(problem: str) -> str:
    """A problem with a dash, and what it means in the operator's words; a line of a trace as it stands."""
    if problem.startswith(" "):
        return problem
    meaning = _said(problem)
    return f"  - {problem}" + (f"\n    {meaning}" if meaning != problem else "")


@group.command("check", help="检查一个插件：清单、依赖、装载；不需要数据库。有问题时退出状态为 1")
@click.argument("name")
@command(permission=OPERATOR)
def check(console: Console, name: str) -> None:
    """Manifest, arrangement and what it brings when loaded, all faults at once."""
    from core.extension.checking import check_plugin

    problems = check_plugin(name)
    console.result(
        {"plugin": name, "ok": not problems, "problems": problems},
        "\n".join([f"插件 {name}：{_count(problems)} 处问题", *(_line(one) for one in problems)])
        if problems
        else f"插件 {name}：没有发现问题。",
    )
    if problems:
        raise SystemExit(FAILED)


@group.command("trace", help="错误记录：插件、调用点、错误类别、次数、出错位置")
@click.argument("name", required=False)
@command(permission=OPERATOR)
def trace(console: Console, name: str | None) -> None:
    """What plugins failed at, over all tenants together."""
    with console.application(queue=False):
        from core.database.system import system_engine
        from core.extension.condition import faults

        with system_engine().connect() as connection:
            found = faults(connection, name)
            connection.commit()
    if console.json:
        console.result({"faults": [asdict(one) for one in found]})
        return
    for one in found:
        click.echo(
            f"{one.plugin}  {one.hook}  {one.what}  {one.count} 次，{one.tenants} 个租户，最近 {one.last_at:%Y-%m-%d %H:%M}"
        )
        click.echo("\n".join(f"    {line}" for line in one.trace.splitlines()))
    if not found:
        click.echo("没有错误记录。")


@group.command("impact", help="停用或清除一个插件会影响什么")
@click.argument("name")
@_tenant
@command(permission=OPERATOR)
def impact_(console: Console, name: str, slug: str) -> None:
    """What it holds and carries in a tenant."""
    with inside(console, slug):
        _need_known(name)
        from core.extension.impact import impact

        found = impact(name)
    lines = [f"  {found.titles.get(table, table)}：{count}" for table, count in found.tables.items()]
    lines += [
        f"  附件：{found.files}",
        f"  设置：{found.settings}",
        f"  未办结的待办：{found.deadlines}",
        f"  等待中的任务：{found.jobs}",
    ]
    lines += [f"  {what}：{count}（{becomes}）" for what, count, becomes in found.own]
    lines += [f"  需要它的插件：{'、'.join(found.dependants)}"] if found.dependants else []
    lines += ["  插件不能运行，它在平台以外的内容没有计入。"] if found.silent else []
    console.result(found.as_dict(), "\n".join([f"插件 {found.title}（{name}）在租户 {slug} 中：", *lines]))


def _need_known(name: str) -> None:
    from core.extension.lifecycle import standing_of

    if standing_of(name) is None:
        raise CommandError(f"没有名为“{name}”的插件。用 dangjian plugin list 查看全部插件。")


@group.command("doctor", help="全部插件的状态和健康检查；有问题时退出状态为 1")
@command(permission=OPERATOR)
def doctor(console: Console) -> None:
    """States, and health checks run now."""
    rows = []
    with console.application(queue=False):
        from core.extension.condition import health

        for one in _conditions():
            checks = [{"check": key, "ok": well, "said": said} for key, well, said in health(one.name)]
            rows.append({"name": one.name, "state": one.state, "reasons": list(one.reasons), "health": checks})
    sound = all(row["state"] == "ok" and all(one["ok"] for one in row["health"]) for row in rows)
    lines = []
    for row in rows:
        lines.append(f"[{'正常' if row['state'] == 'ok' else '错误'}] {row['name']}：{_STATES[row['state']]}")
        lines += [f"    {_said(reason)}" for reason in row["reasons"]]
        lines += [f"    {one['check']}：{'正常' if one['ok'] else one['said']}" for one in row["health"]]
    console.result({"healthy": sound, "plugins": rows}, "\n".join(lines) or "没有安装插件。")
    if not sound:
        raise SystemExit(FAILED)


@group.command("enable", help="在一个租户中启用插件（连同它需要的）")
@click.argument("name")
@_tenant
@command(permission=OPERATOR)
def enable(console: Console, name: str, slug: str) -> None:
    """Switch it on."""
    with inside(console, slug):
        from core.extension import actions

        switched = actions.enable(name=name)
    console.result({"tenant": slug, "enabled": list(switched)}, f"已启用：{'、'.join(switched) or '（原已启用）'}")


@group.command("disable", help="在一个租户中停用插件；数据保留")
@click.argument("name")
@_tenant
@command(permission=OPERATOR)
def disable(console: Console, name: str, slug: str) -> None:
    """Switch it off."""
    with inside(console, slug):
        from core.extension import actions

        actions.disable(name=name)
    console.result({"tenant": slug, "disabled": name}, f"已停用：{name}，数据保留。")


@group.command("export", help="把插件在一个租户中的全部数据导出为 zip 文件")
@click.argument("name")
@_tenant
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="写入的文件")
@command(permission=OPERATOR)
def export(console: Console, name: str, slug: str, target: Path) -> None:
    """Write everything it holds of a tenant to a file."""
    if target.exists():
        raise CommandError(f"{target} 已存在，没有覆盖。", status=2)
    with inside(console, slug):
        from core.extension import tasks
        from core.files.actions import open_file

        done = _carried_out(tasks.order_export(name=name))
        content = open_file(done.file_id).content if done.file_id else b""
    target.touch(mode=0o600)
    target.write_bytes(content)
    console.result(
        {"tenant": slug, "plugin": name, "records": done.done, "file": str(target)}, f"已导出 {done.done} 条：{target}"
    )


@group.command("import", help="把导出的 zip 文件导入已停用而且没有数据的插件")
@click.argument("name")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_tenant
@command(permission=OPERATOR)
def import_(console: Console, name: str, source: Path, slug: str) -> None:
    """Read an archive back."""
    with inside(console, slug):
        from core.extension import tasks

        done = _carried_out(tasks.order_import(name=name, content=source.read_bytes()))
    console.result({"tenant": slug, "plugin": name, "records": done.done}, f"已导入 {done.done} 条。")


@group.command("purge", help="清除插件在一个租户中的全部数据；--everything 则彻底移除（包括所有租户和数据表）")
@click.argument("name")
@click.option("--tenant", "slug", default=None, help="租户代号")
@click.option("--everything", is_flag=True, help="移除它在数据库中的一切；程序已卸载也可以")
@click.option("--confirm", default=None, help="再写一遍插件名，表示确认")
@click.option("--export-first", is_flag=True, help="先导出（30天内可在插件页下载），再清除")
@click.option("--still", is_flag=True, help="有未办结的事项也清除")
@command(permission=OPERATOR)
def purge(
    console: Console,
    name: str,
    slug: str | None,
    everything: bool,
    confirm: str | None,
    export_first: bool,
    still: bool,
) -> None:
    """Remove its data for good."""
    if bool(slug) == everything:
        raise CommandError("请给出 --tenant 或 --everything，二者之一。", status=2)
    typed = confirm or console.ask(f"数据将不能恢复。请输入插件名 {name} 确认", option="--confirm")
    if typed != name:
        raise CommandError("输入的名称与插件名不一致，没有清除任何数据。", status=2)
    if everything:
        _remove(console, name)
        return
    with inside(console, slug or ""):
        from core.extension import tasks

        wish = tasks.FIRST if export_first else tasks.NONE
        done = _carried_out(tasks.order_purge(name=name, typed=name, export=wish, still=tasks.STILL if still else ""))
    console.result(
        {"tenant": slug, "plugin": name, "records": done.done, "problem": done.problem},
        f"已清除 {done.done} 条。{done.problem}",
    )


def _remove(console: Console, name: str) -> None:
    """Global removal, as the owner of the tables; what runs with it may still be there."""
    import re

    from core.extension.discovery import discover
    from core.extension.installation import remove, schemas
    from core.extension.manifest import NAME

    if not re.fullmatch(NAME, name):
        raise CommandError(f"“{name}”不是插件名。", status=2)
    with console.services(owner=True, system=False) as running:
        url = running.settings.database_owner_url
        if name not in schemas(url):
            raise CommandError(f"数据库中没有插件“{name}”的任何内容。")
        remove(url, name)
    left = any(one.name == name for one in discover())
    hint = " 它的程序还在，请用 pip uninstall 卸载，否则下次 dangjian db upgrade 会重新建立数据表。" if left else ""
    console.result({"plugin": name, "removed": True, "code_left": left}, f"已从数据库中彻底移除 {name}。{hint}")


def _carried_out(task_id: UUID) -> "TaskView":
    """Do the ordered work here and now, or wait for the worker that took it. :raises CommandError: it failed."""
    from core.database import tenant_id
    from core.extension.tasks import job_of, task
    from core.jobs.run import run

    run(tenant_id(), str(job_of(task_id)))
    found = task(task_id)
    while found is not None and found.busy:
        time.sleep(0.5)
        found = task(task_id)
    if found is None or found.state == "failed":
        raise CommandError(found.problem if found else "任务不见了。")
    return found
