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
    if resolved is None or (data is not None and data.get("result") != "approved"):
        return []
    found = [*_waits_for(history, "convert", on), *powers_to_approve(around, on), *cosigned(history, 23, around)]
    found += probation.final_rulings(resolved, on)
    if data is None:
        return found
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
    found = [*_waits_for(history, "extend", on), *powers_to_approve(around, on)]
    found += probation.extension_rulings(history.probation, whole(data, "months"), on)
    resolved = history.done.get(23)
    if resolved is not None:
        found += probation.final_rulings(resolved, on)
    return found


def cancel(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """The committee approves a cancellation."""
    if data is None:
        return []
    found = [*_waits_for(history, "cancel", on), *powers_to_approve(around, on)]
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


def arrive(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """E3, E4, E8: what the branch that takes somebody over may decide by itself."""
    if data is None:
        return []
    left = day_of(data, "left") or history.left_on
    found = []
    if left is not None and on < left:
        found.append(Ruling("X1", Outcome.BLOCK, "接收日期早于离开原党组织的日期。", "", "请核对日期。", left, "date"))
    decision = data.get("decision")
    if decision == "not_recognised":
        if 17 in history.done:
            return [*found, *probation.recognition_rulings(recognised=False, decided_by_county=False, day=on)]
        if not str(data.get("consent") or "").strip():
            message = "不承认原党组织的手续，须经上级党委同意。"
            found.append(
                Ruling("E3", Outcome.BLOCK, message, ruleset(on).article(12), "请填写上级党委意见。", field="consent")
            )
    counts = left is None or activist.gap_counts(
        left, on, log_complete=data.get("log_complete") is True, policy=around.switches
    )
    if decision == "continue" and 17 not in history.done and not counts:
        message = f"转接超过{around.switches.transfer_gap}个月，或培养考察材料不完整，时间不当然连续计算。"
        fix = "请写明连续计算的理由，或选择重新培养。"
        found.append(Ruling("E4", Outcome.FLAG, message, ruleset(on).article(12), fix, field="decision"))
    return found


def not_admitted_yet(history: History, _around: Around, on: date, _data: Data | None) -> list[Ruling]:
    """E23, E24: one withdraws, or is taken out of the pool, before the approval; later other ways are taken."""
    if 17 not in history.done:
        return []
    message = "上级党委已经批准，不能再撤回申请或移出队伍。"
    fix = "预备党员不履行义务的，由支部大会讨论取消资格。"
    return [Ruling("E23", Outcome.BLOCK, message, ruleset(on).article(31), fix, field="step")]


def admit_specially(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """X6, E31: the centre's or a province's own decision, on somebody who is no member yet; not on the dead."""
    if data is None:
        return []
    article = ruleset(on).article(26)
    found = _member_already(history, article)
    if history.latest("deceased") is not None:
        message = "该同志已经去世，不能直接接收。"
        found.append(Ruling("X6", Outcome.BLOCK, message, article, "符合条件的，办理追认党员。", field="state"))
    return found


def _member_already(history: History, article: str) -> list[Ruling]:
    if not (history.about.member or history.special or 17 in history.done):
        return []
    message = "该同志已经是党员，不能再按特殊情况接收或追认。"
    return [Ruling("G1.5", Outcome.BLOCK, message, article, "请核对是否登记重复。", field="state")]


def recognise_dead(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """X6, E31: recognised after death, on the days that can be; whoever never asked to join is looked at once more."""
    if data is None:
        return []
    article = ruleset(on).article(27)
    found, died = _member_already(history, article), day_of(data, "died")
    known = history.latest("deceased")
    if died is not None and not history.about.born <= died <= on:
        message = f"去世日期{died:%Y-%m-%d}应不早于出生，也不晚于批准日期{on:%Y-%m-%d}。"
        found.append(Ruling("X1", Outcome.BLOCK, message, article, "请核对日期。", field="died"))
    elif died is not None and known is not None and known.act_on != died:
        message = f"去世日期与已登记的{known.act_on:%Y-%m-%d}不一致。"
        found.append(Ruling("X1", Outcome.BLOCK, message, article, "请核对日期。", field="died"))
    if history.applied is None:
        message = "没有登记本人生前提出入党要求的情况。"
        found.append(Ruling("X6", Outcome.WARN, message, article, "请在事迹中写明，或补登入党申请。", field="why"))
    return found
