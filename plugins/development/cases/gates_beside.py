"""The gates of what happens beside the steps: pauses, moves, endings, special ways. Pure; see ``gates_joining``."""

from datetime import date

from plugins.development.cases.around import Around
from plugins.development.cases.gates_joining import Data, day_of
from plugins.development.cases.history import History
from plugins.development.rules import activist, probation
from plugins.development.rules.dates import add_months
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.polls import PollOutcome, next_poll
from plugins.development.rules.rulesets import ruleset

#: Months before leaving within which an admission is looked at once more by whoever takes the person over (E7).
_RUSH = 3


#: Stage of a poll → the rule that asks for it.
_POLLS = {"object": "G7.5", "review": "G12.7", "conversion": "G23.8"}


def poll_again(history: History, around: Around, on: date, data: Data | None) -> list[Ruling]:
    """Who did not pass a poll is not polled again until they pass: first the months of waiting (6.3)."""
    if data is None:
        return []
    stage, side = str(data.get("stage") or "object"), str(data.get("side") or "host")
    last = history.last_poll(stage, side, on)
    outcome = history.poll(stage, side, around.switches, on)
    if last is None or outcome not in (PollOutcome.DEFER, PollOutcome.REFUSE):
        return []
    again = next_poll(last, around.switches)
    if on >= again:
        return []
    said = "暂缓" if outcome is PollOutcome.DEFER else "不予发展"
    message = f"{last:%Y-%m-%d}的测评结果为{said}，{again:%Y-%m-%d}起才能重新测评。"
    fix = "在此之前请继续培养教育；上次票数登记有误的，请更正那条记录。"
    return [Ruling(_POLLS.get(stage, "G7.5"), Outcome.DEFER, message, "测评制（80%、60%）", fix, again, "date")]


def suspend(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """E25: training is suspended once, and not after the approval."""
    if data is None:
        return []
    if history.side == "suspended":
        return [Ruling("E25", Outcome.BLOCK, "培养已经中止。", "中止培养", "恢复联系后登记恢复办理。", field="state")]
    if 17 in history.done:
        message = "已经批准为预备党员，不能再中止培养。"
        return [Ruling("E25", Outcome.BLOCK, message, ruleset(on).article(31), "请按预备期的规定办理。", field="state")]
    return []


def resume(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """What was suspended or deferred goes on, not before it was."""
    if data is None:
        return []
    if history.side not in ("suspended", "deferred"):
        return [
            Ruling("E25", Outcome.BLOCK, "没有中止培养，也没有暂缓。", "中止培养", "不用登记恢复办理。", field="state")
        ]
    if history.paused_since is not None and on < history.paused_since:
        message = f"恢复日期早于中止培养的{history.paused_since:%Y-%m-%d}。"
        return [Ruling("X1", Outcome.BLOCK, message, "", "请核对日期。", history.paused_since, "date")]
    return []


def leave(history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """E2: one leaves for somewhere. E9: whose probation is over is dealt with first; if not, the papers say why."""
    clock = history.probation
    if data is not None and not (data.get("to_unit") or str(data.get("to") or "").strip()):
        message = "没有写明转往哪个党组织。"
        fix = "转往本单位内的，请选择党支部；转往外单位的，请填写党组织名称。"
        return [Ruling("E2", Outcome.BLOCK, message, ruleset(on).article(12), fix, field="to_unit")]
    if data is None or clock is None or 17 not in history.done or 24 in history.done or on < clock.expiry:
        return []
    message = f"预备期{clock.expiry:%Y-%m-%d}已满，还没有讨论转正。"
    fix = "一般应先讨论转正再转出；没有讨论的，请写明原因和支部意见，并写入移交材料。"
    return [Ruling("E9", Outcome.FLAG, message, ruleset(on).article(32), fix, field="note")]


def announce(_history: History, _around: Around, on: date, data: Data | None) -> list[Ruling]:
    """E32: that an admission is not recognised is announced at the branch meeting."""
    if data is None:
        return []
    told, article = day_of(data, "announced"), ruleset(on).article(41)
    if told is None:
        message = "不予承认的决定应在支部大会上宣布。"
        return [Ruling("E32", Outcome.WARN, message, article, "宣布后请补填日期。", field="announced")]
    if told < on:
        message = "在支部大会上宣布的日期早于决定日期。"
        return [Ruling("X1", Outcome.BLOCK, message, article, "请核对日期。", on, "announced")]
    return []


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
    return [*found, *_without_letter(history, on, data), *_rushed(history, left, on, data)]


def _without_letter(history: History, on: date, data: Data) -> list[Ruling]:
    """E1: an applicant's letter and its day travel with the original alone."""
    last = history.latest("transfer_out")
    handed = last is None or last.data.get("papers_handed") is not False
    if 3 in history.done or data.get("decision") != "continue" or handed:
        return []
    message = "原党组织没有移交入党申请书原件，申请日期不能延续。"
    fix = "请取得原件，或选择重新培养，由本人重新递交申请书。"
    return [Ruling("E1", Outcome.BLOCK, message, ruleset(on).article(6), fix, field="decision")]


def _rushed(history: History, left: date | None, on: date, data: Data) -> list[Ruling]:
    """E7: whoever was admitted within three months before leaving is not simply taken over; nobody else starts again."""
    if 17 not in history.done or history.adopted_on is None or data.get("decision") == "not_recognised":
        return []
    article = ruleset(on).article(34)
    rushed = left is not None and left <= add_months(history.adopted_on, _RUSH)
    if data.get("decision") == "restart":
        if rushed:
            return []
        message = "预备党员转入，不能重新培养。"
        return [Ruling("E7", Outcome.BLOCK, message, article, "请选择时间连续计算。", field="decision")]
    if not rushed or str(data.get("consent") or "").strip():
        return []
    message = f"{history.adopted_on:%Y-%m-%d}接收，离开前不满三个月，须核查是否突击发展。"
    fix = (
        "符合条件的重新办理预审、填写志愿书、票决和审批（选择重新培养）；确属突然调动且符合条件的，填写县级以上组织部门的承认意见；"
        "不符合的报其批准不予承认。"
    )
    return [Ruling("E7", Outcome.BLOCK, message, article, fix, field="consent")]


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
