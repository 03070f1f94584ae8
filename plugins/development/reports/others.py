"""What reports count that is no case: organisations without intake, matters of accountability, forms, training classes.

A number is the length of the list that it opens: both come from the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, bindparam, func, not_, select
from sqlalchemy.orm import aliased

from core.sdk import Unit, bounds, rows, within
from plugins.development.models.case import Act, Case
from plugins.development.plan import words as plan_words
from plugins.development.plan.progress import board
from plugins.development.plan.registers.models import Accountability, FormNumber
from plugins.development.reports.counting import Period, Ranges
from plugins.development.reports.measures import AT_UNIT, ON, YEAR
from plugins.development.rules.plan import Colour

#: A row: the path of its unit, then what is shown.
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """Something that is counted and listed.

    :param heads: headings of what is shown of each. :param load: path ranges and period → rows.
    """

    key: str
    title: object
    heads: tuple[object, ...]
    load: Callable[[Ranges, Period], Rows]


def _dry(*shades: Colour) -> Callable[[Ranges, Period], Rows]:
    def load(ranges: Ranges, days: Period) -> Rows:
        return [
            (line.path, line.name, line.years, line.last or "", line.activists, line.applicants)
            for line in board(ranges, days.on.year, days.on)
            if line.type == "branch" and line.conditions and line.shade in shades
        ]

    return load


def _matters(*states: str) -> Callable[[Ranges, Period], Rows]:
    def load(ranges: Ranges, _days: Period) -> Rows:
        found = (
            select(
                Unit.path, Unit.short_name, Accountability.opened_on, Accountability.fault, Accountability.step, Accountability.rule,
                Accountability.state, Accountability.finding, Accountability.handling, Accountability.concluded_on,
            )
            .join(Unit, (Unit.tenant_id == Accountability.tenant_id) & (Unit.id == Accountability.unit_id))
            .where(within(Unit.path, len(ranges))).order_by(Unit.path, Accountability.opened_on, Accountability.id)
        )  # fmt: skip
        return [
            (path, name, opened, plan_words.FAULTS.get(fault, fault), step or "", rule, plan_words.MATTERS[state][0],
             plan_words.FINDINGS.get(finding or "", ""), plan_words.HANDLINGS.get(handling or "", ""), concluded or "")
            for path, name, opened, fault, step, rule, state, finding, handling, concluded in rows(found, **bounds(ranges))
            if state in states
        ]  # fmt: skip

    return load


def _forms(state: str) -> Callable[[Ranges, Period], Rows]:
    def load(ranges: Ranges, _days: Period) -> Rows:
        found = (
            select(
                Unit.path, Unit.short_name, FormNumber.number, FormNumber.holder, FormNumber.issued_on, FormNumber.used_on,
                FormNumber.voided_on, FormNumber.void_reason,
            )
            .join(Unit, (Unit.tenant_id == FormNumber.tenant_id) & (Unit.id == FormNumber.unit_id))
            .where(within(Unit.path, len(ranges)), FormNumber.state == bindparam("state"))
            .order_by(Unit.path, FormNumber.number)
        )  # fmt: skip
        return [
            tuple("" if one is None else one for one in line) for line in rows(found, state=state, **bounds(ranges))
        ]

    return load


def _classes(ranges: Ranges, days: Period) -> Rows:
    """Training classes of the year: a class is a course of one title that ended on one day."""
    later = aliased(Act)
    replaced = (
        select(later.id).where(later.tenant_id == Act.tenant_id, later.case_id == Act.case_id, later.corrects_id == Act.id).exists()
    )  # fmt: skip
    title = Act.data["title"].astext
    found = (
        select(
            func.min(Unit.path), title, Act.act_on, func.count(func.distinct(Act.case_id)),
            func.max(Act.data["hours"].astext.cast(Integer)), func.max(Act.data["half_days"].astext.cast(Integer)),
        )
        .select_from(Act)
        .join(Case, (Case.tenant_id == Act.tenant_id) & (Case.id == Act.case_id))
        .join(Unit, AT_UNIT)
        .where(
            within(Unit.path, len(ranges)), Act.kind == "course", not_(Act.voids), not_(replaced),
            Act.act_on >= YEAR, Act.act_on <= ON,
        )
        .group_by(title, Act.act_on).order_by(Act.act_on, title)
    )  # fmt: skip
    given: dict[str, Any] = {"y_first": days.year_first, "on": days.on}
    return [
        (path, name, on, people, hours or "", f"{half / 2:g}" if half else "")
        for path, name, on, people, hours, half in rows(found, **bounds(ranges), **given)
    ]


_UNITS = (_l("党支部"), _l("连续几年没有发展"), _l("最近一次发展（年）"), _l("积极分子"), _l("申请人"))
_MATTER = (
    _l("党组织"), _l("登记日期"), _l("问题类别"), _l("涉及步骤"), _l("规则"), _l("状态"), _l("结论"), _l("处理"), _l("结论日期"),
)  # fmt: skip
_FORM = (_l("党组织"), _l("控制号"), _l("使用人"), _l("发放日期"), _l("使用日期"), _l("作废日期"), _l("作废原因"))
_ALL = (
    Listing("dry_blue", _l("今年没有确定积极分子"), _UNITS, _dry(Colour.BLUE)),
    Listing("dry_1", _l("今年没有发展党员"), _UNITS, _dry(Colour.YELLOW)),
    Listing("dry_2", _l("连续两年没有发展党员"), _UNITS, _dry(Colour.ORANGE)),
    Listing("dry_3", _l("三年以上没有发展党员"), _UNITS, _dry(Colour.RED)),
    Listing("matters_open", _l("调查中"), _MATTER, _matters("open")),
    Listing("matters_concluded", _l("已有结论"), _MATTER, _matters("concluded")),
    Listing("matters_closed", _l("已结案"), _MATTER, _matters("closed")),
    Listing("matters_all", _l("合计"), _MATTER, _matters("open", "concluded", "closed")),
    *(Listing(f"forms_{state}", words[0], _FORM, _forms(state)) for state, words in plan_words.FORMS.items()),
    Listing("classes", _l("培训班"), (_l("培训班"), _l("结业日期"), _l("人数"), _l("学时"), _l("天数")), _classes),
)
LISTINGS: Mapping[str, Listing] = {one.key: one for one in _ALL}
