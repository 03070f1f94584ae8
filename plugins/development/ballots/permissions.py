"""Who prepares and counts ballots, and who opens what was said to a public notice."""

from core.sdk import BRANCH_OFFICERS, COMMITTEE, READERS, Permission

VIEW, KEEP, COUNT = "development.ballot.view", "development.ballot.keep", "development.ballot.count"
NOTICE_VIEW, NOTICE_KEEP = "development.notice.view", "development.notice.keep"
OPEN = "development.feedback.open"

_OFFICERS = tuple(dict.fromkeys((*BRANCH_OFFICERS, *COMMITTEE)))

PERMISSIONS = (
    Permission(name=VIEW, title="查看票决和民意测评", roles=READERS),
    Permission(name=KEEP, title="组织票决和民意测评", roles=_OFFICERS),
    Permission(name=COUNT, title="查看票决的准确票数、录入计票", roles=_OFFICERS),
    Permission(name=NOTICE_VIEW, title="查看发展党员公示", roles=READERS),
    Permission(name=NOTICE_KEEP, title="发布和办结发展党员公示", roles=_OFFICERS),
    Permission(name=OPEN, title="查看公示反映的内容", roles=("committee_officer", "branch_secretary", "general_secretary"), full=True),
)  # fmt: skip
