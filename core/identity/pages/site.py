"""What the pages of identity share."""

from uuid import UUID

from flask import Blueprint, abort, current_app, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock
from core.access.gate import GRANTS, actor, holding_of, may, ranges
from core.access.permissions import PERMISSIONS, declare
from core.config import Settings
from core.database import transaction
from core.database.read import flush
from core.identity import sessions
from core.identity.models import Account
from core.identity.passkeys import Site
from core.tenancy.names import plain_host

bp = Blueprint("identity", __name__, template_folder="../templates")

MANAGE = declare("identity.account.manage", "管理账号：开通、停用、重置第二验证方式、结束登录")
RULES = declare("identity.rules.edit", "修改登录安全规则")
OPEN = declare(
    "identity.account.open",
    "为党员开通账号",
    roles=("committee_officer", "general_secretary", "branch_secretary"),
)
#: The root unit's path: who holds :data:`MANAGE` there looks after every account of the tenant.
ROOT = "0000."


def held() -> sessions.Held:
    """The session of the page; 404 for a token, which has none."""
    found = sessions.current()
    if found is None:
        abort(404)
    return found


def me() -> Account:
    """The asking account."""
    with transaction() as database:
        return database.scalars(select(Account).where(Account.id == actor().account_id)).one()


def whole_tenant() -> None:
    """Refuse somebody who manages a part of the tenant only: an account may hold rights anywhere."""
    if not any(start <= ROOT < end for start, end in ranges(MANAGE)):
        abort(403, _("只有全单位范围的管理员才能管理账号。"))


def account_or_404(account_id: UUID) -> Account:
    """The account, if the asking one may manage it."""
    whole_tenant()
    with transaction() as database:
        found = database.scalars(select(Account).where(Account.id == account_id)).one_or_none()
    if found is None:
        abort(404)
    return found


def opened_or_404(account_id: UUID) -> Account:
    """The account, if the asking one may renew the way into it: never one that may do what they may not.

    Who gets a link, or registers the address that gets it, can come in with it; so a helper who manages accounts, or a
    program whose token does nothing else, would have the rights of everybody.
    """
    found, today = account_or_404(account_id), clock.today()
    if actor().scopes is not None and account_id == actor().account_id:
        abort(403, _("访问令牌不能重设自己账号的登录方式。请登录后办理。"))
    [grants] = flush((GRANTS, {"account": account_id}))
    for one in map(holding_of, grants):
        ended = one.valid_to is not None and one.valid_to <= today
        wanted = () if ended else one.permissions & PERMISSIONS.keys()
        if any(not may(permission, one.path) for permission in wanted):
            abort(403, _("这个账号拥有您没有的权限，请由拥有这些权限的管理员办理。"))
    return found


def site() -> Site:
    """The relying party of passkeys: the host that the browser shows."""
    return Site(plain_host(request.host) or "", request.host_url.rstrip("/"), g.tenant.title)


def link_of(token: str) -> str:
    """The whole address of a link.

    Begins with the operator's public address if there is one; else with the host of this request, which is that of the
    signed-in administrator's own browser.
    """
    settings: Settings = current_app.extensions["dangjian.settings"]
    if settings.public_url:
        return f"{settings.public_url.rstrip('/')}/t/{g.tenant.slug}/link/{token}"
    return url_for("identity.link", token=token, _external=True)
