"""Commands of the roster: ``dangjian people …``."""

from datetime import datetime
from pathlib import Path

import click

from core.organization.cli import serving
from core.runtime.console import OPERATOR, CommandError, Console, command


@click.group("people", help="党员：导入花名册、查找、更换字段密钥")
def group() -> None:
    """The group itself does nothing."""


@group.command("import", help="导入党员花名册（.xlsx、.xls、.ods、.csv）")
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
    """Import a member roster."""
    with console.application(queue=False), serving(tenant, writing=not dry_run):
        from core.importing.command import run_import
        from core.people.importing import PEOPLE

        with console.progress("导入党员") as progress:
            result = run_import(
                PEOPLE,
                file.read_bytes(),
                file.name,
                dry_run=dry_run,
                mode=mode,
                sheets=sheets,
                reason=reason,
                as_of=as_of.date() if as_of else None,
                progress=progress,
            )
    refused = len({(one["sheet"], one["row"]) for one in result.refused})
    done = f"新增 {result.created}、更新 {result.updated}、无变化 {result.unchanged}、退回 {refused} 行。"
    lines = [
        f"{'检查' if dry_run else '导入'}完成：{done}",
        *(f"  {one['sheet']} 第{one['row']}行：{one['message']}（{one['rule']}）" for one in result.refused),
    ]
    console.result(result.as_dict(), "\n".join(lines))


@group.command("search", help="按姓名、拼音、首字母、完整证件号码或电话查找党员")
@click.argument("text")
@click.option("--tenant", required=True, help="租户代号")
@click.option("--limit", type=click.IntRange(1, 200), default=20, help="最多显示几人")
@command(permission=OPERATOR)
def search(console: Console, text: str, tenant: str, limit: int) -> None:
    """Find people of all standings."""
    with console.application(queue=False), serving(tenant):
        from core import clock
        from core.organization.queries.ranges import EVERYWHERE
        from core.people.codes import label
        from core.people.queries import filters
        from core.people.queries.lists import Asked, members
        from core.people.queries.ordering import Order
        from core.people.queries.statements import FIELDS

        criteria = filters.read({"q": text, "standing": "all"}, as_of=clock.today())
        if not criteria.searches:
            raise CommandError("请输入姓名、拼音、首字母、完整的证件号码或电话。", status=2)
        page = members(Asked(None, tuple(EVERYWHERE), criteria, Order(), limit))
    found = [dict(zip(FIELDS, row, strict=False)) for row in page.rows] if page else []
    shown = [
        {**one, "sex": label("sex", one["sex"]), "standing": label("membership_state", one["standing"])}
        for one in found
    ]
    columns = {
        "name": "姓名",
        "sex": "性别",
        "birth": "出生日期",
        "standing": "党籍状态",
        "unit": "所在党支部",
        "id": "编号",
    }
    console.table(found if console.json else shown, columns=columns, name="people")


@group.command("rotate-keys", help="更换敏感字段的密钥：重新加密，确认无人再用后销毁旧密钥")
@click.option("--tenant", required=True, help="租户代号")
@command(permission=OPERATOR)
def rotate_keys(console: Console, tenant: str) -> None:
    """Go on with an unfinished rotation, or begin a new one."""
    with console.application(queue=False), serving(tenant):
        from core.people.actions import keys

        with console.progress("重新加密") as progress:
            found = keys.rotate_keys(progress=lambda done: progress(done, done))
    minutes = -(-int(found.wait.total_seconds()) // 60)
    after = "旧密钥已销毁。" if found.retired else f"旧密钥尚未销毁，请在{max(minutes, 1)}分钟后再运行一次。"
    data = {
        "key": found.key,
        "resealed": found.resealed,
        "retired": found.retired,
        "wait_seconds": int(found.wait.total_seconds()),
    }
    console.result(data, f"已用第{found.key}号密钥重新加密{found.resealed}人的敏感字段。{after}")
