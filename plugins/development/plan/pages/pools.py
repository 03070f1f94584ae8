"""The activist pool on every level, its yearly analysis, and the waiting queue."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.sdk import may, need_at, ranges, requires, today
from plugins.development.flow.words import SIDES, SOURCES
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.pages.words import state_badge
from plugins.development.plan import permissions as p
from plugins.development.plan import pool as held
from plugins.development.plan import queue as waiting
from plugins.development.plan.pages.shared import unit_label
from plugins.development.plan.records import Unknown, taken, unit
from plugins.development.plan.registers.models import PoolAnalysis
from plugins.development.plan.screens import (
    NUMBER,
    Answer,
    Card,
    Reader,
    at,
    boxed,
    chosen_unit,
    counted,
    form_page,
    link,
    list_page,
    paged,
    record_page,
    tops,
    year,
    years,
)
from plugins.development.plan.words import BUCKETS, PRIORITIES
from plugins.development.site import pages

add_tab(
    Tab(_l("积极分子信息库"), "p_development.pool", p.POOL_VIEW, 30,
        ("p_development.pool_people", "p_development.pool_analysis", "p_development.pool_analyse"))
)  # fmt: skip
add_tab(Tab(_l("等待名单"), "p_development.queue", p.POOL_VIEW, 35))
LISTED = {
    "in": _l("现有积极分子"), "came": _l("今年新确定"), "up": _l("今年列为发展对象"), "out": _l("今年移出"),
    "scouted": _l("物色名册（尚未申请）"),
}  # fmt: skip


def reason_said(code: str) -> Any:
    """Why somebody left the pool."""
    return SIDES.get(code) or (_("其他") if code in ("", "other", "forgotten") else code)


def _source(code: str) -> Any:
    return SOURCES.get(code) or _("其他")


def _row(one: held.Group, now: int) -> tuple[Any, ...]:
    given = {"unit": one.id, "year": now}
    deviation = (
        None
        if one.deviation is None
        else {"text": f"{one.deviation:+d}", "tone": "ok" if one.deviation >= 0 else "warn"}
    )
    return (
        link(one.name, "pool", **given), counted(one.stock, "pool_people", what="in", **given), one.target, deviation,
        counted(one.came, "pool_people", what="came", **given), counted(one.went_up, "pool_people", what="up", **given),
        counted(one.went_out, "pool_people", what="out", **given), one.average, one.share_trained, one.per_place,
    )  # fmt: skip


@pages.get("/pool")
@requires(p.POOL_VIEW)
def pool() -> str:
    """The pool of a unit and of those directly below it."""
    now, place = year(), chosen_unit(p.POOL_VIEW)
    if place is None:
        return _choose("pool", _("积极分子信息库"))
    day = min(today(), today().replace(year=now, month=12, day=31)) if now <= today().year else today()
    found, given = held.pool(place, now, day), {"unit": place.id, "year": now}
    heads = (_("党组织"), (_("现有"), NUMBER), (_("常数"), NUMBER), _("相差"), (_("新确定"), NUMBER), (_("列为发展对象"), NUMBER),
             (_("移出"), NUMBER), (_("平均月数"), NUMBER), (_("今年受训"), NUMBER), _("申请人:积极分子:名额"))  # fmt: skip
    cards = [
        Card(_("各级情况"), heads, [_row(one, now) for one in (found.whole, *found.below)]),
        _split(_("来源"), {_source(code): (n, code) for code, n in found.sources.items()}, what="in", given=given),
        _split(_("物色名册（尚未申请）"), {_source(code): (n, code) for code, n in found.scouted.items()}, what="scouted", given=given),
        _split(_("移出原因"), {reason_said(code): (n, "") for code, n in found.reasons.items()}, what="out", given=given),
        _analyses(place, now),
    ]  # fmt: skip
    new = []
    if may(p.POOL_ANALYSE, place.path) and place.type != "branch":
        new.append((_("登记年度分析"), at("pool_analyse", **given)))
    whole = found.whole
    figures = [
        (_("现有积极分子"), whole.stock, at("pool_people", what="in", **given), _("常数%(n)s", n=whole.target) if whole.target else None),
        (_("今年新确定"), whole.came, at("pool_people", what="came", **given) if whole.came else None),
        (_("今年移出"), whole.went_out, at("pool_people", what="out", **given) if whole.went_out else None),
        (_("今年受训"), whole.share_trained or "—", None, _("培训班%(n)s期", n=found.classes)),
        (_("平均在库月数"), whole.average or "—"),
    ]  # fmt: skip
    filters = [
        {
            "name": "year",
            "label": _("年度"),
            "kind": "select",
            "options": years(ahead=0),
            "value": str(now),
            "required": True,
        },
        {"name": "unit", "kind": "hidden", "value": str(place.id)},
    ]
    title = _("积极分子信息库：%(unit)s", unit=unit_label(place))
    return list_page(title, _("县、镇两级建库，随时调入调出；每年由党委和县级组织部门各分析一次。"), cards, new=new, figures=figures,
                     filters=filters, up=_up(place, now))  # fmt: skip


def _up(place: Any, now: int) -> list[tuple[Any, str]]:
    if place.parent_id is None:
        return []
    try:
        upper = unit(place.parent_id, tuple(ranges(p.POOL_VIEW)))
    except Unknown:
        return []
    return [(unit_label(upper), at("pool", unit=upper.id, year=now))]


def _choose(endpoint: str, title: Any) -> str:
    lines = [(link(unit_label(one), endpoint, unit=one.id),) for one in tops(p.POOL_VIEW)]
    return list_page(title, _("先选择党组织。"), [Card(_("党组织"), (_("党组织"),), lines, _("没有可以查看的党组织"))])


def _split(title: Any, parts: dict[Any, tuple[int, str]], *, what: str, given: dict[str, Any]) -> Card:
    lines = [
        (name, counted(n, "pool_people", what=what, **given, **({"source": code} if code else {})))
        for name, (n, code) in sorted(parts.items(), key=lambda one: -one[1][0])
    ]
    return Card(title, (_("类别"), (_("人数"), NUMBER)), lines, _("没有记录"))


def _analyses(place: Any, now: int) -> Card:
    lines = [
        (link(name, "pool_analysis", analysis_id=one), on, by)
        for one, name, on, by in held.analyses(((place.path, place.path_end),), now)
    ]
    return Card(
        _("年度分析"), (_("党组织"), _("日期"), _("分析人")), lines, _("今年还没有登记分析"), note=_("细则第十一条")
    )


@pages.get("/pool/people")
@requires(p.POOL_VIEW)
def pool_people() -> str:
    """The people behind a number of the pool."""
    now, place, what = year(), chosen_unit(p.POOL_VIEW), request.args.get("what", "in")
    if place is None or what not in held.LISTS:
        abort(404)
    found = held.activists(place, now, what, source=request.args.get("source", ""))
    day = today()
    heads = ((_("姓名"), "name"), _("党支部"), _("状态"), _("来源"), _("确定日期"), (_("在库月数"), NUMBER), (_("联系人"), NUMBER),
             (_("考察"), NUMBER), (_("培训"), NUMBER), _("满一年"), _("列入计划"), _("移出原因"))  # fmt: skip
    lines = [
        (link(one.name, "case", case_id=one.id), one.unit, state_badge(one.state, one.side), _source(one.source), one.named_on,
         one.months(day), one.contacts, one.reviews, one.trainings,
         {"text": _("已满"), "tone": "ok"} if one.ready_on and one.ready_on <= day else one.ready_on,
         _("%(year)s年", year=one.planned) if one.planned else None, reason_said(one.reason) if one.reason and what == "out" else None)
        for one in found
    ]  # fmt: skip
    subtitle = _("%(unit)s　%(year)s年　%(n)s人", unit=unit_label(place), year=now, n=len(lines))
    up = [(_("积极分子信息库"), at("pool", unit=place.id, year=now))]
    return list_page(LISTED[what], subtitle, [paged(Card(LISTED[what], heads, lines, _("没有符合条件的人员")))], up=up)


@pages.route("/pool/analyse", methods=["GET", "POST"])
@requires(p.POOL_ANALYSE)
def pool_analyse() -> Answer:
    """Write down the yearly analysis of the pool."""
    place, now = chosen_unit(p.POOL_ANALYSE), year()
    if place is None:
        abort(404)

    def run() -> str:
        need_at(p.POOL_ANALYSE, place.path, what=unit_label(place))
        reader = Reader("G11.0")
        conclusion, measures = (
            reader.text("conclusion", "分析结论", most=5000),
            reader.text("measures", "改进措施", most=5000),
        )
        reader.done()
        made = held.analyse(unit_id=place.id, year=now, conclusion=conclusion, measures=measures)
        return at("pool_analysis", analysis_id=made)

    fields = [
        {"name": "unit", "kind": "hidden", "value": str(place.id)},
        boxed("year", _("年度"), "select", options=years(ahead=0), value=str(now), required=True),
        boxed(
            "conclusion",
            _("分析结论"),
            "textarea",
            rows=5,
            required=True,
            placeholder=_("数量、结构、培养情况，存在的问题"),
        ),
        boxed("measures", _("改进措施"), "textarea", rows=4, required=True),
    ]
    title = _("%(unit)s：积极分子队伍年度分析", unit=unit_label(place))
    return form_page(title, fields, run, back=at("pool", unit=place.id, year=now), submit=_("登记"),
                     note=_("登记时自动附上当天的信息库数字。"))  # fmt: skip


@pages.get("/pool/analyses/<uuid:analysis_id>")
@requires(p.POOL_VIEW)
def pool_analysis(analysis_id: UUID) -> Answer:
    """A yearly analysis with the figures of its day."""
    try:
        one: PoolAnalysis = taken(PoolAnalysis, analysis_id, lock=False)
        place = unit(one.unit_id, tuple(ranges(p.POOL_VIEW)))
    except Unknown:
        abort(404)
    told = one.figures
    facts = [
        (_("现有"), told.get("stock")), (_("常数"), told.get("target")), (_("新确定"), told.get("came")),
        (_("列为发展对象"), told.get("went_up")), (_("移出"), told.get("went_out")), (_("平均月数"), told.get("average_months")),
        (_("今年受训"), told.get("trained")), (_("培训班"), told.get("classes")), (_("申请人"), told.get("applicants")),
        (_("名额"), told.get("quota")), (_("分析日期"), one.analysed_on), (_("分析人"), one.analyst),
    ]  # fmt: skip
    sources: Any = told.get("sources") or {}
    cards = [
        Card(_("分析结论"), text=one.conclusion), Card(_("改进措施"), text=one.measures),
        Card(_("来源"), (_("类别"), (_("人数"), NUMBER)), [(_source(code), n) for code, n in sources.items()]),
    ]  # fmt: skip
    title = _("%(unit)s %(year)s年积极分子队伍分析", unit=unit_label(place), year=one.year)
    return record_page(title, state=(_("已登记"), "ok"), facts=facts, cards=cards, acts=(),
                       back=(_("积极分子信息库"), at("pool", unit=place.id, year=one.year)))  # fmt: skip


def _wanted(one: waiting.Waiter, given: dict[str, str]) -> bool:
    return (
        (not given["bucket"] or one.bucket == given["bucket"]) and (not given["work"] or one.work_bucket == given["work"])
        and (not given["branch"] or one.unit == given["branch"]) and (not given["post"] or (one.post or "其他") == given["post"])
        and (not given["age"] or _aged(one.age, given["age"]))
    )  # fmt: skip


def _aged(age: int, band: str) -> bool:
    least, most = waiting.AGES.get(band, (0, 999))
    return least <= age <= most


def _years(n: int | None) -> Any:
    return _("%(n)s年", n=n) if n is not None else None


@pages.get("/queue")
@requires(p.POOL_VIEW)
def queue() -> str:
    """Who waits, by both clocks."""
    place = chosen_unit(p.POOL_VIEW)
    span = ((place.path, place.path_end),) if place else tuple(ranges(p.POOL_VIEW))
    everybody = waiting.queue(span, today())
    given = {name: request.args.get(name, "") for name in ("bucket", "work", "branch", "age", "post")}
    shown = [one for one in everybody if _wanted(one, given)]
    numbers, groups = waiting.in_numbers(everybody, today()), waiting.grouped(everybody)
    heads = ((_("姓名"), "name"), _("党支部"), (_("年龄"), NUMBER), _("职业"), _("状态"), (_("申请至今"), NUMBER), (_("参加工作"), NUMBER),
             _("列入计划"), _("优先"))  # fmt: skip
    lines = [
        (link(one.name, "case", case_id=one.id), one.unit, one.age, one.post, state_badge(one.state, ""), _years(one.waited),
         _years(one.worked), _plans(one), _firsts(one))
        for one in shown
    ]  # fmt: skip
    here = {"unit": place.id} if place else {}
    years_ = [
        (label, _number(groups["waited"][key], here, bucket=key), _number(groups["worked"][key], here, work=key))
        for key, label in BUCKETS.items()
    ]
    cards = [
        paged(
            Card(_("名单"), heads, lines, _("没有等待发展的同志"), note=_("先列有优先理由的，再按申请日期排列。只供查看，不据此自动确定人选。")),
            size=50,
        ),
        Card(_("按等待年数"), (_("年数"), (_("申请至今"), NUMBER), (_("参加工作"), NUMBER)), years_),
        _group(_("按党支部"), groups["branch"], here, "branch"), _group(_("按年龄"), groups["age"], here, "age"),
        _group(_("按职业"), groups["post"], here, "post"),
    ]  # fmt: skip
    figures = [
        (_("等待人数"), numbers.size), (_("工作年限最短"), _years(numbers.least_work_years) or "—"),
        (_("工作年限最长"), _years(numbers.most_work_years) or "—"), (_("列入今年计划"), numbers.in_plan),
        (_("列入明年计划"), numbers.in_next_plan),
    ]  # fmt: skip
    options = [(key, label) for key, label in BUCKETS.items()]
    filters = [
        {"name": "bucket", "label": _("申请至今"), "kind": "select", "options": options, "value": given["bucket"], "placeholder": _("全部")},
        {"name": "work", "label": _("参加工作"), "kind": "select", "options": options, "value": given["work"], "placeholder": _("全部")},
        {"name": "age", "label": _("年龄"), "kind": "select", "options": [(one, one) for one in waiting.AGES], "value": given["age"],
         "placeholder": _("全部")},
        *({"name": name, "kind": "hidden", "value": given[name]} for name in ("branch", "post") if given[name]),
        *({"name": name, "kind": "hidden", "value": str(value)} for name, value in here.items()),
    ]  # fmt: skip
    return list_page(_("等待名单"), _("已申请或已是积极分子、还没有列为发展对象的同志，按申请时间和参加工作时间两个时钟排列。"), cards,
                     figures=figures, filters=filters)  # fmt: skip


def _number(n: int, here: dict[str, Any], **given: str) -> Any:
    return counted(n, "queue", **here, **given)


def _group(title: Any, parts: dict[str, int], here: dict[str, Any], name: str) -> Card:
    lines = [(part, _number(n, here, **{name: part})) for part, n in parts.items() if n]
    return Card(title, (_("类别"), (_("人数"), NUMBER)), lines[:50], _("没有记录"))


def _plans(one: waiting.Waiter) -> Any:
    if one.this_year:
        return {"text": _("今年"), "tone": "ok"}
    return {"text": _("明年"), "tone": "info"} if one.next_year else None


def _firsts(one: waiting.Waiter) -> Any:
    said = [str(PRIORITIES[one.priority])] if one.priority in PRIORITIES else []
    said += [str(_("关键岗位"))] if one.key_post and one.priority != "key_post" else []
    said += [str(_("技术领域"))] if one.technical and one.priority != "technical" else []
    return "、".join(said)
