"""``dangjian account``: the accounts of a tenant."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from core.audit.cli import serving
from core.runtime.console import OPERATOR, CommandError, Console, command

_TENANT = click.option("--tenant", required=True, help="租户代号")


@click.group("account", help="账号：列出、邀请、停用、重置第二验证方式")
def group() -> None:
    """Accounts."""


@contextmanager
def _inside(console: Console, tenant: str) -> Iterator[None]:
    """The application, serving one tenant, acting as the command line."""
    with console.application(queue=False), serving(tenant):
        yield


@group.command("list", help="列出账号")
@_TENANT
@click.option("--find", default="", help="登录名、姓名的一部分，或完整的手机号、电子邮箱")
@click.option("--state", type=click.Choice(["active", "invited", "disabled"]), default=None, help="只列这一状态")
@command(permission=OPERATOR)
def listed(console: Console, tenant: str, find: str, state: str | None) -> None:
    """List accounts."""
    with _inside(console, tenant):
        from core.identity.queries import account_page

        found, _total = account_page(wanted=find, state=state or "", size=100_000)
    rows = [
        {
            "id": str(row.id),
            "login": row.login,
            "name": row.display_name,
            "state": row.state,
            "second_factor": row.second,
            "last_sign_in_at": row.last_sign_in_at.isoformat() if row.last_sign_in_at else None,
        }
        for row in found
    ]
    columns = {
        "login": "登录名",
        "name": "姓名",
        "state": "状态",
        "second_factor": "第二验证",
        "last_sign_in_at": "最近登录",
    }
    console.table(rows, columns=columns, name="accounts")


@group.command("invite", help="生成开通链接；账号不存在则先建立，已启用的账号得到重设密码链接")
@click.argument("login")
@_TENANT
@click.option("--name", default="", help="姓名（新账号）")
@click.option("--email", default="", help="电子邮箱；设置了发信服务器时链接发到这里")
@click.option("--phone", default="", help="手机号")
@command(permission=OPERATOR)
def invite(console: Console, login: str, tenant: str, name: str, email: str, phone: str) -> None:
    """Make a link that lets an account's owner set a password."""
    with _inside(console, tenant):
        from core.database import transaction
        from core.identity.actions import create_account
        from core.identity.inviting import hand_out
        from core.identity.queries import account_by_login
        from core.tenancy.addresses import own_address

        with transaction():
            found = account_by_login(login)
            account = (
                found.id
                if found is not None
                else create_account(login=login, display_name=name, email=email, phone=phone)
            )
            link = hand_out(account_id=account, address=lambda token: own_address(tenant, f"/link/{token}"))
    said = f"链接（只显示这一次）：{link}" if link else "链接已发到账号登记的电子邮箱。"
    console.result({"id": str(account), "login": login, "link": link, "mailed": link is None}, said)


@group.command("disable", help="停用账号，立即退出其所有登录")
@click.argument("login")
@_TENANT
@command(permission=OPERATOR)
def disable(console: Console, login: str, tenant: str) -> None:
    """Disable an account."""
    _set_state(console, login, tenant, "disabled", f"账号 {login} 已停用。")


@group.command("enable", help="重新启用账号")
@click.argument("login")
@_TENANT
@command(permission=OPERATOR)
def enable(console: Console, login: str, tenant: str) -> None:
    """Enable an account again."""
    _set_state(console, login, tenant, "active", f"账号 {login} 已启用。")


@group.command("reset-mfa", help="清除账号的第二验证方式，退出其所有登录")
@click.argument("login")
@_TENANT
@command(permission=OPERATOR)
def reset_mfa(console: Console, login: str, tenant: str) -> None:
    """Take every second factor from an account."""
    with _inside(console, tenant):
        from core.identity.actions import reset_second_factor
        from core.identity.queries import account_by_login

        found = account_by_login(login)
        if found is None:
            raise CommandError(f"没有登录名为“{login}”的账号。")
        reset_second_factor(account_id=found.id)
    console.result({"login": login, "second_factor": False}, f"账号 {login} 的第二验证方式已清除。")


def _set_state(console: Console, login: str, tenant: str, state: str, said: str) -> None:
    with _inside(console, tenant):
        from core.identity.actions import set_state
        from core.identity.queries import account_by_login

        found = account_by_login(login)
        if found is None:
            raise CommandError(f"没有登录名为“{login}”的账号。")
        set_state(account_id=found.id, state=state)
    console.result({"login": login, "state": state}, said)
