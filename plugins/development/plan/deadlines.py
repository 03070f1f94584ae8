"""What is due beside the cases: plans and supplements that wait for a decision, checks and corrections, answers, analyses.

Codes begin with ``development.plan_…``; nobody's name stands in a title.
"""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from core.sdk import DeadlineRule, Plan, Unit
from plugins.development.plan import permissions as p
from plugins.development.plan.models import Plan as YearPlan
from plugins.development.plan.models import Supplement
from plugins.development.plan.records import any_word, same_unit
from plugins.development.plan.registers.models import Accountability, KeyUnit, LagNotice, PoolAnalysis

_AS_OF = bindparam("as_of", type_=Date())
_LAG = "滞后单位重点管理制度（S4-11）"


def _day(value: Any) -> Any:
    return cast(value, Date())


def _months(day: Any, many: int) -> Any:
    return _day(day + func.make_interval(0, many))


def _year(as_of: date) -> tuple[str, dict[str, Any]]:
    return "default", {
        "as_of": as_of, "year": as_of.year, "opens": date(as_of.year, 11, 1), "due": date(as_of.year, 12, 20),
    }  # fmt: skip


_UPPER = aliased(YearPlan)
_DECIDES = (Unit.tenant_id == YearPlan.tenant_id) & (Unit.id == func.coalesce(_UPPER.unit_id, YearPlan.unit_id))
_ABOVE = (_UPPER.tenant_id == YearPlan.tenant_id) & (_UPPER.id == YearPlan.parent_id)
_OF = aliased(Unit)
_PLACE = (_OF.tenant_id == YearPlan.tenant_id) & (_OF.id == YearPlan.unit_id)
_SINCE = func.coalesce(KeyUnit.checked_on, KeyUnit.opened_on)
_NEXT = case((KeyUnit.level == "county", _months(_SINCE, 6)), else_=_months(_SINCE, 3))
_DONE = (
    select(PoolAnalysis.id)
    .where(
        PoolAnalysis.tenant_id == Unit.tenant_id,
        PoolAnalysis.unit_id == Unit.id,
        PoolAnalysis.year == bindparam("year"),
    )
    .exists()
)

RULES = (
    DeadlineRule(
        "development.plan_decide", _l("审批下级发展党员计划"), _l("应办结"), "年度发展党员计划（S4-07）", "development.plan",
        p.PLAN_APPROVE, p.PLAN_APPROVE,
        select(YearPlan.id, Unit.id, _OF.short_name, YearPlan.submitted_on, _day(YearPlan.submitted_on + 15))
        .join(_UPPER, _ABOVE, isouter=True).join(Unit, _DECIDES).join(_OF, _PLACE).where(YearPlan.state == "submitted"),
        ("plan_open", "plan_id"), plan=lambda _: Plan(days=(7, 0), every=3), listed=("plan", {}), order=16,
        done=select(YearPlan.id).where(or_(*(YearPlan.state == one for one in ("approved", "adjusted", "closed")))),
    ),
    DeadlineRule(
        "development.plan_supplement", _l("审批追加发展名额"), _l("应办结"), "追加名额（S3-06）", "development.supplement",
        p.PLAN_APPROVE, p.PLAN_APPROVE,
        select(Supplement.id, Unit.id, _OF.short_name, Supplement.requested_on, _day(Supplement.requested_on + 15))
        .join(YearPlan, (YearPlan.tenant_id == Supplement.tenant_id) & (YearPlan.id == Supplement.plan_id))
        .join(_UPPER, _ABOVE, isouter=True).join(Unit, _DECIDES).join(_OF, _PLACE).where(Supplement.state == "requested"),
        ("supplement_open", "supplement_id"), plan=lambda _: Plan(days=(7, 0), every=3), listed=("plan", {}), order=16,
        done=select(Supplement.id).where(Supplement.state != "requested"),
    ),
    DeadlineRule(
        "development.key_check", _l("检查发展党员重点管理单位"), _l("应检查"), _LAG, "development.key", p.PLAN_VIEW, p.PLAN_WATCH,
        select(KeyUnit.id, Unit.id, Unit.short_name, _day(_NEXT - 15), _NEXT).join(Unit, same_unit(KeyUnit.unit_id))
        .where(KeyUnit.lifted_on.is_(None)),
        ("key_unit", "key_id"), plan=lambda _: Plan(days=(7, 0), every=7), listed=("lagging", {}), order=30,
        done=select(KeyUnit.id).where(KeyUnit.lifted_on.is_not(None)),
    ),
    DeadlineRule(
        "development.key_correct", _l("整改：连续两年以上没有发展党员"), _l("整改期限"), _LAG, "development.key", p.PLAN_VIEW, p.PLAN_EDIT,
        select(KeyUnit.id, Unit.id, Unit.short_name, KeyUnit.opened_on, KeyUnit.correction_due)
        .join(Unit, same_unit(KeyUnit.unit_id)).where(KeyUnit.lifted_on.is_(None)),
        ("key_unit", "key_id"), plan=lambda _: Plan(days=(180, 90, 30, 0), every=30), listed=("lagging", {}), order=32,
        done=select(KeyUnit.id).where(KeyUnit.lifted_on.is_not(None)),
    ),
    DeadlineRule(
        "development.lag_reply", _l("回复滞后单位通知"), _l("应回复"), _LAG, "development.lag", p.PLAN_VIEW, p.PLAN_EDIT,
        select(LagNotice.id, Unit.id, Unit.short_name, LagNotice.sent_on, LagNotice.reply_due)
        .join(Unit, same_unit(LagNotice.unit_id)).where(LagNotice.replied_on.is_(None)),
        ("lag_notice", "notice_id"), plan=lambda _: Plan(days=(7, 0), every=3), listed=("lagging", {}), order=18,
        done=select(LagNotice.id).where(LagNotice.replied_on.is_not(None)),
    ),
    DeadlineRule(
        "development.pool_analysis", _l("登记积极分子队伍年度分析"), _l("应完成"), "《中国共产党发展党员工作细则》第十一条", "development.pool",
        p.POOL_ANALYSE, p.POOL_ANALYSE,
        select(Unit.id, Unit.id, Unit.short_name, _day(bindparam("opens")), _day(bindparam("due")))
        .where(Unit.state == "active", any_word(Unit.type, ("committee", "work_committee")), ~_DONE,
               _day(bindparam("opens")) <= _AS_OF),
        ("pool_open", "unit_id"), given=_year, plan=lambda _: Plan(days=(30, 7, 0), every=7), listed=("pool", {}), order=34,
    ),
    DeadlineRule(
        "development.accountability", _l("办理发展党员责任追究"), _l("应办结"), "责任追究制（S4-18）", "development.accountability",
        p.MATTERS_HANDLE, p.MATTERS_HANDLE,
        select(Accountability.id, Unit.id, Unit.short_name, Accountability.opened_on, _months(Accountability.opened_on, 3))
        .join(Unit, same_unit(Accountability.unit_id)).where(Accountability.state != "closed"),
        ("matter", "matter_id"), plan=lambda _: Plan(days=(30, 7, 0), every=14), listed=("matters", {}), order=36,
        done=select(Accountability.id).where(Accountability.state == "closed"),
    ),
)  # fmt: skip
