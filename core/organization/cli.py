"""Commands of the organisation: ``dangjian org …``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from core.runtime.console import OPERATOR, CommandError, Console, command


@contextmanager
def serving(slug: str, *, writing: bool = False) -> Iterator[None]:
    """Work inside a tenant, as the command line.

    :param writing: whether the tenant's records are changed, as one that is suspended or read-only does not allow.
    :raises CommandError: there is no such tenant, or it takes no changes now.
    """
    from core.audit.actions import Origin, acting
    from core.database import bound
    from core.tenancy.memory import recall

    tenant = recall("slug", slug)
    if tenant is None:
        raise CommandError(f"没有代号为“{slug}”的租户。")
    if writing and tenant.state != "active":
        now = "已停用" if tenant.state == "suspended" else "是只读状态"
        raise CommandError(f"租户“{slug}”{now}，不能写入。先运行：dangjian tenant set-state {slug} active")
    with bound(tenant_id=tenant.id), acting(Origin(actor="命令行")):
        yield


@click.group("org", help="党组织：导入花名册、查看架构")
def group() -> None:
    """The group itself does nothing."""


@group.command("import", help="导入党组织花名册（.xlsx、.xls、.ods、.csv）")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", required=True, help="租户代号")
@click.option("--dry-run", is_flag=True, help="只检查，不写入")
@click.option("--mode", type=click.Choice(["both", "add", "update"]), default="both", help="新增和更新、只新增、只更新")
@click.option("--sheet", "sheets", multiple=True, help="只导入这张工作表（可重复）")
@click.option("--reason", default="", help="有疑问的行仍要导入的理由")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="按这一天判断日期（默认今天）")
@command(permission=OPERATOR)
def import_(
    console: Console,
    file: Path,
    tenant: str,
    dry_run: bool,
    mode: str,
    sheets: tuple[str, ...],
    reason: str,
    as_of: datetime | None,
) -> None:
    """Import a register of units."""
    with console.application(queue=False), serving(tenant, writing=not dry_run):
        from core.importing.command import run_import
        from core.organization.importing import ORGANIZATION

        with console.progress("导入党组织") as progress:
            result = run_import(
                ORGANIZATION,
                file.read_bytes(),
                file.name,
                dry_run=dry_run,
                mode=mode,
                sheets=sheets,
                reason=reason,
                as_of=as_of.date() if as_of else None,
                progress=progress,
            )
    answer = result.as_dict()
    refused = len({(one["sheet"], one["row"]) for one in result.refused})
    done = f"新增 {result.created}、更新 {result.updated}、无变化 {result.unchanged}、退回 {refused} 行。"
    lines = [
        f"{'检查' if dry_run else '导入'}完成：{done}",
        *(f"  {one['sheet']} 第{one['row']}行：{one['message']}（{one['rule']}）" for one in result.refused),
    ]
    totals = result.totals
    if totals:
        lines.append(
            f"现有党组织 {totals['total']} 个：党委 {totals['committee']}、党总支 {totals['general_branch']}、"
            f"党支部 {totals['branch']}。"
        )
    console.result(answer, "\n".join(lines))


@group.command("tree", help="党组织架构和党员人数")
@click.option("--tenant", required=True, help="租户代号")
@click.option("--depth", type=click.IntRange(0), default=None, help="只显示到第几层（根组织为 0）")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="这一天的架构（默认现在）")
@command(permission=OPERATOR)
def tree(console: Console, tenant: str, depth: int | None, on: datetime | None) -> None:
    """The tree as it is now with counts, or as it was on a day."""
    with console.application(queue=False), serving(tenant):
        from core.organization.queries.ranges import EVERYWHERE
        from core.organization.queries.tree import tree as now
        from core.organization.queries.tree import tree_on

        if on is not None:
            past = [unit for unit in tree_on(on.date()) if depth is None or unit.depth <= depth]
            data = [{"id": u.id, "name": u.name, "type": u.type, "depth": u.depth} for u in past]
        else:
            units = [unit for unit in now(EVERYWHERE) if depth is None or unit.depth <= depth]
            data = [
                {"id": u.id, "name": u.name, "type": u.type, "depth": u.depth, "members": u.members, "due_on": u.due_on}
                for u in units
            ]
    if console.json:
        console.result({"units": data})
        return
    for line in data:
        members = f"（{line['members']}人）" if "members" in line else ""
        console.result({}, f"{'  ' * int(str(line['depth']))}{line['name']}{members}")


@group.command("enforce", help="使到期的已批准变动生效（每天自动执行，也可手动执行）")
@click.option("--tenant", required=True, help="租户代号")
@command(permission=OPERATOR)
def enforce(console: Console, tenant: str) -> None:
    """Put approved changes in force whose day has come."""
    with console.application(queue=False), serving(tenant, writing=True):
        from core import clock
        from core.organization.actions.changes import enforce_due

        done = enforce_due(as_of=clock.today())
    console.result({"effective": [str(one) for one in done]}, f"已生效 {len(done)} 项变动。")
