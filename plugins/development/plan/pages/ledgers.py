"""The ledger of numbered forms, and the register of accountability."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, bindparam, func, select

from core.sdk import Unit, clear_of, may, need_at, ranges, record, requires, row, rows, today
from plugins.development.models.case import Act, Case
from plugins.development.pages.reading import version
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.plan import permissions as p
from plugins.development.plan.pages.shared import unit_label
from plugins.development.plan.records import Unknown, inside, same_unit, taken, unit, units
from plugins.development.plan.registers import forms as ledger
from plugins.development.plan.registers import matters
from plugins.development.plan.registers.models import Accountability, FormNumber, FormRange
from plugins.development.plan.screens import (
    NUMBER,
    Answer,
    Card,
    Reader,
    at,
    boxed,
    chosen_unit,
    form_page,
    link,
    list_page,
    record_page,
    word,
)
from plugins.development.plan.screens import Act as Doing
from plugins.development.plan.words import FAULTS, FINDINGS, FORMS, HANDLINGS, MATTERS
from plugins.development.rules.crossing import TITLES
from plugins.development.site import pages

add_tab(
    Tab(
        _l("志愿书台账"),
        "p_development.forms",
        p.FORMS_VIEW,
        60,
        ("p_development.forms_receive", "p_development.form_number"),
    )
)
add_tab(
    Tab(
        _l("责任追究"),
        "p_development.matters",
        p.MATTERS_VIEW,
        70,
        ("p_development.matter", "p_development.matter_new"),
    )
)


@pages.get("/forms")
@requires(p.FORMS_VIEW)
def forms() -> str:
    """The ledger: how many are where, the deliveries, and each number."""
    near, given = inside(tuple(ranges(p.FORMS_VIEW)))
    state, text = request.args.get("state", ""), request.args.get("q", "").strip()[:40]
    counts: dict[str, int] = dict(rows(select(FormNumber.state, func.count()).join(Unit, same_unit(FormNumber.unit_id)).where(near)
                       .group_by(FormNumber.state), **given))  # fmt: skip
    figures = [(FORMS[code][0], counts.get(code, 0), at("forms", state=code)) for code in FORMS]
    cards = [_number_card(near, given, state, text), _range_card(near, given)]
    filters = [
        {"name": "q", "label": _("编号"), "value": text},
        {"name": "state", "label": _("状态"), "kind": "select", "options": [(code, said[0]) for code, said in FORMS.items()],
         "value": state, "placeholder": _("全部")},
    ]  # fmt: skip
    new = [(_("登记领取"), at("forms_receive"))] if may(p.FORMS_KEEP) else []
    return list_page(_("入党志愿书控制号台账"), _("一人一号；预审通过后发放，写坏的作废并写明原因，作废的编号不再使用。"), cards, new=new,
                     figures=figures, filters=filters)  # fmt: skip


def _number_card(near: Any, given: dict[str, Any], state: str, text: str) -> Card:
    found = (
        select(FormNumber.id, FormNumber.number, FormNumber.state, Unit.short_name, FormNumber.holder, FormNumber.case_id,
               FormNumber.issued_on, FormNumber.used_on, FormNumber.voided_on, FormNumber.void_reason, Case.closed_on, Case.approved_on)
        .join(Unit, same_unit(FormNumber.unit_id))
        .join(Case, (Case.tenant_id == FormNumber.tenant_id) & (Case.id == FormNumber.case_id), isouter=True)
        .where(near).order_by(FormNumber.number).limit(500)
    )  # fmt: skip
    if state in FORMS:
        found = found.where(FormNumber.state == state)
    if text:
        found = found.where(FormNumber.number.startswith(text, autoescape=True))
    heads = (_("编号"), _("状态"), _("保管"), _("领用人"), _("发放"), _("使用"), _("作废"), _("说明"))
    lines = [
        (link(number, "form_number", number_id=one), word(FORMS[now]), name,
         link(holder, "case", case_id=case) if case and holder and may("development.case.view") else holder,
         issued, used, voided, _form_said(now, why, closed, approved))
        for one, number, now, name, holder, case, issued, used, voided, why, closed, approved in rows(found, **given)
    ]  # fmt: skip
    return Card(_("编号"), heads, lines, _("台账中没有编号"), note=_("最多列出500个，可按编号查找"))


def _form_said(state: str, why: str | None, closed: Any, approved: Any) -> Any:
    if state in ("issued", "used") and closed and not approved:
        return {"text": _("办理已结束，应收回作废"), "tone": "warn"}
    return why


def _range_card(near: Any, given: dict[str, Any]) -> Card:
    found = (
        select(Unit.short_name, FormRange.prefix, FormRange.first_number, FormRange.last_number, FormRange.digits,
               FormRange.received_on, FormRange.received_from, FormRange.receiver)
        .join(Unit, same_unit(FormRange.unit_id)).where(near).order_by(FormRange.received_on.desc()).limit(200)
    )  # fmt: skip
    lines = [
        (f"{prefix}{first:0{digits}d} — {prefix}{last:0{digits}d}", last - first + 1, name, on, source, by)
        for name, prefix, first, last, digits, on, source, by in rows(found, **given)
    ]
    heads = (_("起止编号"), (_("份数"), NUMBER), _("保管"), _("领取日期"), _("领取自"), _("领取人"))
    return Card(_("领取记录"), heads, lines, _("还没有登记领取"))


@pages.route("/forms/receive", methods=["GET", "POST"])
@requires(p.FORMS_KEEP)
def forms_receive() -> Answer:
    """Enter a delivery of blank forms."""
    keepers = [
        (str(one), name)
        for one, name, _t, _p, _d in units(tuple(ranges(p.FORMS_KEEP)), types=("committee", "work_committee"))
    ]

    def run() -> str:
        reader = Reader("G14.1")
        keeper, prefix = reader.choice("unit", "保管的党委", dict(keepers)), reader.text("prefix", "前缀", most=20)
        first, last = request.form.get("first", "").strip(), request.form.get("last", "").strip()
        low, high = reader.whole("first", "起号", most=999_999_999), reader.whole("last", "止号", most=999_999_999)
        on, source = reader.day("received_on", "领取日期"), reader.text("received_from", "领取自", most=100)
        reader.done()
        place = unit(UUID(keeper), tuple(ranges(p.FORMS_KEEP)))
        need_at(p.FORMS_KEEP, place.path, what=unit_label(place))
        ledger.receive(unit_id=place.id, prefix=prefix, first=low or 0, last=high or 0, digits=max(len(first), len(last)),
                       received_on=on, received_from=source)  # fmt: skip
        return at("forms")

    fields = [
        boxed(
            "unit",
            _("保管的党委"),
            "select",
            options=keepers,
            required=True,
            value=keepers[0][0] if len(keepers) == 1 else "",
        ),
        boxed("prefix", _("前缀"), help=_("编号前面的字，例如“闽永”；没有可以不填。")),
        boxed(
            "first",
            _("起号"),
            inputmode="numeric",
            required=True,
            placeholder="0000101",
            help=_("连同前面的零一起填写。"),
        ),
        boxed("last", _("止号"), inputmode="numeric", required=True, placeholder="0000150"),
        boxed("received_on", _("领取日期"), "date", value=today().isoformat(), required=True),
        boxed("received_from", _("领取自"), required=True, placeholder=_("例如：市委组织部")),
    ]
    return form_page(_("登记领取入党志愿书"), fields, run, back=at("forms"), submit=_("登记"))


@pages.route("/forms/<uuid:number_id>", methods=["GET", "POST"])
@requires(p.FORMS_VIEW)
def form_number(number_id: UUID) -> Answer:
    """One numbered form."""
    try:
        one: FormNumber = taken(FormNumber, number_id, lock=False)
        place = unit(one.unit_id, tuple(ranges(p.FORMS_VIEW)))
    except Unknown:
        abort(404)
    facts = [
        (_("保管"), unit_label(place)), (_("领用人"), one.holder), (_("发放日期"), one.issued_on), (_("发放人"), one.issuer),
        (_("使用日期"), one.used_on), (_("作废日期"), one.voided_on), (_("作废原因"), one.void_reason), (_("作废经办"), one.voider),
    ]  # fmt: skip
    acts = []
    if one.state == "received" and may(p.FORMS_KEEP, place.path):
        fields = [boxed("reason", _("作废原因"), required=True, placeholder=_("例如：污损、遗失"))]
        acts.append(Doing("void", _("作废"), lambda: _void(one, place), fields, danger=True))
    ways = [(_("办理情况"), at("case", case_id=one.case_id))] if one.case_id else []
    note = _("发放和作废在该同志的办理记录中登记，台账随之更新。") if one.state in ("issued", "used") else ""
    cards = [Card(_("说明"), text=note)] if note else []
    return record_page(one.number, state=FORMS[one.state], facts=facts, cards=cards, acts=acts, prints=ways,
                       back=(_("志愿书台账"), at("forms")))  # fmt: skip


def _void(one: FormNumber, place: Unit) -> None:
    need_at(p.FORMS_KEEP, place.path, what=unit_label(place))
    ledger.void_blank(number_id=one.id, reason=Reader("G14.1").text("reason", "作废原因"))


@pages.get("/accountability", endpoint="matters")
@requires(p.MATTERS_VIEW)
def register() -> str:
    """The register of accountability."""
    near, given = inside(tuple(ranges(p.MATTERS_VIEW)))
    state = request.args.get("state", "")
    found = (
        select(Accountability.id, Unit.short_name, Accountability.fault, Accountability.step, Accountability.state,
               Accountability.finding, Accountability.handling, Accountability.opened_on, Accountability.rule)
        .join(Unit, same_unit(Accountability.unit_id)).where(near)
        .order_by(Accountability.state == "closed", Accountability.opened_on.desc()).limit(500)
    )  # fmt: skip
    if state in MATTERS:
        found = found.where(Accountability.state == state)
    lines = [
        (link(on, "matter", matter_id=one), name, FAULTS.get(fault, fault), TITLES.get(step) if step else None, word(MATTERS[now]),
         FINDINGS.get(finding), HANDLINGS.get(handling), rule)
        for one, name, fault, step, now, finding, handling, on, rule in rows(found, **given)
    ]  # fmt: skip
    heads = (_("登记日期"), _("党组织"), _("问题"), _("步骤"), _("状态"), _("结论"), _("处理"), _("规则"))
    filters = [{"name": "state", "label": _("状态"), "kind": "select", "options": [(code, said[0]) for code, said in MATTERS.items()],
                "value": state, "placeholder": _("全部")}]  # fmt: skip
    new = [(_("登记问题"), at("matter_new"))] if may(p.MATTERS_HANDLE) else []
    return list_page(_("发展党员责任追究"), _("可追溯到步骤和经办人。系统只列出事实，结论和处理由党委研究决定。"),
                     [Card(_("事项"), heads, lines, _("没有责任追究事项"))], new=new, filters=filters)  # fmt: skip


_ACT = (
    select(Case.id, Case.name, Case.unit_id, Act.kind, Act.step, Act.act_on, Act.actor_name)
    .join(Case, (Case.tenant_id == Act.tenant_id) & (Case.id == Act.case_id))
    .where(Act.id == bindparam("act_id", type_=Uuid()))
)


def _about() -> tuple[Any, ...] | None:
    """The act that the address names, within reach."""
    try:
        found = row(_ACT, act_id=UUID(request.values["act"]))
    except (KeyError, ValueError):
        return None
    if found is None:
        abort(404)
    try:
        unit(found[2], tuple(ranges(p.MATTERS_HANDLE)))
    except Unknown:
        abort(404)
    return found


@pages.route("/accountability/new", methods=["GET", "POST"])
@requires(p.MATTERS_HANDLE)
def matter_new() -> Answer:
    """Open a matter: from an act (``?act=``), or about a unit."""
    about = _about()
    place = unit(about[2]) if about else chosen_unit(p.MATTERS_HANDLE)
    if place is None:
        abort(404)
    choices = [(str(one), name) for one, name, _t, _p, _d in units(tuple(ranges(p.MATTERS_HANDLE)))]

    def run() -> str:
        reader = Reader("S0-15")
        where = (
            place
            if about
            else unit(
                UUID(reader.choice("unit", "党组织", dict(choices)) or str(place.id)), tuple(ranges(p.MATTERS_HANDLE))
            )
        )
        fault, facts = reader.choice("fault", "问题类别", FAULTS), reader.text("facts", "事实", most=5000)
        step = reader.whole("step", "步骤", least=1, most=25, required=False)
        name, part = reader.text("name", "责任人", most=60), reader.text("part", "身份", most=60)
        reader.done()
        need_at(p.MATTERS_HANDLE, where.path, what=unit_label(where))
        parties = (matters.Party(name, part),) if name else ()
        made = matters.open_matter(
            unit=where, fault=fault, facts=facts, parties=parties, step=step, case_id=about[0] if about else None,
            act_id=UUID(request.values["act"]) if about else None,
        )  # fmt: skip
        return at("matter", matter_id=made)

    fields = [
        {"name": "act", "kind": "hidden", "value": request.values.get("act", "")} if about else
        boxed("unit", _("党组织"), "select", options=choices, value=str(place.id), required=True),
        boxed("fault", _("问题类别"), "select", options=list(FAULTS.items()), required=True),
        boxed("step", _("涉及第几步"), "number", value=about[4] or "" if about else ""),
        boxed("name", _("责任人"), value=about[6] if about else ""), boxed("part", _("身份"), value=_("经办人") if about else ""),
        boxed("facts", _("事实"), "textarea", rows=5, required=True, help=_("加密保存，只有办理人可以查看，每次查看都留下记录。")),
    ]  # fmt: skip
    note = (
        _(
            "%(name)s：%(step)s，%(on)s，经办人%(actor)s",
            name=about[1],
            step=TITLES.get(about[4], ""),
            on=about[5],
            actor=about[6],
        )
        if about
        else ""
    )
    return form_page(_("登记责任追究"), fields, run, back=at("matters"), submit=_("登记"), note=note)


@pages.route("/accountability/<uuid:matter_id>", methods=["GET", "POST"])
@requires(p.MATTERS_VIEW)
def matter(matter_id: UUID) -> Answer:
    """A matter; what is said in it is opened for those who handle it, and each view is written down."""
    try:
        one: Accountability = taken(Accountability, matter_id, lock=False)
        place = unit(one.unit_id, tuple(ranges(p.MATTERS_VIEW)))
    except Unknown:
        abort(404)
    opens = clear_of(p.MATTERS_HANDLE, place.path)
    facts = [
        (_("党组织"), unit_label(place)), (_("问题"), FAULTS.get(one.fault, one.fault)), (_("步骤"), TITLES.get(one.step) if one.step else None),
        (_("规则"), one.rule), (_("登记"), f"{one.opened_on} {one.opener}"), (_("结论"), FINDINGS.get(one.finding or "")),
        (_("处理"), HANDLINGS.get(one.handling or "")), (_("结案日期"), one.handled_on),
    ]  # fmt: skip
    named = [(each.name, each.part) for each in matters.parties_of(one.id)] if opens else []
    cards = _told(one) if opens else [Card(_("事实和结论"), text=_("您没有查看内容的权限。"))]
    if opens:
        cards.append(Card(_("责任人"), (_("姓名"), _("身份")), named, _("还没有登记责任人")))
        if request.method == "GET":
            record(kind="development.accountability.read", subject="development_accountability", subject_id=one.id)
    ways = []
    if one.case_id and may("development.case.view", place.path):
        ways.append((_("办理情况"), at("case", case_id=one.case_id)))
        if one.act_id:
            ways.append((_("办理记录"), at("act", case_id=one.case_id, act_id=one.act_id)))
    title = FAULTS.get(one.fault, one.fault)
    return record_page(title, state=MATTERS[one.state], facts=facts, cards=cards, acts=_acts(one, place) if opens else (),
                       version=one.version, back=(_("责任追究"), at("matters")), prints=ways)  # fmt: skip


def _told(one: Accountability) -> list[Card]:
    said = [(_("事实"), "facts_cipher"), (_("结论的依据"), "conclusion_cipher"), (_("处理情况"), "handling_cipher")]
    return [Card(title, text=text) for title, column in said if (text := matters.opened(one, column))]


def _acts(one: Accountability, place: Unit) -> list[Doing]:
    if one.state == "closed":
        return []
    acts = [
        Doing("name", _("登记责任人"), lambda: _name(one, place), [boxed("name", _("姓名"), required=True), boxed("part", _("身份"))]),
        Doing("conclude", _("作出结论"), lambda: _conclude(one, place), [
            boxed("finding", _("结论"), "select", options=list(FINDINGS.items()), required=True),
            boxed("conclusion", _("依据"), "textarea", required=True),
        ], primary=one.state == "open"),
    ]  # fmt: skip
    if one.state == "concluded":
        acts.insert(0, Doing("handle", _("处理并结案"), lambda: _handle(one, place), [
            boxed("handling", _("处理方式"), "select", options=list(HANDLINGS.items()), required=True),
            boxed("text", _("处理情况"), "textarea"),
        ], primary=True))  # fmt: skip
    return acts


def _name(one: Accountability, place: Unit) -> None:
    need_at(p.MATTERS_HANDLE, place.path, what=unit_label(place))
    reader = Reader("S0-15")
    party = matters.Party(reader.text("name", "姓名", most=60), reader.text("part", "身份", most=60))
    matters.name_party(matter_id=one.id, party=party, version=version())


def _conclude(one: Accountability, place: Unit) -> None:
    need_at(p.MATTERS_HANDLE, place.path, what=unit_label(place))
    reader = Reader("S0-15")
    matters.conclude(matter_id=one.id, finding=reader.text("finding", "结论"), conclusion=reader.text("conclusion", "依据", most=5000),
                     version=version())  # fmt: skip


def _handle(one: Accountability, place: Unit) -> None:
    need_at(p.MATTERS_HANDLE, place.path, what=unit_label(place))
    reader = Reader("S0-15")
    matters.handle(matter_id=one.id, handling=reader.text("handling", "处理方式"), text=reader.text("text", "处理情况", most=5000),
                   version=version())  # fmt: skip
