"""``dangjian p care …``: how visits stand in a tenant, and greetings made at once."""

from datetime import date, datetime

import click

from core.sdk import OPERATOR, Console, command

_tenant = click.option("--tenant", "slug", required=True, help="租户代号")


@click.command("board", help="今年四必访的走访情况")
@_tenant
@command(permission=OPERATOR)
def board(console: Console, slug: str) -> None:
    """Visits of this year by kind."""
    from plugins.care.people import whole_tree
    from plugins.care.queries.coverage import coverage
    from plugins.care.rules.visits import TITLES, Kind

    names = ("confirmed", "visited", "in_time", "waiting", "open_follow_ups")
    with console.tenant(slug):
        found = coverage(whole_tree(), year=_today().year)
    rows = [
        {"kind": one.kind, "title": TITLES[Kind(one.kind)], **{name: getattr(one, name) for name in names}}
        for one in found
    ]
    heads = ("类别", "核实", "已走访", "按期走访", "待走访", "未完成的跟进")
    console.table(rows, columns=dict(zip(("title", *names), heads, strict=True)), name="kinds")


def _today() -> date:
    from core.sdk import today

    return today()


@click.command("greet", help="给全体党员制作七一问候，或给当天政治生日的党员制作祝贺；已做过的不重复")
@_tenant
@click.option("--kind", type=click.Choice(["july", "birthday"]), required=True, help="july 七一问候，birthday 政治生日")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="日期；默认七一为7月1日，政治生日为今天")
@click.option(
    "--channel", type=click.Choice(["print", "message"]), default="message", show_default=True, help="打印或站内消息"
)
@command(permission=OPERATOR)
def greet(console: Console, slug: str, kind: str, day: datetime | None, channel: str) -> None:
    """Greet everybody who was not greeted this year."""
    from plugins.care.people import root
    from plugins.care.rounds import greetings

    with console.tenant(slug):
        on = day.date() if day else greetings.usual_day(kind)
        count = greetings.greet(unit_id=root().id, kind=kind, day=on, channel=channel)
    console.result({"kind": kind, "day": on, "count": count}, f"{on}：已为{count}名党员制作{greetings.KINDS[kind]}。")


COMMANDS = (board, greet)
