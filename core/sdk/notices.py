"""To-dos, reminders and messages.

A deadline rule is a select of what is open; the core computes it for everybody once a day, and for single subjects before
the commit of a transaction that names them with :func:`touch`. ``link`` and ``listed`` name the plugin's own pages shortly
(``"visit"``) or others' in full (``"people.member"``).
"""

from core.notices.actions.remind import accounts_at
from core.notices.actions.sync import sync, touch
from core.notices.actions.telling import Told, notify, tell
from core.notices.kinds import DEADLINE, NUDGE, UPDATE
from core.notices.kinds import Kind as NoticeKind
from core.notices.policy import NoticePolicy, notice_policy
from core.notices.registry import DeadlineRule, nothing_given, plain_plan
from core.notices.rules.reminding import Plan
from core.notices.rules.workdays import add_working_days, is_working_day, is_year_known, working_day_before

__all__ = [
    "DEADLINE",
    "NUDGE",
    "UPDATE",
    "DeadlineRule",
    "NoticeKind",
    "NoticePolicy",
    "Plan",
    "Told",
    "accounts_at",
    "add_working_days",
    "is_working_day",
    "is_year_known",
    "nothing_given",
    "notice_policy",
    "notify",
    "plain_plan",
    "sync",
    "tell",
    "touch",
    "working_day_before",
]
