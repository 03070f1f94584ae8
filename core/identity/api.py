"""``/api/v1/accounts`` and ``/api/v1/sessions``: accounts for those who look after them, one's own sessions."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, abort
from flask_babel import lazy_gettext as _l

from core.access.gate import SIGNED_IN, actor, requires
from core.api import fields, setup
from core.api.answers import answer
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, listing
from core.api.verbs import Verbs
from core.identity.models import AccountSession
from core.identity.pages.roles import roles_held
from core.identity.pages.site import MANAGE, whole_tenant
from core.identity.queries import Row, accounts_after, sessions_of

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
    found = accounts_after(only=account_id, limit=1)
    if not found:
        abort(404)
    return answer({**_shown(found[0]), "roles": "、".join(roles_held([account_id]).get(account_id, []))})


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


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
