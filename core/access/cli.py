"""Commands of access: ``dangjian access …``."""

from datetime import datetime

import click

from core.runtime.console import FAILED, OPERATOR, CommandError, Console, command


@click.group("access", help="权限：说明某人为什么能或不能办某事")
def group() -> None:
    """The group itself does nothing."""


@group.command("explain", help="账号 ACCOUNT 对 SUBJECT 有没有权限 PERMISSION，为什么；有权限时退出状态为 0，没有为 1")
@click.argument("account")
@click.argument("permission")
@click.argument("subject")
@click.option("--tenant", required=True, help="租户代号")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="这一天（默认今天）")
@command(permission=OPERATOR)
def explain_(console: Console, account: str, permission: str, subject: str, tenant: str, on: datetime | None) -> None:
    """Answer from the same reasons as the page; ``-`` as the subject means anywhere."""
    with console.application(queue=False):
        from core import clock
        from core.access.acting import actor_of
        from core.access.explain import explain
        from core.access.permissions import PERMISSIONS
        from core.access.queries.grants import account_named, account_of
        from core.access.subjects import Subject, find
        from core.audit.cli import serving

        with serving(tenant):
            if permission not in PERMISSIONS:
                raise CommandError(f"没有名为“{permission}”的权限。可用：{'、'.join(sorted(PERMISSIONS))}。", status=2)
            holder = account_named(account)
            if holder is None:
                raise CommandError(f"没有登录名为“{account}”的账号。", status=2)
            meant: list[Subject | None] = [None] if subject == "-" else [*find(subject)]
            if len(meant) != 1:
                which = "、".join(f"{one.kind}:{one.id}（{one.unit}）" for one in meant if one)
                said = f"“{subject}”可以指多个：{which}。请用编号。" if meant else f"没有找到“{subject}”。"
                raise CommandError(said, status=2)
            day = on.date() if on else clock.today()
            name = (account_of(holder) or [None, account])[1]
            one = meant[0]
            answer = explain(
                actor_of(holder), str(name), permission, subject=one.title if one else "任一党组织",
                path=one.path if one else None, day=day,
            )  # fmt: skip
    lines = [
        f"{'可以' if answer.yes else '不可以'}：{answer.account}，{answer.title}，{answer.subject}（{answer.day}）"
    ]
    lines += [
        f"  {'✓' if one.grants else '✗'} {one.role}，{one.unit}，{one.valid_from} 至 {one.valid_to or '不限期'}：{one.why}"
        for one in answer.reasons
    ]
    if answer.masked is not None:
        lines.append("  敏感信息：只见隐去后的样子" if answer.masked else "  敏感信息：可看完整（须写用途并留痕）")
    lines += [f"  需要：{one}" for one in answer.needed]
    console.result(answer.as_dict(), "\n".join(lines))
    if not answer.yes:
        raise click.exceptions.Exit(FAILED)
