"""``/api/v1/accounts`` and ``/api/v1/sessions``: accounts for those who look after them, one's own sessions.

What proves who somebody is (passwords, codes, passkeys) is set by its owner at a screen, never by a program.
"""

from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.actions.grants import check_an_administrator_stays
from core.access.gate import SIGNED_IN, actor, requires
from core.api import fields, setup
from core.api.answers import answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, Shape, listing
from core.api.verbs import Verbs
from core.database import transaction
from core.identity import actions, contact
from core.identity.inviting import hand_out
from core.identity.models import AccountSession
from core.identity.pages.roles import roles_held
from core.identity.pages.site import MANAGE, account_or_404, link_of, opened_or_404, whole_tenant
from core.identity.queries import Row, accounts_after, sessions_of
from core.policy.findings import Finding, Refused, Severity

bp = Verbs("identity_api", __name__, title=_l("账号"))


class AccountQuery(Paged):
    """What narrows the list."""

    state = fields.Choice(("invited", "active", "disabled"), _l("状态"))


class AccountShape(Answer):
    """An account. Addresses and numbers are not given out."""

    id = fields.Id(required=True)
    login = fields.Text(required=True)
    name = fields.Text(required=True)
    state = fields.Text(required=True)
    second_factor = fields.Flag(required=True)
    last_sign_in_at = fields.Moment(allow_none=True, required=True)
    person_id = fields.Id(allow_none=True, required=True)


class AccountWithRoles(AccountShape):
    """An account with the titles of the roles it holds today."""

    roles = fields.Text(required=True)


class SessionShape(Answer):
    """One of one's own sessions."""

    id = fields.Id(required=True)
    device = fields.Text(required=True)
    address = fields.Text(allow_none=True, required=True)
    method = fields.Text(required=True)
    created_at = fields.Moment(required=True)
    seen_at = fields.Moment(required=True)


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "login": row.login,
        "name": row.display_name,
        "state": row.state,
        "second_factor": row.second,
        "last_sign_in_at": row.last_sign_in_at,
        "person_id": row.person_id,
    }


@bp.get("/accounts", summary=_l("账号列表"), query=AccountQuery, gives=listing(AccountShape))
@requires(MANAGE)
def list_accounts(query: dict[str, Any]) -> Response:
    """A page of accounts by login."""
    whole_tenant()
    page = page_of(query, order="accounts.login", read=(str, UUID))
    found = accounts_after(state=query.get("state") or "", after=page.after, limit=page.limit + 1)
    return listed(found, page, shown=_shown, key=lambda row: (row.login, row.id))


@bp.get("/accounts/<uuid:account_id>", summary=_l("一个账号"), gives=AccountWithRoles)
@requires(MANAGE)
def one_account(account_id: UUID) -> Response:
    """One account."""
    whole_tenant()
    return answer(_one(account_id))


class AccountBody(Shape):
    """An account to open."""

    login = fields.Text(_l("登录名"), least=1, most=60, required=True)
    name = fields.Text(_l("姓名"), most=60, load_default="")
    email = fields.Text(_l("电子邮箱：邀请发到这里"), most=200, load_default="")
    phone = fields.Text(_l("手机号"), most=30, load_default="")


class LinkShape(Answer):
    """A link by which the owner sets a password."""

    mailed = fields.Flag(_l("已发到登记的电子邮箱"), required=True)
    link = fields.Text(_l("没有发出时，只显示这一次的链接"), allow_none=True, required=True, most=2000)


class OpenedShape(AccountWithRoles):
    """A new account, with its invitation."""

    mailed = fields.Flag(_l("已发到登记的电子邮箱"), required=True)
    link = fields.Text(_l("没有发出时，只显示这一次的链接"), allow_none=True, required=True, most=2000)


class ContactBody(Shape):
    """Addresses of an account: what is not written stays, an empty text removes."""

    email = fields.Text(_l("电子邮箱"), most=200)
    phone = fields.Text(_l("手机号"), most=30)


class EndedShape(Answer):
    """How many sessions were ended."""

    ended = fields.Whole(_l("退出了几处登录"), required=True)


def _one(account_id: UUID) -> dict[str, Any]:
    found = accounts_after(only=account_id, limit=1)
    if not found:
        abort(404)
    return {**_shown(found[0]), "roles": "、".join(roles_held([account_id]).get(account_id, []))}


def _link(shown: str | None) -> dict[str, Any]:
    return {"mailed": shown is None, "link": shown}


@bp.post(
    "/accounts", summary=_l("开通账号并邀请"), takes=AccountBody, gives=OpenedShape, creates=True, forgets=("link",)
)
@requires(MANAGE)
def new_account(body: dict[str, Any]) -> Response:
    """Open an account and invite its owner: by mail, or by the link shown once."""
    whole_tenant()
    with transaction():
        made = actions.create_account(
            login=body["login"], display_name=body["name"], email=body["email"], phone=body["phone"]
        )
        shown = hand_out(account_id=made, address=link_of)
    place = url_for("identity_api.one_account", account_id=made)
    return answer({**_one(made), **_link(shown)}, 201, location=place)


@bp.post("/accounts/<uuid:account_id>/link", summary=_l("发送邀请或重设密码的链接"), gives=LinkShape)
@requires(MANAGE)
def send_link(account_id: UUID) -> Response:
    """A new invitation or reset link; earlier ones end."""
    opened_or_404(account_id)
    return answer(_link(hand_out(account_id=account_id, address=link_of)))


@bp.post("/accounts/<uuid:account_id>/disable", summary=_l("停用账号"), gives=AccountWithRoles)
@requires(MANAGE)
def disable_account(account_id: UUID) -> Response:
    """Disable an account; its sessions end at once."""
    account_or_404(account_id)
    if account_id == actor().account_id:
        raise Refused([Finding("ID.16", Severity.BLOCK, "", _("不能停用自己的账号。"), code="E_PERM")])
    with transaction():
        actions.set_state(account_id=account_id, state="disabled")
        check_an_administrator_stays(as_of=clock.today())
    return answer(_one(account_id))


@bp.post("/accounts/<uuid:account_id>/enable", summary=_l("启用账号"), gives=AccountWithRoles)
@requires(MANAGE)
def enable_account(account_id: UUID) -> Response:
    """Enable an account again."""
    account_or_404(account_id)
    actions.set_state(account_id=account_id, state="active")
    return answer(_one(account_id))


@bp.post("/accounts/<uuid:account_id>/reset-second-factor", summary=_l("清除第二验证方式"), status=204)
@requires(MANAGE)
def reset_second(account_id: UUID) -> Response:
    """Take every second factor from an account whose owner lost them; its sessions end."""
    opened_or_404(account_id)
    actions.reset_second_factor(account_id=account_id)
    return nothing()


@bp.post("/accounts/<uuid:account_id>/end-sessions", summary=_l("退出一个账号的全部登录"), gives=EndedShape)
@requires(MANAGE)
def end_account_sessions(account_id: UUID) -> Response:
    """End all sessions of an account."""
    account_or_404(account_id)
    return answer({"ended": actions.end_sessions(account_id=account_id)})


@bp.post("/accounts/<uuid:account_id>/contact", summary=_l("登记账号的电子邮箱和手机号"), takes=ContactBody, status=204)
@requires(MANAGE)
def set_contact(account_id: UUID, body: dict[str, Any]) -> Response:
    """Register or remove an account's e-mail address and phone number. They are never given out."""
    opened_or_404(account_id)
    with transaction():
        if "email" in body:
            contact.set_email(account_id=account_id, email=body["email"])
        if "phone" in body:
            contact.set_phone(account_id=account_id, phone=body["phone"])
    return nothing()


def _session(one: AccountSession) -> dict[str, Any]:
    return {
        "id": one.id,
        "device": one.device,
        "address": one.address,
        "method": one.method,
        "created_at": one.created_at,
        "seen_at": one.seen_at,
    }


@bp.get("/sessions", summary=_l("自己登录中的设备"), query=Paged, gives=listing(SessionShape))
@requires(SIGNED_IN)
def list_sessions(query: dict[str, Any]) -> Response:
    """One's own sessions that hold, the newest first."""
    page = page_of(query, order="sessions.newest", read=(UUID,))
    found = sessions_of(actor().account_id, after=page.after[0] if page.after else None, limit=page.limit + 1)
    return listed(found, page, shown=_session, key=lambda one: (one.id,))


@bp.delete("/sessions/<uuid:session_id>", summary=_l("退出自己的一处登录"))
@requires(SIGNED_IN)
def end_session(session_id: UUID) -> Response:
    """End one of one's own sessions."""
    if not actions.end_sessions(account_id=actor().account_id, only=session_id):
        abort(404)
    return nothing()


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
