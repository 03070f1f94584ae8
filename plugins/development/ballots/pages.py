"""The pages of ballots and polls for those who organise and count them."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.sdk import Unit, actor, may, need_at, person_of, ranges, requires, today
from core.sdk.units import ancestors
from plugins.development.ballots import outcome, polls, queries, roll, rounds
from plugins.development.ballots.counting import Tally, coarse, protected
from plugins.development.ballots.models import Ballot
from plugins.development.ballots.permissions import COUNT, KEEP, VIEW
from plugins.development.ballots.policy import least
from plugins.development.ballots.saying import Unknown, place_of, refuse, taken
from plugins.development.ballots.screens import (
    Act,
    Answer,
    Sent,
    at,
    boxed,
    form_page,
    local,
    record_page,
    shown,
    version,
)
from plugins.development.ballots.words import (
    BEFORE,
    CHOICES,
    EXCLUSIONS,
    KINDS,
    OF_KIND,
    OUTCOMES,
    PROPOSALS,
    SIDES,
    STATES,
    WAYS,
    WITHOUT_VOTE,
)
from plugins.development.flow import KINDS as KINDS_OF_ACTS
from plugins.development.flow.kinds import FormField
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.site import pages

add_tab(
    Tab(_l("票决与测评"), "p_development.ballots", VIEW, 30, (
        "p_development.ballot", "p_development.ballot_new", "p_development.ballot_roll", "p_development.ballot_tally",
        "p_development.ballot_result",
    ))
)  # fmt: skip
#: In which states of a case a ballot of a kind is organised.
_WHEN = {
    "accept": ("reviewed",), "approve": ("adopted",), "convert": ("probationary", "conv_requested"),
    "convert_approve": ("conv_voted",), "poll": ("activist", "dev_object", "probationary", "conv_requested"),
}  # fmt: skip
#: Kinds of unit that vote as a committee.
_COMMITTEES = ("committee", "work_committee")


@pages.get("/ballots")
@requires(VIEW)
def ballots() -> str:
    """What is under way, and what has been counted."""
    only = Sent(request.args).one("case_id")
    found = queries.ballots(ranges(VIEW), case_id=only)
    running = [one for one in found if one.state in ("draft", "open", "counting")]
    new = [(KINDS[kind], at("ballot_new", kind=kind, case_id=only)) for kind in KINDS] if may(KEEP) else []
    return shown("ballots.html", title=_("票决与测评"), running=running, over=[one for one in found if one not in running],
                 new=new, kinds=KINDS, ways=WAYS, states=STATES, outcomes=OUTCOMES, sides=SIDES, local=local)  # fmt: skip


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


def seen(ballot_id: UUID, permission: str = VIEW) -> tuple[Ballot, Unit]:
    """A ballot with its unit, for who may see it; everybody else finds nothing."""
    try:
        ballot = taken(Ballot, ballot_id, lock=False)
        place = place_of(ballot.unit_id)
    except Unknown:
        abort(404)
    if not may(permission, place.path):
        abort(404)
    return ballot, place


def totals(ballot: Ballot, *, exact: bool, small: int) -> list[tuple[Any, str]]:
    """The totals of a counted ballot as a viewer may see them."""
    numbers = {
        "in_favour": (ballot.in_favour or 0) + (ballot.written_for or 0),
        "against": (ballot.against or 0), "abstained": (ballot.abstained or 0), "invalid": (ballot.invalid or 0),
    }  # fmt: skip
    if ballot.written_other:
        numbers["written_other"] = ballot.written_other
    titles = {
        "in_favour": _("赞成（含书面意见）"), "against": _("反对"), "abstained": _("弃权"), "invalid": _("无效票"),
        "written_other": _("书面不赞成"),
    }  # fmt: skip
    shown_ = {name: str(number) for name, number in numbers.items()} if exact else protected(numbers, small=small)
    return [(titles[name], value) for name, value in shown_.items()]


@pages.route("/ballots/<uuid:ballot_id>", methods=["GET", "POST"])
@requires(VIEW)
def ballot(ballot_id: UUID) -> Answer:
    """A ballot: how far it is, its roll, its totals, and what can be done next."""
    one, place = seen(ballot_id)
    about = queries.subject(one.case_id)
    small = least(as_of=today(), unit_path=place.path).small
    lines = roll.voters(one.id)
    counts = roll.numbers(lines)
    broken = rounds.interrupted(one)
    cast = ""
    if one.state in ("open", "counting") and counts.phones and not broken:
        said = coarse(rounds.cast(one.id), counts.phones, small)
        cast = _("已全部投票") if said == "all" else _("至少%(n)s人已投", n=said[:-1])
    return record_page(
        "ballot.html", _acts(one, place, broken=broken), ballot=one, place=place, about=about, lines=lines, counts=counts,
        cast=cast, broken=broken, totals=totals(one, exact=may(COUNT, place.path), small=small) if one.state == "sealed" else [],
        keeps=may(KEEP, place.path), counting=_may_count(one, place), local=local, kinds=KINDS, proposals=PROPOSALS, ways=WAYS,
        states=STATES, outcomes=OUTCOMES, sides=SIDES, stages=BEFORE, reasons={**EXCLUSIONS, **WITHOUT_VOTE},
        exact=may(COUNT, place.path), again=polls.again_from(one) if one.kind == "poll" else None,
    )  # fmt: skip


def _acts(one: Ballot, place: Unit, *, broken: bool) -> list[Act]:
    if not may(KEEP, place.path):
        return []
    acts: list[Act] = []
    if one.state == "draft":
        note = _("开始后名单不能再改。用纸质票的人现在领票；用手机的人可以投票。")
        acts.append(
            Act(
                "begin",
                _("开始投票"),
                lambda: rounds.begin(ballot_id=one.id, version=version()),
                primary=True,
                note=note,
            )
        )
    if broken:
        note = _("数据库曾经中断，已投的手机票没有保存。所有人须重新投票，纸质票也要重新发放。")
        acts.append(
            Act("restart", _("重新开始投票"), lambda: rounds.restart(ballot_id=one.id), primary=True, note=note)
        )
    elif one.state == "open":
        note = _("结束后不能再投票。全部用手机时立即出结果；有纸质票时由计票人、监票人先后录入。")
        acts.append(
            Act(
                "finish",
                _("结束投票"),
                lambda: _none(rounds.finish(ballot_id=one.id, version=version())),
                primary=True,
                note=note,
            )
        )
    if one.state == "counting" and one.first_tally is not None:
        acts.append(
            Act("untally", _("重新计票"), lambda: rounds.untally(ballot_id=one.id), note=_("清除第一次录入的票数。"))
        )
    if one.state in ("draft", "open", "counting"):
        reason = boxed("reason", _("作废的原因"), "textarea", required=True, rows=2)
        acts.append(
            Act("void", _("作废"), lambda: rounds.void(ballot_id=one.id, reason=Sent().text("reason", "作废的原因", most=500)),
                [reason], danger=True, note=_("已投的票直接销毁，不计票、不公布。"))
        )  # fmt: skip
    return acts


def _none(_value: object) -> None:
    """Stay on the page."""


def _may_count(one: Ballot, place: Unit) -> bool:
    """Whether the viewer types the papers' numbers: an officer, or who was named counter or supervisor."""
    if one.state != "counting":
        return False
    me = person_of(actor().account_id)
    return may(COUNT, place.path) or (me is not None and me in (one.counter_id, one.supervisor_id))


@pages.route("/ballots/<uuid:ballot_id>/roll", methods=["GET", "POST"])
@requires(KEEP)
def ballot_roll(ballot_id: UUID) -> Answer:
    """Who is due, who came and how they vote; exclusions and written opinions."""
    one, place = seen(ballot_id, KEEP)
    if one.state != "draft" and request.method == "GET" and one.state in ("sealed", "void"):
        abort(404)
    acts = [
        Act("attend", _("保存签到"), lambda: _attend(one), primary=True),
        Act("redraw", _("按名册更新名单"), lambda: roll.redraw(ballot_id=one.id)),
        Act("invite", _("邀请本支部党员"), lambda: roll.invite(ballot_id=one.id, people=roll.members(one.unit_id))),
        Act("exclude", _("登记不计入应到"), lambda: _exclude(one)),
        Act("written", _("登记书面意见"), lambda: _written(one)),
    ]
    lines = roll.voters(one.id)
    about = queries.subject(one.case_id)
    named = [(str(line.id), line.name) for line in lines]
    return record_page(
        "roll.html", acts, ballot=one, place=place, about=about, lines=lines, counts=roll.numbers(lines), states=STATES,
        reasons={**EXCLUSIONS, **WITHOUT_VOTE}, local=local, title=_("名单与签到"),
        exclude_fields=[
            boxed("voter", _("姓名"), "select", options=named, required=True),
            boxed("reason", _("原因"), "select", options=[*EXCLUSIONS.items(), *WITHOUT_VOTE.items()],
                  help=_("清空原因即恢复计入应到。")),
            boxed("consent", _("上级党组织同意的文号或日期"), help=_("没有上级同意的，仍计入应到。")),
            boxed("approved", _("支部大会已通过"), "checkbox"),
        ],
        written_fields=[
            boxed("voter", _("姓名"), "select", required=True, options=[
                (str(line.id), line.name) for line in lines if not line.present]),
            boxed("choice", _("书面意见"), "radio", options=list(CHOICES.items()), required=True),
            boxed("received", _("收到日期"), "date", value=today().isoformat(), required=True),
            boxed("received_time", _("收到时间"), "time", value="08:00", required=True,
                  help=_("会议开始后收到的保存但不计票。")),
        ],
    )  # fmt: skip


def _attend(one: Ballot) -> None:
    sent = Sent()
    present, papers = sent.many("present"), sent.many("paper")
    sent.done()
    roll.attend(ballot_id=one.id, present=present, papers=papers)


def _line(sent: Sent) -> UUID:
    found = sent.one("voter", "姓名", required=True)
    sent.done()
    if found is None:
        raise refuse("voter", "请选择姓名。", code="E_REQUIRED")
    return found


def _exclude(one: Ballot) -> None:
    sent = Sent()
    roll.exclude(ballot_id=one.id, voter_id=_line(sent), reason=sent.text("reason"), consent=sent.text("consent"),
                 approved=sent.flag("approved"))  # fmt: skip


def _written(one: Ballot) -> None:
    sent = Sent()
    received = sent.moment("received", "收到日期")
    roll.write_in(ballot_id=one.id, voter_id=_line(sent), choice=sent.text("choice"), received_at=received)


@pages.route("/ballots/<uuid:ballot_id>/tally", methods=["GET", "POST"])
@requires("signed_in")
def ballot_tally(ballot_id: UUID) -> Answer:
    """Type what the papers say: first the counter, then somebody else for a second time."""
    try:
        one = taken(Ballot, ballot_id, lock=False)
        place = place_of(one.unit_id)
    except Unknown:
        abort(404)
    if not _may_count(one, place):
        abort(404)
    counts = roll.numbers(roll.voters(one.id))
    fields = [
        boxed("issued", _("发出"), inputmode="numeric", required=True, value="" if one.kind == "poll" else counts.papers),
        *(boxed(name, title, inputmode="numeric", required=True) for name, title in (
            ("in_favour", _("赞成")), ("against", _("反对")), ("abstained", _("弃权")), ("invalid", _("无效")))),
        boxed("removed", _("剔除：无表决权的人投的"), inputmode="numeric", value="0", help=_("已从以上各项中剔除的张数，一般为0。")),
    ]  # fmt: skip
    about = queries.subject(one.case_id)
    second = one.first_tally is not None
    return form_page(
        _("计票：%(name)s", name=about.name if about else ""), fields, lambda: _tally(one),
        back=at("ballot", ballot_id=one.id) if may(VIEW, place.path) else at("my_votes"),
        submit=_("核对一致，出结果") if second else _("录入"), template="tally.html", second=second, ballot=one, counts=counts,
        note=_("第二次计票：请由另一个人看着选票重新录入，两次一致才出结果。") if second else _("第一次计票：由计票人照选票录入。"),
    )  # fmt: skip


def _tally(one: Ballot) -> str:
    sent = Sent()
    given = Tally(
        issued=sent.whole("issued", "发出票数"), in_favour=sent.whole("in_favour", "赞成票"),
        against=sent.whole("against", "反对票"), abstained=sent.whole("abstained", "弃权票"),
        invalid=sent.whole("invalid", "无效票"), removed=sent.whole("removed", "剔除的票", default=0),
    )  # fmt: skip
    sent.done()
    rounds.tally(ballot_id=one.id, given=given)
    return at("ballot", ballot_id=one.id) if may(VIEW, place_of(one.unit_id).path) else at("my_votes")


@pages.route("/ballots/<uuid:ballot_id>/result", methods=["GET", "POST"])
@requires(KEEP)
def ballot_result(ballot_id: UUID) -> Answer:
    """Write a counted ballot into the case's record, with the few facts that no count can tell."""
    one, _place = seen(ballot_id, KEEP)
    if one.state != "sealed" or one.act_id is not None:
        abort(404)
    asked = outcome.asked(one)
    fields = [_box(field) for field in asked]
    told = outcome.facts(one)
    known = [
        (field.label, _said(field, told[field.name])) for field in _known(one) if told.get(field.name) not in (None, "")
    ]
    return form_page(
        _("结果记入办理记录"), fields, lambda: _write_down(one, asked), back=at("ballot", ballot_id=one.id),
        submit=_("记入办理记录"), template="result.html", known=known,
    )  # fmt: skip


def _known(one: Ballot) -> list[FormField]:
    return [field for field in KINDS_OF_ACTS[outcome.kind_of(one)].fields if field.kind != "ref"]


def _said(field: FormField, value: Any) -> object:
    """A fact as it is read."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return field.choices.get(value, value) if field.kind == "choice" else value


def _box(field: FormField) -> dict[str, Any]:
    """A fact of an act as a field of a form."""
    more: dict[str, Any] = {"required": field.required, "help": field.hint or None}
    if field.kind in ("choice", "checks"):
        more["options"] = list(field.choices.items())
    usual = field.default(None, today()) if field.default is not None else None
    if field.kind == "checks":
        chosen = request.form.getlist(field.name) if request.method == "POST" else list(usual or ())
        return {"name": field.name, "label": field.label, "kind": "checks", "value": chosen, **more}
    kind = {"choice": "select", "check": "checkbox", "number": "text", "date": "date", "textarea": "textarea"}.get(
        field.kind, "text"
    )
    if field.kind == "number":
        more["inputmode"] = "numeric"
    return boxed(field.name, field.label, kind, value=usual, **more)


def _write_down(one: Ballot, asked: list[FormField]) -> str:
    sent = Sent()
    more: dict[str, Any] = {}
    for field in asked:
        if field.kind == "check":
            more[field.name] = sent.flag(field.name)
        elif field.kind == "checks":
            more[field.name] = request.form.getlist(field.name)
        elif sent.text(field.name, most=field.most or 2000):
            label = str(field.label)
            more[field.name] = (
                sent.whole(field.name, label)
                if field.kind == "number"
                else sent.text(field.name, label, most=field.most or 2000)
            )
    sent.done()
    reason = sent.text("reason", most=500)
    outcome.write_down(ballot_id=one.id, more=more, reason=reason)
    return at("ballot", ballot_id=one.id)
