"""Commands of the roster: ``dangjian people …``."""

from typing import TYPE_CHECKING

import click

from core.audit.cli import serving
from core.importing.cli import import_command
from core.runtime.console import OPERATOR, CommandError, Console, command

if TYPE_CHECKING:
    from core.importing.kinds import ImportKind


@click.group("people", help="党员：导入花名册、查找、更换字段密钥")
def group() -> None:
    """The group itself does nothing."""


def _kind() -> "ImportKind":
    from core.people.importing import PEOPLE

    return PEOPLE


group.add_command(import_command(_kind, "党员花名册"))


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
