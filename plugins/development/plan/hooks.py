"""What plan and registers do when something is recorded in a case, in the same transaction.

A passed pre-review takes the last place at most once: before it is judged, the plans over the branch are locked, so that what
the gate counts (G13.3) stays true until the act is committed.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core.sdk import Unit, tenant_id, today, transaction
from plugins.development.cases.ports import EVERY, Coming, after_act, before_act, room_from
from plugins.development.models.case import Act, Case
from plugins.development.plan import places
from plugins.development.plan.reckoning import tightest
from plugins.development.plan.registers import forms, matters
from plugins.development.rules.outcomes import Ruling
from plugins.development.rules.plan import Room, year_of


@room_from
def room(unit_id: UUID, _path: str, year: int, case_id: UUID | None) -> Room | None:
    """The places that gates G7.6 and G13.3 look at."""
    return places.room_for(unit_id, year, case_id)


@before_act("prereview")
def lock_places(coming: Coming) -> Iterable[Ruling]:
    """Nobody else takes a place under the same plans until this act is written.

    A place is held until it is decided, so the year that is asked is this one, however late the act is recorded.
    """
    if coming.data.get("result", "passed") == "passed":
        for year in sorted({coming.act_on.year, today().year}):
            places.lock_chain(coming.case.unit_id, year)
    return ()


@before_act("approval")
def lock_use(coming: Coming) -> Iterable[Ruling]:
    """The place moves from reserved to used, maybe into another year (I2)."""
    if coming.data.get("result", "approved") == "approved":
        places.lock_chain(coming.case.unit_id, year_of(coming.act_on))
    return ()


def year_held(case: Case) -> int | None:
    """The year in which a case holds or has taken a place; ``None`` without one."""
    if case.special or case.side == "not_recognised":
        return None
    if case.approved_on is not None:
        return year_of(case.approved_on)
    holds = case.prereviewed_on is not None and case.closed_on is None and case.side not in places.RELEASED
    return case.prereviewed_on.year if holds and case.prereviewed_on else None


@after_act(EVERY)
def follow_place(case: Case, act: Act, _history: Any) -> None:
    """Write down the year of the place; a place beyond the plan goes to the register of accountability (I7).

    The gate lets nobody pass without a place; what is entered long afterwards as it was may tell of one.
    """
    year = year_held(case)
    if case.plan_year == year:
        return
    case.plan_year = year
    if year is None:
        return
    with transaction() as session:
        session.flush()
    _overrun(case, act, year)


def _overrun(case: Case, act: Act, year: int) -> None:
    places.lock_chain(case.unit_id, year)
    links = places.chain(case.unit_id, year)
    left = tightest(links)
    if left is None or left.free >= 0:
        return
    quota = left.quota + left.supplement
    facts = f"{year}年名额{quota}个，已用{left.used}个、已预留{left.reserved}个，没有批准追加名额。"
    why = act.reason.strip()
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), case.unit_id))
    matters.open_once(
        cause=f"overrun:{year}:{case.id}", unit=place, fault="overrun", rule="I7", facts=facts + (f"办理时的说明：{why}" if why else ""),
        case_id=case.id, act=act, plan_id=links[-1].plan_id, step=act.step or None,
        on=act.act_on,
    )  # fmt: skip


@before_act("form_issue")
def judge_form(coming: Coming) -> Iterable[Ruling]:
    """One living number a person, and only a number that is in the ledger (G14.1)."""
    return forms.issue_rulings(coming.case, str(coming.data.get("number", "")), coming.unit_path)


@before_act("form_filled", "form_void")
def judge_use(coming: Coming) -> Iterable[Ruling]:
    """The form that is filled or voided is the one that was issued."""
    return forms.held_rulings(coming.case, str(coming.data.get("number", "")))


@after_act(EVERY)
def follow_form(case: Case, act: Act, history: Any) -> None:
    """The ledger says what the case says, after corrections too."""
    if case.form_no or act.kind.startswith("form_"):
        forms.follow(case, act, history)


@after_act("accountability_mark")
def follow_mark(case: Case, act: Act, _history: Any) -> None:
    """Whom the committee holds to account in a case stands in the register."""
    matters.from_mark(case, act)
