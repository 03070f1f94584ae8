"""The administrator's tab 单点登录: which providers the tenant trusts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from core.access.gate import requires
from core.access.permissions import declare
from core.identity.providers import actions
from core.identity.providers.flow import callback_of
from core.identity.providers.kinds import KINDS, ProviderKind, open_kinds
from core.identity.providers.queries import ProviderView, provider, providers
from core.policy.findings import Finding, Refused
from core.web.forms import sent_version
from core.web.settings_sections import Section, add_section, sections

MANAGE = declare("identity.provider.manage", "设置单点登录")
MATCHING = {
    "none": _l("只认已关联的身份"),
    "email": _l("核实过的邮箱与账号登记的相同"),
    "phone": _l("核实过的手机号与账号登记的相同"),
    "login": _l("用户名与账号的登录名相同"),
}
_FLAGS = ("active", "links_on_first", "second_factor")
Page = str | Response | tuple[str, int]


bp = Blueprint("identity_providers", __name__, template_folder="templates")


@bp.get("/settings/sign-in-providers")
@requires(MANAGE)
def listed() -> str:
    """Which providers there are."""
    kinds = open_kinds()
    found = [(held, kinds.get(held.kind), callback_of(held.id)) for held in providers()]
    return render_template(
        "identity/sso/providers.html",
        providers=found,
        kinds=kinds.values(),
        matching=MATCHING,
        sections=sections(),
    )


@bp.route("/settings/sign-in-providers/new/<kind>", methods=["GET", "POST"])
@requires(MANAGE)
def new(kind: str) -> Page:
    """Set a provider up."""
    if kind not in open_kinds():
        abort(404)
    if request.method == "GET":
        start = {"active": True, "links_on_first": True, "title": str(KINDS[kind].title), "matches": "none"}
        return _form(KINDS[kind], start, None)
    try:
        actions.save_provider(provider=None, kind=kind, **_given())
    except Refused as refused:
        return _form(KINDS[kind], _typed(), None, refused.findings), 422
    flash(_("已保存。请把回调地址登记到登录服务中。"), "ok")
    return redirect(url_for("identity_providers.listed"), 303)


@bp.route("/settings/sign-in-providers/<uuid:provider_id>", methods=["GET", "POST"])
@requires(MANAGE)
def one(provider_id: UUID) -> Page:
    """Change a provider; one whose kind a plugin brings, while that is on."""
    found = provider(provider_id)
    if found is None or found.kind not in open_kinds():
        abort(404)
    kind, back = KINDS[found.kind], callback_of(provider_id)
    if request.method == "GET":
        return _form(kind, {**found.settings, **found._asdict()}, found, callback=back)
    try:
        actions.save_provider(provider=provider_id, version=sent_version(), kind=found.kind, **_given())
    except Refused as refused:
        return _form(kind, _typed(), found, refused.findings, callback=back), 422
    except actions.Stale:
        flash(_("刚刚被他人修改，请核对最新内容后重新填写。"), "warn")
        return redirect(url_for("identity_providers.one", provider_id=provider_id), 303)
    flash(_("已保存。"), "ok")
    return redirect(url_for("identity_providers.listed"), 303)


@bp.post("/settings/sign-in-providers/<uuid:provider_id>/remove")
@requires(MANAGE)
def remove(provider_id: UUID) -> Response:
    """Remove a provider."""
    try:
        actions.remove_provider(provider=provider_id)
    except NoResultFound:
        abort(404)
    flash(_("已删除，原来关联的身份不能再用来登录。"), "ok")
    return redirect(url_for("identity_providers.listed"), 303)


def _given() -> dict[str, Any]:
    form = request.form
    return {
        "title": form.get("title", ""),
        "settings": {name: form[name] for name in form if name not in ("csrf_token", "secret")},
        "secret": form.get("secret", "").strip(),
        "matches": form.get("matches", ""),
        **{flag: bool(form.get(flag)) for flag in _FLAGS},
    }


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), **{flag: bool(request.form.get(flag)) for flag in _FLAGS}}


def _form(
    kind: ProviderKind,
    given: dict[str, Any],
    found: ProviderView | None,
    findings: Sequence[Finding] = (),
    *,
    callback: str | None = None,
) -> str:
    said: dict[str, list[str]] = {}
    for finding in findings:
        said.setdefault(finding.field, []).append(finding.message)
    return render_template(
        "identity/sso/provider.html",
        kind=kind,
        given=given,
        provider=found,
        findings=findings,
        said=said,
        callback=callback,
        matching=[(code, MATCHING[code]) for code in kind.matching],
    )


def register(app: Flask) -> None:
    """Add the pages and the tab."""
    app.register_blueprint(bp)
    tab = Section(
        _l("单点登录"), "identity_providers.listed", MANAGE, "access", order=35, within=("identity_providers.",)
    )
    add_section(app, tab)
