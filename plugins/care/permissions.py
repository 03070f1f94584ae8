"""Who may do what in care (00-conventions 0.6, module 6)."""

from core.sdk import BRANCH_OFFICERS, COMMISSIONERS, MEMBERS, READERS, Permission

#: Reporting an occasion: everybody in the branch, from the phone.
REPORT = "care.case.report"
#: The board, cases of one's units, visits without their delicate parts.
VIEW = "care.case.view"
#: Confirm, assign, close: the branch's secretary and those above.
DECIDE = "care.case.decide"
#: Read what was written about illness and disputes without being assigned; each view is logged.
OPEN = "care.detail.open"
#: Record visits and follow-ups; whoever is assigned may without it.
VISIT = "care.visit.make"
#: Keep the contact lists and talks of one's units.
CONTACT = "care.contact.keep"

_DECIDERS = ("committee_officer", "general_secretary", "branch_secretary")

PERMISSIONS = (
    Permission(name=REPORT, title="报告四必访事项", roles=(*BRANCH_OFFICERS, *COMMISSIONERS, "group_leader", *MEMBERS)),
    Permission(name=VIEW, title="查看四必访台账", roles=READERS),
    Permission(name=DECIDE, title="核实、派人和办结四必访事项", roles=_DECIDERS),
    Permission(name=OPEN, title="查看走访的详细内容", roles=_DECIDERS, full=True),
    Permission(name=VISIT, title="登记走访和跟进", roles=(*BRANCH_OFFICERS, *COMMISSIONERS)),
    Permission(name=CONTACT, title="登记联系党员和谈心", roles=(*BRANCH_OFFICERS, *COMMISSIONERS)),
)
