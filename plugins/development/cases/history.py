"""A case as its acts tell it: days of the steps, facts by kind, who stands by the person, where it is. Pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from plugins.development.cases.acts import Done
from plugins.development.cases.steps import CONTACT
from plugins.development.rules.activist import Clock
from plugins.development.rules.application import Talk
from plugins.development.rules.policy import Switches
from plugins.development.rules.polls import Poll, PollOutcome, poll_outcome, worse
from plugins.development.rules.probation import Probation
from plugins.development.rules.review import Training

#: Step → the main state a case has from it on. An object is one when it is listed (step 8), not when it is proposed.
_STATES = (
    (25, "archived"), (24, "full"), (23, "conv_voted"), (22, "conv_requested"), (17, "probationary"), (15, "adopted"),
    (12, "reviewed"), (8, "dev_object"), (3, "activist"), (1, "applicant"),
)  # fmt: skip
#: Side states that end a case.
ENDINGS = frozenset(
    {
        "withdrawn", "removed_from_pool", "not_approved", "probation_cancelled", "not_recognised", "deceased",
        "direct_admission", "posthumous", "removed",
    }
)  # fmt: skip
#: Side states in which nobody is trained.
_AWAY = frozenset({"suspended", "deferred", "transferred_out"})


@dataclass(frozen=True, slots=True)
class About:
    """What of the case itself the rules ask for.

    :param member: is on the roster as a member already.
    """

    born: date
    migrant: bool = False
    league_member: bool = False
    origin_unit: bool = False
    member: bool = False


@dataclass(slots=True)
class History:
    """What the acts say together. ``folding.take`` adds one act after the other.

    :param done: step → the day it was done. :param closing: step → the act that completed it.
    :param pauses: (from, to) of the year of training that don't count.
    :param waiting: what a branch meeting decided and the committee has not: convert, extend, cancel.
    """

    about: About
    done: dict[int, date] = field(default_factory=dict)
    closing: dict[int, Done] = field(default_factory=dict)
    facts: dict[str, list[Done]] = field(default_factory=dict)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    contacts_since: date | None = None
    sponsors: list[dict[str, Any]] = field(default_factory=list)
    sponsors_since: date | None = None
    side: str = ""
    special: str = ""
    ended: tuple[date, str] | None = None
    clock_decided: date | None = None
    clock_filed: date | None = None
    pauses: list[tuple[date, date]] = field(default_factory=list)
    paused_since: date | None = None
    deferred_until: date | None = None
    live_form: str = ""
    form_on: date | None = None
    adopted_on: date | None = None
    extended_months: int = 0
    waiting: str = ""
    months: int = 0
    postponed_to: date | None = None
    transferred: bool = False
    left_on: date | None = None
    arrived_on: date | None = None
    standing_on: date | None = None
    branch: UUID | None = None
    same: dict[str, str] = field(default_factory=dict)
    acts: list[Done] = field(default_factory=list)
    flags: int = 0

    def of(self, kind: str) -> list[Done]:
        """The acts of a kind that stand, by day."""
        return self.facts.get(kind, [])

    def latest(self, kind: str) -> Done | None:
        """The last act of a kind."""
        found = self.facts.get(kind)
        return found[-1] if found else None

    @property
    def last(self) -> Done | None:
        """The act that happened last."""
        return self.acts[-1] if self.acts else None

    @property
    def state(self) -> str:
        """The main state."""
        if self.special:
            return "full"
        return next((state for step, state in _STATES if step in self.done), "visitor")

    @property
    def clock(self) -> Clock | None:
        """The clock of the year of training; ``None`` before somebody is named."""
        if self.clock_decided is None:
            return None
        pauses = [*self.pauses]
        return Clock(self.clock_decided, self.clock_filed, tuple(pauses))

    @property
    def probation(self) -> Probation | None:
        """The clock of probation; ``None`` before the branch meeting."""
        return Probation(self.adopted_on, self.extended_months) if self.adopted_on else None

    @property
    def applied(self) -> date | None:
        """The day the application was received."""
        return self.done.get(1)

    @property
    def talk(self) -> Talk | None:
        """The first talk."""
        found = self.latest("talk")
        if found is None:
            return None
        return Talk(found.act_on, found.codes("topics"), found.yes("basics_introduced"))

    @property
    def reviews(self) -> list[date]:
        """The days of the half-yearly reviews of the training."""
        return [one.act_on for one in self.of("half_year_review")]

    @property
    def training(self) -> Training | None:
        """Concentrated training, all courses together."""
        found = self.of("course")
        if not found:
            return None
        return Training(
            sum(one.whole("half_days") for one in found), sum(one.whole("hours") for one in found),
            any(one.yes("exemption") for one in found),
        )  # fmt: skip

    def heard(self, kind: str = "opinion") -> frozenset[str]:
        """Whose opinions were heard; for the proposal those since the last failed one."""
        return frozenset(one.text("side") for one in self.of(kind))

    @property
    def diverging(self) -> bool:
        """Whether an opinion or the last review says that views diverge."""
        return any(one.yes("diverging") for one in self.of("opinion"))

    def _polls(self, stage: str, side: str, by: date | None = None) -> list[Done]:
        return [
            one for one in self.of("poll_result")
            if one.text("stage") == stage and (one.text("side") or "host") == side and (by is None or one.act_on <= by)
        ]  # fmt: skip

    def poll(self, stage: str, side: str, policy: Switches, by: date | None = None) -> PollOutcome | None:
        """What the last poll of a stage, by a day, says on one side; ``None`` without one."""
        found = self._polls(stage, side, by)
        if not found:
            return None
        last = found[-1]
        told = Poll(last.whole("issued"), last.whole("returned"), last.whole("in_favour"), last.whole("invalid"))
        return poll_outcome(told, policy)

    def last_poll(self, stage: str, side: str, by: date) -> date | None:
        """The day of the last poll of a stage on one side, by a day."""
        found = self._polls(stage, side, by)
        return found[-1].act_on if found else None

    def poll_on(self, stage: str) -> date | None:
        """The day of the last poll of a stage."""
        found = [one.act_on for one in self.of("poll_result") if one.text("stage") == stage]
        return found[-1] if found else None

    def worst_poll(self, stage: str, policy: Switches) -> PollOutcome | None:
        """The outcome of a stage's polls, the worse side deciding; ``None`` without any."""
        found = [one for side in ("host", "origin") if (one := self.poll(stage, side, policy)) is not None]
        return worse(*found) if found else None

    @property
    def open_objections(self) -> list[Done]:
        """Objections to a notice without a conclusion."""
        settled = {one.whole("objection") for one in self.of("objection_conclusion")}
        return [one for one in self.of("objection") if not {one.seq, one.place} & settled]

    @property
    def unfit(self) -> bool:
        """Whether an objection was found true and in the way."""
        return any(one.text("conclusion") == "unfit" for one in self.of("objection_conclusion"))

    @property
    def in_touch(self) -> date | None:
        """During the year of training: the day of the last contact with the person; else ``None`` (E25)."""
        if self.state != "activist" or 7 in self.done or self.ended is not None or self.side in _AWAY:
            return None
        return max((one.act_on for one in self.acts if one.kind in CONTACT), default=None)

    @property
    def cosigned(self) -> frozenset[int]:
        """Steps which the place of origin agreed to."""
        return frozenset(int(one.text("about")) for one in self.of("cosign") if one.text("result") == "agreed")

    @property
    def step(self) -> int:
        """The last main step done."""
        return max(self.done, default=0)
