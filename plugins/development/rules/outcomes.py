"""What a gate says: passed without a word, or a ruling that names the rule, its article, and what would satisfy it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """What a ruling means for the step (section 2 of the specification)."""

    BLOCK = "block"  #: cannot proceed
    REFUSE = "refuse"  #: the person is not admitted; the case ends here
    DEFER = "defer"  #: not now: something must be cleared up first
    REDO = "redo"  #: what was done is void and must be done again
    FLAG = "flag"  #: may proceed with a written reason; stays in the register of irregularities
    WARN = "warn"  #: advice


#: Rulings that stop a step.
STOPPING = frozenset({Outcome.BLOCK, Outcome.REFUSE, Outcome.DEFER, Outcome.REDO})


@dataclass(frozen=True, slots=True)
class Ruling:
    """One thing a gate has to say.

    :param rule: such as ``G7.1``.
    :param message: a Chinese sentence: what is wrong, with the values.
    :param fix: what would satisfy the rule; empty where nothing can.
    :param article: the article it rests on, such as 细则第十三条; or who demands it.
    :param earliest: the first day on which the step would be in order, where time alone mends it.
    :param field: the fact it is about.
    """

    rule: str
    outcome: Outcome
    message: str
    article: str = ""
    fix: str = ""
    earliest: date | None = None
    field: str = ""

    @property
    def stops(self) -> bool:
        """Whether the step cannot be taken."""
        return self.outcome in STOPPING


def stopped(rulings: Iterable[Ruling]) -> bool:
    """Whether any ruling stops the step."""
    return any(ruling.stops for ruling in rulings)


def only(outcome: Outcome, rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """The rulings of one outcome."""
    return tuple(ruling for ruling in rulings if ruling.outcome is outcome)
