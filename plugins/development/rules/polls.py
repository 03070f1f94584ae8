"""Opinion polls and assessment polls (section 6.3; S1-20..22, S4-14): thresholds as whole numbers, the worse side decides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugins.development.rules.dates import add_months
from plugins.development.rules.policy import DEFAULTS, Switches


class PollOutcome(StrEnum):
    """What a poll says, best first."""

    PASS = "pass"  # noqa: S105
    DEFER = "defer"
    REFUSE = "refuse"
    INVALID = "invalid"  #: too few papers came back: to be repeated


_ORDER = tuple(PollOutcome)


@dataclass(frozen=True, slots=True)
class Poll:
    """The tally of one side (host or origin)."""

    issued: int
    returned: int
    in_favour: int
    invalid: int = 0


def poll_outcome(poll: Poll, policy: Switches = DEFAULTS) -> PollOutcome:
    """What one side's poll says. 79.93 % is not 80 %."""
    if poll.returned < policy.poll_min:
        return PollOutcome.INVALID
    base = {"issued": poll.issued, "returned": poll.returned, "valid": poll.returned - poll.invalid}[policy.poll_base]
    return outcome(poll.in_favour, base, policy)


def outcome(in_favour: int, base: int, policy: Switches = DEFAULTS) -> PollOutcome:
    """What so many in favour of such a base mean."""
    if _reaches(in_favour, base, policy.poll_pass):
        return PollOutcome.PASS
    return PollOutcome.DEFER if _reaches(in_favour, base, policy.poll_defer) else PollOutcome.REFUSE


def _reaches(count: int, base: int, share: tuple[int, int]) -> bool:
    numerator, denominator = share
    return denominator * count >= numerator * base


def worse(*outcomes: PollOutcome) -> PollOutcome:
    """The outcome of a poll on two sides: the worst of them."""
    return max(outcomes, key=_ORDER.index)


def next_poll(deferred_on: date, policy: Switches = DEFAULTS) -> date:
    """The first day on which a deferred person may be polled again."""
    return add_months(deferred_on, policy.defer_months)
