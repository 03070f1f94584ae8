"""Commands of the record: ``dangjian audit …``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from core.runtime.console import FAILED, OPERATOR, CommandError, Console, command


def _slugs(slug: str | None, every: bool) -> list[str]:
    """Which tenants are meant.

    :raises CommandError: neither or both are given.
    """
    if bool(slug) == every:
        raise CommandError("请用 --tenant 给出租户代号，或用 --all 表示全部租户。", status=2)
    if slug:
        return [slug]
    from sqlalchemy import text

    from core.database.system import system_engine

    with system_engine().connect() as connection:
        return list(connection.execute(text("SELECT slug FROM platform.tenant ORDER BY id")).scalars())


@contextmanager
def serving(slug: str, *, writing: bool = False) -> Iterator[None]:
    """Work inside a tenant, as the command line; every part's commands do.

    :param writing: whether the tenant's records are changed, as one that is suspended or read-only does not allow.
    :raises CommandError: there is no such tenant, or it takes no changes now.
    """
    from core.audit.actions import Origin, acting
    from core.database import bound
    from core.tenancy.memory import recall

    tenant = recall("slug", slug)
    if tenant is None:
        raise CommandError(f"没有代号为“{slug}”的租户。用 dangjian tenant list 查看全部租户。")
    if writing and tenant.state != "active":
        now = "已停用" if tenant.state == "suspended" else "是只读状态"
        raise CommandError(f"租户“{slug}”{now}，不能写入。先运行：dangjian tenant set-state {slug} active")
    with bound(tenant_id=tenant.id), acting(Origin(actor="命令行")):
        yield


def _which(function: Any) -> Any:
    for option in (
        click.option("--all", "every", is_flag=True, help="全部租户"),
        click.option("--tenant", default=None, help="租户代号"),
    ):
        function = option(function)
    return function


@click.group("audit", help="审计：校验、链首、封存、清理到期记录")
def group() -> None:
    """The group itself does nothing."""


@group.command("verify", help="逐条校验审计记录是否完整；发现问题时以状态 1 结束")
@_which
@command(permission=OPERATOR)
def verify(console: Console, tenant: str | None, every: bool) -> None:
    """Read every event again and compare it with the chain and the heads written down."""
    found: list[dict[str, Any]] = []
    with console.application(queue=False):
        from core.audit.checking import check

        for slug in _slugs(tenant, every):
            with serving(slug):
                report = check()
            found.append({"tenant": slug, **report.as_dict()})
            word = "完整" if report.ok else "有误"
            console.say(f"{slug}：{report.number} 号封存，{report.events} 条记录，{word}（{report.seconds:.1f} 秒）")
            for fault in report.faults:
                console.say(f"  {fault}")
    ok = all(one["ok"] for one in found)
    console.result({"ok": ok, "tenants": found}, "审计记录完整。" if ok else "审计记录有误。")
    if not ok:
        raise SystemExit(FAILED)


@group.command("head", help="显示链首（最新封存的散列值），并写入数据目录")
@_which
@command(permission=OPERATOR)
def head(console: Console, tenant: str | None, every: bool) -> None:
    """The newest link, signed, for keeping elsewhere."""
    found: list[dict[str, Any]] = []
    with console.application(queue=False):
        from datetime import timedelta

        from core.audit.anchors import anchor
        from core.audit.anchors import head as newest

        for slug in _slugs(tenant, every):
            with serving(slug):
                now = newest()
                anchor(every=timedelta(0))
            found.append(
                {"slug": slug, "number": now.number if now else 0, "hash": now.hash if now else "", "at": now.at if now else "",
                 "signature": now.signature if now else ""}
            )  # fmt: skip
    columns = {"slug": "租户", "number": "封存号", "hash": "散列值", "at": "时间（UTC）"}
    console.table(found, columns=columns, name="heads")


@group.command("seal", help="立即封存（平时由定时进程每分钟执行）")
@_which
@command(permission=OPERATOR)
def seal(console: Console, tenant: str | None, every: bool) -> None:
    """Seal what is not sealed yet."""
    found = []
    with console.application(queue=False):
        from core.audit.sealing import seal as seal_now

        for slug in _slugs(tenant, every):
            with serving(slug):
                found.append({"tenant": slug, "events": seal_now()})
    console.table(found, columns={"tenant": "租户", "events": "封存条数"}, name="sealed")


@group.command("remove-old", help="清理保留期满的审计记录（平时由定时进程执行）")
@_which
@command(permission=OPERATOR)
def remove_old(console: Console, tenant: str | None, every: bool) -> None:
    """Remove what has been kept for its time."""
    found = []
    with console.application(queue=False):
        from core.audit.retention import remove_old as remove

        for slug in _slugs(tenant, every):
            with serving(slug):
                gone = remove()
            found.append({"tenant": slug, "removed": gone.removed if gone else 0, "kept": gone.kept if gone else 0})
    console.table(found, columns={"tenant": "租户", "removed": "清理条数", "kept": "长期保留"}, name="removed")
