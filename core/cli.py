"""The command ``dangjian``: runs the product, prepares its database, looks after it.

Groups of other parts are named here and imported only when used, so that ``dangjian --help`` answers at once.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.runtime.console import FAILED, OPERATOR, CommandError, Console, command

if TYPE_CHECKING:
    from core.config import Settings
    from core.runtime.services import Services

#: group → (module and attribute, what it is for)
GROUPS = {
    "audit": ("core.audit.cli:group", "审计：校验、链首、封存、清理到期记录"),
    "policy": ("core.policy.cli:group", "规则参数：平台设定、列出、说明来源"),
    "tenant": ("tenants.cli:group", "租户：建立、列出、查看、停用"),
    "operator": ("tenants.operators.cli:group", "运维人员：开通、列出、停用"),
    "account": ("core.identity.cli:group", "账号：列出、邀请、停用、重置第二验证方式"),
    "org": ("core.organization.cli:group", "党组织：导入"),
    "access": ("core.access.cli:group", "权限：说明某人为什么能或不能办某事"),
    "people": ("core.people.cli:group", "党员：导入"),
    "plugin": ("core.extension.cli:group", "插件：列出、检查、启用、停用、导出、清除"),
    "p": ("core.extension.commands:group", "插件的命令"),
    "openapi": ("core.api.cli:openapi", "输出接口的 OpenAPI 文档"),
}


class _LazyGroup(click.Group):
    """Knows the other parts' groups by name, and imports one when it is asked for."""

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
        standalone_mode: bool = True, **extra: Any,
    ) -> Any:  # fmt: skip
        """Run, and say in plain words what was wrong with how it was called: as JSON where that is asked for."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        words = list(sys.argv[1:] if args is None else args)
        try:
            status = super().main(words, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            from core.runtime.usage import report

            status = report(error, as_json="--json" in words)
        except click.Abort:
            click.echo("已取消。", err=True)
            status = FAILED
        sys.exit(status if isinstance(status, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *GROUPS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module, attribute = GROUPS[cmd_name][0].split(":")
        found = getattr(import_module(module), attribute)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing anybody's."""
        known = {name: about for name, (_, about) in GROUPS.items()}
        for name in super().list_commands(ctx):
            found = super().get_command(ctx, name)
            if found is not None:
                known[name] = found.get_short_help_str(limit=80)
        with formatter.section("Commands"):
            formatter.write_dl(sorted(known.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, envvar="DANGJIAN_DEBUG", help="出错时显示详细的出错位置")
@click.option("--data", type=click.Path(path_type=Path), help="数据目录（等同 DANGJIAN_DATA_DIR）")
@click.version_option(package_name="dangjian", message="dangjian %(version)s")
def main(debug: bool, data: Path | None) -> None:  # noqa: ARG001  (core.runtime.console reads debug)
    """智慧党建：多租户党建平台。"""
    if data is not None:
        os.environ["DANGJIAN_DATA_DIR"] = str(data)


def _settings(**given: Any) -> "Settings":
    from core.config import load_settings

    settings = load_settings()
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def _serving(function: Any) -> Any:
    for option in (
        click.option("--data", "data_dir", type=click.Path(path_type=Path), help="数据目录（默认 data）"),
        click.option("--host", help="监听地址（默认 127.0.0.1）"),
        click.option("--port", type=click.IntRange(1, 65535), help="监听端口（默认 8000）"),
    ):
        function = option(function)
    return function


@main.command()
@_serving
@command(permission=OPERATOR)
def up(console: Console, *, data_dir: Path | None, host: str | None, port: int | None) -> None:
    """启动全部：数据库、队列、网页、任务与定时进程。Ctrl-C 全部停止。"""
    with _ready(_settings(data_dir=data_dir, host=host, port=port), console) as running:
        _supervise(running, console, accounts=[])


@main.command()
@_serving
@command(permission=OPERATOR)
def demo(console: Console, *, data_dir: Path | None, host: str | None, port: int | None) -> None:
    """启动全部，并装入示范数据：一个县和两个小单位。"""
    with _ready(_settings(data_dir=data_dir, host=host, port=port), console) as running:
        accounts = _load_demo(running, console)
        _supervise(running, console, accounts=accounts)


@contextmanager
def _ready(settings: "Settings", console: Console) -> "Iterator[Services]":
    """Services started, database migrated, nobody else serving."""
    from core.extension.installation import upgrade_all
    from core.runtime.services import services
    from core.runtime.supervisor import sole

    settings = replace(settings, data_dir=settings.data_dir.expanduser().absolute())
    with sole(settings):
        console.say("正在启动数据库和队列 …")
        with services(settings) as running:
            for outcome in upgrade_all(running.settings.database_owner_url)[1]:
                if outcome.problem:
                    console.say(f"插件 {outcome.name} 的数据表没有建立，将不能使用：{outcome.problem}")
            yield running


def _load_demo(running: "Services", console: Console) -> list[dict[str, Any]]:
    import dataclasses

    from core.app import create_app

    # by name: the core's imports know nothing of the hosting side
    tenants = import_module("tenants.demo")
    with create_app(running.settings).app_context(), console.progress("示范数据") as show:
        said: list[str] = []

        def progress(what: str, done: int, total: int) -> None:
            if what not in said:
                said.append(what)
                console.say(what)
            show(done, total)

        accounts = [dataclasses.asdict(account) for account in tenants.load(progress)]
    return [account | {"password": tenants.PASSWORD} for account in accounts]


def _supervise(running: "Services", console: Console, *, accounts: list[dict[str, Any]]) -> None:
    from core.runtime.supervisor import Supervisor

    def announce() -> None:
        _announce(running, console, accounts)

    Supervisor(running, console.say).run(announce)
    console.say("已全部停止。")


def _announce(running: "Services", console: Console, accounts: list[dict[str, Any]]) -> None:
    from core.runtime.supervisor import address

    settings = running.settings
    base = address(settings)
    tenants = _tenants(settings)
    addresses = [
        {"tenant": slug, "title": title, "url": f"{base}/t/{slug}/", "host": f"http://{slug}.{settings.base_domain}:{settings.port}/"}
        for slug, title in tenants
    ]  # fmt: skip
    if console.json:
        console.result(
            {"ready": True, "url": base, "data": str(settings.data_dir), "tenants": addresses, "accounts": accounts}
        )
        return
    lines = [f"\n智慧党建已就绪：{base}    数据目录：{settings.data_dir}    Ctrl-C 停止"]
    lines += [f"  {a['title']}：{a['url']}  或  {a['host']}" for a in addresses]
    if not addresses:
        lines.append("  还没有租户。建立：dangjian tenant create SLUG --title 名称 --root 中共…委员会 --admin admin")
    lines += [f"  {a['tenant']}  {a['login']}  {a['password']}  {a['role']}（{a['where']}）" for a in accounts]
    click.echo("\n".join(lines))


def _tenants(settings: "Settings") -> list[tuple[str, str]]:
    import psycopg

    from core.runtime.roles import psycopg_url

    with psycopg.connect(psycopg_url(settings.database_system_url), connect_timeout=10) as connection:
        return connection.execute(
            "SELECT slug, title FROM platform.tenant WHERE state <> 'suspended' ORDER BY id LIMIT 20"
        ).fetchall()


@main.command()
@command(permission=OPERATOR)
def worker(console: Console) -> None:  # noqa: ARG001
    """任务进程：执行后台任务，可启动多个。"""
    from core.app import create_app
    from core.jobs.worker import work
    from core.runtime.services import services

    with services(_settings(), owner=False, system=False) as running:
        status = work(create_app(running.settings), redis_url=running.settings.redis_url)
    sys.exit(status)


@main.command()
@command(permission=OPERATOR)
def schedule(console: Console) -> None:  # noqa: ARG001
    """定时进程：转发任务、每日任务；同时只有一个在工作。"""
    import signal

    from core.app import create_app
    from core.jobs.schedule import Schedule
    from core.runtime.services import services

    with services(_settings(), owner=False) as running:
        settings = running.settings
        found = Schedule(create_app(settings), system_url=settings.database_system_url, redis_url=settings.redis_url)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: found.stop())
        found.run()


@main.command()
@command(permission=OPERATOR)
def web(console: Console) -> None:
    """网页进程（gunicorn），与 up 所用配置相同。"""
    from core.runtime.supervisor import GUNICORN_CONF, environment

    with console.services(queue=True, system=False) as running:
        if running.postgres is not None or running.valkey is not None:
            raise CommandError(
                "web 需要外部的数据库和队列（DANGJIAN_DATABASE_URL、DANGJIAN_REDIS_URL）；单机请用 dangjian up。"
            )
        arguments = [sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_CONF)]
        os.execve(sys.executable, arguments, environment(running.settings))  # noqa: S606


@main.group()
def db() -> None:
    """数据库：建立、升级、查看版本。"""


@db.command("init")
@click.option("--admin-url", help="可建立角色和数据库的连接地址（默认 DANGJIAN_DATABASE_ADMIN_URL）")
@click.option("--reset-passwords", is_flag=True, help="重设三个角色的口令")
@command(permission=OPERATOR)
def db_init(console: Console, *, admin_url: str | None, reset_passwords: bool) -> None:
    """建立三个角色和数据库，并升级到最新版本；可重复运行。"""
    from core.config import load_settings, variable
    from core.extension.installation import upgrade_all
    from core.runtime.services import prepared

    # production refuses to start without what this command is there to make
    settings = load_settings(complete=False)
    url = admin_url or settings.database_admin_url
    if not url:
        raise CommandError("缺少 --admin-url（或设置 DANGJIAN_DATABASE_ADMIN_URL）。", status=2)
    done = prepared(settings, admin_url=url, reset_passwords=reset_passwords)
    revision, _ = upgrade_all(done.database_owner_url)
    urls = {
        variable(name): getattr(done, name) for name in ("database_url", "database_owner_url", "database_system_url")
    }
    console.result(
        {"revision": revision, "settings": urls},
        f"数据库已就绪（版本 {revision}）。请保存以下设置（含口令）：\n"
        + "\n".join(f"{k}={v}" for k, v in urls.items()),
    )


@db.command("upgrade")
@command(permission=OPERATOR)
def db_upgrade(console: Console) -> None:
    """把数据库（含各插件的数据表）升级到本程序的版本；同时只有一个在进行。有插件失败时退出状态为 1。"""
    from core.extension.installation import upgrade_all
    from core.extension.saying import failed, said

    with console.services(owner=True, system=False) as running:
        revision, outcomes = upgrade_all(running.settings.database_owner_url)
    lines = [
        f"插件 {one.name} {one.version}：{said(failed(one.problem)) if one.problem else '就绪'}" for one in outcomes
    ]
    plugins = [{"name": one.name, "version": one.version, "problem": one.problem} for one in outcomes]
    console.result({"revision": revision, "plugins": plugins}, "\n".join([f"数据库版本：{revision}", *lines]))
    if any(one.problem for one in outcomes):
        raise SystemExit(FAILED)


@db.command("current")
@command(permission=OPERATOR)
def db_current(console: Console) -> None:
    """显示数据库版本和程序需要的版本；不一致时退出状态为 1。"""
    from sqlalchemy import create_engine

    from core.database.migrate import current, head

    with console.services(owner=True, system=False) as running:
        engine = create_engine(running.settings.database_owner_url)
        at, wanted = current(engine), head()
        engine.dispose()
    console.result({"current": at, "head": wanted}, f"数据库 {at or '（空）'}，程序 {wanted}")
    if at != wanted:
        raise SystemExit(FAILED)


@main.command()
@command(permission=OPERATOR)
def doctor(console: Console) -> None:
    """检查运行环境：字符集、角色权限、行级安全、版本、时钟、写权限、磁盘、队列。"""
    import dataclasses

    from core.runtime.doctor import BAD, examine

    with console.services(queue=True, owner=False, system=False) as running:
        found = examine(running.settings)
    healthy = all(finding.state != BAD for finding in found)
    if console.json:
        console.result({"healthy": healthy, "findings": [dataclasses.asdict(finding) for finding in found]})
    else:
        marks = {"ok": "正常", "warn": "注意", "bad": "错误"}
        for finding in found:
            advice = f"    → {finding.advice}" if finding.state != "ok" and finding.advice else ""
            click.echo(f"[{marks[finding.state]}] {finding.name}：{finding.found}{advice}")
    if not healthy:
        raise SystemExit(FAILED)


@main.group()
def config() -> None:
    """设置。"""


@config.command("show")
@command(permission=OPERATOR)
def config_show(console: Console) -> None:
    """列出全部设置、来源说明与当前值（密钥不显示）。"""
    from core.config import described, load_settings

    rows = described(load_settings(complete=False))
    if console.json:
        console.result({row["name"]: row["value"] for row in rows})
    else:
        console.table(rows, columns={"name": "设置", "value": "当前值", "comment": "说明"})


if __name__ == "__main__":
    main()
