"""Who may do what with money and care beyond visits (00-conventions 0.6, module 6)."""

from core.sdk import BRANCH_OFFICERS, COMMISSIONERS, COMMITTEE, READERS, Permission, Role

FUND_VIEW = "care.fund.view"
FUND_SET = "care.fund.set"
#: The accountant's and the cashier's duties; a fund names the two, who are never one person.
FUND_BOOK, FUND_PAY = "care.fund.book", "care.fund.pay"
AID_APPLY, AID_REVIEW, AID_APPROVE = "care.aid.apply", "care.aid.review", "care.aid.approve"
#: What an application or a hardship file says of somebody's circumstances and income; each view is logged.
OPEN = "care.aid.open"
HARDSHIP_VIEW, HARDSHIP_EDIT, HARDSHIP_DECIDE = "care.hardship.view", "care.hardship.edit", "care.hardship.decide"
ROUND_VIEW, ROUND_EDIT, ROUND_DECIDE = "care.round.view", "care.round.edit", "care.round.decide"
GREETING = "care.greeting.edit"
SUBSIDY_VIEW, SUBSIDY_EDIT, SUBSIDY_DECIDE = "care.subsidy.view", "care.subsidy.edit", "care.subsidy.decide"
PAIR_VIEW, PAIR_EDIT = "care.pair.view", "care.pair.edit"

_OFFICERS = (*BRANCH_OFFICERS, *COMMISSIONERS)
_SECRETARIES = ("committee_officer", "general_secretary", "branch_secretary")

PERMISSIONS = (
    Permission(name=FUND_VIEW, title="查看互助基金账", roles=READERS),
    Permission(name=FUND_SET, title="设立互助基金、指定会计和出纳", roles=COMMITTEE),
    Permission(name=FUND_BOOK, title="互助基金记账（会计）", roles=("organization_commissioner",)),
    Permission(name=FUND_PAY, title="互助基金收付款（出纳）", roles=("publicity_commissioner",)),
    Permission(name=AID_APPLY, title="提出救助和借款申请", roles=(*_OFFICERS, "group_leader")),
    Permission(name=AID_REVIEW, title="支部研究救助申请", roles=(*_SECRETARIES, "deputy_secretary")),
    Permission(name=AID_APPROVE, title="党委批准救助申请", roles=COMMITTEE),
    Permission(name=OPEN, title="查看困难情况和收入", roles=_SECRETARIES, full=True),
    Permission(name=HARDSHIP_VIEW, title="查看困难党员台账", roles=_OFFICERS),
    Permission(name=HARDSHIP_EDIT, title="申报困难党员", roles=BRANCH_OFFICERS),
    Permission(name=HARDSHIP_DECIDE, title="认定困难党员", roles=COMMITTEE),
    Permission(name=ROUND_VIEW, title="查看走访慰问", roles=READERS),
    Permission(name=ROUND_EDIT, title="编制慰问名单、登记发放", roles=BRANCH_OFFICERS),
    Permission(name=ROUND_DECIDE, title="批准慰问名单", roles=("committee_officer", "general_secretary")),
    Permission(name=GREETING, title="制作七一问候卡和政治生日贺卡", roles=_OFFICERS),
    Permission(name=SUBSIDY_VIEW, title="查看老党员生活补助", roles=_OFFICERS),
    Permission(name=SUBSIDY_EDIT, title="编制老党员生活补助", roles=("committee_officer", "organization_commissioner")),
    Permission(name=SUBSIDY_DECIDE, title="批准老党员生活补助", roles=COMMITTEE),
    Permission(name=PAIR_VIEW, title="查看结对帮扶", roles=READERS),
    Permission(name=PAIR_EDIT, title="登记结对帮扶", roles=BRANCH_OFFICERS),
)
ROLES = (
    Role(
        code="care.accountant", title="互助基金会计", permissions=(FUND_VIEW, FUND_BOOK),
        about="登记互助基金的收支和冲销，不经手现金。",
    ),
    Role(
        code="care.cashier", title="互助基金出纳", permissions=(FUND_VIEW, FUND_PAY),
        about="拨付已批准的救助和借款、收取还款，不记账。",
    ),
)  # fmt: skip
