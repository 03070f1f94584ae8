"""Signing in and out: password, second step, passkeys, forgotten passwords, links."""

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.access.gate import PUBLIC, requires
from core.database import transaction
from core.identity import actions, links, passkeys
from core.identity.contact import confirm_email
from core.identity.models import Account
from core.identity.pages.site import bp, site
from core.identity.ways import ways
from core.mail.actions import deliverable
from core.policy.findings import Finding, Refused, Severity
from core.web.shell import own_path

Answer = str | Response | tuple[str, int]

#: What is said about a link that does not work: what happened, and what to do.
FAULTS = {
    links.Fault.WRONG: (
        _l("链接不正确"),
        _l("链接可能没有复制完整。请从邮件或管理员发来的消息里重新打开，或请管理员再发一次。"),
    ),
    links.Fault.USED: (
        _l("链接已经用过"),
        _l("每个链接只能用一次。如果密码已经设好，请直接登录；忘记密码可以重新申请。"),
    ),
    links.Fault.REPLACED: (
        _l("链接已经作废"),
        _l("之后又发过新的链接，或者密码已经修改。请使用最新的链接，或重新申请。"),
    ),
    links.Fault.EXPIRED: (_l("链接已经过期"), _l("为了安全，链接只在短时间内有效。请重新申请，或请管理员再发一次。")),
}


@bp.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@requires(PUBLIC)
def sign_in_page() -> Answer:
    """The sign-in form, and what it sends."""
    target = own_path(request.values.get("next")) or url_for("home.home")
    if request.method == "GET":
        if g.actor is not None:
            return redirect(target, 303)
        return _sign_in_form(target)
    login = request.form.get("login", "")
    found = actions.sign_in(login=login, password=request.form.get("password", ""))
    if found is None:
        error = _("登录名或密码不对。连续输错多次后需要等一会儿再试。")
        return _sign_in_form(target, login=login[:100], error=error), 422
    return redirect(actions.begin_session(found.account_id, "password", target=target), 303)


def _sign_in_form(target: str, *, login: str = "", error: str | None = None) -> str:
    return render_template("web/sign_in.html", next=target, login=login, error=error, ways=ways(target))


@bp.post("/sign-out")
@requires(PUBLIC)
def sign_out() -> Response:
    """End the session, here and on the server."""
    actions.sign_out()
    return redirect(url_for("identity.sign_in"), 303)


@bp.route("/sign-in/second", methods=["GET", "POST"])
@requires(PUBLIC)
def second() -> Answer:
    """The second step: a code of the app, a passkey, or a recovery code."""
    half = actions.half_signed_in()
    if half is None:
        flash(_("登录已超时，请重新输入密码。"), "warn")
        return redirect(url_for("identity.sign_in"), 303)
    with transaction() as database:
        account = database.get_one(Account, (g.tenant.id, half[0]))
    recovery = request.values.get("by") == "recovery"
    context = {"recovery": recovery, "app": account.totp_confirmed_at is not None, "login": account.login}
    if request.method == "GET":
        return render_template("identity/second.html", error=None, **context)
    given = request.form.get("code", "")
    target = actions.prove_second(recovery=given) if recovery else actions.prove_second(code=given)
    if target is None:
        error = _("验证码不对或已经用过。连续输错多次后需要等一会儿再试。")
        return render_template("identity/second.html", error=error, **context), 422
    return redirect(target, 303)


def _json(text: str) -> FlaskResponse:
    return FlaskResponse(text, mimetype="application/json")


@bp.post("/sign-in/passkey/options")
@requires(PUBLIC)
def passkey_options() -> FlaskResponse:
    """What the browser needs to prove a passkey, at the first step or the second."""
    half = actions.half_signed_in()
    purpose = "second" if half is not None and request.args.get("step") == "second" else "sign-in"
    account = half[0] if half is not None and purpose == "second" else None
    options, asked = passkeys.assertion(site=site(), purpose=purpose, account_id=account)
    session["asked"] = asked.of_cookie()
    return _json(options)


@bp.post("/sign-in/passkey")
@requires(PUBLIC)
def passkey() -> tuple[dict[str, Any], int] | dict[str, Any]:
    """The browser's proof of a passkey: signs in, or completes the second step."""
    answer = request.get_json(silent=True)
    half = actions.half_signed_in()
    purpose = "second" if half is not None and request.args.get("step") == "second" else "sign-in"
    target = None
    if isinstance(answer, dict):
        try:
            asked = passkeys.asked_of(session.pop("asked", None), purpose=purpose)
            target = _by_passkey(answer, asked, purpose)
        except Refused as refused:
            return {"error": str(refused)}, 422
    if target is None:
        return {"error": _("没有验证成功。请换一个通行密钥，或改用密码登录。")}, 422
    return {"target": target}


def _by_passkey(answer: dict[str, Any], asked: passkeys.Asked, purpose: str) -> str | None:
    half = actions.half_signed_in()
    if purpose == "second" and half is not None:
        account = half[0]
        return actions.prove_second(
            proof=lambda: passkeys.prove(answer=answer, asked=asked, site=site(), account_id=account) is not None
        )
    with transaction():
        found = passkeys.prove(answer=answer, asked=asked, site=site())
        if found is None:
            return None
        return actions.begin_session(found, "passkey", strong=True, target=own_path(request.args.get("next")))


@bp.route("/sign-in/forgotten", methods=["GET", "POST"])
@requires(PUBLIC)
def forgotten() -> str:
    """Ask for a reset link. The answer is the same whether there is such an account or not."""
    sent = request.method == "POST" and deliverable()
    if sent:
        actions.forgotten(login=request.form.get("login", "")[:300])
    return render_template("identity/forgotten.html", sent=sent, deliverable=deliverable())


@bp.route("/link/<token>", methods=["GET", "POST"])
@requires(PUBLIC)
def link(token: str) -> Answer:
    """Take up an invitation, set a new password, or confirm an address."""
    try:
        opened = links.look(token)
        if request.method == "GET":
            return render_template("identity/link.html", opened=opened, findings=())
        if opened.kind == "email":
            flash(_("电子邮箱 %(email)s 已确认，可以用来登录。", email=confirm_email(token=token)), "ok")
            return redirect(url_for("identity.account") if g.actor else url_for("identity.sign_in"), 303)
        try:
            return _set_password(token)
        except Refused as refused:
            return render_template("identity/link.html", opened=opened, findings=refused.findings), 422
    except links.BadLink as bad:
        title, text = FAULTS[bad.fault]
        return render_template("identity/bad_link.html", title=title, text=text), 410


def _set_password(token: str) -> Response:
    if request.form.get("new", "") != request.form.get("again", ""):
        raise Refused([Finding("PW.03", Severity.BLOCK, "again", _("两次输入的新密码不一样。"), code="E_FORMAT")])
    with transaction():
        account = actions.take_up(token=token, new=request.form.get("new", ""))
        target = actions.begin_session(account, "link")
    flash(_("密码已设置。"), "ok")
    return redirect(target, 303)
