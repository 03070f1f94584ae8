"""The pages on which a ballot or poll is organised: the case it is on, who votes, when, where and how."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _

from core.sdk import may, need_at, ranges, requires, today
from core.sdk.units import ancestors
from plugins.development.ballots import polls, queries, roll, rounds
from plugins.development.ballots.permissions import KEEP
from plugins.development.ballots.saying import place_of
from plugins.development.ballots.screens import Answer, Sent, at, boxed, form_page, shown
from plugins.development.ballots.words import BEFORE, KINDS, OF_KIND, PROPOSALS, SIDES, WAYS
from plugins.development.site import pages

#: In which states of a case a ballot of a kind is organised.
_WHEN = {
    "accept": ("reviewed",), "approve": ("adopted",), "convert": ("probationary", "conv_requested"),
    "convert_approve": ("conv_voted",), "poll": ("activist", "dev_object", "probationary", "conv_requested"),
}  # fmt: skip
#: Kinds of unit that vote as a committee.
_COMMITTEES = ("committee", "work_committee")


def _chosen(kind: str) -> UUID | str:
    """The case the address names; or the page on which it is chosen."""
    one = Sent(request.args).one("case_id")
    if one is not None:
        return one
    found = queries.cases(ranges(KEEP), states=_WHEN[kind])
    options = [(name, place, at("ballot_new", kind=kind, case_id=case)) for case, name, place, *_rest in found]
    return shown("choose.html", title=KINDS[kind], options=options, back=at("ballots"))


@pages.route("/ballots/new", methods=["GET", "POST"])
@requires(KEEP)
def ballot_new() -> Answer:
    """Organise a ballot or poll on one person."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        abort(404)
    case = _chosen(kind)
    if isinstance(case, str):
        return case
    about = queries.subject(case)
    if about is None or not may(KEEP, about.path):
        abort(404)
    units = _units(kind, about)
    here = Sent(request.args).one("unit_id") or (units[0][0] if units else None)
    if here is None or here not in {one for one, _name in units}:
        abort(404)
    people = list(roll.entitled(here, kind=kind, on=today()).items()) if kind != "poll" else []
    return form_page(
        _("%(kind)s：%(name)s", kind=KINDS[kind], name=about.name), _fields(kind, units, people, here),
        lambda: _prepare(kind, case, units), back=at("ballots"), submit=_("下一步：核对名单"), note=_note(kind),
    )  # fmt: skip


def _note(kind: str) -> Any:
    if kind == "poll":
        return _("赞成率80%以上通过，60%以上、不到80%暂缓，不到60%不予发展；按收回的票计算，不四舍五入。")
    return _("无记名投票，一人一票，每人单独表决；系统只保存总票数，不保存谁投了什么。")


def _units(kind: str, about: queries.Subject) -> list[tuple[UUID, str]]:
    """The units that may vote so: the branch, or the committees above it, the nearest first."""
    if kind not in roll.COMMITTEES:
        return [(about.unit_id, about.unit)]
    above = [place_of(one) for one, _name, path in reversed(ancestors(about.path)) if may(KEEP, path)]
    return [(one.id, one.short_name) for one in above if one.type in _COMMITTEES]


def _fields(
    kind: str, units: list[tuple[UUID, str]], people: list[tuple[UUID, str]], here: UUID | None
) -> list[dict[str, Any]]:
    named = [(str(one), name) for one, name in people]
    fields = [
        boxed("meeting", _("会议日期"), "date", value=today().isoformat(), required=True),
        boxed("meeting_time", _("开始时间"), "time", value="09:00", required=True, help=_("此前收到的书面意见计票，之后收到的不计。")),
        boxed("place", _("地点")),
        boxed("way", _("投票方式"), "radio", options=list(WAYS.items()), value="paper", required=True),
    ]  # fmt: skip
    if len(units) > 1:
        options = [(str(one), name) for one, name in units]
        fields.insert(0, boxed("unit_id", _("表决的党委"), "select", options=options, value=str(here), required=True))
    if len(OF_KIND[kind]) > 1:
        options = [(code, PROPOSALS[code]) for code in OF_KIND[kind]]
        fields.append(
            boxed("proposal", _("表决事项"), "select", options=options, value=OF_KIND[kind][0], required=True)
        )
        fields.append(
            boxed("months", _("延长几个月"), "number", inputmode="numeric", help=_("仅延长预备期时填写，6到12个月。"))
        )
    if kind == "poll":
        return [
            *fields,
            boxed("stage", _("用于"), "select", options=list(BEFORE.items()), required=True),
            boxed("side", _("哪一方"), "select", options=[(one, name) for one, name in SIDES.items() if one],
                  help=_("外出务工人员两地各测评一次，结果以差的为准。")),
            boxed("counter", _("计票人")), boxed("supervisor", _("监票人")),
        ]  # fmt: skip
    return [
        *fields,
        boxed("chair", _("主持人")),
        boxed("recorder", _("记录人")),
        boxed("counter_id", _("计票人"), "select", options=named, required=True),
        boxed("supervisor_id", _("监票人"), "select", options=named, required=True, help=_("与计票人不是同一人。")),
    ]


def _prepare(kind: str, case: UUID, units: list[tuple[UUID, str]]) -> str:
    sent = Sent()
    unit = sent.one("unit_id") or units[0][0]
    if unit not in {one for one, _name in units}:
        sent.wrong("unit_id", "请选择表决的党委。", "E_REQUIRED")
    need_at(KEEP, place_of(unit).path, what=place_of(unit).short_name)
    when, way = sent.moment("meeting", "会议日期"), sent.choice("way", "投票方式", WAYS)
    place = sent.text("place")
    if kind == "poll":
        stage, side = sent.choice("stage", "测评用于哪个环节", BEFORE), sent.choice("side", "哪一方", SIDES)
        hands = {name: sent.text(name) for name in ("counter", "supervisor")}
        sent.done()
        made = polls.prepare(case_id=case, unit_id=unit, stage=stage, side=side, meeting_at=when, way=way, place=place,
                             **hands)  # fmt: skip
        return at("ballot", ballot_id=made)
    proposal = sent.choice("proposal", "表决事项", OF_KIND[kind], default=OF_KIND[kind][0])
    months = sent.whole("months", "延长几个月", most=60) if sent.text("months") and proposal == "extend" else None
    counter, supervisor = (
        sent.one("counter_id", "计票人", required=True),
        sent.one("supervisor_id", "监票人", required=True),
    )
    chair, recorder = sent.text("chair"), sent.text("recorder")
    sent.done()
    made = rounds.prepare(
        case_id=case, unit_id=unit, kind=kind, proposal=proposal, months=months, meeting_at=when, way=way, place=place,
        chair=chair, recorder=recorder, counter_id=counter, supervisor_id=supervisor,
    )  # fmt: skip
    return at("ballot_roll", ballot_id=made)
