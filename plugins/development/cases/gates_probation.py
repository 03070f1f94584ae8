"""The gates of steps 19 to 25, and of what happens beside the steps. Pure; see ``gates_joining``."""

from datetime import date

from plugins.development.cases.around import Around
from plugins.development.cases.ballots import as_cast
from plugins.development.cases.gates_admitting import collective_vote, powers_to_approve
from plugins.development.cases.gates_joining import Data, cosigned, day_of, vote_of, whole
from plugins.development.cases.history import History
from plugins.development.rules import activist, probation
from plugins.development.rules.dates import full_months
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.probation import Conversion, Decision
from plugins.development.rules.rulesets import ruleset


def assign(history: History, around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """Step 19."""
    approved = history.done.get(17)
    return [] if approved is None else probation.assignment_rulings(approved, on, around.switches)


def oath(history: History, _around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """Step 20."""
    approved = history.done.get(17)
    return [] if approved is None else probation.oath_rulings(approved, on)


def probation_reviews(history: History, _around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """G21.1: reviewed each half year, as far as half years have passed."""
    if history.adopted_on is None or history.probation is None:
        return []
    needed = full_months(history.adopted_on, min(on, history.probation.expiry)) // 6
    held = sum(history.adopted_on <= one.act_on <= on for one in history.of("probation_review"))
    if held >= needed:
        return []
    message = f"预备期内应每半年考察一次，至少{needed}次，现有{held}次。"
    article = ruleset(on).article(30)
    return [Ruling("G21.1", Outcome.FLAG, message, article, "请补充考察记录，或写明原因。", field="reviews")]


def letter(history: History, around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """Step 22."""
    if history.probation is None:
        return []
    return probation.letter_rulings(on, history.probation.expiry, around.switches)


def convert(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 23: conversion, extension, cancellation or postponement."""
    clock = history.probation
    if clock is None:
        return []
    told = data or {}
    decision = Decision(told.get("decision") or "convert")
    since = history.adopted_on or on
    heard = frozenset(one.text("side") for one in history.of("conversion_opinion") if since <= one.act_on <= on)
    given = Conversion(
        held=on, probation=clock, decision=decision, letter=history.done.get(22), oath=history.done.get(20),
        ballot=as_cast(told) if data is not None else None, months=whole(told, "months"), transferred=history.transferred,
        postponed_to=day_of(told, "postponed_to"), breach=str(told.get("breach") or "none"),
        opinions=heard if around.place.has_groups else heard | {"group"}, migrant=history.about.migrant,
        poll=history.worst_poll("conversion", around.switches),
    )  # fmt: skip
    found = probation.conversion_rulings(given, around.switches)
    if decision is Decision.CONVERT:
        found += _prepared(history, around, on)
    return found


def _prepared(history: History, around: Around, on: date) -> list[Ruling]:
    since = history.probation.first_expiry if history.probation and history.extended_months else history.adopted_on
    found = probation_reviews(history, around, on, None)
    if not any(since is None or one.act_on >= since for one in history.of("conversion_review")):
        article = ruleset(on).article(32)
        message = "支部委员会还没有审查转正。"
        found.append(Ruling("G23.3", Outcome.BLOCK, message, article, "请先登记支部委员会的审查。", field="review"))
    return found


def review_conversion(_history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """The branch committee looks at the conversion."""
    return [] if data is None else activist.named_rulings(vote_of(data), on, "G23.3")


def _decided(history: History, wanted: str, on: date, data: Data | None) -> list[Ruling]:
    """The branch meeting's resolution; or, where it could come to none, what the superior found out itself (E22)."""
    if data is None or data.get("without_resolution") is not True:
        return _waits_for(history, wanted, on)
    article, found = ruleset(on).article(33), []
    tried = [one for one in history.of("conversion_meeting") if history.adopted_on and one.act_on >= history.adopted_on]
    if 23 in history.done or not tried:
        message = "支部大会已经作出决议，应按决议审批。" if 23 in history.done else "还没有支部大会讨论转正的记录。"
        fix = "由上级调查后决定的，须先有支部大会没有形成决议的记录。"
        found.append(Ruling("E22", Outcome.BLOCK, message, article, fix, field="without_resolution"))
    if not str(data.get("county_paper") or "").strip():
        message = "支部大会不能形成决议、由上级调查后决定的，须经县级以上党委组织部门批准。"
        found.append(Ruling("E22", Outcome.BLOCK, message, article, "请填写批准的文号。", field="county_paper"))
    return found


def _waits_for(history: History, wanted: str, on: date) -> list[Ruling]:
    if history.waiting == wanted:
        return []
    titles = {"convert": "转正", "extend": "延长预备期", "cancel": "取消预备党员资格"}
    message = f"支部大会没有作出{titles[wanted]}的决议。"
    article = ruleset(on).article(33)
    return [Ruling("X1", Outcome.BLOCK, message, article, "请先登记支部大会的决议。", field="step")]


def approve_conversion(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 24."""
    resolved = history.done.get(23)
    by_itself = data is not None and data.get("without_resolution") is True
    if (resolved is None and not by_itself) or (data is not None and data.get("result") != "approved"):
        return []
    found = [*_decided(history, "convert", on, data), *powers_to_approve(around, on), *cosigned(history, 23, around)]
    if resolved is not None:
        found += probation.final_rulings(resolved, on)
    if data is None:
        return found
    if by_itself and history.probation is not None and on < history.probation.expiry:
        expiry = history.probation.expiry
        message = f"预备期到{history.probation.printed_end:%Y-%m-%d}为止，期满前不能转正。"
        found.append(Ruling("G23.1", Outcome.BLOCK, message, ruleset(on).article(31), "", expiry, "date"))
    standing = day_of(data, "standing")
    expected = history.probation.standing if history.probation else None
    if standing is not None and expected is not None and standing != expected:
        message = f"党龄应从预备期满转正之日{expected:%Y-%m-%d}算起。"
        found.append(Ruling("G24.1", Outcome.BLOCK, message, ruleset(on).article(31), "请更正。", field="standing"))
    return [*found, *collective_vote(data, on)]


def extend(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """The committee approves an extension: once, and by as much as the meeting decided."""
    if history.probation is None or data is None:
        return []
    found = [*_decided(history, "extend", on, data), *powers_to_approve(around, on)]
    months = whole(data, "months")
    if history.waiting == "extend" and history.months and months != history.months:
        message = f"支部大会决定延长{history.months}个月，批准的是{months}个月。"
        fix = "请按支部大会的决议填写；上级不同意的，由支部大会重新讨论。"
        found.append(Ruling("G23.5", Outcome.BLOCK, message, ruleset(on).article(33), fix, field="months"))
    found += probation.extension_rulings(history.probation, months, on)
    resolved = history.done.get(23)
    if resolved is not None:
        found += probation.final_rulings(resolved, on)
    return found


def cancel(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """The committee approves a cancellation."""
    if data is None:
        return []
    found = [*_decided(history, "cancel", on, data), *powers_to_approve(around, on)]
    resolved = history.done.get(23)
    return found + (probation.final_rulings(resolved, on) if resolved is not None else [])


def postpone(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Only of somebody who came during probation, and by half a year at most (E10)."""
    if history.probation is None or data is None:
        return []
    given = Conversion(
        on, history.probation, Decision.POSTPONE, None, None, transferred=history.transferred,
        postponed_to=day_of(data, "until"),
    )  # fmt: skip
    return probation.conversion_rulings(given, around.switches)


def archive(_history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Step 25: all six papers."""
    return [] if data is None else probation.archive_rulings(data.get("papers") or (), on)
