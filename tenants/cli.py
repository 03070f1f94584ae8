"""Commands of the hosting side: ``dangjian tenant …``."""

import secrets
from datetime import datetime
from typing import Any

import click

from core.runtime.console import OPERATOR, Console, command

STATE_NAMES = {"active": "启用", "read_only": "只读", "suspended": "停用"}


@click.group("tenant", help="租户：新建、查看、停用、绑定域名")
def group() -> None:
    """The group itself does nothing."""


@group.command("create", help="新建租户：租户代号 SLUG 用于网址")
@click.argument("slug")
@click.option("--title", required=True, help="单位名称，显示在每个页面上，如“清源县智慧党建”")
@click.option("--root", required=True, help="最高党组织全称，如“中共清源县委员会”")
@click.option("--admin", required=True, help="第一个管理员的登录名")
@click.option("--admin-name", default="管理员", help="管理员的显示名")
@click.option("--password", default=None, envvar="DANGJIAN_ADMIN_PASSWORD", help="初始密码；不给则随机生成并只显示一次")
@command(permission=OPERATOR)
def create(
    console: Console, slug: str, title: str, root: str, admin: str, admin_name: str, password: str | None
) -> None:
    """Make a tenant, its root unit and its first administrator."""
    secret = password or secrets.token_urlsafe(15)
    with console.application(queue=False):
        from tenants.provision import create_tenant

        made = create_tenant(slug=slug, title=title, root=root, admin=admin, admin_name=admin_name, password=secret)
    answer: dict[str, Any] = {"id": made.id, "slug": slug, "root_unit_id": str(made.root_unit_id), "admin": admin}
    shown = "" if password else f"，初始密码 {secret}（只显示这一次，请登录后修改）"
    if not password:
        answer["password"] = secret
    console.result(answer, f"已建立租户“{title}”（{slug}）。网址前缀 /t/{slug}/ ，管理员 {admin}{shown}。")


@group.command("list", help="全部租户")
@command(permission=OPERATOR)
def list_(console: Console) -> None:
    """Every tenant with its state and domains."""
    with console.application(queue=False):
        from tenants.queries import tenants

        found = tenants()
    columns = {"slug": "代号", "title": "名称", "state": "状态", "domains": "域名", "created_at": "建立时间"}
    shown = [one | {"state": STATE_NAMES[one["state"]]} for one in found]
    console.table(found if console.json else shown, columns=columns, name="tenants")


@group.command("show", help="一个租户：党组织数量和党员统计")
@click.argument("slug")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="按这一天计算年龄（默认今天）")
@command(permission=OPERATOR)
def show(console: Console, slug: str, as_of: datetime | None) -> None:
    """One tenant's counts."""
    with console.application(queue=False):
        from tenants.queries import tenant

        found = tenant(slug, as_of=as_of.date() if as_of else None)
    units, members = found["organisations"], found["members"]
    console.result(
        found,
        f"{found['title']}（{slug}），状态：{STATE_NAMES[found['state']]}，根组织 {found['root']}\n"
        f"党组织 {units['total']} 个：党委 {units.get('committee', 0)}、党总支 {units.get('general_branch', 0)}、"
        f"党支部 {units.get('branch', 0)}\n"
        f"党员 {members['total']} 名：农村 {members['rural']}、女 {members['female']}、"
        f"35岁及以下 {members['age_35_or_under']}、高中及以上 {members['senior_secondary_or_above']}、"
        f"预备 {members['probationary']}（截至 {found['as_of']}）",
    )


@group.command("set-state", help="启用（active）、只读（read_only）或停用（suspended）")
@click.argument("slug")
@click.argument("state")
@command(permission=OPERATOR)
def state(console: Console, slug: str, state: str) -> None:
    """Change what a tenant may do; holds from its next request on."""
    with console.application(queue=False):
        from tenants.provision import set_state

        set_state(slug=slug, state=state)
    console.result({"slug": slug, "state": state}, f"租户 {slug} 的状态已改为“{STATE_NAMES[state]}”。")


@group.command("add-domain", help="给租户绑定自己的域名")
@click.argument("slug")
@click.argument("host")
@command(permission=OPERATOR)
def domain(console: Console, slug: str, host: str) -> None:
    """Bind a host name."""
    with console.application(queue=False):
        from tenants.provision import add_domain

        add_domain(slug=slug, host=host)
    console.result({"slug": slug, "host": host}, f"租户 {slug} 已绑定域名 {host}。")


@group.command("add-account", help="给租户添加账号，并在一个党组织上授予角色")
@click.argument("slug")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option("--role", required=True, help="角色代号，如 committee_officer、branch_secretary、auditor")
@click.option("--unit", default=None, help="党组织全称；不给则为根组织")
@click.option("--password", default=None, envvar="DANGJIAN_ACCOUNT_PASSWORD", help="初始密码；不给则随机生成")
@command(permission=OPERATOR)
def account(
    console: Console, slug: str, login: str, name: str, role: str, unit: str | None, password: str | None
) -> None:
    """Make an account with one role on one unit."""
    secret = password or secrets.token_urlsafe(15)
    with console.application(queue=False):
        from tenants.provision import add_account_at

        made = add_account_at(slug=slug, login=login, name=name, role=role, unit=unit, password=secret)
    answer = {"id": str(made), "login": login, "role": role, **({} if password else {"password": secret})}
    shown = "" if password else f"，初始密码 {secret}"
    console.result(answer, f"已添加账号 {login}（{name}）{shown}。")
