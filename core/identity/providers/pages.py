"""Signing in by a provider: away, back, and the link with one's own account."""

import secrets
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import PUBLIC, SIGNED_IN, actor, requires
from core.database import transaction
from core.identity import sessions
from core.identity.actions import begin_session
from core.identity.providers import actions, administering, flow
from core.identity.providers.interface import SignInFailed, Subject
from core.identity.providers.kinds import KINDS
from core.identity.providers.models import Provider
from core.identity.providers.queries import active_providers, links_of
from core.identity.ways import PROVIDERS, Way
from core.policy.findings import Refused
from core.web.shell import own_path

bp = Blueprint("identity_sso", __name__, template_folder="templates")
_REMEMBERED = "identity.providers"


def offered(target: str) -> list[Way]:
    """The buttons of the sign-in page."""
    known: dict[Any, Any] = g.tenant.known
    if _REMEMBERED not in known:
        known[_REMEMBERED] = active_providers()
    return [
        Way(_("通过%(title)s", title=title), url_for("identity_sso.start", provider_id=which, next=target), "login")
        for which, title in known[_REMEMBERED]
    ]


def _failed(provider: UUID | None, failed: SignInFailed) -> tuple[str, int]:
    with transaction():
        actions.note_refused(provider, failed.reason)
    return render_template("identity/sso/failed.html", message=failed.message), 403


@bp.get("/sign-in/with/<uuid:provider_id>")
@requires(PUBLIC)
def start(provider_id: UUID) -> Response | tuple[str, int]:
    """Send the browser to the provider."""
    target = own_path(request.args.get("next")) or url_for("home.home")
    return _depart(provider_id, to=target)


@bp.post("/account/sign-in-links/<uuid:provider_id>")
@requires(SIGNED_IN)
def link(provider_id: UUID) -> Response | tuple[str, int]:
    """Show where to go on to the provider, in order to link one's own account."""
    return _depart(provider_id, to=url_for("identity_sso.links"), account=actor().account_id.hex)


def _depart(provider_id: UUID, **carried: str) -> Response | tuple[str, int]:
    state = secrets.token_urlsafe(24)
    try:
        provider, row = actions.made(provider_id)
        agent, callback = request.user_agent.string, flow.callback_of(provider_id)
        departure = actions.asked(row.kind, lambda: provider.start(callback=callback, state=state, agent=agent))
    except SignInFailed as failed:
        return _failed(provider_id, failed)
    if request.method == "POST":  # a form may not be led to another host (form-action): a page with a link is shown
        answer = Response(render_template("identity/sso/leave.html", url=departure.url), mimetype="text/html")
    else:
        answer = redirect(departure.url, 303)
    flow.put(answer, flow.AWAY, provider=provider_id.hex, state=state, kept=dict(departure.kept), **carried)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/sign-in/with/<uuid:provider_id>/back")
@requires(PUBLIC)
def finish(provider_id: UUID) -> Response | tuple[str, int] | Any:
    """The browser is back: find out who it is."""
    try:
        answer = _arrived(provider_id)
    except SignInFailed as failed:
        page, status = _failed(provider_id, failed)
        answer = Response(page, status, mimetype="text/html")
    except Refused as refused:
        page, status = _failed(provider_id, SignInFailed("account", str(refused)))
        answer = Response(page, status, mimetype="text/html")
    flow.drop(answer, flow.AWAY)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address holds the code
    return answer


def _arrived(provider_id: UUID) -> Response:
    carried, arguments = flow.read(flow.AWAY), request.args.to_dict()
    if carried is None or not flow.matches(carried, provider_id, arguments.get("state", "")):
        message = _("这次登录不是从本浏览器发起的，或者已经用过、已过期。请重新登录。")
        raise SignInFailed("state", message)
    if arguments.get("error"):
        raise SignInFailed(
            f"denied:{arguments['error'][:30]}", _("您没有在登录服务中同意登录，或者登录服务拒绝了请求。")
        )
    provider, row = actions.made(provider_id)
    if not any(arguments.get(name) for name in KINDS[row.kind].answers):
        raise SignInFailed("code", _("登录服务没有给出登录凭据，请重新登录。"))
    callback, kept = flow.callback_of(provider_id), carried["kept"]
    subject = actions.asked(row.kind, lambda: provider.finish(arguments=arguments, callback=callback, kept=kept))
    if carried.get("account"):
        return _linked(row, subject, UUID(carried["account"]))
    return _signed_in(row, subject, str(carried.get("to") or url_for("home.home")))


def _linked(row: Provider, subject: Subject, account: UUID) -> Response:
    if g.actor is None or g.actor.account_id != account:
        raise SignInFailed("account", _("您已换了账号，请重新关联。"))
    actions.link(provider=row.id, account=account, subject=subject.id, label=subject.name or subject.id)
    flash(_("已关联%(title)s。", title=row.title), "ok")
    return redirect(url_for("identity_sso.links"), 303)


def _signed_in(row: Provider, subject: Subject, target: str) -> Response:
    account = actions.recognise(row, subject)
    if account is not None:
        return redirect(begin_session(account, row.kind, strong=row.second_factor, target=target), 303)
    confirm = url_for("identity_sso.confirm", next=target)
    notice = _("您的%(title)s身份还没有关联账号。请用密码登录一次并确认关联，以后即可直接登录。", title=row.title)
    flash(notice, "info")
    answer = redirect(url_for("identity.sign_in", next=confirm), 303)
    label = (subject.name or subject.id)[:100]
    flow.put(answer, flow.LINKING, provider=row.id.hex, title=row.title, subject=subject.id, label=label)
    return answer


@bp.route("/account/sign-in-links/confirm", methods=["GET", "POST"])
@requires(SIGNED_IN)
def confirm() -> Response | str:
    """After the first sign-in by password: link what the provider said before with this account, if wanted."""
    target = own_path(request.values.get("next")) or url_for("home.home")
    carried = flow.read(flow.LINKING)
    if carried is None:
        flash(_("关联已过期，请重新用单点登录发起。"), "warn")
        return redirect(target, 303)
    if request.method == "GET":
        return render_template("identity/sso/confirm.html", carried=carried, target=target)
    if request.form.get("agree"):
        try:
            actions.link(
                provider=UUID(carried["provider"]),
                account=actor().account_id,
                subject=carried["subject"],
                label=carried["label"],
            )
            flash(_("已关联%(title)s，下次可以直接登录。", title=carried["title"]), "ok")
        except (Refused, SignInFailed) as refused:
            flash(str(refused), "bad")
    answer = redirect(target, 303)
    flow.drop(answer, flow.LINKING)
    return answer


@bp.get("/account/sign-in-links")
@requires(SIGNED_IN)
def links() -> str:
    """One's own links with providers."""
    own = links_of(actor().account_id)
    linked = {one.provider_id for one in own}
    free = [(which, title) for which, title in active_providers() if which not in linked]
    return render_template("identity/sso/links.html", links=own, free=free, zone=clock.ZONE)


@bp.post("/account/sign-in-links/<uuid:link_id>/end")
@requires(SIGNED_IN)
def unlink(link_id: UUID) -> Response:
    """Take one's own link away."""
    if not actions.unlink(account=actor().account_id, link_id=link_id):
        abort(404)
    flash(_("已取消关联。"), "ok")
    return redirect(url_for("identity_sso.links"), 303)


def register(app: Flask) -> None:
    """Add the pages, the buttons of the sign-in page, and the administrator's tab."""
    app.register_blueprint(bp)
    administering.register(app)
    sessions.ENROLMENT.add("identity_sso.confirm")
    if offered not in PROVIDERS:
        PROVIDERS.append(offered)
