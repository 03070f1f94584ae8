"""What reports count: each measure is a condition on a case, so that a number and the list behind it cannot differ.

The same condition is counted in one statement with all others of a report and stands in the WHERE of the list that the
number opens. Days are parameters: ``m_first`` (the month's first day), ``y_first`` (the year's), ``on`` (the last day).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Date,
    Interval,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
)
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased

from core.sdk import Unit
from plugins.development.flow import words
from plugins.development.models.case import Act, Case
from plugins.development.plan.places import holding, used_in
from plugins.development.plan.progress import CONDITIONS
from plugins.development.rules.queue import BUCKETS

#: month: within the month; year: since the year's first day; day: as it stands on the day.
Span = Literal["month", "year", "day"]
MONTH, YEAR, ON = bindparam("m_first", type_=Date), bindparam("y_first", type_=Date), bindparam("on", type_=Date)
_FIRST: Mapping[Span, Any] = {"month": MONTH, "year": YEAR, "day": YEAR}
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Measure:
    """Something to count.

    :param condition: from the first and the last day to the condition on a case (joined with its unit).
    """

    key: str
    title: object
    condition: Callable[[Any, Any], Condition]


def _within(column: Any) -> Callable[[Any, Any], Condition]:
    return lambda first, last: and_(column >= first, column <= last)


def _both(one: Callable[[Any, Any], Condition], more: Any) -> Callable[[Any, Any], Condition]:
    return lambda first, last: and_(one(first, last), more)


def did(kind: str, first: Any, last: Any, *more: Callable[[Any], Condition]) -> Condition:
    """An act of a kind stands whose day lies between two days."""
    act, later = aliased(Act), aliased(Act)
    replaced = exists().where(
        later.tenant_id == act.tenant_id, later.case_id == act.case_id, later.corrects_id == act.id
    )
    kinds = [act.kind == kind] if kind else []
    return exists().where(
        act.tenant_id == Case.tenant_id, act.case_id == Case.id, *kinds, not_(act.voids), act.act_on >= first,
        act.act_on <= last, not_(replaced), *(one(act) for one in more),
    )  # fmt: skip


def _act(kind: str, *more: Callable[[Any], Condition]) -> Callable[[Any, Any], Condition]:
    return lambda first, last: did(kind, first, last, *more)


def _ever(kind: str, *more: Callable[[Any], Condition]) -> Callable[[Any, Any], Condition]:
    return lambda _first, last: did(kind, literal("1900-01-01", Date), last, *more)


def flagged(rule: str = "") -> Callable[[Any], Condition]:
    """The act carries a ruling that stays in the register of irregularities; of one rule, or of any."""
    named = f' && @.rule == "{rule}"' if rule else ""
    path = cast(literal(f'$[*] ? (@.outcome != "warn"{named})', Text), JSONPATH)
    return lambda act: func.jsonb_path_exists(act.rulings, path)


def _open_on(last: Any) -> Condition:
    return or_(Case.closed_on.is_(None), Case.closed_on > last)


def _not_yet(column: Any, last: Any) -> Condition:
    return or_(column.is_(None), column > last)


#: The day on which somebody was an object at the latest: a register kept before may not tell the day of the listing itself.
_UP = func.least(Case.listed_on, Case.reviewed_on, Case.prereviewed_on, Case.adopted_on, Case.approved_on)


def _pool(_first: Any, last: Any) -> Condition:
    """Activists on the day: named, not yet listed as an object."""
    return and_(Case.named_on <= last, _not_yet(_UP, last), _open_on(last))


def _queue(_first: Any, last: Any) -> Condition:
    """Applicants and activists not yet development objects (9.4)."""
    return and_(Case.applied_on <= last, _not_yet(_UP, last), _open_on(last))


def _objects(_first: Any, last: Any) -> Condition:
    return and_(last >= _UP, _not_yet(Case.approved_on, last), _open_on(last))


def _probation(_first: Any, last: Any) -> Condition:
    return and_(
        Case.approved_on <= last, _not_yet(Case.converted_approved_on, last), _open_on(last), Case.special == ""
    )


def _years(column: Any, least: int, most: int, last: Any) -> Condition:
    """Whole years since a day are between two numbers."""
    from_ = cast(last - func.make_interval(least), Date)
    return and_(column <= from_, column > cast(last - func.make_interval(most + 1), Date))


def _waited(column: Any, least: int, most: int) -> Callable[[Any, Any], Condition]:
    return lambda first, last: and_(_queue(first, last), _years(column, least, most, last))


def _aged(least: int, most: int) -> Callable[[Any, Any], Condition]:
    """Months in the pool."""

    def condition(first: Any, last: Any) -> Condition:
        start = cast(last - func.make_interval(0, least), Date)
        end = cast(last - func.make_interval(0, most), Date)
        return and_(_pool(first, last), Case.named_on <= start, Case.named_on > end)

    return condition


def _admitted(more: Any) -> Callable[[Any, Any], Condition]:
    return lambda first, last: and_(used_in(first, last), more)


def _left_pool(first: Any, last: Any) -> Condition:
    return and_(Case.named_on.is_not(None), _not_yet(_UP, last), Case.closed_on >= first, Case.closed_on <= last)


def _trait(code: str) -> Condition:
    return literal(code) == any_(Case.traits)


def _expiring(_first: Any, last: Any) -> Condition:
    soon = cast(last + cast("60 days", Interval), Date)
    return and_(_probation(_first, last), Case.expiry_on > last, Case.expiry_on <= soon)


def _expired(first: Any, last: Any) -> Condition:
    return and_(_probation(first, last), Case.expiry_on <= last)


def _side(code: str) -> Callable[[Any], Condition]:
    return lambda act: act.data["side"].astext == code


#: Rules of time whose breaking is reported (article, what was late).
TIME_RULES: Mapping[str, object] = MappingProxyType({
    "G2.1": _l("一个月内谈话"), "G4.1": _l("积极分子备案"), "G5.2": _l("更换培养联系人"), "G9.3": _l("介绍人处分影响期"), "G10.5": _l("县级政审联审"),
    "G10.6": _l("政审结论一年有效"), "G15.1": _l("预审后一个月内召开支部大会"), "G15.5": _l("介绍人到会"), "G17.3": _l("三个月内审批"), "G19.1": _l("编入支部和小组"),
    "G20.1": _l("一个月内宣誓"), "G21.1": _l("预备期半年考察"), "G23.2": _l("按时讨论转正"), "G24.1": _l("三个月内审批转正"),
})  # fmt: skip


def _other_rules(first: Any, last: Any) -> Condition:
    named = " && ".join(f'@.rule != "{rule}"' for rule in TIME_RULES)
    path = cast(literal(f'$[*] ? (@.outcome != "warn" && {named})', Text), JSONPATH)
    return did("", first, last, lambda act: func.jsonb_path_exists(act.rulings, path))


_IN_TIME = and_(Case.talked_on <= cast(Case.applied_on + func.make_interval(0, 1), Date))
_ALL = (
    Measure("applied", _l("提出入党申请"), _within(Case.applied_on)),
    Measure("talked", _l("派人谈话"), _within(Case.talked_on)),
    Measure("talked_in_time", _l("一个月内谈话"), _both(_within(Case.talked_on), _IN_TIME)),
    Measure("named", _l("确定积极分子"), _within(Case.named_on)),
    Measure("left_pool", _l("退出积极分子"), _left_pool),
    Measure("listed", _l("列为发展对象"), _within(Case.listed_on)),
    Measure("trained", _l("完成集中培训"), _within(Case.trained_on)),
    Measure("prereviewed", _l("预审合格"), _within(Case.prereviewed_on)),
    Measure("adopted", _l("支部大会接收"), _within(Case.adopted_on)),
    Measure("approved", _l("批准预备党员"), used_in),
    Measure("oath", _l("入党宣誓"), _within(Case.oath_on)),
    Measure("converted", _l("批准转正"), _within(Case.converted_approved_on)),
    Measure("extended", _l("延长预备期"), _act("extension")),
    Measure("cancelled", _l("取消预备党员资格"), _act("cancellation")),
    Measure("special", _l("特殊情况接收、追认"), lambda first, last: and_(Case.special != "", Case.closed_on >= first, Case.closed_on <= last)),
    Measure("holding", _l("预审合格待批"), lambda _first, _last: holding()),
    Measure("pool", _l("积极分子"), _pool),
    Measure("queue", _l("等待发展"), _queue),
    Measure("objects", _l("发展对象"), _objects),
    Measure("probation", _l("预备党员"), _probation),
    Measure("expiring", _l("60日内预备期满"), _expiring),
    Measure("expired", _l("预备期已满未转正"), _expired),
    Measure("probation_long", _l("延长预备期中"), _both(_probation, Case.extended_months > 0)),
    Measure("probation_letter", _l("已交转正申请"), _both(_probation, Case.requested_on.is_not(None))),
    Measure("probation_half", _l("半年内有考察"), lambda first, last: and_(
        _probation(first, last), did("probation_review", cast(last - func.make_interval(0, 6), Date), last))),
    Measure("pool_reviewed", _l("半年内有考察"), lambda first, last: and_(
        _pool(first, last), did("half_year_review", cast(last - func.make_interval(0, 6), Date), last))),
    Measure("pool_trained", _l("本年参加培训"), lambda first, last: and_(
        _pool(first, last), or_(did("training", first, last), did("course", first, last)))),
    Measure("pool_ready", _l("基本具备条件"), _both(_pool, did("half_year_review", literal("1900-01-01", Date), ON, lambda act: act.data["result"].astext == "ready"))),
    Measure("pool_planned", _l("列入本年计划"), lambda first, last: and_(_pool(first, last), Case.plan_year == func.date_part("year", last))),
    Measure("queue_planned", _l("列入本年计划"), lambda first, last: and_(_queue(first, last), Case.plan_year == func.date_part("year", last))),
    Measure("queue_next", _l("列入下年计划"), lambda first, last: and_(_queue(first, last), Case.plan_year == func.date_part("year", last) + 1)),
    Measure("queue_key", _l("关键岗位"), _both(_queue, _trait("key_post"))),
    Measure("queue_technical", _l("专业技术人员"), _both(_queue, _trait("technical"))),
    Measure("queue_women", _l("女性"), _both(_queue, Case.sex == "2")),
    Measure("irregular", _l("时限和程序异常"), _act("", flagged())),
    Measure("irregular_other", _l("其他"), _other_rules),
    Measure("migrant", _l("流动人员"), _both(_queue, Case.migrant)),
    Measure("migrant_object", _l("流动发展对象"), _both(_objects, Case.migrant)),
    Measure("migrant_approved", _l("批准流动预备党员"), _admitted(Case.migrant)),
    Measure("migrant_entrusted", _l("签订委托培养协议"), _both(_ever("entrust_agreement"), Case.migrant)),
    Measure("migrant_host", _l("流入地考察"), _both(_act("inspection", _side("host")), Case.migrant)),
    Measure("migrant_origin", _l("流出地考察"), _both(_act("inspection", _side("origin")), Case.migrant)),
    Measure("migrant_polled", _l("民意测评"), _both(_act("poll_result"), Case.migrant)),
    Measure("migrant_departments", _l("取得部门意见"), _both(_act("department_opinion"), Case.migrant)),
    *(Measure(f"rule_{rule}", title, _act("", flagged(rule))) for rule, title in TIME_RULES.items()),
    *(Measure(f"new_{code}", title, _admitted(CONDITIONS[code])) for code, title in (
        ("women", _l("女性")), ("under35", _l("35岁及以下")), ("ethnic", _l("少数民族")), ("high_school", _l("高中及以上")), ("college", _l("大专及以上")),
        ("farmer", _l("农民")), ("worker", _l("产业工人")), ("intellectual", _l("高知识群体")), ("front_line", _l("生产工作一线")),
        ("technical", _l("专业技术人员")), ("new_field", _l("新兴领域")), ("nonpublic", _l("非公有制经济组织")),
    )),
    Measure("new_student", _l("学生"), _admitted(_trait("student"))),
    Measure("new_migrant", _l("流动人员"), _admitted(Case.migrant)),
    *(Measure(f"pool_{code}", title, _both(_pool, Case.source_kind == code)) for code, title in words.SOURCES.items()),
    *(Measure(f"pool_aged_{most}", title, _aged(least, most)) for least, most, title in (
        (0, 6, _l("不满半年")), (6, 12, _l("半年至一年")), (12, 24, _l("一年至两年")), (24, 1200, _l("两年以上")),
    )),
    *(Measure(f"waited_{least}", title, _waited(Case.applied_on, least, most)) for title, (least, most) in BUCKETS.items()),
    *(Measure(f"worked_{least}", title, _waited(Case.work_start, least, most)) for title, (least, most) in BUCKETS.items()),
)  # fmt: skip
MEASURES: Mapping[str, Measure] = MappingProxyType({one.key: one for one in _ALL})


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over a span: what one column or cell of a report counts. Its key is ``span:measure``."""

    measure: str
    span: Span

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.span}:{self.measure}"

    @property
    def title(self) -> object:
        """What it is called."""
        return MEASURES[self.measure].title

    @property
    def condition(self) -> Condition:
        """On a case joined with its unit; the days are parameters."""
        return MEASURES[self.measure].condition(_FIRST[self.span], ON)


def figure(key: str) -> Figure | None:
    """A figure by its key; ``None`` for what is no key."""
    span, _, measure = key.partition(":")
    return Figure(measure, span) if span in _FIRST and measure in MEASURES else None  # type: ignore[arg-type]


#: Of a case to its unit.
AT_UNIT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
