"""Folding: the acts of a case, taken one after the other, make its history. Pure."""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from plugins.development.cases.acts import Done
from plugins.development.cases.ballots import adopted
from plugins.development.cases.history import About, History
from plugins.development.models.case import Case
from plugins.development.rules.rulesets import RS2014, ruleset

Take = Callable[[History, Done], None]
#: Reaching an approval ends what was in the way of the committee.
_ANSWERS = frozenset({"consent", "prereview", "approval", "conversion_approval", "filing_reply"})


def fold(about: About, acts: Iterable[Done]) -> History:
    """The history of acts that stand (``acts.standing``), in their order."""
    history = History(about)
    for act in acts:
        take(history, act)
    return history


def about_of(case: Case, *, member: bool = False) -> About:
    """What of a case's row the rules ask for."""
    return About(case.birth, case.migrant, case.league_member, case.origin_unit_id is not None, member)


def take(history: History, act: Done) -> None:
    """Add an act."""
    history.facts.setdefault(act.kind, []).append(act)
    history.acts.append(act)
    history.flags += act.weighs
    if history.side == "returned" and act.kind not in ("return_papers", *_ANSWERS):
        history.side = ""
    if history.side == "deferred" and history.deferred_until is not None and act.act_on >= history.deferred_until:
        history.side, history.deferred_until = "", None
    known = _TAKES.get(act.kind)
    if known is not None:
        known(history, act)


def _close(history: History, step: int, act: Done, day: date | None = None) -> None:
    history.done[step] = day or act.act_on
    history.closing[step] = act


def drop(history: History, first: int, last: int = 25) -> None:
    """Take back the steps from ``first`` to ``last``: they must be done again."""
    for step in range(first, last + 1):
        history.done.pop(step, None)
        history.closing.pop(step, None)
    if first <= 5 <= last:
        history.contacts, history.contacts_since = [], None
    if first <= 9 <= last:
        history.sponsors, history.sponsors_since = [], None
    if first <= 15 <= last:
        history.adopted_on = None
    if first <= 8 <= last:
        for kind in ("consent", "notice", "objection", "objection_conclusion", "notice_result"):
            history.facts.pop(kind, None)


def _simply(step: int) -> Take:
    return lambda history, act: _close(history, step, act)


def _end(history: History, act: Done, side: str) -> None:
    history.side, history.ended = side, (act.act_on, side)


def _ending(side: str) -> Take:
    return lambda history, act: _end(history, act, side)


def _named(history: History, act: Done) -> None:
    if act.text("result") == "named":
        _close(history, 3, act)
        history.clock_decided = act.act_on


def _filed(history: History, act: Done) -> None:
    if act.text("result") == "filed":
        _close(history, 4, act)
        history.clock_filed = act.act_on
    else:
        history.side = "returned"


def _contacts(history: History, act: Done) -> None:
    history.contacts, history.contacts_since = act.people(), act.act_on
    if act.kind == "contacts":
        _close(history, 5, act)


def _reviewed_half_year(history: History, act: Done) -> None:
    if act.text("result") == "ready" and 6 not in history.done:
        _close(history, 6, act)


def _proposed(history: History, act: Done) -> None:
    result = act.text("result")
    if result == "proposed":
        if 6 not in history.done:
            history.done[6] = max([history.done.get(5, act.act_on), *history.reviews])
        _close(history, 7, act)
    elif result == "deferred":
        history.side, history.deferred_until = "deferred", None


def _consented(history: History, act: Done) -> None:
    result = act.text("result")
    if result == "refused":
        drop(history, 7, 8)
    elif result == "returned":
        history.side = "returned"
    elif ruleset(act.act_on) is RS2014:
        _close(history, 8, act)


def _noticed(history: History, act: Done) -> None:
    if act.text("result") == "clear":
        _close(history, 8, act)
    else:
        drop(history, 7, 8)


def _sponsors(history: History, act: Done) -> None:
    history.sponsors, history.sponsors_since = act.people(), act.act_on
    if act.kind == "sponsors":
        _close(history, 9, act)


def _checked(history: History, act: Done) -> None:
    drop(history, 10, 10)
    if act.text("conclusion") == "qualified":
        _close(history, 10, act)


def _trained(history: History, act: Done) -> None:
    training, measured = history.training, "hours" in act.data or "half_days" in act.data
    enough = training is not None and (training.sufficient or training.exemption or not measured)
    if enough and 11 not in history.done:  # an old register has the day of a course and not its length
        _close(history, 11, act)


def _reviewed(history: History, act: Done) -> None:
    drop(history, 12, 17)
    if act.text("result") == "qualified":
        _close(history, 12, act)


def _prereviewed(history: History, act: Done) -> None:
    result = act.text("result")
    if result == "passed":
        _close(history, 13, act)
    elif result == "not_mature":
        drop(history, 12, 15)
    else:
        history.side = "returned"


def _form(history: History, act: Done) -> None:
    if act.kind == "form_issue":
        history.live_form, history.form_on = act.text("number"), act.act_on
    elif act.kind == "form_void":
        if history.live_form == act.text("number"):
            history.live_form, history.form_on = "", None
        drop(history, 14, 14)
    else:
        _close(history, 14, act)


def _met(history: History, act: Done) -> None:
    if adopted(act.data):
        _close(history, 15, act)
        history.adopted_on = act.act_on
    else:
        drop(history, 12, 15)


def _approved(history: History, act: Done) -> None:
    result = act.text("result")
    if result == "approved":
        _close(history, 17, act)
    elif result == "not_approved":
        _end(history, act, "not_approved")
    else:
        history.side = "returned"


def _conversion_met(history: History, act: Done) -> None:
    decision = act.text("decision")
    if not adopted(act.data):
        return
    if decision == "postpone":
        history.side, history.postponed_to = "probation_postponed", act.day("postponed_to")
        return
    history.waiting, history.months = decision, act.whole("months")
    _close(history, 23, act)


def _converted(history: History, act: Done) -> None:
    result = act.text("result")
    if result == "approved":
        _close(history, 24, act)
        history.waiting, history.side = "", ""
        history.standing_on = history.probation.standing if history.probation else act.act_on
    elif result == "not_approved":
        drop(history, 23, 23)
        history.waiting = ""
    else:
        history.side = "returned"


def _extended(history: History, act: Done) -> None:
    history.extended_months, history.side, history.waiting = act.whole("months"), "probation_extended", ""
    drop(history, 22, 23)


def _cancelled(history: History, act: Done) -> None:
    history.waiting = ""
    _end(history, act, "probation_cancelled")


def _postponed(history: History, act: Done) -> None:
    history.side, history.postponed_to = "probation_postponed", act.day("until")


def _archived(history: History, act: Done) -> None:
    if len(act.codes("papers")) == 6:
        _close(history, 25, act)
        history.ended = (act.act_on, "archived")


def _deferred(history: History, act: Done) -> None:
    history.side, history.deferred_until = "deferred", act.day("until")


def _suspended(history: History, act: Done) -> None:
    history.side = "suspended"
    history.paused_since = history.paused_since or act.act_on


def _resumed(history: History, act: Done) -> None:
    if history.paused_since is not None:
        history.pauses.append((history.paused_since, act.act_on))
    history.side, history.paused_since, history.deferred_until = "", None, None


def _left(history: History, act: Done) -> None:
    history.side, history.left_on = "transferred_out", act.act_on
    target = act.data.get("to_unit") or {}
    if target.get("id"):
        history.branch = UUID(target["id"])  # whose officers see it from now on, and take it over
    else:
        history.ended = (act.act_on, "transferred_out")


def _arrived(history: History, act: Done) -> None:
    """E1 to E5: the time counts on; an object that is not approved yet goes through consent and notice again."""
    history.side, history.left_on, history.ended, history.arrived_on = "", None, None, act.act_on
    branch = act.data.get("branch") or {}
    history.branch = UUID(branch["id"]) if branch.get("id") else history.branch
    decision = act.text("decision")
    if 17 in history.done:
        history.transferred = 24 not in history.done
        if decision == "restart":  # E7: taken in again from the pre-review on
            drop(history, 13)
            history.transferred = False
        return
    if decision == "restart" and 3 not in history.done:
        drop(history, 1)  # E1: without the letter's original the person writes a new one
    elif decision == "not_recognised":
        drop(history, 3)
        history.clock_decided = history.clock_filed = None
    elif 7 in history.done:
        drop(history, 7)
    if decision == "restart" and history.clock_decided is not None:
        history.clock_decided = history.clock_filed = act.act_on
        history.pauses.clear()
    drop(history, 5, 5)  # the new branch names its own contacts


def _moved(history: History, act: Done) -> None:
    unit = act.data.get("to_unit") or {}
    history.branch = UUID(unit["id"]) if unit.get("id") else history.branch


def _special(name: str, side: str) -> Take:
    def admitted(history: History, act: Done) -> None:
        history.special, history.standing_on = name, act.act_on
        _end(history, act, side)

    return admitted


def _noted(history: History, act: Done) -> None:
    if act.data.get("kept") and act.data.get("gone"):
        history.same[str(act.data["gone"])] = str(act.data["kept"])


_TAKES: dict[str, Take] = {
    "application": _simply(1), "talk": _simply(2), "activist_meeting": _named, "filing_reply": _filed,
    "contacts": _contacts, "contact_change": _contacts, "half_year_review": _reviewed_half_year, "object_meeting": _proposed,
    "consent": _consented, "notice_result": _noticed, "sponsors": _sponsors, "sponsor_change": _sponsors,
    "political_review": _checked, "course": _trained, "branch_review": _reviewed, "prereview": _prereviewed,
    "form_issue": _form, "form_void": _form, "form_filled": _form, "branch_meeting": _met, "interview": _simply(16),
    "approval": _approved, "filing_up": _simply(18), "assignment": _simply(19), "oath": _simply(20),
    "probation_review": _simply(21), "conversion_letter": _simply(22), "conversion_meeting": _conversion_met,
    "conversion_approval": _converted, "extension": _extended, "cancellation": _cancelled, "postponement": _postponed,
    "archive_list": _archived, "defer": _deferred, "suspend": _suspended, "resume": _resumed,
    "withdraw": _ending("withdrawn"), "remove_from_pool": _ending("removed_from_pool"),
    "return_papers": lambda history, _act: setattr(history, "side", "returned"),
    "not_recognised": _ending("not_recognised"), "transfer_out": _left, "transfer_in": _arrived,
    "deceased": _ending("deceased"), "membership_ended": _ending("removed"), "unit_merged": _moved, "direct_admission": _special("direct", "direct_admission"),
    "posthumous": _special("posthumous", "posthumous"), "correction_note": _noted,
}  # fmt: skip
