"""What the rules say of a case: before an act, of a step that waits, and of everything that was done. Pure.

``rulings_for`` judges an act that is about to be recorded; ``rulings_of`` says what stands against a step; ``health`` looks at
the whole case again; ``earliest`` and ``needs`` tell what is still to come. All of them cost well under two milliseconds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from plugins.development.cases import gates_admitting as admitting
from plugins.development.cases import gates_beside as beside
from plugins.development.cases import gates_joining as joining
from plugins.development.cases import gates_probation as probation
from plugins.development.cases.acts import Done
from plugins.development.cases.around import Around
from plugins.development.cases.counts import impossible
from plugins.development.cases.folding import take
from plugins.development.cases.gates_joining import Data
from plugins.development.cases.history import History
from plugins.development.cases.standing_by import gone
from plugins.development.cases.steps import BASE, CHECKS, REPEATS, TIMELESS, UNTIL
from plugins.development.flow import KINDS, STEPS
from plugins.development.rules.activist import silence_rulings
from plugins.development.rules.crossing import NEEDS, NONE, TITLES, order_rulings, wait_rulings
from plugins.development.rules.dates import add_months
from plugins.development.rules.outcomes import Outcome, Ruling

Gate = Callable[[History, Around, date, Data | None], list[Ruling]]
GATES: dict[str, Gate] = {
    "application": joining.apply, "talk": joining.talk, "activist_meeting": joining.name_activist,
    "filing_reply": joining.file_activist, "contacts": joining.contacts, "contact_change": joining.contacts,
    "half_year_review": joining.train, "object_meeting": joining.propose, "consent": joining.consent,
    "notice": joining.notice, "notice_result": joining.list_object, "sponsors": admitting.sponsors,
    "sponsor_change": admitting.sponsors, "political_review": admitting.political, "course": admitting.course,
    "branch_review": admitting.branch_review, "prereview": admitting.prereview, "form_issue": admitting.issue_form,
    "form_filled": admitting.fill_form, "branch_meeting": admitting.branch_meeting, "interview": admitting.interview,
    "approval": admitting.approval, "assignment": probation.assign, "oath": probation.oath,
    "conversion_letter": probation.letter, "conversion_review": probation.review_conversion,
    "conversion_meeting": probation.convert, "conversion_approval": probation.approve_conversion,
    "extension": probation.extend, "cancellation": probation.cancel, "postponement": probation.postpone,
    "archive_list": probation.archive, "transfer_in": beside.arrive, "withdraw": beside.not_admitted_yet,
    "remove_from_pool": beside.not_admitted_yet, "direct_admission": beside.admit_specially,
    "posthumous": beside.recognise_dead, "suspend": beside.suspend, "resume": beside.resume, "transfer_out": beside.leave,
    "not_recognised": beside.announce, "poll_result": beside.poll_again,
}  # fmt: skip
_CLOSING = {one.number: one.closing for one in STEPS}
#: The fact without which a gate judges the day alone: old registers tell of a meeting, and not who voted how.
_TELLING = {
    "activist_meeting": "in_favour", "object_meeting": "in_favour", "branch_meeting": "in_favour", "interview": "capacity",
    "approval": "in_favour", "conversion_meeting": "in_favour", "conversion_approval": "in_favour",
}  # fmt: skip


def rulings_for(
    history: History, around: Around, kind: str, on: date, data: Data, *, later: Mapping[int, date] = NONE
) -> list[Ruling]:  # fmt: skip
    """What the rules say of an act that is about to be added.

    :param later: of an act looked at again: the days of steps that were done after it, so that it is told from one that never was.
    """
    gate = GATES.get(kind)
    judged = around.on(on)
    fact = _TELLING.get(kind)
    told = data if fact is None or fact in data else None
    found = [*_ordered(history, around, kind, on, data, later), *(gate(history, judged, on, told) if gate else ())]
    return [*found, *_unless_said(impossible(kind, data), found)]


def _unless_said(numbers: list[Ruling], found: list[Ruling]) -> list[Ruling]:
    """What numbers cannot be, without what a gate says of the same field under the same rule."""
    said = {(one.rule, one.field) for one in found}
    return [one for one in numbers if (one.rule, one.field) not in said]


def _ordered(
    history: History, around: Around, kind: str, on: date, data: Data, later: Mapping[int, date]
) -> list[Ruling]:  # fmt: skip
    """X1: nothing in the future or before birth, nothing before what it waits for, nothing after the end, nothing twice."""
    found = [*_open(history, kind, on, again=bool(later)), *_over(history, kind)]
    known = KINDS[kind]
    step = known.step
    if not known.closes or (kind == "conversion_meeting" and data.get("decision") != "convert"):
        return [*found, *_based(history, around, kind, on, later)]
    if step in history.done and kind not in REPEATS:
        message = f"第{step}步“{TITLES[step]}”已经在{history.done[step]:%Y-%m-%d}完成。"
        found.append(
            Ruling("X1", Outcome.BLOCK, message, "二十五步流程", "如有错误，请更正原来的办理记录。", field="step")
        )
    done = history.done
    if step == 7 and 6 not in done and 5 in done:
        done = {**done, 6: max([done[5], *(day for day in history.reviews if day <= on)])}
    if step == 24 and 23 not in done and data.get("without_resolution") is True:  # E22: the superior decides
        done = {**done, 23: done.get(17, on)}
    return found + order_rulings(step, on, done, as_of=around.as_of, born=history.about.born, later=later)


def _over(history: History, kind: str) -> list[Ruling]:
    """What would take back steps that later decisions rest on comes too late."""
    last = UNTIL.get(kind)
    if last is None or last not in history.done:
        return []
    message = f"第{last}步“{TITLES[last]}”已经在{history.done[last]:%Y-%m-%d}完成，不能再登记“{KINDS[kind].title}”。"
    fix = "如有错误，请更正原来的办理记录；确属误批的，办理不予承认。"
    return [Ruling("X1", Outcome.BLOCK, message, "二十五步流程", fix, field="step")]


def _based(history: History, around: Around, kind: str, on: date, later: Mapping[int, date]) -> list[Ruling]:
    found = []
    if on > around.as_of:
        found.append(
            Ruling("X1", Outcome.BLOCK, f"日期{on:%Y-%m-%d}在将来。", "", "请填实际发生的日期。", field="date")
        )
    if on < history.about.born:
        found.append(Ruling("X1", Outcome.BLOCK, f"日期{on:%Y-%m-%d}早于出生日期。", "", "请核对日期。", field="date"))
    base = BASE.get(kind, 0)
    return [*found, *wait_rulings(base, on, history.done.get(base) or later.get(base))] if base else found


def _open(history: History, kind: str, on: date, *, again: bool = False) -> list[Ruling]:
    """Whether the case takes acts of a kind at all.

    :param again: of an act looked at again: it was recorded, and its day or the end's may be wrong.
    """
    if kind in TIMELESS:
        return []
    if history.ended is not None and (history.ended[1], kind) != ("transferred_out", "transfer_in"):  # who came back
        day, why = history.ended
        if again:
            message = f"日期{on:%Y-%m-%d}在这件办理结束的{day:%Y-%m-%d}之后。"
            return [Ruling("X1", Outcome.BLOCK, message, "", "请核对两处日期，有错误的请更正。", field="date")]
        message = f"这件办理已在{day:%Y-%m-%d}结束，不能再登记。"
        fix = "再次申请的，请另行登记入党申请。" if why != "archived" else "如有错误，请更正原来的办理记录。"
        return [Ruling("X1", Outcome.BLOCK, message, "", fix, field="state")]
    if history.side == "suspended" and kind != "resume" and KINDS[kind].step:
        return [Ruling("E25", Outcome.BLOCK, "培养已中止。", "中止培养", "请先登记恢复办理。", field="state")]
    if history.side == "transferred_out" and kind != "transfer_in":
        message = "该同志已转出，接收的党组织还没有接收。"
        return [Ruling("E2", Outcome.BLOCK, message, "", "请由接收的党支部登记接收。", field="state")]
    if (
        history.side == "deferred"
        and KINDS[kind].closes
        and (history.deferred_until is None or on < history.deferred_until)
    ):
        until = history.deferred_until
        fix = f"{until:%Y-%m-%d}起可以办理，或先登记恢复办理。" if until else "请先登记恢复办理。"
        return [Ruling("G8.4", Outcome.DEFER, "正在暂缓。", "暂缓", fix, until, "state")]
    return []


def rulings_of(history: History, step: int, on: date, around: Around) -> list[Ruling]:
    """What stands against a step on a day, as far as it can be said before the step is taken."""
    kind = _CLOSING[step]
    done = history.done
    if step == 7 and 6 not in done and 5 in done:
        done = {**done, 6: max([done[5], *(day for day in history.reviews if day <= on)])}
    found = order_rulings(step, on, done, as_of=max(on, around.as_of), born=history.about.born)
    gate = GATES.get(kind)
    judged = around.on(min(on, around.as_of))
    return [*_open(history, kind, on), *found, *(gate(history, judged, on, None) if gate else ())]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules say today of something in a case.

    :param act: the act it is about; ``None`` for a step that waits. :param step: its step.
    """

    step: int
    ruling: Ruling
    act: Done | None = None


def health(history: History, around: Around) -> list[Checked]:
    """The whole case looked at again: every act by what was known then, then what waits and is late."""
    so_far, found = History(history.about), []
    plain, whole = replace(around, room=None, actor=None), _days(history)
    for act in history.acts:
        if act.kind in GATES or KINDS[act.kind].step:
            rulings = rulings_for(so_far, plain, act.kind, act.act_on, act.data, later=whole)
            found += [Checked(act.step, ruling, act) for ruling in rulings]
        take(so_far, act)
    found += [Checked(step, ruling) for step, ruling in late(history, plain)]
    return found


def _days(history: History) -> dict[int, date]:
    """The days of all steps that were done; the training lasts from the day on which contacts were named."""
    return {**history.done, **({6: max(history.done[5], history.done[6])} if {5, 6} <= history.done.keys() else {})}


def unexplained(found: Iterable[Checked]) -> list[str]:
    """Rules that stand against a case today and were not known, with a reason, when what they are about was recorded."""
    return sorted(
        {
            one.ruling.rule for one in found
            if one.ruling.outcome is not Outcome.WARN
            and not (one.act is not None and any(held.get("rule") == one.ruling.rule for held in one.act.rulings))
        }
    )  # fmt: skip


def late(history: History, around: Around) -> list[tuple[int, Ruling]]:
    """Steps that wait longer than a rule allows, as of today."""
    found = []
    steps = waiting(history)
    for step in [*steps, *([17] if 16 in steps else [])]:
        kind = _CLOSING[step]
        if step in (2, 4, 15, 17, 19, 20, 23, 24) and kind in GATES:
            rulings = GATES[kind](history, around, around.as_of, None)
            found += [(step, one) for one in rulings if one.rule in _TIME_RULES]
    last = history.in_touch
    if last is not None:
        found += [(6, one) for one in silence_rulings(last, around.as_of)]
    if around.helpers and history.ended is None:
        found += gone(history, around.helpers, around.as_of)
    return found


_TIME_RULES = frozenset({"G2.1", "G4.1", "G15.1", "G17.3", "G19.1", "G20.1", "G23.2", "G24.1"})


def waiting(history: History) -> list[int]:
    """The steps that can be taken next; none in a case that has ended."""
    if history.ended is not None or history.special:
        return []
    done = history.done
    if 5 in done and 6 not in done:
        done = {**done, 6: done[5]}
        return [6, *(step for step in NEEDS if step not in done and all(need in done for need in NEEDS[step]))]
    return [step for step in NEEDS if step not in done and all(need in done for need in NEEDS[step])]


def earliest(history: History, around: Around) -> dict[int, date | None]:
    """The first day on which each step that is not done could be in order; ``None`` where that cannot be said yet."""
    found: dict[int, date | None] = {}
    for step, needed in NEEDS.items():
        if step in history.done:
            continue
        days = [history.done.get(one) or found.get(one) for one in needed]
        least = max((day for day in days if day is not None), default=None) if all(days) or step == 7 else None
        found[step] = _by_rule(history, around, step, least)
    return found


def _by_rule(history: History, around: Around, step: int, least: date | None) -> date | None:
    own: date | None = None
    if step == 1:
        return add_months(history.about.born, 216)
    if step == 3 and history.applied is not None:
        own = add_months(history.applied, around.switches.min_months_application)
    elif step == 7 and history.clock is not None:
        own = history.clock.earliest(12, around.switches)
    elif step == 8:
        ends = [one.end for one in joining.notices_of(history)]
        own = date.fromordinal(max(ends).toordinal() + 1) if ends else None
    elif step == 23 and history.probation is not None:
        own = history.probation.expiry
    elif step == 22 and history.probation is not None:
        own = add_months(history.probation.expiry, -around.switches.conversion_window_before)
    days = [day for day in (least, own) if day is not None]
    return max(days) if days and (least is not None or own is not None) else None


@dataclass(frozen=True, slots=True)
class Need:
    """Something a step takes. :param ruling: what the rule says where it is not met."""

    rule: str
    title: str
    met: bool
    ruling: Ruling | None = None


def needs(history: History, step: int, around: Around, on: date | None = None) -> list[Need]:
    """Everything a step takes, with what is there and what is not."""
    day = on or around.as_of
    said: dict[str, Ruling] = {}
    rulings = rulings_of(history, step, day, around)
    for one in rulings:
        said.setdefault(one.rule, one)
    found = [
        Need(
            f"X1.{before}",
            f"完成第{before}步：{TITLES[before]}",
            before in history.done or (before == 6 and 5 in history.done),
        )
        for before in NEEDS[step]
    ]
    listed = [(rule, title) for rule, title in CHECKS.get(step, ()) if _applies(history, around, rule)]
    found += [Need(rule, title, rule not in said, said.get(rule)) for rule, title in listed]
    known = {rule for rule, _ in listed}
    found += [
        Need(one.rule, one.message, False, one) for one in rulings if one.rule not in known and one.field != "step"
    ]
    return found


def _applies(history: History, around: Around, rule: str) -> bool:
    switches, migrant = around.switches, history.about.migrant
    return {
        "G7.4": switches.community_opinion, "G7.5": switches.assessment_poll, "G7.6": around.room is not None,
        "G13.3": around.room is not None, "G8.3": migrant, "G10.3": migrant, "G10.4": migrant and switches.authority_opinions,
        "G5.3": migrant and switches.entrust, "G12.7": migrant and switches.migrant_checks, "G23.8": migrant,
        "G10.5": switches.joint_review, "S1-15": history.about.origin_unit, "G17.1": around.place.general is not None,
        "G3.3": switches.min_months_application > 0,
    }.get(rule, True)  # fmt: skip
