"""What the columns of a case say, from its history: written in the same transaction as every act."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from core.sdk import transaction, uuid7
from plugins.development.cases.gates import waiting
from plugins.development.cases.history import History
from plugins.development.models.case import Case, Helper
from plugins.development.rules.crossing import STEPS as ALL_STEPS
from plugins.development.rules.crossing import leapt
from plugins.development.rules.dates import add_months
from plugins.development.rules.policy import Switches

_STAGE = {number: stage for number, _, stage in ALL_STEPS}
#: Column → the step whose day it holds.
_DAYS = {
    "applied_on": 1, "talked_on": 2, "named_on": 3, "object_on": 7, "listed_on": 8, "checked_on": 10, "trained_on": 11,
    "reviewed_on": 12, "prereviewed_on": 13, "adopted_on": 15, "approved_on": 17, "oath_on": 20, "requested_on": 22,
    "converted_on": 23, "converted_approved_on": 24, "archived_on": 25,
}  # fmt: skip
#: Step → (the step it follows, within how many months).
_MONTHS = {2: (1, 1), 15: (13, 1), 16: (15, 3), 17: (15, 3), 20: (17, 1), 24: (23, 3)}


def project(case: Case, history: History, switches: Switches) -> None:
    """Write a history into a case's columns, and who stands by the person into theirs."""
    for column, value in columns(history, switches).items():
        if getattr(case, column) != value:
            setattr(case, column, value)
    if history.branch is not None:
        case.unit_id = history.branch
    _helpers(case, history)


def columns(history: History, switches: Switches) -> dict[str, Any]:
    """The columns that a history decides."""
    done, probation, clock = history.done, history.probation, history.clock
    step = history.step
    next_step, due = upcoming(history, switches)
    found: dict[str, Any] = {column: done.get(number) for column, number in _DAYS.items()}
    found |= {
        "state": history.state, "side": history.side, "special": history.special, "step": step,
        "stage": _STAGE.get(step, 1), "done_days": {str(number): day.isoformat() for number, day in sorted(done.items())},
        "clock_from": clock.start(switches) if clock else None,
        "expiry_on": probation.expiry if probation and 17 in done else None, "extended_months": history.extended_months,
        "standing_on": history.standing_on, "closed_on": history.ended[0] if history.ended else None,
        "close_reason": history.ended[1] if history.ended else None, "next_step": next_step, "next_due_on": due,
        "flags": history.flags, "form_no": history.live_form or None,
    }  # fmt: skip
    return found


def upcoming(history: History, switches: Switches) -> tuple[int | None, date | None]:
    """The step that waits next, and the last day for it: of several the one that is due first.

    What an old record lacks before a step that is long done is made up for when nothing else waits; the check of the case
    names it all the same.
    """
    if history.side in ("suspended", "transferred_out"):
        return None, None
    waits, gaps = waiting(history), leapt(history.done)
    steps = [step for step in waits if step not in gaps] or waits
    due = [(day, step) for step in steps if (day := due_of(history, step, switches)) is not None]
    if due:
        day, step = min(due)
        return step, day
    return (steps[0], None) if steps else (None, None)


def due_of(history: History, step: int, switches: Switches) -> date | None:
    """The last day for a step that waits, where a rule sets one."""
    done, probation, clock = history.done, history.probation, history.clock
    if step in _MONTHS:
        since, months = _MONTHS[step]
        return add_months(done[since], months) if since in done else None
    days = {4: (3, switches.filing_days), 5: (3, switches.replace_contact_days), 19: (17, switches.assign_days)}
    if step in days:
        since, count = days[step]
        arrived = (
            history.arrived_on if step == 5 else None
        )  # the branch that takes somebody over names its own contacts
        return max(done[since], arrived or done[since]) + timedelta(days=count) if since in done else None
    if step == 6 and clock is not None:
        start = clock.start(switches)
        return add_months(start, 6 * (len(history.reviews) + 1)) if start else None
    if probation is None or step not in (22, 23):
        return None
    return probation.expiry if step == 22 else add_months(max(done[22], probation.expiry), 1)


def _helpers(case: Case, history: History) -> None:
    wanted = [
        (role, one, since)
        for role, people, since in (
            ("contact", history.contacts, history.contacts_since), ("sponsor", history.sponsors, history.sponsors_since)
        )
        for one in people
        if since is not None
    ]  # fmt: skip
    rows = [
        (role, str(one.get("name")), str(one.get("side") or "host"), _person(history, one), since, case.closed_on)
        for role, one, since in wanted
    ]
    stored = select(Helper.role, Helper.name, Helper.side, Helper.person_id, Helper.since, Helper.until)
    with transaction() as session:
        session.flush()
        if Counter(map(tuple, session.execute(stored.where(Helper.case_id == case.id)))) == Counter(rows):
            return  # most acts change nobody who stands by the person
        gone = delete(Helper).where(Helper.case_id == case.id)
        session.execute(gone, execution_options={"synchronize_session": False})
        session.add_all(
            Helper(
                id=uuid7(), case_id=case.id, role=role, name=name, side=side, person_id=person, since=since, until=until
            )
            for role, name, side, person, since, until in rows
        )
        session.flush()


def _person(history: History, one: Mapping[str, Any]) -> UUID | None:
    """Whom of the roster a helper is, after records of the same person were joined."""
    return UUID(history.same.get(str(one["id"]), str(one["id"]))) if one.get("id") else None
