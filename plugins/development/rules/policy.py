"""What a tenant may decide for itself (section 10): stricter than the rules, never looser."""

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """The policy switches, at their defaults.

    Ratios are (numerator, denominator) and compared as whole numbers.
    """

    min_months_application: int = 0  #: months from the application to naming an activist: 0, 3 or 6
    activist_clock: Literal["decision", "filing"] = "decision"
    filing_days: int = 30
    replace_contact_days: int = 30
    notice_workdays: int = 5
    notice_required_before_2026: bool = False
    notice_extra_stages: tuple[str, ...] = ()
    community_opinion: bool = True
    assessment_poll: bool = True
    six_refusals: bool = True
    migrant_checks: bool = True
    authority_opinions: bool = True
    entrust: bool = True
    authorities: tuple[str, ...] = ("公安", "计生", "工商", "税务")
    poll_pass: tuple[int, int] = (4, 5)
    poll_defer: tuple[int, int] = (3, 5)
    poll_base: Literal["issued", "returned", "valid"] = "returned"
    poll_min: int = 10
    allow_training_exemption: bool = False
    review_valid_months: int = 12
    defer_months: int = 6
    transfer_gap: int = 6
    conversion_window_before: int = 1
    joint_review: bool = True
    block_late_branch_meeting: bool = False
    min_full_members: int = 3
    assign_days: int = 30


DEFAULTS = Switches()
#: Switches that may only be raised above their default.
_RAISED = ("notice_workdays", "poll_min", "min_full_members", "min_months_application")
#: Switches that may only be lowered below it.
_LOWERED = ("filing_days", "replace_contact_days", "review_valid_months", "transfer_gap", "assign_days")
#: Checks of the official text: a tenant may switch them on, never off.
_ONLY_ON = ("joint_review", "block_late_branch_meeting", "notice_required_before_2026")
#: Leniencies a tenant may withdraw, and the platform alone may grant.
_ONLY_OFF = ("allow_training_exemption",)


def loosened(wanted: Switches, upper: Switches = DEFAULTS) -> list[str]:
    """Which switches would be looser than the level above allows; empty when all is well."""
    found = [name for name in _RAISED if getattr(wanted, name) < getattr(upper, name)]
    found += [name for name in _LOWERED if getattr(wanted, name) > getattr(upper, name)]
    found += [name for name in _ONLY_ON if getattr(upper, name) and not getattr(wanted, name)]
    found += [name for name in _ONLY_OFF if getattr(wanted, name) and not getattr(upper, name)]
    for name in ("poll_pass", "poll_defer"):
        (a, b), (c, d) = getattr(wanted, name), getattr(upper, name)
        if a * d < c * b:
            found.append(name)
    if wanted.min_months_application not in (0, 3, 6):
        found.append("min_months_application")
    return [one.name for one in fields(Switches) if one.name in found]
