"""The gate before every page and API verb: who asks, and is this theirs to ask for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from core import clock
from core.access.actor import Actor, Holding, Range
from core.access.bearer import bearer, offered
from core.access.models import Grant, Role
from core.access.permissions import PERMISSIONS
from core.access.roles import ROLES, usable
from core.audit.actions import Origin, origin, set_origin
from core.database.read import Row, flush, settle_preface
from core.identity import sessions
from core.identity.models import Account
from core.organization.models import Unit
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.doors import is_open

F = TypeVar("F", bound=Callable[..., Any])
#: Marks a route that asks for no account.
PUBLIC = "public"
#: Marks a route open to everybody who is signed in.
SIGNED_IN = "signed_in"
#: Marks a page of the installation, whose blueprint lets in operators alone; no tenant is bound there.
OPERATOR = "operator"

ACCOUNT = select(Account.id, Account.display_name, Account.session_epoch, Account.preferences).where(
    Account.id == bindparam("account"), Account.state == "active"
)
_officer = aliased(Account)
GRANTS = (
    select(
        Grant.role, Grant.unit_id, Unit.short_name, Unit.path, Unit.path_end, Grant.valid_from, Grant.valid_to,
        Role.permissions, Role.title, Role.based_on, Grant.delegated_by, _officer.display_name,
    )
    .join(Unit, (Unit.tenant_id == Grant.tenant_id) & (Unit.id == Grant.unit_id))
    .join(Role, (Role.tenant_id == Grant.tenant_id) & (Role.code == Grant.role), isouter=True)
    .join(_officer, (_officer.tenant_id == Grant.tenant_id) & (_officer.id == Grant.delegated_by), isouter=True)
    .where(
        Grant.account_id == bindparam("account"), or_(Grant.delegated_by.is_(None), _officer.state == "active")
    )
)  # fmt: skip


def holding_of(row: Row) -> Holding:
    """A grant as :data:`GRANTS` reads it."""
    role, unit, name, path, end, begins, ends, own, title, based_on, for_id, for_name = row
    if own is None:
        title = ROLES[role].title if role in ROLES else role
        own = None if is_open(role) else ()
    else:
        own = tuple(sorted(usable(based_on, own)))
    return Holding(role, unit, name, path, end, begins, ends, own, title, for_id, for_name)


def requires(permission: str) -> Callable[[F], F]:
    """Declare what a route asks for: a permission's name, :data:`PUBLIC` or :data:`SIGNED_IN`.

    A route without a declaration, or with a name that no part declares, is not routable: the application refuses to
    start (:func:`undeclared`).
    """

    def mark(view: F) -> F:
        view.__dict__["permission"] = permission
        return view

    return mark


def declared(view: Any) -> str | None:
    """The permission a view function declares."""
    found: str | None = getattr(view, "permission", None)
    return found


def actor() -> Actor:
    """Who asks. Only for routes that are not public."""
    who: Actor = g.actor
    return who


def ranges(permission: str) -> tuple[Range, ...]:
    """Where the asking account holds a permission today."""
    return actor().ranges(permission, clock.today())


def may(permission: str, path: str | None = None) -> bool:
    """Whether the asking account holds a permission today: at that path, or anywhere."""
    who: Actor | None = g.get("actor")
    return who is not None and who.may(permission, clock.today(), path)


def need(permission: str, path: str) -> None:
    """Refuse, as if there were nothing, an act on a unit outside the asking account's reach."""
    if not may(permission, path):
        abort(404)
    acting_at(permission, path)


def need_at(permission: str, path: str, *, what: str) -> None:
    """Refuse an act that needs a right on a place which the actor can see, saying so.

    :raises Refused: with E_SCOPE.
    """
    if not may(permission, path):
        message = f"您没有在{what}办理这件事的权限（{PERMISSIONS[permission].title}）。"
        raise Refused([Finding("AC.01", Severity.BLOCK, "", message, code="E_SCOPE")])
    acting_at(permission, path)


def acting_at(permission: str, path: str | None = None) -> None:
    """Let what follows be written down under both names where the right was delegated (00-conventions 0.6).

    The gate asks for the route's permission anywhere; a page that knows the place asks again with its path.
    """
    who = actor()
    held = who.behalf(permission, clock.today(), path)
    name = f"{who.name}（受{held.for_name}委托）" if held else who.name
    if origin().actor != name:
        set_origin(replace(origin(), actor=name))


def clear_of(permission: str, path: str | None) -> bool:
    """Whether the asking account may open what is masked, at that path or anywhere: the one place that decides.

    Privacy class is an axis beside the permission to see a record at all: whoever may see it sees P3 values masked
    unless a permission declared ``full=True`` covers the place. Roles of ``permissions.MASKED`` never hold one.

    :raises ValueError: the permission opens nothing.
    """
    if not PERMISSIONS[permission].full:
        raise ValueError(f"{permission} is not declared full: it opens nothing")
    return may(permission, path)


def within(path: Any, count: int) -> ColumnElement[bool]:
    """``path`` lies in one of ``count`` ranges, given as parameters ``from0, to0, from1, …`` (:func:`bounds`)."""
    return or_(*((path >= bindparam(f"from{i}")) & (path < bindparam(f"to{i}")) for i in range(count)))


def bounds(found: tuple[Range, ...]) -> dict[str, str]:
    """The parameters of :func:`within`."""
    return {
        name: value for i, (start, end) in enumerate(found) for name, value in ((f"from{i}", start), (f"to{i}", end))
    }


def _recall(account_id: str) -> Actor | None:
    known = g.tenant.known
    if account_id not in known:
        accounts, grants = flush((ACCOUNT, {"account": UUID(account_id)}), (GRANTS, {"account": UUID(account_id)}))
        if len(known) > 5000:
            known.clear()
        known[account_id] = (
            Actor(accounts[0][0], accounts[0][1], tuple(map(holding_of, grants)), accounts[0][3], accounts[0][2])
            if accounts
            else None
        )
    found: Actor | None = known[account_id]
    return found


def known_actor(account_id: UUID) -> Actor | None:
    """An active account of the request's tenant with what it was granted: for addresses that are a secret by themselves."""
    return _recall(str(account_id))


def recognise() -> Actor | None:
    """The account of the token or session, if it is this tenant's and still holds."""
    if offered():
        return bearer(_recall)
    held = sessions.current()
    g.strong = held is not None and held.strong
    return _recall(str(held.account_id)) if held is not None else None


def _second_factor_due(who: Actor) -> bool:
    """Whether the session lacks the second factor that a role of the account requires (the tenant's rule)."""
    if who.scopes is not None or g.strong or request.endpoint in sessions.ENROLMENT:
        return False
    wanted, today = sessions.sign_in_rules().roles, clock.today()
    return bool(wanted) and any(held.role in wanted and held.holds(today) for held in who.holdings)


def register(app: Flask) -> None:
    """Ask at the gate before every request, and forget after it who acted."""
    app.before_request(_head_as_get)

    @app.before_request
    def ask() -> Response | None:
        if request.endpoint is None or "tenant" not in g:
            return None
        who = g.actor = recognise()
        if who is not None:
            set_origin(Origin(who.account_id, who.name, request.remote_addr, g.get("request_id")))
        else:
            set_origin(Origin(actor="未登录", address=request.remote_addr))
        wanted = declared(app.view_functions.get(request.endpoint))
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            settle_preface()
            if g.tenant.state == "read_only" and wanted != PUBLIC:
                abort(403, "本单位目前为只读状态，暂时不能修改。")
        if wanted == PUBLIC:
            return None
        if who is None:
            return _to_sign_in()
        if _second_factor_due(who):
            return _to_enrolment()
        if wanted != SIGNED_IN and (wanted is None or not who.may(wanted, clock.today())):
            settle_preface()
            abort(403, _beyond(who, wanted))
        return None

    app.teardown_request(_leave)


def _head_as_get() -> None:
    """A view that tells its form's page from the form's sending by the method must never take HEAD for a sending.

    HEAD bears no token against forgery. The answer's body is left out further down, by what the server was asked.
    """
    if request.method == "HEAD":
        request.method = "GET"


def _leave(_error: BaseException | None) -> None:
    set_origin(Origin())  # the thread lives on: what it does next is not this account's doing


def _beyond(who: Actor, wanted: str | None) -> str | None:
    """What a program is told whose token is too narrow."""
    if who.scopes is None or wanted is None or wanted in who.scopes:
        return None
    return str(_("这个令牌没有“%(title)s”的范围（%(name)s）。", title=PERMISSIONS[wanted].title, name=wanted))


def _to_sign_in() -> Response:
    settle_preface()
    if request.path.startswith("/api/"):
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    target = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("identity.sign_in", next=target)
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _to_enrolment() -> Response:
    """Lead somebody who needs a second factor to it, before anything else."""
    settle_preface()
    if request.path.startswith("/api/"):
        abort(403, _("您的角色须使用第二验证方式，请先在网页上设置。"))
    address = url_for("identity.second_factor")
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def undeclared(app: Flask) -> list[str]:
    """Endpoints that declare no permission, or one that no part declares."""
    known = (*PERMISSIONS, PUBLIC, SIGNED_IN, OPERATOR)
    return sorted(
        name if declared(view) is None else f"{name} ({declared(view)}: unknown)"
        for name, view in app.view_functions.items()
        if declared(view) not in known
    )
