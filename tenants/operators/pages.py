"""The operators' pages at /operator/ on the base domain: tenants with their state and numbers, and the log."""

from collections import Counter
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import OPERATOR, requires
from core.database.system import NoSystemRole
from core.policy.findings import Refused
from core.tenancy.request import OF_INSTALLATION
from tenants.operators import actions, condition
from tenants.queries import tenant, tenants

bp = Blueprint("operator", __name__, url_prefix="/operator", template_folder="templates")
STATES = {"active": (_l("启用"), "ok"), "read_only": (_l("只读"), "warn"), "suspended": (_l("停用"), "plain")}
#: Tenants on a page.
PAGE = 50
KINDS = {
    "operator.created": _l("开通运维人员"),
    "operator.state": _l("修改运维人员状态"),
    "operator.signed_in": _l("登录"),
    "operator.signed_out": _l("退出登录"),
    "operator.sign_in.refused": _l("登录失败"),
    "tenant.state.set": _l("修改租户状态"),
    "tenant.viewed": _l("查看租户数字"),
    "plugin.faults.cleared": _l("清除插件错误记录"),
    "plugin.held": _l("暂停插件"),
    "plugin.retried": _l("恢复插件"),
}


@bp.errorhandler(NoSystemRole)
def no_system_role(_error: NoSystemRole) -> ResponseReturnValue:
    """The web processes were not given the system role: these pages have nothing to work with."""
    text = _("平台没有设置系统角色的数据库地址，运维页面不可用。")
    return current_app.handle_http_exception(ServiceUnavailable(text))


@bp.before_request
def ask() -> Response | None:
    """Let in operators alone."""
    g.operator = _recognised()
    if g.operator is None and request.endpoint != "operator.sign_in":
        return redirect(url_for("operator.sign_in"), 303)
    return None


def _recognised() -> actions.Who | None:
    named = session.get("operator")
    if not isinstance(named, str):
        return None
    try:
        return actions.current(UUID(named))
    except ValueError:
        return None


@bp.route("/sign-in", methods=["GET", "POST"])
@requires(OPERATOR)
def sign_in() -> str | Response | tuple[str, int]:
    """Sign in with name, password and code together."""
    if request.method == "GET":
        if g.operator is not None:
            return redirect(url_for("operator.home"), 303)
        return render_template("operator/sign_in.html", login="", error=None)
    form = request.form
    made = actions.sign_in(
        login=form.get("login", ""),
        password=form.get("password", ""),
        code=form.get("code", ""),
        address=request.remote_addr,
    )
    if made is None:
        error = _("登录名、密码或验证码不对。连续输错多次后需要等一会儿再试。")
        return render_template("operator/sign_in.html", login=form.get("login", "")[:100], error=error), 422
    session.clear()
    session.update(operator=made.hex)
    return redirect(url_for("operator.home"), 303)


@bp.post("/sign-out")
@requires(OPERATOR)
def sign_out() -> Response:
    """End the session on the server."""
    actions.sign_out(g.operator)
    session.clear()
    return redirect(url_for("operator.sign_in"), 303)


@bp.get("/")
@requires(OPERATOR)
def home() -> str:
    """The tenants with their state, found by slug, name, host or state, a page of them at a time."""
    found, given = tenants(), _given("q", "state")
    chosen = [one for one in found if _matches(one, given["q"].casefold(), given["state"])]
    pages = max(1, -(-len(chosen) // PAGE))
    asked = request.args.get("page", "")
    page = min(int(asked), pages) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 and int(asked) else 1
    counts = Counter(one["state"] for one in found)
    return render_template(
        "operator/tenants.html", tenants=chosen[(page - 1) * PAGE : page * PAGE], total=len(chosen), counts=counts,
        given=given, page=page, pages=pages, states=STATES, who=g.operator,
    )  # fmt: skip


def _given(*names: str) -> dict[str, str]:
    """What a filter form sent, short and on one line."""
    return {name: " ".join(request.args.get(name, "").replace("\0", " ").split())[:100] for name in names}


def _matches(one: dict[str, Any], words: str, state: str) -> bool:
    held = (one["slug"], one["title"], *one["domains"])
    return (not state or one["state"] == state) and any(words in text.casefold() for text in held)


@bp.get("/health")
@requires(OPERATOR)
def health() -> str:
    """How the installation does: what is wrong first, with what to do."""
    return render_template(
        "operator/condition.html", found=condition.installation(), most=condition.MOST, zone=clock.ZONE,
        now=clock.now().astimezone(clock.ZONE).strftime("%H:%M:%S"), who=g.operator,
    )  # fmt: skip


@bp.get("/tenants/<slug>")
@requires(OPERATOR)
def one(slug: str) -> str:
    """One tenant: its state and its numbers; no unit's and no member's name."""
    try:
        found = tenant(slug)
    except Refused:
        abort(404)
    actions.note(g.operator, "tenant.viewed", subject=slug, address=request.remote_addr)
    return render_template("operator/tenant.html", found=found, states=STATES, who=g.operator, findings=())


@bp.post("/tenants/<slug>/state")
@requires(OPERATOR)
def state(slug: str) -> Response | tuple[str, int]:
    """Make a tenant active, read-only or suspended."""
    wanted = request.form.get("state", "")
    try:
        found = tenant(slug)
    except Refused:
        abort(404)
    try:
        actions.set_tenant_state(g.operator, slug=slug, state=wanted, address=request.remote_addr)
    except Refused as refused:
        context = {"found": found, "states": STATES, "who": g.operator, "findings": refused.findings}
        return render_template("operator/tenant.html", **context), 422
    flash(_("“%(title)s”的状态已改为%(state)s。", title=found["title"], state=STATES[wanted][0]), "ok")
    return redirect(url_for("operator.one", slug=slug), 303)


@bp.get("/log")
@requires(OPERATOR)
def log() -> str:
    """What operators did, newest first."""
    given = _given("q", "kind")
    try:
        before = UUID(request.args["before"]) if "before" in request.args else None
    except ValueError:
        abort(404)
    found, older = actions.events(kind=given["kind"], words=given["q"], before=before)
    return render_template(
        "operator/log.html", events=found, older=older, before=before, given=given, kinds=KINDS, zone=clock.ZONE,
        states=STATES, who=g.operator,
    )  # fmt: skip


def register(app: Flask) -> None:
    """Add the operators' pages, on the base domain alone."""
    import tenants.operators.plugins  # noqa: F401  (adds its routes)

    app.register_blueprint(bp)
    OF_INSTALLATION.add(bp.name)
