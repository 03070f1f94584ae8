"""What this part of the plugin gives the host beside its pages: events, kinds of audit, deadlines, jobs, numbers."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, cast, func, or_, select

from core.sdk import (
    AuditKind,
    DeadlineRule,
    EventKind,
    Indicator,
    Job,
    Navigation,
    NoticeKind,
    Plan,
    Report,
    Unit,
    declare_sealed,
    remembered,
    rows,
)
from plugins.care.aid import permissions as p
from plugins.care.aid.hardship import WORDS, counts, protected
from plugins.care.fund.applications import file_old
from plugins.care.fund.models import Application, Entry, Fund, Repayment
from plugins.care.hardship.actions import end_expired
from plugins.care.hardship.models import Hardship, Subsidy
from plugins.care.pairs.models import Pair, Progress
from plugins.care.people import inside, same_unit
from plugins.care.points import take_up
from plugins.care.rounds.actions import SOURCES, STATES
from plugins.care.rounds.greetings import NOTICE, greet_daily
from plugins.care.rounds.models import Round, RoundEntry
from plugins.care.rules.money import FLOWS, Flow, yuan
from plugins.care.rules.pairs import STATES as PAIR_STATES

declare_sealed(Application, "reason_cipher", "review_cipher")
declare_sealed(Hardship, "figures_cipher", "detail_cipher", "reason_cipher")
declare_sealed(Subsidy, "payee_cipher")
declare_sealed(Pair, "helped_name_cipher", "cause_cipher", "before_cipher", "after_cipher", "result_cipher")
declare_sealed(Progress, "text_cipher")

EVENTS = (
    EventKind("care.fund.paid", _l("互助基金已拨付"), {
        "fund": _l("基金的编号"), "application": _l("申请的编号"), "fen": _l("金额（分）"), "on": _l("付款日期"),
    }),
)  # fmt: skip
_DONE = {
    "fund.opened": "设立互助基金", "fund.appointed": "指定基金会计和出纳", "fund.posted": "基金记账", "fund.published": "登记基金收支公示", "fund.left": "清除数据时的互助基金结余",
    "aid.submitted": "提出救助申请", "aid.reviewed": "支部研究救助申请", "aid.published": "公示救助申请", "aid.approved": "批准救助申请",
    "aid.refused": "不批准救助申请", "aid.paid": "拨付救助、借款", "aid.repaid": "登记还款", "aid.acknowledged": "登记签收", "aid.archived": "救助申请归档",
    "aid.opened": "查看困难情况和收入", "round.opened": "建立慰问", "round.drawn": "重新生成慰问名单", "round.changed": "调整慰问名单",
    "round.submitted": "提交慰问名单", "round.approved": "批准慰问名单", "round.returned": "退回慰问名单", "round.handed": "登记慰问结果",
    "round.closed": "结束慰问", "greeting.written": "修改贺词", "greeting.made": "制作问候", "greeting.chosen": "选择是否接收问候",
    "hardship.submitted": "申报困难党员", "hardship.reviewed": "支部研究困难认定", "hardship.published": "公示困难认定",
    "hardship.approved": "认定困难党员", "hardship.refused": "不予认定困难党员", "hardship.ended": "退出困难党员台账",
    "subsidy.rated": "填写补助标准", "subsidy.granted": "发放老党员补助", "subsidy.stopped": "停发老党员补助", "subsidy.computed": "编制补助发放表",
    "subsidy.approved": "批准补助发放表", "subsidy.paid": "登记补助已发放", "subsidy.discarded": "删除补助发放表",
    "pair.planned": "新建结对", "pair.signed": "签订结对协议", "pair.running": "开始帮扶", "pair.achieved": "结对已见效", "pair.ended": "结束结对",
    "pair.milestone": "增加结对步骤", "pair.reached": "完成结对步骤", "pair.noted": "登记帮扶进展",
}  # fmt: skip
#: What the acts are done to: one kind for each table.
_OF = {
    "fund.opened": ("care_fund", "互助基金"), "aid.submitted": ("care_application", "救助申请"),
    "round.opened": ("care_round", "慰问"), "hardship.submitted": ("care_hardship", "困难党员认定"),
    "subsidy.rated": ("care_subsidy_rate", "补助标准"), "subsidy.granted": ("care_subsidy", "老党员补助"),
    "subsidy.computed": ("care_subsidy_run", "补助发放表"), "pair.planned": ("care_pair", "结对帮扶"),
    "fund.published": ("care_fund_publication", "基金收支公示"), "round.drawn": ("care_round_list", "慰问名单"),
    "round.handed": ("care_round_receipt", "慰问签收表"), "greeting.made": ("care_birthday_cards", "政治生日贺卡"),
    "greeting.chosen": ("care_july_cards", "七一问候卡"),
}  # fmt: skip
#: Never removed from the log: the money is still there.
_KEPT = frozenset({"fund.left"})
KINDS = tuple(AuditKind(f"care.{name}", title, of=_OF.get(name), keep=name in _KEPT) for name, title in _DONE.items())
NOTICES = (NoticeKind(NOTICE, _l("问候"), about=_l("七一问候和政治生日祝贺"), default="daily"),)


def _unit(column: Any) -> Any:
    return (Unit.tenant_id == column.class_.tenant_id) & (Unit.id == column)


def _days(column: Any, days: int) -> Any:
    return cast(column + days, Date())


RULES = (
    DeadlineRule(
        "care.round.start", _l("走访慰问开始"), _l("开始日期"), "每年两次慰问（R6.04）", "care.round", p.ROUND_VIEW, p.ROUND_EDIT,
        select(Round.id, Unit.id, Round.title, _days(Round.opens_on, -15), Round.opens_on).join(Unit, _unit(Round.unit_id))
        .where(Round.state.in_(("draft", "submitted"))),
        ("round", "round_id"), plan=lambda _: Plan(days=(15, 3, 0), every=3), listed=("rounds", {}), order=12,
        done=select(Round.id).where(Round.state.in_(("approved", "closed"))),
    ),
    DeadlineRule(
        "care.hardship.review", _l("复核困难党员"), _l("复核日期"), "困难党员每年复核（R6.07）", "care.hardship", p.HARDSHIP_VIEW,
        p.HARDSHIP_EDIT,
        select(Hardship.id, Unit.id, Unit.short_name, _days(Hardship.review_on, -30), Hardship.review_on)
        .join(Unit, _unit(Hardship.unit_id)).where(Hardship.state == "approved"),
        ("hardship", "hardship_id"), plan=lambda _: Plan(days=(30, 7, 0), every=7), listed=("hardships", {}), order=14,
        done=select(Hardship.id).where(Hardship.state == "ended"),
    ),
    DeadlineRule(
        "care.loan.repay", _l("互助借款还款"), _l("应还日期"), "互助借款按期归还（R6.11）", "care.application", p.FUND_VIEW, p.FUND_PAY,
        select(Application.id, Unit.id, Unit.short_name, _days(func.min(Repayment.due_on), -15), func.min(Repayment.due_on))
        .join(Repayment, (Repayment.tenant_id == Application.tenant_id) & (Repayment.application_id == Application.id))
        .join(Unit, _unit(Application.unit_id)).where(Repayment.paid_fen < Repayment.amount_fen)
        .group_by(Application.tenant_id, Application.id, Unit.id, Unit.short_name),
        ("fund_application", "application_id"), plan=lambda _: Plan(days=(7, 0), every=7), listed=("funds", {}), order=16,
        done=select(Application.id).where(Application.state == "archived"),
    ),
    DeadlineRule(
        "care.fund.publish", _l("公示互助基金收支"), _l("应公示日期"), "基金收支每年公示（R6.12）", "care.fund", p.FUND_VIEW, p.FUND_SET,
        select(Fund.id, Unit.id, Fund.title, _days(func.coalesce(Fund.published_on, Fund.opened_on), 335),
               _days(func.coalesce(Fund.published_on, Fund.opened_on), 365))
        .join(Unit, _unit(Fund.unit_id)).where(Fund.closed_on.is_(None), Fund.entries > 0),
        ("fund", "fund_id"), plan=lambda _: Plan(days=(30, 7, 0), every=14), listed=("funds", {}), order=18,
    ),
    DeadlineRule(
        "care.pair.progress", _l("登记结对帮扶进展"), _l("应登记日期"), "每季度登记进展（R6.13）", "care.pair", p.PAIR_VIEW, p.PAIR_EDIT,
        select(Pair.id, Unit.id, Unit.short_name, _days(func.coalesce(Pair.last_progress_on, Pair.signed_on), 77),
               _days(func.coalesce(Pair.last_progress_on, Pair.signed_on), 92))
        .join(Unit, _unit(Pair.unit_id)).where(Pair.state.in_(("signed", "running")), Pair.signed_on.is_not(None)),
        ("pair", "pair_id"), plan=lambda _: Plan(days=(15, 0), every=14), listed=("pairs", {}), order=20,
        done=select(Pair.id).where(Pair.state.in_(("achieved", "ended"))),
    ),
)  # fmt: skip


def _daily(payload: dict[str, Any]) -> None:
    """Take up what other plugins know of; greet on political birthdays; end what is valid no longer; file what was signed for."""
    as_of = date.fromisoformat(payload["as_of"])
    take_up(as_of)
    greet_daily(as_of)
    end_expired(as_of)
    file_old(as_of)


JOBS = (Job(name="care.daily", run=_daily, daily=True),)
NAVIGATION = (
    Navigation(
        label=_l("慰问帮扶"),
        endpoint="rounds",
        permission=p.ROUND_VIEW,
        icon="heart-handshake",
        group="党员",
        order=62,
        within=("round", "hardship", "fund", "aid", "subsid", "pair", "greeting", "my_greetings"),
    ),
)

Range = tuple[str, str]


def _by_grade(held: Sequence[Range], _until: date) -> Iterable[Sequence[Any]]:
    found = counts(tuple(held))
    return [(title, protected(found.get(grade, 0))) for grade, title in WORDS.items()]


def _money(held: Sequence[Range], until: date) -> Iterable[Sequence[Any]]:
    near, given = inside(tuple(held))
    booked = rows(
        select(Entry.flow, func.count(), func.sum(Entry.change_fen)).select_from(Entry)
        .join(Fund, (Fund.tenant_id == Entry.tenant_id) & (Fund.id == Entry.fund_id)).join(Unit, same_unit(Fund.unit_id))
        .where(near, Entry.booked_on >= date(until.year, 1, 1), Entry.booked_on <= until).group_by(Entry.flow), **given,
    )  # fmt: skip
    given_out = rows(
        select(Round.source, func.count(), func.sum(RoundEntry.amount_fen)).select_from(RoundEntry)
        .join(Round, (Round.tenant_id == RoundEntry.tenant_id) & (Round.id == RoundEntry.round_id)).join(Unit, same_unit(Round.unit_id))
        .where(near, RoundEntry.state == "received", RoundEntry.received_on >= date(until.year, 1, 1), RoundEntry.received_on <= until)
        .group_by(Round.source), **given,
    )  # fmt: skip
    for flow, count, fen in sorted(booked):
        yield f"互助基金·{FLOWS[Flow(flow)]}", count, yuan(int(fen))
    for source, count, fen in sorted(given_out):
        yield f"走访慰问·{SOURCES[source]}", count, yuan(-int(fen))


def _rounds(held: Sequence[Range], until: date) -> Iterable[Sequence[Any]]:
    near, given = inside(tuple(held))
    done = func.count(RoundEntry.id).filter(RoundEntry.state == "received")
    everybody = func.count(RoundEntry.id).filter(RoundEntry.state != "removed")
    found = rows(
        select(Round.title, Unit.short_name, Round.state, everybody, done).join(Unit, same_unit(Round.unit_id))
        .join(RoundEntry, (RoundEntry.tenant_id == Round.tenant_id) & (RoundEntry.round_id == Round.id), isouter=True)
        .where(near, Round.year == until.year).group_by(Round.tenant_id, Round.id, Unit.short_name).order_by(Round.opens_on), **given,
    )  # fmt: skip
    return [(title, place, STATES[state], people, received) for title, place, state, people, received in found]


def _pairs(held: Sequence[Range], _until: date) -> Iterable[Sequence[Any]]:
    near, given = inside(tuple(held))
    found = rows(select(Pair.state, func.count()).select_from(Pair).join(Unit, same_unit(Pair.unit_id)).where(near)
                 .group_by(Pair.state), **given)  # fmt: skip
    numbers: dict[str, int] = {state: int(count) for state, count in found}
    return [(title, numbers.get(state, 0)) for state, title in PAIR_STATES.items()]


REPORTS = (
    Report(key="care.hardship_grades", title="困难党员按等级", permission=p.HARDSHIP_VIEW, columns=("等级", "人数"), rows=_by_grade),
    Report(key="care.money", title="关怀资金来源和用途", permission=p.FUND_VIEW, columns=("项目", "笔数", "金额（元）"), rows=_money),
    Report(key="care.rounds", title="走访慰问完成情况", permission=p.ROUND_VIEW, columns=("慰问", "党组织", "状态", "人数", "已签收"), rows=_rounds),
    Report(key="care.pairing", title="结对帮扶成效", permission=p.PAIR_VIEW, columns=("状态", "对数"), rows=_pairs),
)  # fmt: skip


def _active_pairs(held: Sequence[Range], _until: date) -> int:
    near, given = inside(tuple(held))
    active = or_(*(Pair.state == one for one in ("planned", "signed", "running")))
    return int(
        rows(select(func.count()).select_from(Pair).join(Unit, same_unit(Pair.unit_id)).where(near, active), **given)[
            0
        ][0]
    )


def _kept(name: str, count: Callable[[Sequence[Range], date], int]) -> Callable[[Sequence[Range], date], int]:
    return lambda held, until: int(remembered(name, lambda: count(held, until), ranges=held, as_of=until))


INDICATORS = (
    Indicator(key="care.hardship", title="困难党员人数", unit="人", permission=p.HARDSHIP_VIEW, endpoint="hardships",
              count=_kept("care.hardship", lambda held, _until: sum(counts(tuple(held)).values()))),
    Indicator(key="care.pairs", title="结对帮扶对数", unit="对", permission=p.PAIR_VIEW, endpoint="pairs",
              count=_kept("care.pairs", _active_pairs)),
)  # fmt: skip
