"""``dangjian operator``: those who run the installation."""

import click

from core.runtime.console import OPERATOR, Console, command


@click.group(help="运维人员：开通、列出、停用")
def group() -> None:
    """Operators."""


@group.command("create", help="开通运维人员；密码和身份验证器的密钥只显示这一次")
@click.argument("login")
@click.option("--name", default="", help="姓名")
@click.option("--password", default=None, envvar="DANGJIAN_OPERATOR_PASSWORD", help="初始密码；不给则随机生成")
@command(permission=OPERATOR)
def create(console: Console, login: str, name: str, password: str | None) -> None:
    """Make an operator."""
    with console.application(queue=False):
        from tenants.operators.actions import create as make

        made = make(login=login, name=name, password=password)
    answer = {"id": str(made.id), "login": made.login, "totp_uri": made.uri, "totp_key": made.key}
    if password is None:
        answer["password"] = made.password
    shown = "" if password else f"\n  密码：{made.password}"
    text = f"已开通运维人员 {made.login}。请在验证器应用中输入密钥，在平台域名的 /operator/ 登录。{shown}\n  密钥：{made.key}\n  {made.uri}"
    console.result(answer, text)


@group.command("list", help="列出运维人员")
@command(permission=OPERATOR)
def listed(console: Console) -> None:
    """List operators."""
    with console.application(queue=False):
        from tenants.operators.actions import operators

        rows = [
            {"login": login, "name": name, "state": state, "last_sign_in_at": at.isoformat() if at else ""}
            for login, name, state, at in operators()
        ]
    columns = {"login": "登录名", "name": "姓名", "state": "状态", "last_sign_in_at": "最近登录"}
    console.table(rows, columns=columns, name="operators")


@group.command("set-state", help="停用（disabled）或启用（active）运维人员")
@click.argument("login")
@click.argument("state")
@command(permission=OPERATOR)
def set_state(console: Console, login: str, state: str) -> None:
    """Disable or enable an operator."""
    with console.application(queue=False):
        from tenants.operators.actions import set_operator_state

        set_operator_state(login=login, state=state)
    console.result({"login": login, "state": state}, f"运维人员 {login} 的状态已改为 {state}。")
