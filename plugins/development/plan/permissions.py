"""Who may do what with plans, the pool, the ledger of forms and accountability (section 1; 00-conventions 0.6)."""

from core.sdk import BRANCH_OFFICERS, COMMISSIONERS, COMMITTEE, Permission

PLAN_VIEW = "development.plan.view"
#: Write the plan of one's unit: report, split, list people, ask for more, submit.
PLAN_EDIT = "development.plan.edit"
#: Decide on plans, adjustments and supplements, held at the unit that hands the places down.
PLAN_APPROVE = "development.plan.approve"
#: Key management and notices to units that are behind.
PLAN_WATCH = "development.plan.watch"
POOL_VIEW, POOL_ANALYSE = "development.pool.view", "development.pool.analyse"
FORMS_VIEW, FORMS_KEEP = "development.forms.view", "development.forms.keep"
MATTERS_VIEW, MATTERS_HANDLE = "development.accountability.view", "development.accountability.handle"

_OFFICERS = (*BRANCH_OFFICERS, *COMMISSIONERS)
_KEEPERS = ("committee_officer", "general_secretary")

PERMISSIONS = (
    Permission(name=PLAN_VIEW, title="查看发展党员计划和进度", roles=(*_OFFICERS, "auditor", "linked_leader")),
    Permission(name=PLAN_EDIT, title="编制本单位发展党员计划", roles=BRANCH_OFFICERS),
    Permission(name=PLAN_APPROVE, title="审批下级发展党员计划和追加名额", roles=COMMITTEE),
    Permission(name=PLAN_WATCH, title="发展党员滞后单位的重点管理和通知", roles=_KEEPERS),
    Permission(name=POOL_VIEW, title="查看积极分子信息库和等待名单", roles=(*_OFFICERS, "auditor")),
    Permission(name=POOL_ANALYSE, title="登记积极分子队伍年度分析", roles=COMMITTEE),
    Permission(name=FORMS_VIEW, title="查看入党志愿书控制号台账", roles=(*BRANCH_OFFICERS, "auditor")),
    Permission(name=FORMS_KEEP, title="管理入党志愿书控制号", roles=COMMITTEE),
    Permission(name=MATTERS_VIEW, title="查看发展党员责任追究", roles=(*COMMITTEE, "discipline_commissioner")),
    Permission(name=MATTERS_HANDLE, title="登记和办理发展党员责任追究", roles=COMMITTEE, full=True),
)  # fmt: skip

#: What the county's department does with plans and registers.
COUNTY = (
    PLAN_VIEW, PLAN_EDIT, PLAN_APPROVE, PLAN_WATCH, POOL_VIEW, POOL_ANALYSE, FORMS_VIEW, FORMS_KEEP, MATTERS_VIEW,
    MATTERS_HANDLE,
)  # fmt: skip
