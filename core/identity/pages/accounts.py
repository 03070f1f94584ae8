"""The administrator's pages: every account of the tenant, and what may be done with it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.actions.grants import check_an_administrator_stays
from core.access.gate import actor, requires
from core.database import transaction
from core.identity import actions, contact, factors, links
from core.identity.inviting import hand_out
from core.identity.pages.roles import roles_held
from core.identity.pages.site import MANAGE, account_or_404, bp, link_of, opened_or_404, whole_tenant
from core.identity.queries import PAGE, account_page, sessions_of
from core.policy.findings import Refused
from core.web.settings_sections import sections

Answer = str | Response | tuple[str, int]
STATES = {"active": (_l("启用"), "ok"), "invited": (_l("待开通"), "info"), "disabled": (_l("停用"), "plain")}


@bp.get("/settings/accounts")
@requires(MANAGE)
def accounts() -> str:
    """Every account: search, state, roles, second factor, last sign-in."""
    whole_tenant()
    wanted, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    asked = request.args.get("page", "")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
    found, total = account_page(wanted=wanted, state=state, page=page)
    return render_template(
        "identity/accounts.html",
        rows=found,
        roles=roles_held([row.id for row in found]),
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        q=wanted,
        state=state,
        states=STATES,
        zone=clock.ZONE,
        sections=sections(),
    )


@bp.route("/settings/accounts/new", methods=["GET", "POST"])
@requires(MANAGE)
def account_new() -> Answer:
    """Open an account and invite its owner."""
    whole_tenant()
    given = {name: request.form.get(name, "").strip() for name in ("login", "name", "email", "phone")}
    if request.method == "GET":
        return render_template("identity/account_new.html", given=given, findings=(), sections=sections())
    try:
        with transaction():
            made = actions.create_account(
                login=given["login"], display_name=given["name"], email=given["email"], phone=given["phone"]
            )
            shown = hand_out(account_id=made, address=link_of)
    except Refused as refused:
        return (
            render_template("identity/account_new.html", given=given, findings=refused.findings, sections=sections()),
            422,
        )
    return _after_link(made, shown)


def _after_link(account_id: UUID, shown: str | None) -> Answer:
    if shown is not None:
        return _account_page(account_id, link=shown)
    flash(_("链接已发到账号登记的电子邮箱。"), "ok")
    return redirect(url_for("identity.account_one", account_id=account_id), 303)


def _account_page(account_id: UUID, *, link: str | None = None) -> str:
    found = account_or_404(account_id)
    email, phone = contact.masked_addresses(found)
    with transaction() as database:
        second = factors.has_second(database, found)
    return render_template(
        "identity/account_one.html",
        found=found,
        email=email,
        phone=phone,
        second=second,
        link=link,
        life=links.LIFE["invite" if found.state == "invited" else "reset"],
        roles=roles_held([account_id]).get(account_id, []),
        sessions=sessions_of(account_id),
        states=STATES,
        own=account_id == actor().account_id,
        zone=clock.ZONE,
    )


@bp.get("/settings/accounts/<uuid:account_id>")
@requires(MANAGE)
def account_one(account_id: UUID) -> str:
    """One account, and what an administrator may do with it."""
    return _account_page(account_id)


@bp.post("/settings/accounts/<uuid:account_id>/link")
@requires(MANAGE)
def account_link(account_id: UUID) -> Answer:
    """Send a new invitation or reset link, or show it once."""
    opened_or_404(account_id)
    return _after_link(account_id, hand_out(account_id=account_id, address=link_of))


@bp.post("/settings/accounts/<uuid:account_id>/state")
@requires(MANAGE)
def account_state(account_id: UUID) -> Answer:
    """Disable or enable an account."""
    account_or_404(account_id)
    if account_id == actor().account_id:
        flash(_("不能停用自己的账号。"), "bad")
        return redirect(url_for("identity.account_one", account_id=account_id), 303)
    try:
        with transaction():
            actions.set_state(account_id=account_id, state=request.form.get("state", ""))
            check_an_administrator_stays(as_of=clock.today())
    except Refused as refused:
        flash("；".join(finding.message for finding in refused.findings), "bad")
    else:
        flash(_("已保存。"), "ok")
    return redirect(url_for("identity.account_one", account_id=account_id), 303)


@bp.post("/settings/accounts/<uuid:account_id>/reset-second-factor")
@requires(MANAGE)
def account_reset(account_id: UUID) -> Answer:
    """Take every second factor from an account whose owner lost them."""
    opened_or_404(account_id)
    actions.reset_second_factor(account_id=account_id)
    flash(_("第二验证方式已清除，该账号的登录已全部退出。"), "ok")
    return redirect(url_for("identity.account_one", account_id=account_id), 303)


@bp.post("/settings/accounts/<uuid:account_id>/end-sessions")
@requires(MANAGE)
def account_end(account_id: UUID) -> Answer:
    """End all sessions of an account."""
    account_or_404(account_id)
    count = actions.end_sessions(account_id=account_id)
    flash(_("%(n)s 处登录已退出。", n=count), "ok")
    return redirect(url_for("identity.account_one", account_id=account_id), 303)


@bp.route("/settings/accounts/<uuid:account_id>/contact", methods=["GET", "POST"])
@requires(MANAGE)
def account_contact(account_id: UUID) -> Answer:
    """Register e-mail address and phone number of an account."""
    found = opened_or_404(account_id)
    email, phone = contact.masked_addresses(found)
    given = {name: request.form.get(name, "").strip() for name in ("email", "phone")}
    context: dict[str, Any] = {"found": found, "given": given, "email": email, "phone": phone}
    if request.method == "GET":
        return render_template("identity/account_contact.html", findings=(), **context)
    try:
        with transaction():
            if given["email"] or request.form.get("drop_email"):
                contact.set_email(account_id=account_id, email=given["email"])
            if given["phone"] or request.form.get("drop_phone"):
                contact.set_phone(account_id=account_id, phone=given["phone"])
    except Refused as refused:
        return render_template("identity/account_contact.html", findings=refused.findings, **context), 422
    flash(_("已保存。"), "ok")
    return redirect(url_for("identity.account_one", account_id=account_id), 303)
