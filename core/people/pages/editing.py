"""The forms that make a member's record and change it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import ranges, requires
from core.people.actions.members import Stale, Unknown, create
from core.people.actions.members import edit as edit_member
from core.people.codes import label
from core.people.pages import added
from core.people.pages.site import EDIT, bp, crumbs, found_or_404, unit_of
from core.people.queries.branches import branches, groups
from core.people.queries.places import remembered
from core.people.queries.single import Found
from core.people.schemas import MEMBER, read
from core.policy.findings import Finding, Refused, Severity
from core.web import conflict, forms
from core.web.shell import render

#: What a new record asks for, in this order.
NEW = (
    "name", "sex", "ethnic", "id_no", "birth", "native_place", "education", "degree", "former_name", "marital",
    "unit", "group", "person_type", "join_date", "regular_date",
    "post", "employer", "phone", "address",
    "work_start", "household", "no_post", "skills", "remark",
)  # fmt: skip
#: What a form changes. Branch, group and kind of member have forms of their own.
CHANGED = tuple(name for name in NEW if name not in ("unit", "group", "person_type"))
#: Fields whose present value is never put into a form: left empty they stay as they are.
_MASKED = ("id_no", "phone", "address")
_REQUIRED = (
    "name", "sex", "ethnic", "id_no", "birth", "education", "unit", "person_type", "join_date", "post", "phone", "address",
)  # fmt: skip


def _form(
    names: Sequence[str],
    data: Mapping[str, Any],
    findings: Sequence[Finding],
    masked: Mapping[str, str | None] | None = None,
    held: Mapping[str, Any] | None = None,
) -> forms.Form:
    """The form with choices and marks that depend on the asker and the record.

    :param masked: what the record holds of what is never put into a form. :param held: its further fields.
    """
    shown = [_on_field(finding) for finding in findings]
    form = forms.make(MEMBER, data=data, findings=shown, names=names)
    for _title, members in form.groups:
        for view in members:
            view.required = view.name in _REQUIRED and masked is None
            if view.name == "unit":
                view.kind, view.options = "select", branches(ranges(EDIT))
            elif view.name == "group":
                branch = unit_of(str(data.get("unit") or "")) if data.get("unit") else None
                view.kind, view.options = "select", groups(branch) if branch else ()
                view.help = None if branch else _("保存后可在“组织关系调整”中编入党小组")
            elif masked is not None and view.name in _MASKED and masked.get(view.name):
                view.placeholder = masked[view.name]
                view.help = _("不修改请留空")
    form.groups += added.groups(data, shown, held or {})
    return form


def _on_field(finding: Finding) -> Finding:
    """The finding under the name its control has."""
    if finding.field != "branch":
        return finding
    return Finding(
        finding.rule,
        finding.severity,
        "unit",
        finding.message,
        fix=finding.fix,
        source=finding.source,
        code=finding.code,
    )


def typed() -> dict[str, Any]:
    """What the form sent. A box that is not ticked sends nothing, and means no."""
    data = request.form.to_dict()
    return {"no_post": "", **data, **added.sent(data)}


def _warned(findings: Sequence[Finding]) -> bool:
    return any(finding.severity is Severity.WARN for finding in findings) and not any(f.blocks for f in findings)


@bp.get("/people/new")
@requires(EDIT)
def new() -> str:
    """The empty form, for a branch if the address names one."""
    unit = unit_of(request.args.get("unit"))
    place = remembered(unit) if unit else None
    data = {"ethnic": "01", "unit": str(unit) if place and place.type == "branch" else ""}
    return _new_page(data)


def _new_page(data: Mapping[str, Any], findings: Sequence[Finding] = ()) -> str:
    found = [_on_field(finding) for finding in findings]
    return render(
        "people/form.html",
        title=_("新增党员"),
        form=_form(NEW, data, findings),
        findings=found,
        action=url_for("people.add"),
        back=url_for("people.members"),
        crumbs=crumbs(None),
        reason_asked=_warned(found),
        reason=data.get("reason", ""),
        approval=data.get("no_id_approval", ""),
        approval_asked=any(f.rule == "R2.01" and f.code == "E_REQUIRED" for f in found)
        or bool(data.get("no_id_approval")),
    )


@bp.post("/people/new")
@requires(EDIT)
def add() -> Response | tuple[str, int]:
    """Make the record, or show the form again with everything that is wrong."""
    data = typed()
    try:
        made = create(
            reading=read(data, only=NEW),
            ranges=ranges(EDIT),
            reason=data.get("reason"),
            no_id_approval=data.get("no_id_approval") or None,
        )
    except Refused as refused:
        return _new_page(data, refused.findings), 422
    flash(_("已新增党员 %(name)s。", name=data.get("name", "")), "ok")
    return redirect(url_for("people.member", person_id=made.id), 303)


@bp.get("/people/<uuid:person_id>/edit")
@requires(EDIT)
def edit(person_id: UUID) -> str:
    """The form with the record's values; what is masked is left empty."""
    found = found_or_404(person_id, EDIT)
    return _edit_page(found, _values(found), found.version)


def _values(found: Found) -> dict[str, Any]:
    own = {name: found.values[name] for name in CHANGED if name in found.values and name not in _MASKED}
    return {**own, **added.filled(found.added)}


def _edit_page(
    found: Found,
    data: Mapping[str, Any],
    version: int,
    findings: Sequence[Finding] = (),
) -> str:
    shown = [_on_field(finding) for finding in findings]
    return render(
        "people/form.html",
        title=_("修改%(name)s的信息", name=found.values["name"]),
        form=_form(CHANGED, data, findings, _masked(found), found.added),
        findings=shown,
        action=url_for("people.change", person_id=found.id),
        back=url_for("people.member", person_id=found.id),
        crumbs=[*crumbs(found.place), (found.values["name"], url_for("people.member", person_id=found.id))],
        version=version,
        reason_asked=True,
        reason_needed=_warned(shown),
        reason=data.get("reason", ""),
    )


@bp.post("/people/<uuid:person_id>/edit")
@requires(EDIT)
def change(person_id: UUID) -> Response | str | tuple[str, int]:
    """Change the record, or show the form again: with what is wrong, or with what somebody else has changed."""
    found, data = found_or_404(person_id, EDIT), typed()
    version = forms.sent_version()
    sent = {name: data[name] for name in CHANGED if name in data and not (name in _MASKED and not data[name].strip())}
    try:
        edit_member(
            person=person_id,
            version=version,
            reading=read({**sent, **added.sent(data)}),
            ranges=ranges(EDIT),
            reason=data.get("reason") or None,
        )
    except Unknown:
        abort(404)
    except Stale:
        return _conflict(found_or_404(person_id, EDIT), data)
    except Refused as refused:
        return _edit_page(found, data, version, refused.findings), 422
    flash(_("已保存。"), "ok")
    return redirect(url_for("people.member", person_id=person_id), 303)


def _masked(found: Found) -> dict[str, str | None]:
    return {
        "id_no": found.values["id_no"],
        "phone": found.values["phone"],
        "address": "******" if found.values["has_address"] else None,
    }


def _conflict(found: Found, data: Mapping[str, Any]) -> tuple[str, int]:
    """Somebody else was faster: what the record says now beside what was typed."""
    here = url_for("people.edit", person_id=found.id)
    return conflict.page(
        title=_("修改%(name)s的信息", name=found.values["name"]),
        theirs=_form(CHANGED, _values(found), (), _masked(found), found.added),
        mine=_form(CHANGED, data, (), _masked(found), found.added),
        version=found.version,
        action=here,
        reload=here,
        crumbs=[*crumbs(found.place), (found.values["name"], url_for("people.member", person_id=found.id))],
        kept={"reason": data.get("reason", "")},
    )


@bp.get("/people/<uuid:person_id>/remove")
@requires(EDIT)
def remove(person_id: UUID) -> str:
    """Ask before a wrong entry is deleted."""
    return _remove_page(found_or_404(person_id, EDIT))


def _remove_page(found: Found, findings: Sequence[Finding] = ()) -> str:
    return render(
        "people/remove.html",
        found=found,
        findings=findings,
        crumbs=[*crumbs(found.place), (found.values["name"], url_for("people.member", person_id=found.id))],
        standing=label("membership_state", found.values["standing"]),
        entered=found.values["created_at"].astimezone(clock.ZONE).date(),
    )


@bp.post("/people/<uuid:person_id>/remove")
@requires(EDIT)
def removed(person_id: UUID) -> Response | tuple[str, int]:
    """Delete a wrong entry, or say why it stays."""
    from core.people.actions.upkeep import delete_wrong_entry

    found = found_or_404(person_id, EDIT)
    try:
        delete_wrong_entry(
            person=person_id, version=found.version, reason=request.form.get("reason", ""), ranges=ranges(EDIT)
        )
    except Unknown:
        abort(404)
    except Refused as refused:
        return _remove_page(found, refused.findings), 422
    flash(_("已删除误录的记录“%(name)s”。", name=found.values["name"]), "ok")
    return redirect(url_for("people.members", unit=found.values["unit_id"]), 303)
