"""The list of ballots and polls, and the page of one: how far it is, its totals, and what can be done next."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.sdk import Unit, actor, may, person_of, ranges, requires, today
from plugins.development.ballots import polls, queries, roll, rounds
from plugins.development.ballots.counting import coarse, protected
from plugins.development.ballots.models import Ballot
from plugins.development.ballots.permissions import COUNT, KEEP, VIEW
from plugins.development.ballots.policy import least
from plugins.development.ballots.saying import Unknown, place_of, taken
from plugins.development.ballots.screens import Act, Answer, Sent, at, boxed, local, record_page, shown
from plugins.development.ballots.words import (
    BEFORE,
    EXCLUSIONS,
    KINDS,
    OUTCOMES,
    PROPOSALS,
    SIDES,
    STATES,
    WAYS,
    WITHOUT_VOTE,
)
from plugins.development.pages.reading import version
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.site import pages

add_tab(
    Tab(_l("票决与测评"), "p_development.ballots", VIEW, 30, (
        "p_development.ballot", "p_development.ballot_new", "p_development.ballot_roll", "p_development.ballot_tally",
        "p_development.ballot_result",
    ))
)  # fmt: skip


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
        keeps=may(KEEP, place.path), counting=may_count(one, place), local=local, kinds=KINDS, proposals=PROPOSALS, ways=WAYS,
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


def may_count(one: Ballot, place: Unit) -> bool:
    """Whether the viewer types the papers' numbers: an officer, or who was named counter or supervisor."""
    if one.state != "counting":
        return False
    me = person_of(actor().account_id)
    return may(COUNT, place.path) or (me is not None and me in (one.counter_id, one.supervisor_id))
