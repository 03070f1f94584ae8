"""Printables: lists, receipts, forms, cards and agreements (06-care 6.5)."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy import select

from core.sdk import SIGNED_IN, Document, may, ranges, record, requires, today, transaction
from core.sdk.documents import Field, Loaded, print_page
from plugins.care.aid import cards as greeting_cards
from plugins.care.aid import permissions as p
from plugins.care.aid import visit_papers
from plugins.care.aid.screens import Answer, at
from plugins.care.fund import applications as aid
from plugins.care.fund.models import Application, Fund, Publication
from plugins.care.hardship import actions as hardships
from plugins.care.hardship import subsidies
from plugins.care.hardship.models import Hardship, SubsidyRun
from plugins.care.pairs.models import Package, Pair
from plugins.care.people import Unknown, member, reaches, taken, unit
from plugins.care.permissions import VIEW
from plugins.care.queries.visits import visit as visit_of
from plugins.care.rounds import greetings
from plugins.care.rounds.models import Round
from plugins.care.rounds.sources import Known
from plugins.care.rules.money import BODIES, FLOWS, Body, Flow, yuan
from plugins.care.rules.pairs import PACKAGES
from plugins.care.rules.rounds import GRADES
from plugins.care.sealing import unseal
from plugins.care.site import pages

#: Where a context holds those of several files instead: cards for a whole county are hundreds of them, made by a job.
_SHEETS = "sheets"
#: Cards in one file: a new one begins with the next branch after so many, and in any case after so many.
FEW, MANY = 24, 48
#: A context with where its subject stands.
Brought = tuple[dict[str, Any], str, str]
Columns = Sequence[tuple[str, str, float]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One printable. :param bring: subject's id → (context, name, unit path). :param facts: (label, field) pairs."""

    code: str
    title: str
    permission: str
    bring: Callable[[UUID], Brought]
    back: Callable[[UUID], str]
    facts: Sequence[tuple[str, str]] = ()
    listed: str = ""
    columns: Columns = ()
    foot: str = ""
    #: what stands below the title, in words
    intro: str = ""
    opens: bool = False
    cards: bool = False
    #: who may print it, beside the permission: (subject's id, path) → whether
    allowed: Callable[[UUID, str], bool] = lambda _subject, _path: True


def _round(round_id: UUID, *, receipt: bool) -> Brought:
    from plugins.care.aid.rounds import entries_of

    one: Round = taken(Round, round_id, lock=False)
    place = unit(one.unit_id)
    lines = [line for line in entries_of(one.id) if line[0].state not in ("removed", "died")]
    made = []
    for number, (entry, name, branch, _standing) in enumerate(lines, 1):
        row = {"序号": number, "姓名": name, "金额": yuan(entry.amount_fen)}
        if not receipt:
            row |= {"党支部": branch, "慰问品": entry.goods or ""}
        made.append(row)
    total = yuan(sum(entry.amount_fen for entry, *_rest in lines))
    context = {"标题": one.title, "党组织": place.name, "人数": len(made), "合计": total, "名单": made}
    return context, one.title, place.path


def _application(application_id: UUID) -> Brought:
    one: Application = taken(Application, application_id, lock=False)
    who, _home = member(one.person_id)
    place = unit(one.unit_id)
    fund: Fund = taken(Fund, one.fund_id, lock=False)
    record(kind="care.aid.opened", subject="care_application", subject_id=one.id)
    context = {
        "姓名": who.name, "党支部": place.short_name, "基金": fund.title, "类别": aid.KINDS[one.kind], "申请金额": yuan(one.amount_fen),
        "借款月数": one.months or "", "提交日期": one.submitted_on.isoformat(),
        "申请理由": unseal(one.reason_cipher, Application, "reason_cipher", one.id),
        "支部意见": unseal(one.review_cipher, Application, "review_cipher", one.id),
        "批准金额": yuan(one.approved_fen) if one.approved_fen else "", "批准机构": BODIES[Body(one.body)] if one.body else "",
        "批准日期": one.decided_on.isoformat() if one.decided_on else "", "参加人员": "、".join(one.approvers),
    }  # fmt: skip
    return context, who.name, place.path


def _hardship(hardship_id: UUID) -> Brought:
    one: Hardship = taken(Hardship, hardship_id, lock=False)
    who, _home = member(one.person_id)
    place = unit(one.unit_id)
    figures = hardships.figures_of(one)
    record(kind="care.aid.opened", subject="care_hardship", subject_id=one.id)
    context = {
        "姓名": who.name, "出生日期": who.birth.isoformat(), "入党日期": who.join_date.isoformat() if who.join_date else "",
        "党支部": place.short_name, "等级": {g.value: t for g, t in GRADES.items()}[one.grade],
        "致困原因": "、".join(hardships.CAUSES.get(c, c) for c in one.causes),
        "人均月收入": yuan(figures.get("income_per_head", 0)), "年自付医疗费": yuan(figures.get("medical", 0)),
        "困难情况": unseal(one.detail_cipher, Hardship, "detail_cipher", one.id),
        "研究日期": one.reviewed_on.isoformat() if one.reviewed_on else "", "公示日期": one.published_from.isoformat() if one.published_from else "",
        "认定日期": one.decided_on.isoformat() if one.decided_on else "",
        "有效期": f"{one.valid_from} 至 {one.valid_to}" if one.valid_from else "",
    }  # fmt: skip
    return context, who.name, place.path


def _pair(pair_id: UUID) -> Brought:
    one: Pair = taken(Pair, pair_id, lock=False)
    helper, _home = member(one.helper_id)
    helped = (
        member(one.helped_id)[0].name
        if one.helped_id
        else unseal(one.helped_name_cipher, Pair, "helped_name_cipher", one.id)
    )
    place = unit(one.unit_id)
    with transaction() as session:
        packages = session.scalars(select(Package).where(Package.pair_id == one.id)).all()
    by = {package.kind: package for package in packages}
    lines = [{"序号": n, "项目": title, "计划": by[k].plan if k in by else "", "目标": by[k].target if k in by else ""}
             for n, (k, title) in enumerate(PACKAGES.items(), 1)]  # fmt: skip
    record(kind="care.aid.opened", subject="care_pair", subject_id=one.id)
    context = {"帮扶人": helper.name, "帮扶对象": helped, "党组织": place.name, "致困原因": unseal(one.cause_cipher, Pair, "cause_cipher", one.id),
               "签订日期": one.signed_on.isoformat() if one.signed_on else "", "名单": lines}  # fmt: skip
    return context, f"{helper.name}_{helped}", place.path


def _run(run_id: UUID) -> Brought:
    from plugins.care.aid.subsidies import lines_of

    one: SubsidyRun = taken(SubsidyRun, run_id, lock=False)
    place, lines = unit(one.unit_id), lines_of(one.id)
    made = [{"序号": n, "姓名": name, "党支部": branch, "类别": subsidies.CLASSES[no], "金额": yuan(fen)}
            for n, (name, branch, no, fen) in enumerate(lines, 1)]  # fmt: skip
    title = f"{one.month:%Y年%m月}老党员生活补助发放表"
    context = {
        "标题": title,
        "党组织": place.name,
        "人数": len(made),
        "合计": yuan(sum(line[3] for line in lines)),
        "名单": made,
    }
    return context, title, place.path


def _publication(publication_id: UUID) -> Brought:
    one: Publication = taken(Publication, publication_id, lock=False)
    fund: Fund = taken(Fund, one.fund_id, lock=False)
    place, held = unit(fund.unit_id), one.figures
    lines = [{"序号": n, "项目": FLOWS[flow], "收入": yuan(held[flow]) if held.get(flow, 0) > 0 else "",
              "支出": yuan(-held[flow]) if held.get(flow, 0) < 0 else ""}
             for n, flow in enumerate((f for f in Flow if held.get(f)), 1)]  # fmt: skip
    context = {"基金": fund.title, "期间": f"{one.first_on} 至 {one.last_on}", "期初": yuan(held["before"]), "期末": yuan(held["after"]),
               "收入合计": yuan(sum(held[f] for f in Flow if held.get(f, 0) > 0)), "支出合计": yuan(-sum(held[f] for f in Flow if held.get(f, 0) < 0)),
               "公示日期": one.published_on.isoformat(), "名单": lines}  # fmt: skip
    return context, fund.title, place.path


def _cards(unit_id: UUID, *, kind: str) -> Brought:
    place = unit(unit_id)
    text, signed = greetings.text_for(place, kind)
    day = today()
    sheets = [
        _sheet([
            {"姓名": known.name, "贺词": (f"值此您入党{years}周年之际，" if years else "") + text, "落款": signed,
             "日期": f"{day.year}年7月1日" if kind == "july" else f"{day.year}年{day.month}月{day.day}日"}
            for known, years, _whole in some
        ])
        for some in _handfuls(greetings.receivers(place.id, kind, day))
    ]  # fmt: skip
    return {"人数": sum(one["人数"] for one in sheets), _SHEETS: sheets}, place.short_name, place.path


def _handfuls(found: Sequence[tuple[Known, int, bool]]) -> Iterator[Sequence[tuple[Known, int, bool]]]:
    """Cards for one file each: the whole branches one after the other while they are few, a large branch in pieces."""
    some: list[tuple[Known, int, bool]] = []
    for one in found:
        ends = bool(some) and some[-1][0].unit_id != one[0].unit_id
        if len(some) >= (FEW if ends else MANY):
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _sheet(cards: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Cards two in a row, as the template takes them."""
    pairs = [
        {f"{side}{name}": value for side, card in zip(("左", "右"), cards[n : n + 2], strict=False) for name, value in card.items()}
        for n in range(0, len(cards), 2)
    ]  # fmt: skip
    return {"人数": len(cards), "名单": pairs}


def _back_of_visit(visit_id: UUID) -> str:
    found = visit_of(visit_id)
    return at("case", case_id=found.case_id) if found and found.case_id else at("mine")


_WHO = (("序号", "序号", 16), ("姓名", "姓名", 34))
_MEETING = "盖章：　　　　　　　　　　年　　月　　日"
PAPERS = {
    one.code: one
    for one in (
        Paper("round_list", "慰问名册", p.ROUND_VIEW, partial(_round, receipt=False), lambda i: at("round", round_id=i), listed="名单",
              columns=(*_WHO, ("党支部", "党支部", 52), ("金额（元）", "金额", 28), ("慰问品", "慰问品", 26))),
        Paper("round_receipt", "慰问金签收表", p.ROUND_VIEW, partial(_round, receipt=True), lambda i: at("round", round_id=i), listed="名单",
              columns=(*_WHO, ("金额（元）", "金额", 34), ("签收人", "", 42), ("日期", "", 30)), foot="发放人签字：　　　　　　　　监督人签字："),
        Paper("hardship", "困难党员登记表", p.HARDSHIP_VIEW, _hardship, lambda i: at("hardship", hardship_id=i), opens=True, foot=f"党委意见{_MEETING}",
              facts=(("姓名", "姓名"), ("出生日期", "出生日期"), ("入党日期", "入党日期"), ("等级", "等级"), ("所在党支部*", "党支部"), ("致困原因*", "致困原因"),
                     ("人均月收入（元）", "人均月收入"), ("年自付医疗费（元）", "年自付医疗费"), ("困难情况*", "困难情况"), ("支部研究日期", "研究日期"),
                     ("公示日期", "公示日期"), ("认定日期", "认定日期"), ("有效期*", "有效期"))),
        Paper("application", "救助申请审批表", p.FUND_VIEW, _application, lambda i: at("fund_application", application_id=i), opens=True,
              foot=f"批准机构{_MEETING}",
              facts=(("姓名", "姓名"), ("所在党支部", "党支部"), ("基金*", "基金"), ("类别", "类别"), ("申请金额（元）", "申请金额"), ("借款月数", "借款月数"),
                     ("提交日期", "提交日期"), ("申请理由*", "申请理由"), ("支部意见*", "支部意见"), ("批准机构", "批准机构"), ("批准金额（元）", "批准金额"),
                     ("参加人员*", "参加人员"), ("批准日期*", "批准日期"))),
        Paper("pair", "结对帮扶协议", p.PAIR_VIEW, _pair, lambda i: at("pair", pair_id=i), opens=True,
              facts=(("帮扶人", "帮扶人"), ("帮扶对象", "帮扶对象"), ("党组织*", "党组织"), ("致困原因*", "致困原因"), ("签订日期*", "签订日期")), listed="名单",
              columns=(("项目", "项目", 34), ("计划", "计划", 72), ("目标", "目标", 50)), foot="帮扶人签字：　　　　　帮扶对象签字：　　　　　党组织盖章：",
              intro="经党组织牵线、双方自愿，帮扶人与帮扶对象结为帮扶对子。帮扶人负责下列三项，帮扶对象积极配合；党组织每季度检查一次进展。"),
        Paper("subsidy_run", "老党员生活补助发放表", p.SUBSIDY_VIEW, _run, lambda i: at("subsidy_run", run_id=i), listed="名单",
              columns=(*_WHO, ("党支部", "党支部", 40), ("类别", "类别", 42), ("金额（元）", "金额", 24)), foot="制表：　　　　　　审核：　　　　　　批准："),
        Paper("fund_publication", "基金收支公示表", p.FUND_VIEW, _publication,
              lambda i: at("fund", fund_id=taken(Publication, i, lock=False).fund_id),
              facts=(("基金*", "基金"), ("期间*", "期间"), ("期初结余（元）", "期初"), ("期末结余（元）", "期末"),
                     ("收入合计（元）", "收入合计"), ("支出合计（元）", "支出合计"), ("公示日期*", "公示日期")), listed="名单",
              columns=(("序号", "序号", 16), ("项目", "项目", 56), ("收入（元）", "收入", 42), ("支出（元）", "支出", 42))),
        Paper("case", "党员四必访登记表", VIEW, visit_papers.case, lambda i: at("case", case_id=i), allowed=visit_papers.may_print_case,
              facts=(("姓名", "姓名"), ("所在党支部", "党支部"), ("类别", "类别"), ("具体情形", "情形"), ("发生日期", "发生日期"), ("报告日期", "报告日期"),
                     ("报告人", "报告人"), ("核实日期", "核实日期"), ("走访期限", "走访期限"), ("指派走访人", "走访人"), ("情况*", "情况"), ("办理状态*", "状态")),
              listed="名单", columns=(("走访日期", "日期", 26), ("方式", "方式", 22), ("走访人", "人员", 34), ("走访情况", "记录", 74)),
              foot="登记人：　　　　　　　　党支部书记签字："),
        Paper("visit", "走访记录", VIEW, visit_papers.visit, _back_of_visit, allowed=visit_papers.may_print_visit,
              facts=(("姓名", "姓名"), ("所在党支部", "党支部"), ("走访日期", "走访日期"), ("走访方式", "方式"), ("走访人*", "走访人"),
                     ("看到、听到的情况*", "情况"), ("答应办的事*", "答应办的事"), ("需求和跟进*", "需求"), ("慰问金（元）", "慰问金"), ("慰问品", "慰问品"),
                     ("说明*", "说明"), ("登记人", "登记人"), ("登记日期", "登记日期")),
              foot="走访人签字："),
        Paper("july_cards", "七一问候卡", p.GREETING, partial(_cards, kind="july"), lambda i: at("greetings", unit=i), cards=True),
        Paper("birthday_cards", "政治生日贺卡", p.GREETING, partial(_cards, kind="birthday"), lambda i: at("greetings", unit=i), cards=True),
    )
}  # fmt: skip


def _load(paper: Paper, request: Mapping[str, Any], _full: bool) -> Loaded | None:
    try:
        subject = UUID(request["subject"])
        context, name, path = paper.bring(subject)
    except (Unknown, LookupError):
        return None
    if not reaches(tuple((a, b) for a, b in request["ranges"]), path):
        return None
    title = f"{paper.title}_{name}"
    sheets = context.get(_SHEETS)
    if sheets is None:
        return Loaded([context], [title], title, 1 if context.get("人数", 1) else 0, subject, path)
    names = [title] if len(sheets) == 1 else [f"{title}_{number:03}" for number in range(1, len(sheets) + 1)]
    return Loaded(sheets, names, title, len(sheets), subject, path)


def _drawn(paper: Paper) -> bytes:
    """The product's own template."""
    from core.sdk.documents import drawing  # with python-docx, which only printing needs

    sheet = drawing.sheet()
    if paper.cards:
        greeting_cards.draw(paper.title[:-1] if paper.code == "july_cards" else "政治生日快乐", sheet)
        return _bytes(sheet)
    titled = any(name == "标题" for name in _names(paper))
    drawing.add_title(
        sheet,
        "{{ 标题 }}" + ("" if "表" in paper.title and paper.code == "subsidy_run" else paper.title[2:])
        if titled
        else paper.title,
    )
    if titled:
        drawing.add_line(
            sheet, "{{ 党组织 }}　共 {{ 人数 }} 人　合计 {{ 合计 }} 元　{{ 打印.日期 }}", align=drawing.RIGHT, after=4
        )
    if paper.intro:
        drawing.add_line(sheet, f"　　{paper.intro}", after=6, size=12)
    if paper.facts:
        pairs = [(label, f"{{{{ {name} }}}}") for label, name in paper.facts]
        drawing.add_facts(drawing.add_table(sheet, (34, 45, 34, 45)), pairs, height=11)
    if paper.columns:
        if paper.facts:
            drawing.add_line(sheet, "", after=4)
        table = drawing.add_table(sheet, [width for _t, _n, width in paper.columns])
        drawing.add_row(table, [title for title, _n, _w in paper.columns], height=9, heading=True)
        drawing.add_rows(
            table,
            f"行 in {paper.listed}",
            [f"{{{{ 行.{name} }}}}" if name else "" for _t, name, _w in paper.columns],
            height=12
            if any(name in ("", "党支部") for _t, name, _w in paper.columns)
            else 9,  # signed by hand; two lines
        )
    if paper.foot:
        drawing.add_line(sheet, paper.foot, before=18, size=12)
    drawing.add_foot(sheet)
    return _bytes(sheet)


def _bytes(sheet: Any) -> bytes:
    made = io.BytesIO()
    sheet.save(made)
    return made.getvalue()


def _names(paper: Paper) -> list[str]:
    own = [name for _label, name in paper.facts]
    if paper.cards:
        return ["人数"]
    return own if own else ["标题", "党组织", "人数", "合计"]


def _fields(paper: Paper) -> tuple[Field, ...]:
    made = [Field(name, name, "3" if name == "人数" else name) for name in _names(paper)]
    if paper.cards:
        card = tuple(
            Field(f"{side}{name}", name, name) for side in ("左", "右") for name in ("姓名", "贺词", "落款", "日期")
        )
        return (*made, Field("名单", "每排两张贺卡", of=card))
    if paper.listed:
        made.append(
            Field(
                paper.listed,
                "每人（项）一行",
                of=tuple(Field(name, name, name) for _t, name, _w in paper.columns if name),
            )
        )
    return tuple(made)


DOCUMENTS = tuple(
    Document(
        f"care.{one.code}",
        one.title,
        _fields(one),
        partial(_load, one),
        partial(_drawn, one),
        one.permission,
        subject=f"care_{one.code}",
    )
    for one in PAPERS.values()
)
_BY_CODE = {one.code.removeprefix("care."): one for one in DOCUMENTS}


@pages.route("/print/<code>/<uuid:subject_id>", methods=["GET", "POST"])
@requires(SIGNED_IN)
def paper(code: str, subject_id: UUID) -> Answer:
    """Print something: whoever may see the record may, and what opens circumstances needs the right to open them."""
    one = PAPERS.get(code)
    if one is None:
        abort(404)
    try:
        context, name, path = one.bring(subject_id)
    except Unknown:
        abort(404)
    if not may(one.permission, path) or (one.opens and not may(p.OPEN, path)) or not one.allowed(subject_id, path):
        abort(404)
    wanted = {"subject": str(subject_id), "ranges": [list(span) for span in ranges(one.permission)]}
    found: Answer = print_page(_BY_CODE[code], wanted, name, one.back(subject_id), path, subject=subject_id,
                               count=len(context.get(_SHEETS, ())) or 1)  # fmt: skip
    return found
