"""The rules of the roster (02-roster 2.2, 2.3, 2.8) as pure functions: no database, no clock, no web.

Ask :func:`check_member` about a record, :func:`may_change_state` about a change of membership; ages and reminders
are in ``ages``, deletion, merging and the freeze in ``upkeep``.
"""

from core.people.rules.ages import (
    Span,
    age,
    age_band,
    is_medal_candidate,
    is_under_35,
    next_political_birthday,
    party_age,
    party_age_from,
    political_birthday,
    probation_ends,
    probation_reminder,
)
from core.people.rules.fields import phone_shared
from core.people.rules.identity import duplicate_in_file, duplicate_in_roster, place_rule
from core.people.rules.member import check_member, complete
from core.people.rules.policy import DEFAULT_POLICY, RosterPolicy, policy_values
from core.people.rules.record import FIELD_LABELS, Document, MemberRecord
from core.people.rules.states import (
    COUNTED_STATES,
    TRANSITIONS,
    Death,
    Suspension,
    SuspensionGround,
    check_readmission,
    check_restoration,
    check_suspension,
    may_change_state,
)
from core.people.rules.upkeep import (
    check_deletion,
    check_freeze,
    check_lost_cleared,
    check_lost_marked,
    check_merge,
    frozen_by,
)

__all__ = [
    "COUNTED_STATES",
    "DEFAULT_POLICY",
    "FIELD_LABELS",
    "TRANSITIONS",
    "Death",
    "Document",
    "MemberRecord",
    "RosterPolicy",
    "Span",
    "Suspension",
    "SuspensionGround",
    "age",
    "age_band",
    "check_deletion",
    "check_freeze",
    "check_lost_cleared",
    "check_lost_marked",
    "check_member",
    "check_merge",
    "check_readmission",
    "check_restoration",
    "check_suspension",
    "complete",
    "duplicate_in_file",
    "duplicate_in_roster",
    "frozen_by",
    "is_medal_candidate",
    "is_under_35",
    "may_change_state",
    "next_political_birthday",
    "party_age",
    "party_age_from",
    "phone_shared",
    "place_rule",
    "policy_values",
    "political_birthday",
    "probation_ends",
    "probation_reminder",
]
