"""The pages of subsidies for members of before 1949."""

from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from core.sdk import Person, Unit, may, need_at, requires, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.screens import (
    Act,
    Answer,
    Card,
    at,
    boxed,
    form_page,
    hand,
    list_page,
    pick,
    reach,
    record_page,
    version,
)
from plugins.care.hardship import subsidies as actions
from plugins.care.hardship.models import Subsidy, SubsidyPayment, SubsidyRate, SubsidyRun
from plugins.care.people import Unknown, inside, member, same_person, same_unit, taken, unit, units
from plugins.care.reading import Reader
from plugins.care.rules.money import yuan
from plugins.care.site import pages

TONES = {"draft": "info", "approved": "brand", "paid": "ok"}
_MONEY = "number"


@pages.get("/subsidies")
@requires(p.SUBSIDY_VIEW)
def subsidies() -> str:
    """Who is paid, by what rates, and the months' tables."""
    near, given = inside(reach(p.SUBSIDY_VIEW))
    who = rows(
        select(Subsidy.id, Person.name, Unit.short_name, Subsidy.class_no, Subsidy.first_month, Subsidy.last_month, Subsidy.end_reason)
        .join(Person, same_person(Subsidy.person_id)).join(Unit, same_unit(Subsidy.unit_id)).where(near)
        .order_by(Subsidy.last_month.is_not(None), Unit.path).limit(500), **given,
    )  # fmt: skip
    total, count = func.coalesce(func.sum(SubsidyPayment.amount_fen), 0), func.count(SubsidyPayment.id)
    runs = rows(
        select(SubsidyRun.id, SubsidyRun.month, Unit.short_name, SubsidyRun.state, count, total)
        .join(Unit, same_unit(SubsidyRun.unit_id))
        .join(SubsidyPayment, (SubsidyPayment.tenant_id == SubsidyRun.tenant_id) & (SubsidyPayment.run_id == SubsidyRun.id), isouter=True)
        .where(near).group_by(SubsidyRun.tenant_id, SubsidyRun.id, Unit.short_name).order_by(SubsidyRun.month.desc()).limit(60), **given,
    )  # fmt: skip
    rates = rows(select(SubsidyRate.class_no, SubsidyRate.valid_from, SubsidyRate.monthly_fen, SubsidyRate.source).order_by(
        SubsidyRate.class_no, SubsidyRate.valid_from.desc()))  # fmt: skip
    cards = [
        Card(_("发放表"), (_("月份"), _("党组织"), (_("人数"), _MONEY), (_("金额（元）"), _MONEY), _("状态")), [
            ({"url": at("subsidy_run", run_id=one), "text": f"{month:%Y-%m}"}, place, people, yuan(int(fen)),
             {"text": actions.STATES[state], "tone": TONES[state]}) for one, month, place, state, people, fen in runs]),
        Card(_("领取补助的党员"), (_("姓名"), _("党支部"), _("类别"), _("起"), _("止"), _("停发原因")), [
            ({"url": at("subsidy_stop", subsidy_id=one), "text": name} if last is None and may(p.SUBSIDY_EDIT) else name, place,
             actions.CLASSES[no], f"{first:%Y-%m}", f"{last:%Y-%m}" if last else "", why) for one, name, place, no, first, last, why in who]),
        Card(_("补助标准"), (_("类别"), _("自"), (_("每月（元）"), _MONEY), _("依据")), [
            (actions.CLASSES[no], f"{since:%Y-%m}", yuan(fen), source) for no, since, fen, source in rates], _("还没有填写补助标准")),
    ]  # fmt: skip
    new = [
        (_("编制发放表"), at("subsidy_run_new")),
        (_("增加人员"), at("subsidy_new")),
        (_("填写标准"), at("subsidy_rate")),
    ]
    return list_page(_("老党员生活补助"), _("发给没有离退休待遇的建国前入党的党员；去世当月全额发放，次月停发。"), cards,
                     new=new if may(p.SUBSIDY_EDIT) else [])  # fmt: skip


@pages.route("/subsidies/rate", methods=["GET", "POST"])
@requires(p.SUBSIDY_EDIT)
def subsidy_rate() -> Answer:
    """Set a class's monthly amount from a month on."""

    def run() -> str:
        reader = Reader(request.form, "R6.09")
        number = reader.choice("class_no", "类别", ("1", "2", "3"))
        since, fen = reader.month("valid_from", "起始月份"), reader.money("monthly", "每月金额")
        reader.done()
        actions.set_rate(class_no=int(number), valid_from=since, monthly=fen, source=reader.text("source", "依据"))
        return at("subsidies")

    fields = [
        boxed("class_no", _("类别"), "select", options=[(str(n), title) for n, title in actions.CLASSES.items()], required=True),
        boxed("valid_from", _("起始月份"), placeholder="2026-01", required=True),
        boxed("monthly", _("每月金额（元）"), required=True, inputmode="decimal"),
        boxed("source", _("文件依据"), required=True),
    ]  # fmt: skip
    return form_page(_("填写补助标准"), fields, run, back=at("subsidies"), submit=_("保存"))


@pages.route("/subsidies/new", methods=["GET", "POST"])
@requires(p.SUBSIDY_EDIT)
def subsidy_new() -> Answer:
    """Begin to pay a member."""
    person = pick(p.SUBSIDY_EDIT, "subsidy_new", _("增加领取补助的党员"))
    if isinstance(person, str):
        return person
    try:
        who, _place = member(person, reach(p.SUBSIDY_EDIT))
    except Unknown:
        abort(404)

    def run() -> str:
        reader = Reader(request.form, "R6.09")
        first = reader.month("first_month", "起始月份")
        reader.done()
        actions.grant(
            person_id=who.id,
            first_month=first,
            no_benefits=reader.flag("no_benefits"),
            payee=reader.text("payee", "收款账户"),
            by=hand(),
        )
        return at("subsidies")

    fields = [
        boxed("first_month", _("起始月份"), value=f"{today():%Y-%m}", required=True),
        boxed("no_benefits", _("没有享受离退休待遇"), "checkbox"),
        boxed("payee", _("收款账户"), help=_("加密保存。")),
    ]
    return form_page(_("为%(name)s发放补助", name=who.name), fields, run, back=at("subsidies"), submit=_("保存"))


@pages.route("/subsidies/<uuid:subsidy_id>/stop", methods=["GET", "POST"])
@requires(p.SUBSIDY_EDIT)
def subsidy_stop(subsidy_id: UUID) -> Answer:
    """End a subsidy."""
    try:
        one: Subsidy = taken(Subsidy, subsidy_id, lock=False)
        unit(one.unit_id, reach(p.SUBSIDY_EDIT))
        who, _place = member(one.person_id)
    except Unknown:
        abort(404)

    def run() -> str:
        reader = Reader(request.form, "R6.09")
        last = reader.month("last_month", "最后发放月份")
        reader.done()
        actions.stop(subsidy_id=one.id, last_month=last, reason=reader.text("reason", "原因"), by=hand())
        return at("subsidies")

    fields = [
        boxed("last_month", _("最后发放月份"), value=f"{today():%Y-%m}", required=True),
        boxed("reason", _("停发原因"), required=True),
    ]
    return form_page(_("停发%(name)s的补助", name=who.name), fields, run, back=at("subsidies"), submit=_("停发"))


@pages.route("/subsidies/runs/new", methods=["GET", "POST"])
@requires(p.SUBSIDY_EDIT)
def subsidy_run_new() -> Answer:
    """Compute a month."""
    choices = units(reach(p.SUBSIDY_EDIT))

    def run() -> str:
        reader = Reader(request.form, "R6.09")
        place, month = reader.choice("unit", "党组织", dict(choices)), reader.month("month", "月份")
        reader.done()
        return at("subsidy_run", run_id=actions.run(unit_id=UUID(place), month=month, by=hand()))

    fields = [
        boxed("unit", _("党组织"), "select", options=choices, value=choices[0][0] if choices else "", required=True),
        boxed("month", _("月份"), value=f"{today():%Y-%m}", required=True),
    ]
    return form_page(_("编制发放表"), fields, run, back=at("subsidies"), submit=_("编制"))


def lines_of(run_id: UUID) -> list[tuple[str, str, int, int]]:
    """(name, branch, class, fen) of a run."""
    with transaction() as session:
        return [
            (one[0], one[1], one[2], one[3]) for one in session.execute(
                select(Person.name, Unit.short_name, SubsidyPayment.class_no, SubsidyPayment.amount_fen)
                .join(Person, same_person(SubsidyPayment.person_id))
                .join(Subsidy, (Subsidy.tenant_id == SubsidyPayment.tenant_id) & (Subsidy.id == SubsidyPayment.subsidy_id))
                .join(Unit, same_unit(Subsidy.unit_id)).where(SubsidyPayment.run_id == run_id).order_by(Unit.path, Person.name_key)
            ).all()
        ]  # fmt: skip


@pages.route("/subsidies/runs/<uuid:run_id>", methods=["GET", "POST"])
@requires(p.SUBSIDY_VIEW)
def subsidy_run(run_id: UUID) -> Answer:
    """A month's table."""
    try:
        one: SubsidyRun = taken(SubsidyRun, run_id, lock=False)
        place = unit(one.unit_id, reach(p.SUBSIDY_VIEW))
    except Unknown:
        abort(404)
    lines = lines_of(one.id)
    facts = [(_("党组织"), place.short_name), (_("人数"), len(lines)), (_("金额合计"), f"{yuan(sum(line[3] for line in lines))} 元"),
             (_("编制人"), one.maker), (_("批准"), f"{one.decided_on} {one.decider}" if one.decider else None), (_("发放日期"), one.paid_on)]  # fmt: skip
    table = Card(_("人员"), (_("姓名"), _("党支部"), _("类别"), (_("金额（元）"), _MONEY)),
                 [(name, branch, actions.CLASSES[no], yuan(fen)) for name, branch, no, fen in lines])  # fmt: skip
    acts = []
    if one.state == "draft" and may(p.SUBSIDY_DECIDE, place.path):
        acts.append(Act("approve", _("批准"), lambda: _approve(one, place), primary=True))
    if one.state == "approved" and may(p.SUBSIDY_EDIT, place.path):
        acts.append(Act("paid", _("登记已发放"), lambda: actions.paid(run_id=one.id, version=version()), primary=True))
    if one.state == "draft" and may(p.SUBSIDY_EDIT, place.path):
        acts.append(Act("discard", _("删除重编"), lambda: _discard(one), danger=True))
    return record_page(
        _("%(month)s 老党员生活补助", month=f"{one.month:%Y-%m}"), state=(actions.STATES[one.state], TONES[one.state]), facts=facts, cards=[table],
        acts=acts, back=(_("老党员补助"), at("subsidies")), version=one.version, prints=[(_("发放表"), at("paper", code="subsidy_run", subject_id=one.id))],
    )  # fmt: skip


def _approve(one: SubsidyRun, place: Unit) -> None:
    need_at(p.SUBSIDY_DECIDE, place.path, what=place.short_name)
    actions.approve(run_id=one.id, by=hand(), version=version())


def _discard(one: SubsidyRun) -> str:
    actions.discard(run_id=one.id)
    return at("subsidies")
