"""Grants: the list, giving one (with what it would do), ending and prolonging it; an account's and a unit's."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from core import clock
from core.access.acting import actor_of
from core.access.actions import grants as verbs
from core.access.gate import actor, may, ranges, requires
from core.access.opening import grouped
from core.access.own import EDIT, EXPORT, VIEW
from core.access.pages.site import bp, day_of, grant_or_404, id_of, role_choices, state_badge, typed
from core.access.permissions import PERMISSIONS
from core.access.queries import grants as asked
from core.access.roles import ROLES
from core.access.subjects import lists
from core.organization.codes import PostCode, UnitType
from core.organization.labels import label
from core.organization.queries import cards, levels
from core.policy.findings import Refused
from core.web.settings_sections import sections
from core.web.shell import render
from core.web.tables import Column, Listing, ListView, pattern

COLUMNS = (
    Column("account", _l("账号"), kind="name", fixed=True),
    Column("role", _l("角色"), kind="text"),
    Column("unit", _l("党组织（含下级）"), kind="text"),
    Column("valid_from", _l("生效日期"), kind="date"),
    Column("valid_to", _l("截止日期"), kind="text"),
    Column("state", _l("状态"), kind="state"),
    Column("granted_by", _l("授权人"), kind="text", shown=False),
    Column("reason", _l("依据"), kind="long", shown=False),
)
STATES = {"current": _l("有效"), "ending": _l("30天内到期"), "coming": _l("未生效"), "ended": _l("已结束")}


def cells(row: asked.GrantRow) -> tuple[Any, ...]:
    """A grant as a row of :data:`COLUMNS`."""
    role = (
        row.title
        if row.delegated_by is None
        else _("%(role)s（受%(name)s委托）", role=row.title, name=row.delegated_by)
    )
    off = "" if row.account_state == "active" else Markup(" <span class='tag tag-warn'>{}</span>").format(_("已停用"))
    end = row.valid_to.isoformat() if row.valid_to else _("不限期")
    name = Markup("{}{}").format(row.account, off)
    return (row.id, name, role, row.unit, row.valid_from, end, state_badge(row), row.granted_by, row.reason)


@bp.get("/settings/grants", endpoint="grants")
@requires(VIEW)
def grant_list() -> str:
    """Every grant within reach."""
    view = ListView.of_request("grants", COLUMNS, default_sort="unit")
    args, today = request.args, clock.today()
    state = args.get("state", "current") if args.get("state", "current") in (*STATES, "all") else "current"
    found, total = asked.grants(
        ranges(VIEW), today=today, soon=today + timedelta(days=asked.SOON_DAYS), state="" if state == "all" else state,
        q=args.get("q", ""), role=args.get("role", ""), unit=id_of(args.get("unit")), limit=view.size, offset=view.offset,
    )  # fmt: skip
    choices = role_choices()
    chosen = dict(choices).get(args.get("role", ""))
    listing = Listing(
        view,
        [cells(row) for row in found],
        total=total,
        title=_("授权"),
        link=pattern("access.grant", "grant_id"),
        filters={"role": (_("角色"), chosen)} if chosen else {},
        unit=_("项授权"),
        export_url=url_for("access.grants_export") if may(EXPORT) else None,
    )
    return render(
        "access/grants.html", fragment="results", listing=listing, roles=choices, role=args.get("role", ""), state=state,
        states=[*STATES.items(), ("all", _("全部"))], q=args.get("q", ""), editable=may(EDIT),
        hints=len(asked.suggestions(ranges(EDIT), today=today)) if may(EDIT) else 0, sections=sections(),
    )  # fmt: skip


@bp.get("/settings/grants/suggested")
@requires(EDIT)
def suggested() -> str:
    """Post holders whose account lacks the role that fits their post."""
    found = asked.suggestions(ranges(EDIT), today=clock.today())
    rows = [(one, label(PostCode(one.post)), ROLES[one.role or ""].title, _offer(one)) for one in found]
    return render_template("access/suggested.html", rows=rows, sections=sections())


def _offer(one: asked.PostHolder) -> str:
    return url_for(
        "access.grant_new", account=one.account_id, role=one.role, unit=one.unit_id,
        reason=_("任%(post)s", post=label(PostCode(one.post))),
    )  # fmt: skip


@bp.route("/settings/grants/new", methods=["GET", "POST"])
@requires(EDIT)
def grant_new() -> str | Response | tuple[str, int]:
    """Give a role: first what it would do, then, confirmed, the grant."""
    today = clock.today()
    if request.method == "GET":
        start = {**request.args.to_dict(), "valid_from": today.isoformat()}
        return _form(start)
    given = typed("account", "role", "unit", "valid_from", "valid_to", "reason")
    begins, ends = day_of(given["valid_from"]), day_of(given["valid_to"])
    if begins is None or (given["valid_to"] and ends is None):
        return _form(given, problem=_("日期请写成 2026-11-22 的样子。")), 422
    wanted: dict[str, Any] = {
        "account": id_of(given["account"]) or UUID(int=0), "role": given["role"],
        "unit": id_of(given["unit"]) or UUID(int=0), "valid_from": begins, "valid_to": ends, "reason": given["reason"],
    }  # fmt: skip
    confirmed = request.form.get("confirm") == "1"
    try:
        made = verbs.grant(**wanted, by=actor(), as_of=today, dry=not confirmed)
    except Refused as refused:
        return _form(given, findings=refused.findings), 422
    if not confirmed:
        return _form(given, preview=_preview(wanted["account"], given["role"], wanted["unit"]))
    flash(_("已授权，从对方的下一次操作起生效。"), "ok")
    return redirect(url_for("access.grant", grant_id=made), 303)


def _form(
    given: Mapping[str, Any],
    *,
    findings: Any = (),
    preview: Mapping[str, Any] | None = None,
    problem: str | None = None,
) -> str:
    return render_template(
        "access/grant_form.html", given=given, findings=findings, preview=preview, problem=problem,
        accounts=asked.accounts(), roles=role_choices(), units=_units(),
    )  # fmt: skip


def _units() -> list[tuple[str, str]]:
    return levels.choices(ranges(EDIT), *UnitType)


def _preview(account: UUID, role: str, unit: UUID) -> dict[str, Any]:
    """What a grant would change: the permissions that are new there, and what comes into view."""
    known, place = verbs.role_of(role), cards.card(unit)
    who, today = actor_of(account), clock.today()
    if known is None or place is None or who is None:
        abort(404)
    new = {name for name in known.permissions if not who.may(name, today, place.path)}
    span = ((place.path, place.path_end),)
    seen = [(one.title, one.count(span)) for one in lists() if one.permission in new]
    return {
        "account": who.name, "role": known.title, "unit": place.name, "groups": grouped(new), "seen": seen,
        "full": [PERMISSIONS[name].title for name in new if PERMISSIONS[name].full], "kept": len(known.permissions) - len(new),
    }  # fmt: skip


@bp.get("/settings/grants/<uuid:grant_id>", endpoint="grant")
@requires(VIEW)
def grant_page(grant_id: UUID) -> str:
    """One grant, with what can be done to it."""
    return _page(grant_or_404(grant_id))


def _page(row: asked.GrantRow, findings: Any = ()) -> str:
    known = verbs.role_of(row.role)
    return render_template(
        "access/grant.html", row=row, badge=state_badge(row), findings=findings, groups=grouped(known.permissions if known else ()),
        live=row.state(clock.today()) != "ended", editable=may(EDIT, row.path) and row.account_id != actor().account_id,
        today=clock.today().isoformat(),
    )  # fmt: skip


@bp.post("/settings/grants/<uuid:grant_id>/end")
@requires(EDIT)
def grant_end(grant_id: UUID) -> str | Response | tuple[str, int]:
    """End a grant, today or on a later day."""
    return _changed(grant_id, "end")


@bp.post("/settings/grants/<uuid:grant_id>/extend")
@requires(EDIT)
def grant_extend(grant_id: UUID) -> str | Response | tuple[str, int]:
    """Let a grant hold for longer."""
    return _changed(grant_id, "extend")


def _changed(grant_id: UUID, act: str) -> str | Response | tuple[str, int]:
    row, today = grant_or_404(grant_id), clock.today()
    given = typed("on", "valid_to", "reason")
    try:
        if act == "end":
            verbs.end(
                grant_id=grant_id, on=day_of(given["on"]) or today, reason=given["reason"], by=actor(), as_of=today
            )
        else:
            verbs.extend(
                grant_id=grant_id, valid_to=day_of(given["valid_to"]), reason=given["reason"], by=actor(), as_of=today
            )
    except NoResultFound:
        abort(404)
    except Refused as refused:
        return _page(row, refused.findings), 422
    flash(_("已保存，从对方的下一次操作起生效。"), "ok")
    return redirect(url_for("access.grant", grant_id=grant_id), 303)


@bp.get("/settings/access/units/<uuid:unit_id>", endpoint="unit")
@requires(VIEW)
def unit_page(unit_id: UUID) -> str:
    """Who can act in a unit: its post holders with their accounts, and every grant that covers it."""
    place = cards.card(unit_id)
    if place is None or not may(VIEW, place.path):
        abort(404)
    today = clock.today()
    posts = [
        (one, label(PostCode(one.post)), ROLES[one.role].title if one.role else None, _offer(one) if may(EDIT, one.path) else None)
        for one in asked.post_holders(unit_id, today=today)
    ]  # fmt: skip
    seen = [row for row in asked.holders(place.path, today=today) if may(VIEW, row.path)]
    hidden = len(asked.holders(place.path, today=today)) - len(seen)
    return render_template("access/unit.html", place=place, posts=posts, rows=seen, hidden=hidden)
