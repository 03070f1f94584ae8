"""Sign-in, sign-out and the account's own password."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.access.gate import PUBLIC, SIGNED_IN, actor, requires, sign_in_session
from core.identity.actions import change_password, sign_in
from core.policy.findings import Finding, Refused, Severity
from core.web import navigation
from core.web.shell import own_path

bp = Blueprint("identity", __name__, template_folder="templates")


@bp.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@requires(PUBLIC)
def sign_in_page() -> str | Response | tuple[str, int]:
    """The sign-in form, and what it sends."""
    target = own_path(request.values.get("next")) or url_for("home.home")
    if request.method == "GET":
        if g.actor is not None:
            return redirect(target, 303)
        return render_template("web/sign_in.html", next=target, login="", error=None)
    login = request.form.get("login", "")
    found = sign_in(login=login, password=request.form.get("password", ""))
    if found is None:
        error = _("登录名或密码不对。连续输错多次后需要等一会儿再试。")
        return render_template("web/sign_in.html", next=target, login=login[:100], error=error), 422
    sign_in_session(found.account_id, found.epoch)
    return redirect(target, 303)


@bp.post("/sign-out")
@requires(PUBLIC)
def sign_out() -> Response:
    """End the session."""
    session.clear()
    return redirect(url_for("identity.sign_in"), 303)


@bp.route("/account/password", methods=["GET", "POST"])
@requires(SIGNED_IN)
def password() -> str | Response | tuple[str, int]:
    """Change one's own password; every other session ends."""
    if request.method == "GET":
        return render_template("identity/password.html", findings=())
    try:
        if request.form.get("new", "") != request.form.get("again", ""):
            raise Refused([Finding("PW.03", Severity.BLOCK, "again", _("两次输入的新密码不一样。"), code="E_FORMAT")])
        found = change_password(
            account_id=actor().account_id, old=request.form.get("old", ""), new=request.form.get("new", "")
        )
    except Refused as refused:
        return render_template("identity/password.html", findings=refused.findings), 422
    sign_in_session(found.account_id, found.epoch)
    flash(_("密码已修改，其他设备上的登录已退出。"), "ok")
    return redirect(url_for("home.home"), 303)


def register(app: Flask) -> None:
    """Add the pages of sign-in, and the way to them in the account menu."""
    app.register_blueprint(bp)
    held = navigation.of(app)
    held.sign_out_endpoint = "identity.sign_out"
    held.account.append(navigation.Item(label=_l("修改密码"), icon="key", endpoint="identity.password"))
