"""Who may do what in the development of members (00-conventions 0.6; section 1 of the specification).

Rights cover the subtree below the unit on which they are granted: a branch's officers reach their branch, a committee's
officers the branches below it. What the county alone decides is granted apart from the committees' rights.
"""

from core.sdk import BRANCH_OFFICERS, COMMISSIONERS, COMMITTEE, Permission, Role
from plugins.development.plan import permissions as plan

#: Cases one by one, without what is delicate about them.
VIEW = "development.case.view"
#: Open a case: take somebody's application.
OPEN = "development.case.open"
#: Record what the branch did.
RECORD = "development.case.record"
#: Put records right, void them, enter what happened long ago.
CORRECT = "development.case.correct"
#: The committee's answers: filing, consent, interview, filing up (steps 4, 8, 16, 18).
CONSENT = "development.case.consent"
#: The committee's decisions: pre-review, approval, approval of conversion (13, 17, 24), extension, cancellation.
APPROVE = "development.case.approve"
#: What the county's department alone does: joint review, direct and posthumous admission, not recognised, overrides.
COUNTY = "development.case.county"
#: Read family, political review and department opinions; each view is logged.
SEALED = "development.sealed.open"
#: Numbers alone: how many there are in which state, without anybody's name.
FIGURES = "development.figures.view"

_SEES_SEALED = ("committee_officer", "branch_secretary", "organization_commissioner")

PERMISSIONS = (
    Permission(name=VIEW, title="查看发展党员台账", roles=(*BRANCH_OFFICERS, *COMMISSIONERS, "group_leader", "auditor")),
    Permission(name=OPEN, title="登记入党申请人", roles=BRANCH_OFFICERS),
    Permission(name=RECORD, title="登记发展党员的办理记录", roles=BRANCH_OFFICERS),
    Permission(name=CORRECT, title="更正、补录发展党员的办理记录", roles=BRANCH_OFFICERS),
    Permission(name=CONSENT, title="党委备案、同意、派人谈话", roles=COMMITTEE),
    Permission(name=APPROVE, title="党委预审、审批", roles=COMMITTEE),
    Permission(name=COUNTY, title="县级组织部门的审查和决定"),
    Permission(name=SEALED, title="查看政审、家庭和部门意见", roles=_SEES_SEALED, full=True),
    Permission(name=FIGURES, title="查看发展党员的数字", roles=(*BRANCH_OFFICERS, *COMMISSIONERS, "auditor", "linked_leader")),
)  # fmt: skip

ROLES = (
    Role(
        code="development.county_officer", title="县级组织部门发展党员工作人员",
        permissions=(VIEW, CONSENT, COUNTY, SEALED, FIGURES, *plan.COUNTY),
        about="办理政审联审、特殊发展、追认和不予承认，复核特殊情况；下达计划名额，管理滞后单位和责任追究。",
    ),
    Role(
        code="development.statistician", title="发展党员统计员", permissions=(FIGURES,),
        about="只能查看发展党员的数字，看不到个人。",
    ),
)  # fmt: skip
