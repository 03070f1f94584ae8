"""One's own account: password, second factors, passkeys, sessions, addresses, language and type size."""

import io
from typing import Any
from uuid import UUID

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import SIGNED_IN, actor, requires
from core.database import transaction
from core.identity import actions, contact, factors, links, passkeys, preferences, sessions
from core.identity.models import AccountPasskey, AccountRecoveryCode, AccountSession
from core.identity.pages.site import bp, held, link_of, me, site
from core.mail.actions import deliverable, post_mail
from core.policy.findings import Finding, Refused, Severity
from core.web.shell import page_shell

Answer = str | Response | tuple[str, int]


def _own() -> dict[str, Any]:
    """What the account pages show of the asking account."""
    who = actor().account_id
    with transaction() as database:
        keys = database.scalars(
            select(AccountPasskey).where(AccountPasskey.account_id == who).order_by(AccountPasskey.id)
        ).all()
        codes = database.scalar(
            select(func.count()).select_from(AccountRecoveryCode).where(AccountRecoveryCode.account_id == who)
        )
    return {"account": me(), "passkeys": keys, "codes": codes, "zone": clock.ZONE}


@bp.get("/account/")
@requires(SIGNED_IN)
def account() -> str:
    """The account at a glance."""
    who, here, found = actor().account_id, held(), _own()
    with transaction() as database:
        own = select(AccountSession).where(AccountSession.account_id == who).order_by(AccountSession.seen_at.desc())
        signed_in = database.scalars(own).all()
    email, phone = contact.masked_addresses(found["account"])
    return render_template(
        "identity/account.html",
        sessions=signed_in,
        here=here.id,
        email=email,
        phone=phone,
        required=_second_required(),
        chosen={**actor().preferences, "large": page_shell().large},
        **found,
    )


def _second_required() -> bool:
    held_roles = {holding.role for holding in actor().holdings if holding.holds(clock.today())}
    return bool(held_roles & sessions.sign_in_rules().roles)


@bp.route("/account/password", methods=["GET", "POST"])
@requires(SIGNED_IN)
def password() -> Answer:
    """Change one's own password; every other session ends."""
    if request.method == "GET":
        return render_template("identity/password.html", findings=())
    try:
        if request.form.get("new", "") != request.form.get("again", ""):
            raise Refused([Finding("PW.03", Severity.BLOCK, "again", _("两次输入的新密码不一样。"), code="E_FORMAT")])
        old, new = request.form.get("old", ""), request.form.get("new", "")
        actions.change_password(account_id=actor().account_id, old=old, new=new, keep=held().id)
    except Refused as refused:
        return render_template("identity/password.html", findings=refused.findings), 422
    flash(_("密码已修改，其他设备上的登录已退出。"), "ok")
    return redirect(url_for("identity.account"), 303)


@bp.get("/account/second-factor")
@requires(SIGNED_IN)
def second_factor() -> str | Response:
    """Second factors: what is set up, and how to set one up.

    Somebody whose role requires one and who signed in without it is led here: to prove it if there is one.
    """
    found = _own()
    has = found["account"].totp_confirmed_at is not None or found["passkeys"]
    if has and not held().strong and _second_required():
        return redirect(actions.begin_session(actor().account_id, "sso", target=url_for("home.home")), 303)
    return render_template(
        "identity/second_factor.html", due=_second_required() and not has, findings=(), codes_shown=None, **found
    )


def _checked(**more: Any) -> None:
    """The password once more, before something that matters. :raises Refused: it is wrong."""
    actions.check_password(account_id=actor().account_id, password=str(more.get("password", "")))


def _shown(template: str, refused: Refused, **more: Any) -> tuple[str, int]:
    return render_template(template, findings=refused.findings, **more), 422


@bp.route("/account/second-factor/app", methods=["GET", "POST"])
@requires(SIGNED_IN)
def app() -> Answer:
    """Set up an authenticator app: the QR code, and the first code to confirm it."""
    who = actor().account_id
    found = factors.enrolment(account_id=who, issuer=g.tenant.title)
    if found is None:
        try:
            factors.begin_totp(account_id=who)
        except Refused as refused:
            flash(str(refused), "warn")
            return redirect(url_for("identity.second_factor"), 303)
        found = factors.enrolment(account_id=who, issuer=g.tenant.title)
    if request.method == "GET":
        return render_template("identity/app.html", found=found, findings=())
    try:
        _checked(password=request.form.get("password", ""))
        codes = factors.confirm_totp(account_id=who, code=request.form.get("code", ""))
    except Refused as refused:
        return _shown("identity/app.html", refused, found=found)
    return _set_up(codes, _("身份验证器已绑定。下次登录时除密码外还要输入它显示的数字。"))


def _set_up(codes: list[str], said: str) -> Answer:
    """After a factor was set up: this session has proved it, others start over; recovery codes are shown once."""
    with transaction():
        sessions.strengthen(held().id)
        sessions.end(account_id=actor().account_id, keep=held().id)
    flash(said, "ok")
    if codes:
        return render_template("identity/codes.html", codes=codes)
    return redirect(url_for("identity.second_factor"), 303)


@bp.get("/account/second-factor/qr.svg")
@requires(SIGNED_IN)
def qr() -> FlaskResponse:
    """The QR code of the authenticator app that waits for its confirmation."""
    found = factors.enrolment(account_id=actor().account_id, issuer=g.tenant.title)
    if found is None:
        abort(404)
    import segno

    drawn = io.BytesIO()
    segno.make(found.uri, error="m").save(drawn, kind="svg", scale=5, border=3, light="#fff")
    return FlaskResponse(drawn.getvalue(), mimetype="image/svg+xml")


@bp.post("/account/second-factor/app/remove")
@requires(SIGNED_IN)
def remove_app() -> Answer:
    """Take the authenticator app out of use."""
    try:
        _checked(password=request.form.get("password", ""))
    except Refused as refused:
        return _shown("identity/second_factor.html", refused, due=False, codes_shown=None, **_own())
    factors.drop_totp(account_id=actor().account_id)
    flash(_("身份验证器已停用。"), "ok")
    return redirect(url_for("identity.second_factor"), 303)


@bp.post("/account/second-factor/codes")
@requires(SIGNED_IN)
def new_codes() -> Answer:
    """Make new recovery codes and show them once."""
    found = _own()
    try:
        _checked(password=request.form.get("password", ""))
        if found["account"].totp_confirmed_at is None and not found["passkeys"]:
            message = _("请先绑定身份验证器或添加通行密钥。")
            raise Refused([Finding("MF.04", Severity.BLOCK, "", message, code="E_STATE")])
    except Refused as refused:
        return _shown("identity/second_factor.html", refused, due=False, codes_shown=None, **found)
    return render_template("identity/codes.html", codes=factors.make_recovery_codes(account_id=actor().account_id))


@bp.post("/account/passkeys/options")
@requires(SIGNED_IN)
def passkey_new() -> FlaskResponse | tuple[dict[str, str], int]:
    """What the browser needs to make a passkey, after the password was given again."""
    given = request.get_json(silent=True)
    try:
        _checked(password=given.get("password", "") if isinstance(given, dict) else "")
        options, asked = passkeys.registration(account_id=actor().account_id, site=site())
    except Refused as refused:
        return {"error": str(refused)}, 422
    session["asked"] = asked.of_cookie()
    return FlaskResponse(options, mimetype="application/json")


@bp.post("/account/passkeys")
@requires(SIGNED_IN)
def passkey_made() -> dict[str, Any] | tuple[dict[str, str], int]:
    """Take the new passkey into use; recovery codes, if any were made, wait to be shown once."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("credential"), dict):
        return {"error": _("通行密钥没有添加成功，请重试。")}, 422
    who = actor().account_id
    try:
        asked = passkeys.asked_of(session.pop("asked", None), purpose="register")
        with transaction():
            codes = passkeys.register(
                account_id=who,
                answer=given["credential"],
                name=str(given.get("name", "")),
                asked=asked,
                site=site(),
            )
            sessions.strengthen(held().id)
            sessions.end(account_id=who, keep=held().id)
    except Refused as refused:
        return {"error": str(refused)}, 422
    flash(_("通行密钥已添加。"), "ok")
    return {"target": url_for("identity.second_factor"), "codes": codes}


@bp.post("/account/passkeys/<uuid:passkey_id>/remove")
@requires(SIGNED_IN)
def passkey_remove(passkey_id: UUID) -> Answer:
    """Remove a passkey."""
    try:
        _checked(password=request.form.get("password", ""))
    except Refused as refused:
        return _shown("identity/second_factor.html", refused, due=False, codes_shown=None, **_own())
    if not passkeys.remove(account_id=actor().account_id, passkey_id=passkey_id):
        abort(404)
    flash(_("通行密钥已删除。"), "ok")
    return redirect(url_for("identity.second_factor"), 303)


@bp.post("/account/sessions/<uuid:session_id>/end")
@requires(SIGNED_IN)
def session_end(session_id: UUID) -> Response:
    """End one of one's own sessions."""
    if not actions.end_sessions(account_id=actor().account_id, only=session_id):
        abort(404)
    flash(_("该设备已退出登录。"), "ok")
    return redirect(url_for("identity.account"), 303)


@bp.post("/account/sessions/end-others")
@requires(SIGNED_IN)
def sessions_end() -> Response:
    """End every session but this one."""
    count = actions.end_sessions(account_id=actor().account_id, keep=held().id)
    flash(_("其他 %(n)s 处登录已退出。", n=count), "ok")
    return redirect(url_for("identity.account"), 303)


@bp.route("/account/contact", methods=["GET", "POST"])
@requires(SIGNED_IN)
def contact_page() -> Answer:
    """Change one's own phone number and e-mail address; an address counts once its link was opened."""
    given = {name: request.form.get(name, "").strip() for name in ("email", "phone")}
    email, phone = contact.masked_addresses(me())
    context = {"given": given, "email": email, "phone": phone, "deliverable": deliverable()}
    if request.method == "GET":
        return render_template("identity/contact.html", findings=(), **context)
    try:
        _checked(password=request.form.get("password", ""))
        with transaction():
            said = _change_contact(given)
    except Refused as refused:
        return _shown("identity/contact.html", refused, **context)
    flash(said, "ok")
    return redirect(url_for("identity.account"), 303)


def _change_contact(given: dict[str, str]) -> str:
    who = actor().account_id
    if given["phone"]:
        contact.set_phone(account_id=who, phone=given["phone"])
    if not given["email"]:
        return str(_("已保存。"))
    wanted = contact.email_free(account_id=who, email=given["email"])
    if not deliverable():
        message = _("平台没有设置发信服务器，不能确认电子邮箱。请由本单位管理员代为登记。")
        raise Refused([Finding("ID.14", Severity.BLOCK, "email", message, code="E_STATE")])
    address = link_of(links.make(account_id=who, kind="email", address=wanted))
    text = f"您好：\n\n请打开下面的链接，确认这个电子邮箱可以用来登录党建工作平台（24小时内有效）：\n\n{address}\n"
    post_mail(to=wanted, subject="确认电子邮箱", text=text)
    return str(_("确认链接已发到新的电子邮箱，打开后生效。"))


@bp.post("/account/display")
@requires(SIGNED_IN)
def display() -> Response:
    """Keep language and type size with the account."""
    chosen: dict[str, object] = {"large": request.form.get("large") == "1"}
    if request.form.get("locale"):
        chosen["locale"] = request.form["locale"]
    preferences.choose(account_id=actor().account_id, chosen=chosen)
    flash(_("已保存。"), "ok")
    return redirect(url_for("identity.account"), 303)
