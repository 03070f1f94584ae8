"""The roles of a tenant: templates, own ones, and what each permits."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from core import clock
from core.access.actions.roles import amend_role, create_role, remove_role
from core.access.gate import actor, may, requires
from core.access.opening import grouped, open_permissions, open_roles
from core.access.own import ROLES as EDIT_ROLES
from core.access.own import VIEW
from core.access.pages.site import bp
from core.access.permissions import MASKED
from core.access.queries.grants import OwnRole, roles
from core.access.roles import ROLES, permissions_of
from core.policy.findings import Refused
from core.web.forms import sent_version
from core.web.settings_sections import sections
from core.web.tables import badge


@bp.get("/settings/roles", endpoint="roles")
@requires(VIEW)
def roles_page() -> str:
    """Every role with how many permissions it has and how many grants hold it."""
    own, used = roles(today=clock.today())
    return render_template(
        "access/roles.html",
        own=own,
        templates=[(one, len(one.permissions), used.get(one.code, 0)) for one in open_roles().values()],
        titles={one.code: one.title for one in ROLES.values()},
        editable=may(EDIT_ROLES),
        sections=sections(),
    )


@bp.get("/settings/roles/template/<code>")
@requires(VIEW)
def role_template(code: str) -> str:
    """What a template permits."""
    found = open_roles().get(code)
    if found is None:
        abort(404)
    return render_template(
        "access/role.html", title=found.title, about=found.about, permissions=grouped(found.permissions),
        copy=url_for("access.role_new", template=code) if may(EDIT_ROLES) else None,
    )  # fmt: skip


@bp.route("/settings/roles/new", methods=["GET", "POST"])
@requires(EDIT_ROLES)
def role_new() -> str | Response | tuple[str, int]:
    """A new role, as a copy of a template."""
    template = request.values.get("template") or None
    if template is not None and template not in open_roles():
        abort(404)
    if request.method == "GET":
        title = _("%(role)s（本单位）", role=ROLES[template].title) if template else ""
        return _form({"title": title}, permissions_of(template or ""), template)
    chosen = frozenset(request.form.getlist("permission"))
    try:
        made = create_role(
            title=request.form.get("title", ""), based_on=template, permissions=chosen, by=actor(), as_of=clock.today()
        )
    except Refused as refused:
        return _form(request.form, chosen, template, findings=refused.findings), 422
    flash(_("已建立角色，可以开始授予。"), "ok")
    return redirect(url_for("access.role_own", role_id=made), 303)


@bp.route("/settings/roles/<uuid:role_id>", methods=["GET", "POST"])
@requires(EDIT_ROLES)
def role_own(role_id: UUID) -> str | Response | tuple[str, int]:
    """Change a role of the tenant's own."""
    found = _role_or_404(role_id)
    if request.method == "GET":
        start = {"title": found.title, "version": found.version}
        return _form(start, frozenset(found.permissions), found.based_on, role=found)
    chosen = frozenset(request.form.getlist("permission"))
    try:
        amend_role(
            role_id=role_id,
            version=sent_version(),
            title=request.form.get("title", ""),
            permissions=chosen,
            by=actor(),
            as_of=clock.today(),
        )
    except Refused as refused:
        return _form(request.form, chosen, found.based_on, role=found, findings=refused.findings), 422
    flash(_("已保存角色，从下一次操作起生效。"), "ok")
    return redirect(url_for("access.roles"), 303)


@bp.post("/settings/roles/<uuid:role_id>/remove")
@requires(EDIT_ROLES)
def role_remove(role_id: UUID) -> Response | tuple[str, int]:
    """Remove a role that nobody holds."""
    found = _role_or_404(role_id)
    try:
        remove_role(role_id=role_id, as_of=clock.today())
    except NoResultFound:
        abort(404)
    except Refused as refused:
        start = {"title": found.title, "version": found.version}
        page = _form(start, frozenset(found.permissions), found.based_on, role=found, findings=refused.findings)
        return page, 422
    flash(_("已删除角色“%(title)s”。", title=found.title), "ok")
    return redirect(url_for("access.roles"), 303)


def _role_or_404(role_id: UUID) -> OwnRole:
    own, _used = roles(today=clock.today())
    found = next((one for one in own if one.id == role_id), None)
    if found is None:
        abort(404)
    return found


def _boxes(
    able: Collection[str], chosen: Collection[str]
) -> list[tuple[str, list[tuple[str, str, bool, Markup | None]]]]:
    """The permissions to tick, as ``forms.checks`` takes them; those that show sensitive data are marked."""
    marked = badge(_("敏感信息"), "warn")
    return [
        (_(part), [(one.name, _(one.title), one.name in chosen, marked if one.full else None) for one in members])
        for part, members in grouped(able)
    ]


def _form(
    given: Mapping[str, Any],
    chosen: frozenset[str],
    template: str | None,
    *,
    role: OwnRole | None = None,
    findings: Any = (),
) -> str:
    """The form: every permission the editor may give, those chosen ticked."""
    today = clock.today()
    root = min((one.path for one in actor().holdings if one.holds(today)), key=len, default="")
    able = {
        name
        for name, known in open_permissions().items()
        if (actor().may(name, today, root) or (role and name in role.permissions))
        and not (known.full and template in MASKED)
    }
    return render_template(
        "access/role_form.html", given=given, chosen=chosen, boxes=_boxes(able, chosen), template=template, role=role,
        findings=findings, based_on=ROLES[template].title if template is not None and template in ROLES else None,
        action=url_for("access.role_own", role_id=role.id) if role else url_for("access.role_new", template=template),
    )  # fmt: skip
