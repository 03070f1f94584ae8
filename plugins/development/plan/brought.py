"""What this part gives the host: tables, rights, rule values, kinds of records and events, deadlines, jobs, numbers."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.sdk import AuditKind, EventKind, Indicator, Job, Navigation, NoticeKind, declare_sealed, remembered
from plugins.development.plan import deadlines, hooks, models, permissions, policy
from plugins.development.plan.progress import board
from plugins.development.plan.registers import keys, matters
from plugins.development.plan.registers import models as registers

MODELS = (*models.MODELS, *registers.MODELS)
PERMISSIONS = permissions.PERMISSIONS
POLICY = policy.KEYS

for _model, _columns in matters.SEALED:
    declare_sealed(_model, *_columns)

EVENTS = (
    EventKind("development.plan.decided", _l("发展党员计划已批准或调整"), {
        "unit": _l("党组织的编号"), "year": _l("年度"), "quota": _l("名额"),
    }),
    EventKind("development.accountability.opened", _l("登记发展党员责任追究"), {
        "unit": _l("党组织的编号"), "fault": _l("问题类别"),
    }),
)  # fmt: skip
_DONE = {
    "plan.made": "编制发展党员计划", "plan.edited": "修改发展党员计划", "plan.split": "下达发展党员名额", "plan.submitted": "提交发展党员计划",
    "plan.returned": "退回发展党员计划", "plan.approved": "批准发展党员计划", "plan.adjusted": "调整发展党员名额",
    "plan.supplement": "追加发展党员名额", "plan.closed": "结束年度发展党员计划", "plan.carried": "结转上年剩余名额",
    "plan.asked": "申请追加名额", "plan.refused": "不批准追加名额", "plan.listed": "列入发展党员计划", "plan.struck": "移出发展党员计划",
    "plan.reported": "报送队伍结构和名额需求", "programme.saved": "编制三年发展党员规划", "programme.submitted": "提交三年规划",
    "programme.approved": "批准三年规划", "programme.returned": "退回三年规划",
    "key.opened": "列为重点管理单位", "key.raised": "升为县级重点管理", "key.planned": "填写整改措施", "key.checked": "检查重点管理单位",
    "key.lifted": "解除重点管理", "lag.sent": "发出滞后单位通知", "lag.replied": "回复滞后单位通知",
    "pool.analysed": "登记积极分子队伍年度分析",
    "forms.received": "登记领取入党志愿书", "forms.issued": "发放入党志愿书", "forms.voided": "作废入党志愿书",
    "accountability.opened": "登记责任追究", "accountability.named": "登记责任人", "accountability.concluded": "作出责任结论",
    "accountability.closed": "责任追究结案", "accountability.read": "查看责任追究的内容",
}  # fmt: skip
#: What the rows are called that these are done to, by one kind of each.
_OF = {
    "plan.made": ("development_plan", "发展党员计划"), "plan.reported": ("development_plan_report", "队伍结构和名额需求报告"),
    "programme.saved": ("development_programme", "三年发展党员规划"), "key.opened": ("development_key_unit", "重点管理单位"),
    "lag.sent": ("development_lag_notice", "滞后单位通知"), "pool.analysed": ("development_pool_analysis", "积极分子队伍年度分析"),
    "forms.received": ("development_form_range", "领取的入党志愿书"), "forms.issued": ("development_form_number", "入党志愿书编号"),
    "accountability.opened": ("development_accountability", "发展党员责任追究"),
}  # fmt: skip
KINDS = tuple(AuditKind(f"development.{name}", title, of=_OF.get(name)) for name, title in _DONE.items())
NOTICES = (NoticeKind(keys.NOTICE, _l("发展党员滞后通知"), about=_l("本单位落后于年度发展计划"), default="once"),)
RULES = deadlines.RULES
#: What is registered with the cases; named here so that importing this module hangs it in.
HOOKS = (hooks.room, hooks.lock_places, hooks.follow_place, hooks.follow_form, hooks.follow_mark)


def _daily(payload: dict[str, Any]) -> None:
    """Put branches without admission for two and three years on the lists of key management."""
    keys.refresh(date.fromisoformat(payload["as_of"]))


JOBS = (Job(name="development.key_units", run=_daily, daily=True),)
NAVIGATION = (
    Navigation(
        label=_l("发展计划"),
        endpoint="plan",
        permission=permissions.PLAN_VIEW,
        icon="target",
        group="发展党员",
        order=66,
        within=("plan", "programme", "lag", "key_unit", "supplement_open"),
    ),
)


def _number(what: str) -> Callable[[Sequence[tuple[str, str]], date], int]:
    """One of the numbers that are taken from the same board."""

    def count(held: Sequence[tuple[str, str]], until: date) -> int:
        def make() -> dict[str, int]:
            lines = board(tuple(held), until.year, until)
            silent = sum(bool(line.attention) for line in lines if line.type == "branch")
            return {"lagging": sum(line.lag for line in lines), "silent": silent}

        return int(remembered("development.progress", make, ranges=held, as_of=until)[what])

    return count


INDICATORS = (
    Indicator(key="development.lagging", title="发展党员滞后单位", unit="个", permission=permissions.PLAN_VIEW, endpoint="lagging",
              count=_number("lagging")),
    Indicator(key="development.silent", title="两年以上没有发展党员的支部", unit="个", permission=permissions.PLAN_VIEW,
              endpoint="lagging", count=_number("silent")),
)  # fmt: skip


def hang() -> None:
    """Import the pages and the API's verbs, which hangs their routes."""
    import plugins.development.plan.pages.ledgers
    import plugins.development.plan.pages.making
    import plugins.development.plan.pages.opening
    import plugins.development.plan.pages.overview
    import plugins.development.plan.pages.plans
    import plugins.development.plan.pages.pools
    import plugins.development.plan.pages.programmes
    import plugins.development.plan.pages.watching  # noqa: F401  (the routes)
