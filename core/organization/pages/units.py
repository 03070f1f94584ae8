"""A unit: its page with tabs, its particulars, its bodies, posts and covered employers."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import may, ranges, requires
from core.organization import dependants, schemas
from core.organization.actions.bodies import extend_term, start_body
from core.organization.actions.posts import answer_post, appoint, leave_post
from core.organization.actions.units import cover, edit_unit, uncover
from core.organization.checkup import checkup
from core.organization.codes import (
    Approval,
    Domain,
    ExtensionKind,
    HowTaken,
    PostCode,
    Subtype,
    UnitMode,
    UnitStatus,
    UnitType,
)
from core.organization.labels import label
from core.organization.pages.boards import state_badge
from core.organization.pages.site import EDIT, ICONS, SUBMIT, VIEW, bp, card_or_404, messages_of
from core.organization.queries import cards, levels
from core.organization.queries.changes import history
from core.organization.queries.policy import policy
from core.organization.rules.committees import approval_label
from core.organization.rules.terms import body_state, stored_status
from core.policy.findings import Finding, Refused
from core.web import conflict, forms
from core.web.shell import render

TABS = ("base", "leadership", "files", "history")


def _crumbs(card: cards.UnitCard) -> list[tuple[str, str]]:
    """The way from the account's own units down to this one."""
    above = [(name, one) for one, name, path in cards.ancestors(card.path) if may(VIEW, path)]
    return [(_("组织架构"), url_for("organization.tree"))] + [
        (name, url_for("organization.unit", unit_id=one)) for name, one in above
    ]


def _tabs(card: cards.UnitCard, here: str) -> list[tuple[Any, ...]]:
    titles = {"base": _("基本情况"), "leadership": _("班子与任职"), "files": _("材料"), "history": _("变更历史")}
    tabs: list[tuple[Any, ...]] = [
        (
            titles[name],
            url_for("organization.unit", unit_id=card.id, tab=name if name != "base" else None),
            name == here,
        )
        for name in TABS
    ]
    if "people.members" in current_app.view_functions:
        tabs.insert(2, (_("党员"), url_for("people.members", unit=card.id), False, f"{card.members:,}"))
    return tabs


@bp.get("/units/<uuid:unit_id>")
@requires(VIEW)
def unit(unit_id: UUID) -> str:
    """A unit: base data with check-up, leadership, or history."""
    card = card_or_404(unit_id)
    here = request.args.get("tab", "base")
    here = here if here in TABS else "base"
    common: dict[str, Any] = {
        "unit": card,
        "crumbs": _crumbs(card),
        "tabs": _tabs(card, here),
        "kind": _kind(card),
        "status": UnitStatus(card.state),
        "label": label,
        "may_edit": may(EDIT, card.path),
        "may_submit": may(SUBMIT, card.path),
    }
    made = {"base": _base, "leadership": _leadership, "files": _files, "history": _history}[here](card)
    return render(f"organization/unit_{here}.html", **common, **made)


def _kind(card: cards.UnitCard) -> str:
    words = [label(UnitType(card.type))]
    if card.subtype:
        words = [label(Subtype(card.subtype))]
    if card.domain:
        words.append(label(Domain(card.domain)))
    return " · ".join(words)


def _base(card: cards.UnitCard) -> dict[str, Any]:
    today = clock.today()
    numbers = policy(as_of=today, unit_path=card.path)
    above = cards.ancestors(card.path)
    yes = _("是") if card.can_approve_probationary else _("否")
    facts = [
        (_("党组织代码"), card.code),
        (_("类别"), label(UnitType(card.type))),
        (_("党支部类型"), label(Subtype(card.subtype)) if card.subtype else None),
        (_("单位性质"), label(Domain(card.domain)) if card.domain else None),
        (_("所在单位情况"), label(UnitMode(card.unit_mode)) if card.unit_mode else None),
        (_("上级党组织"), above[-1][1] if above else None),
        (_("成立日期"), card.established_on),
        (_("批准文号"), card.approval_doc_no),
        (_("审批预备党员权限"), yes),
        (_("行政区划代码"), card.region_code),
        (_("联系人"), card.contact_name),
        (_("联系电话"), card.contact_phone),
        (_("地址"), card.address),
    ]
    if card.type != UnitType.BRANCH:
        facts.pop(2)
    words = {"room": _("活动场所"), "books": _("图书（册）"), "board": _("宣传栏"), "av": _("电教设备")}
    venue = [(word, card.venue.get(key)) for key, word in words.items() if card.venue.get(key)]
    return {
        "facts": facts,
        "venue": venue,
        "children": [
            (child, label(UnitType(child.type)), ICONS.get(child.type, "building"))
            for child in levels.children_of(card.id)
        ],
        "covered": cards.covered_units(card.id),
        "findings": checkup(card, cards.leadership(card.id), as_of=today, policy=numbers) if _living(card) else (),
    }


def _living(card: cards.UnitCard) -> bool:
    return card.state in (UnitStatus.ACTIVE, UnitStatus.DISSOLVING)


def _files(_card: cards.UnitCard) -> dict[str, Any]:
    return {}


def _leadership(card: cards.UnitCard) -> dict[str, Any]:
    today = clock.today()
    numbers = policy(as_of=today, unit_path=card.path)
    found = cards.leadership(card.id)
    extended = {one.body_id for one in found.extensions if one.kind == ExtensionKind.EXTEND}
    bodies = []
    for body in found.bodies:
        stored = stored_status(
            started_on=body.started_on, ended_on=body.ended_on, extended=body.id in extended, as_of=today
        )
        state = body_state(stored=stored, due=body.due_on, as_of=today, policy=numbers)
        given = [one for one in found.extensions if one.body_id == body.id]
        bodies.append((body, state_badge(state), [(label(ExtensionKind(one.kind)), one) for one in given]))
    return {
        "bodies": bodies,
        "present": [_holding(one) for one in found.holdings if one.held_on(today)],
        "former": [_holding(one) for one in found.holdings if not one.held_on(today)],
        "today": today,
        "person_url": lambda one: url_for("people.member", person_id=one) if _routed("people.member") else None,
        "group": card.type == UnitType.GROUP,
    }


def _routed(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _holding(one: cards.HoldingRow) -> dict[str, Any]:
    post = PostCode(one.post_code)
    return {
        "row": one,
        "post": label(post),
        "how": label(HowTaken(one.how)),
        "approval": approval_label(post, Approval(one.approval)),
    }


def _history(card: cards.UnitCard) -> dict[str, Any]:
    events = []
    for state in history(card.id):
        kind = label(Subtype(state.subtype)) if state.subtype else label(UnitType(state.type))
        upper = _("，隶属%(parent)s", parent=state.parent) if state.parent else ""
        text = _("已撤销") if state.state == "dissolved" else f"{kind}{upper}"
        events.append(
            {
                "date": state.valid_from,
                "title": state.name,
                "text": f"{text}（{state.doc_no}）" if state.doc_no else text,
                "url": url_for("organization.change", change_id=state.change_id) if state.change_id else None,
                "tone": "plain" if state.valid_to or state.state == "dissolved" else "brand",
                "who": _("至 %(day)s", day=state.valid_to) if state.valid_to else _("至今"),
            }
        )
    return {"events": events}


def _form_page(
    card: cards.UnitCard,
    schema: Schema,
    title: str,
    *,
    data: Any,
    errors: Any = None,
    findings: tuple[Finding, ...] = (),
    tab: str | None = None,
    extra: dict[str, Any] | None = None,
) -> str | tuple[str, int]:
    form = forms.make(schema, data=data, errors=errors, findings=findings)
    for name, options in (extra or {}).items():
        form[name].options, form[name].kind = options, "select"
    page = render(
        "organization/form.html",
        unit=card,
        crumbs=[*_crumbs(card), (card.short_name, url_for("organization.unit", unit_id=card.id))],
        title=title,
        form=form,
        findings=findings,
        back=url_for("organization.unit", unit_id=card.id, tab=tab),
    )
    return (page, 422) if errors or findings else page


@bp.route("/units/<uuid:unit_id>/edit", methods=["GET", "POST"])
@requires(EDIT)
def unit_edit(unit_id: UUID) -> str | Response | tuple[str, int]:
    """Particulars of a unit that need no change with approval."""
    card, schema, title = card_or_404(unit_id, EDIT), schemas.UnitSchema(), _("编辑基本信息")
    if request.method == "GET":
        return _form_page(card, schema, title, data=_held(card, schema))
    try:
        values: dict[str, Any] = dict.fromkeys(schema.fields) | schema.load(request.form)
        values["can_approve_probationary"] = bool(values["can_approve_probationary"])
        venue = {name: values.pop(name) for name in schemas.VENUE}
        values["venue"] = {name: value for name, value in venue.items() if value}
        edit_unit(unit_id=unit_id, version=forms.sent_version(), values=values)
    except ValidationError as error:
        return _form_page(card, schema, title, data=request.form, errors=messages_of(error))
    except Refused as refused:
        if any(finding.code == "E_CONFLICT" for finding in refused.findings):
            return _conflict(card_or_404(unit_id, EDIT), schema, title)
        return _form_page(card, schema, title, data=request.form, findings=refused.findings)
    flash(_("已保存。"), "ok")
    return redirect(url_for("organization.unit", unit_id=unit_id), 303)


def _held(card: cards.UnitCard, schema: Any) -> dict[str, Any]:
    return {**{name: getattr(card, name, None) for name in schema.fields}, **card.venue, "version": card.version}


def _conflict(card: cards.UnitCard, schema: Any, title: str) -> tuple[str, int]:
    """Somebody else was faster: what the unit says now beside what was typed."""
    return conflict.page(
        title=title,
        theirs=forms.make(schema, data=_held(card, schema)),
        mine=forms.make(schema, data=request.form),
        version=card.version,
        action=url_for("organization.unit_edit", unit_id=card.id),
        reload=url_for("organization.unit_edit", unit_id=card.id),
        crumbs=[*_crumbs(card), (card.short_name, url_for("organization.unit", unit_id=card.id))],
    )


@bp.route("/units/<uuid:unit_id>/body", methods=["GET", "POST"])
@requires(EDIT)
def body_new(unit_id: UUID) -> str | Response | tuple[str, int]:
    """Record a new body; its due date is computed."""
    card, schema, title = card_or_404(unit_id, EDIT), schemas.BodySchema(), _("登记新一届班子")
    if request.method == "GET":
        return _form_page(card, schema, title, data={}, tab="leadership")
    try:
        start_body(unit_id=unit_id, **schema.load(request.form))
    except ValidationError as error:
        return _form_page(card, schema, title, data=request.form, errors=messages_of(error), tab="leadership")
    except Refused as refused:
        return _form_page(card, schema, title, data=request.form, findings=refused.findings, tab="leadership")
    flash(_("新一届班子已登记，届满日期已按任期计算。"), "ok")
    return redirect(url_for("organization.unit", unit_id=unit_id, tab="leadership"), 303)


@bp.route("/units/<uuid:unit_id>/body/<uuid:body_id>/extension", methods=["GET", "POST"])
@requires(EDIT)
def body_extension(unit_id: UUID, body_id: UUID) -> str | Response | tuple[str, int]:
    """Record an approved extension or advance of a term."""
    card, schema, title = card_or_404(unit_id, EDIT), schemas.ExtensionSchema(), _("登记延期或提前换届")
    if body_id not in {body.id for body in cards.leadership(unit_id).bodies}:
        return redirect(url_for("organization.unit", unit_id=unit_id, tab="leadership"), 303)
    if request.method == "GET":
        return _form_page(card, schema, title, data={}, tab="leadership")
    try:
        given: dict[str, Any] = schema.load(request.form)
        due = extend_term(body_id=body_id, kind=ExtensionKind(given.pop("kind")), **given)
    except ValidationError as error:
        return _form_page(card, schema, title, data=request.form, errors=messages_of(error), tab="leadership")
    except Refused as refused:
        return _form_page(card, schema, title, data=request.form, findings=refused.findings, tab="leadership")
    flash(_("已登记，新的届满日期为 %(day)s。", day=due), "ok")
    return redirect(url_for("organization.unit", unit_id=unit_id, tab="leadership"), 303)


@bp.route("/units/<uuid:unit_id>/post", methods=["GET", "POST"])
@requires(EDIT)
def post_new(unit_id: UUID) -> str | Response | tuple[str, int]:
    """Put a member into a post."""
    card, schema, title = card_or_404(unit_id, EDIT), schemas.PostSchema(), _("登记任职")
    people = {"person_id": _candidates(card)}
    if request.method == "GET":
        return _form_page(card, schema, title, data={"how": "elected"}, tab="leadership", extra=people)
    try:
        given: dict[str, Any] = schema.load(request.form)
        appoint(
            unit_id=unit_id,
            person_id=given["person_id"],
            post=PostCode(given["post"]),
            held_from=given["held_from"],
            how=HowTaken(given["how"]),
            approval=Approval(given["approval"]),
            override_doc=given.get("override_doc"),
            reason=given.get("reason"),
            ranges=ranges(EDIT),
        )
    except ValidationError as error:
        errors = messages_of(error)
        return _form_page(card, schema, title, data=request.form, errors=errors, tab="leadership", extra=people)
    except Refused as refused:
        found = refused.findings
        return _form_page(card, schema, title, data=request.form, findings=found, tab="leadership", extra=people)
    flash(_("任职已登记。"), "ok")
    return redirect(url_for("organization.unit", unit_id=unit_id, tab="leadership"), 303)


def _candidates(card: cards.UnitCard) -> list[tuple[str, str]]:
    """Members who may take a post here: those of the unit and of the units below, as far as a list can hold them."""
    if card.members > 2000:
        below = [card.id]
    else:
        below = [UUID(one) for one, _name in levels.choices(((card.path, card.path_end),))]
    return [(str(member.person_id), member.name) for member in dependants.residents(below)]


@bp.post("/units/<uuid:unit_id>/post/<uuid:holding_id>/<any(leave, approve, file):act>")
@requires(EDIT)
def post_act(unit_id: UUID, holding_id: UUID, act: str) -> Response:
    """End a holding, or record the superior's answer."""
    card = card_or_404(unit_id, EDIT)
    back = url_for("organization.unit", unit_id=card.id, tab="leadership")
    if holding_id in {one.id for one in cards.leadership(unit_id).holdings}:
        try:
            if act == "leave":
                leave_post(holding_id=holding_id, on=_date(request.form.get("on")) or clock.today())
            else:
                answer_post(holding_id=holding_id, approval=Approval.APPROVED if act == "approve" else Approval.FILED)
            flash(_("已登记。"), "ok")
        except Refused as refused:
            flash(str(refused), "bad")
    return redirect(back, 303)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


@bp.route("/units/<uuid:unit_id>/covered", methods=["GET", "POST"])
@requires(EDIT)
def unit_cover(unit_id: UUID) -> str | Response | tuple[str, int]:
    """Record an employer the unit covers."""
    card, schema, title = card_or_404(unit_id, EDIT), schemas.CoveredSchema(), _("登记覆盖单位")
    if request.method == "GET":
        return _form_page(card, schema, title, data={})
    try:
        cover(unit_id=unit_id, **schema.load(request.form))
    except ValidationError as error:
        return _form_page(card, schema, title, data=request.form, errors=messages_of(error))
    except Refused as refused:
        return _form_page(card, schema, title, data=request.form, findings=refused.findings)
    flash(_("已登记覆盖单位。"), "ok")
    return redirect(url_for("organization.unit", unit_id=unit_id), 303)


@bp.post("/units/<uuid:unit_id>/covered/<uuid:covered_id>/remove")
@requires(EDIT)
def unit_uncover(unit_id: UUID, covered_id: UUID) -> Response:
    """Take an employer off the unit's list."""
    card = card_or_404(unit_id, EDIT)
    if covered_id in {one.id for one in cards.covered_units(card.id)}:
        uncover(covered_id=covered_id)
        flash(_("已移除。"), "ok")
    return redirect(url_for("organization.unit", unit_id=unit_id), 303)
