"""What papers say that no single act says: the vote's result, checks against the record, the sheet of the whole process. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plugins.development.cases.acts import Done
from plugins.development.cases.ballots import ballot_of
from plugins.development.flow import GUARDED, KINDS, STEPS, words

if TYPE_CHECKING:
    from plugins.development.documents.dossier import Dossier

Rows = list[dict[str, str]]
_MEETINGS = ("branch_meeting", "conversion_meeting")
_PURPOSES = {"convert": "转为正式党员", "cancel": "取消预备党员资格", "postpone": "推迟讨论转正"}
#: What proves each of the six: kind of act.
_PROOF = {
    "trained": "course", "year": "activist_meeting", "review": "political_review", "papers": "half_year_review",
    "rating": "branch_review", "agreed": "opinion",
}  # fmt: skip
#: The papers a pre-review looks at: title, kinds that show they are there.
_PREREVIEWED: tuple[tuple[str, str], ...] = (
    ("入党申请书", "application"), ("入党申请谈话记录", "talk"), ("推荐和确定入党积极分子材料", "activist_meeting"),
    ("入党积极分子培养考察登记表", "half_year_review"), ("征求意见和确定发展对象材料", "object_meeting"), ("公示材料", "notice_result"),
    ("入党介绍人确定表", "sponsors"), ("政治审查材料", "political_review"), ("集中培训证明", "course"), ("支部委员会审查材料", "branch_review"),
)  # fmt: skip
#: The places of the form 入党志愿书 in their order, with the act that fills each and the facts that are looked up.
_FORM: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("本人填写部分", "form_filled", ("number",)), ("入党介绍人意见", "sponsors", ("people",)), ("支部大会接收决议", "branch_meeting", ()),
    ("上级党组织指派专人谈话情况和意见", "interview", ("interviewers", "result")), ("党总支（下级党委）审查意见", "deliberation", ("organ", "result")),
    ("基层党委审批意见", "approval", ("organ", "result")), ("支部大会讨论转正（延长、取消）决议", "conversion_meeting", ("decision",)),
    ("延长预备期的审批意见", "extension", ("months", "organ")), ("基层党委转正审批意见", "conversion_approval", ("organ", "result")),
)  # fmt: skip
#: What of a closing act is told on the sheet of the whole process.
_OUTCOMES = ("result", "decision", "conclusion", "channel", "people", "interviewers", "exam", "number", "place")
_FORMED = {
    "form": "form_filled", "letter": "application", "training_form": "half_year_review", "review": "political_review",
    "probation_form": "probation_review", "conversion_letter": "conversion_letter",
}  # fmt: skip


def vote_purpose(dossier: "Dossier") -> str:
    """What the branch votes on: admission, conversion, extension, cancellation."""
    last = dossier.latest(*_MEETINGS)
    if dossier.latest("approval") is None and (last is None or last.kind == "branch_meeting"):
        return "接收为预备党员"
    act = last if last is not None and last.kind == "conversion_meeting" else dossier.latest("conversion_review")
    decision = act.text("decision") if act else "convert"
    if decision == "extend":
        months = act.whole("months") if act else 0
        return f"延长预备期{months}个月" if months else "延长预备期"
    return _PURPOSES.get(decision, "转为正式党员")


def vote_result(dossier: "Dossier") -> str:
    """The ballot's result in words, by the rule that counts."""
    act = dossier.latest(*_MEETINGS)
    if act is None or not act.whole("due"):
        return ""
    ballot = ballot_of(act.data)
    written = sum(one.in_favour and one.before for one in ballot.written)
    inside = f"（其中会前书面赞成{written}名）" if written else ""
    total = ballot.approvals
    over = "超过" if 2 * total > ballot.due else "没有超过"
    verdict = "通过" if ballot.adopted else "不通过"
    return f"赞成{total}名{inside}，{over}应到会有表决权党员{ballot.due}名的半数，{verdict}。"


def returned(dossier: "Dossier") -> str:
    """Papers that came back: all that were counted."""
    act = dossier.latest(*_MEETINGS)
    if act is None or not act.whole("due"):
        return ""
    return str(sum(act.whole(name) for name in ("in_favour", "against", "abstained", "invalid")))


def _noted(act: Done | None) -> str:
    return f"第{act.place}条办理记录（{act.act_on:%Y.%m.%d}）" if act else ""


def six_checks(dossier: "Dossier") -> Rows:
    """The six refusals with what was found and where it stands in the record."""
    review = dossier.latest("branch_review")
    passed = review.codes("six") if review else frozenset()
    return [
        {
            "项目": str(title),
            "结果": ("符合" if code in passed else "不符合") if review else "",
            "依据": _noted(dossier.latest(_PROOF[code])),
        }
        for code, title in words.SIX_CHECKS.items()
    ]


def prereview_list(dossier: "Dossier") -> Rows:
    """The papers sent for pre-review, when each was made, whether it is there."""
    made = []
    for title, kind in _PREREVIEWED:
        day = _standing_day(dossier, kind)
        made.append({"项目": title, "日期": day, "是否齐全": "齐全" if day else "缺"})
    return made


def _standing_day(dossier: "Dossier", kind: str) -> str:
    """When the last act of a kind was; that it was is no secret, even where its facts are."""
    found = [one for one in dossier.acts if one.kind == kind]
    return f"{found[-1].act_on:%Y.%m.%d}" if found else ""


def form_entries(dossier: "Dossier") -> Rows:
    """The places of the form, each with what the record holds."""
    made = []
    for title, kind, names in _FORM:
        act = dossier.latest(kind)
        if kind in ("extension", "deliberation") and act is None:
            continue
        told = [_fact(dossier, act, name) for name in names] if act else []
        if kind == "branch_meeting" and act:
            told = [vote_result(dossier) if dossier.latest(*_MEETINGS) is act else "已通过决议"]
        made.append({
            "项目": title, "内容要点": "　".join(one for one in told if one), "日期": f"{act.act_on:%Y.%m.%d}" if act else "",
            "状态": "已登记" if act else "",
        })  # fmt: skip
    return made


def _fact(dossier: "Dossier", act: Done, name: str) -> str:
    from plugins.development.documents.dossier import told

    meant = next((one for one in KINDS[act.kind].fields if one.name == name), None)
    return told(meant, dossier.fact(act, name), brief=True) if meant else ""


def archive_items(dossier: "Dossier") -> Rows:
    """The six papers that are filed (article 36), when each was made, whether it went in."""
    act = dossier.latest("archive_list")
    filed = act.codes("papers") if act else frozenset()
    return [
        {
            "序号": str(number), "材料名称": str(title), "形成日期": _standing_day(dossier, _FORMED[code]),
            "是否归档": "已归档" if code in filed else "",
        }
        for number, (code, title) in enumerate(words.ARCHIVE.items(), 1)
    ]  # fmt: skip


def whole_process(dossier: "Dossier") -> Rows:
    """The twenty-five steps: when, by whom, what came of each, where it is recorded, what the rules said."""
    made = []
    done = dossier.case.get("done_days") or {}
    for step in STEPS:
        acts = [one for one in dossier.acts if one.step == step.number]
        act = _closing(acts, step.closing, done.get(str(step.number), ""))
        made.append({
            "序号": str(step.number), "步骤": str(step.title), "完成日期": f"{act.act_on:%Y.%m.%d}" if act else "",
            "办理组织": str(words.ACTORS[step.actor]), "办理情况": _done(dossier, act, acts), "依据": f"第{act.place}条办理记录" if act else "",
            "异常": _said(acts),
        })  # fmt: skip
    return made


def _closing(acts: Sequence[Done], kind: str, day: str) -> Done | None:
    """The act that closed a step: of its kind, or the last one of the day on which the step was done (8 before 2026: the filing)."""
    closing = [one for one in acts if one.kind == kind]
    return max(
        closing or [one for one in acts if one.act_on.isoformat() == day], key=lambda one: one.place, default=None
    )


def _done(dossier: "Dossier", act: Done | None, acts: Sequence[Done]) -> str:
    if act is None:
        return f"已有{len(acts)}条记录" if acts else ""
    told = "" if act.kind in GUARDED and not dossier.opened else next(
        (text for name in _OUTCOMES if (text := _fact(dossier, act, name))), ""
    )  # fmt: skip
    more = f"（共{len(acts)}条记录）" if len(acts) > 1 else ""
    return f"{told or '已办理'}{more}"


def _said(acts: Sequence[Done]) -> str:
    """What the gates said when the acts were recorded, with the reasons given for going on."""
    found = []
    for act in acts:
        reasons = {one.get("rule"): one.get("reason", "") for one in act.overrides}
        for ruling in act.rulings:
            if ruling.get("outcome") == "warn":
                continue
            reason = reasons.get(ruling.get("rule"))
            found.append(f"{ruling.get('message', '')}{f'（说明：{reason}）' if reason else ''}")
    return "；".join(dict.fromkeys(found))
