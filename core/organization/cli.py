"""Commands of the organisation: ``dangjian org …``."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from core.audit.cli import serving
from core.importing.cli import import_command
from core.runtime.console import OPERATOR, Console, command

if TYPE_CHECKING:
    from core.importing.kinds import ImportKind


@click.group("org", help="党组织：导入花名册、查看架构")
def group() -> None:
    """The group itself does nothing."""


def _kind() -> "ImportKind":
    from core.organization.importing import ORGANIZATION

    return ORGANIZATION


def _figures(totals: Mapping[str, Any]) -> str:
    return (
        f"现有党组织 {totals['total']} 个：党委 {totals['committee']}、党总支 {totals['general_branch']}、"
        f"党支部 {totals['branch']}。"
    )


group.add_command(import_command(_kind, "党组织花名册", _figures))


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
