"""The page of a ballot's roll: who is due and who came, who is not counted, and opinions given in writing."""

from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _

from core.sdk import requires, today
from plugins.development.ballots import queries, roll
from plugins.development.ballots.models import Ballot
from plugins.development.ballots.pages import seen
from plugins.development.ballots.permissions import KEEP
from plugins.development.ballots.saying import refuse
from plugins.development.ballots.screens import Act, Answer, Sent, boxed, local, record_page
from plugins.development.ballots.words import CHOICES, EXCLUSIONS, STATES, WITHOUT_VOTE
from plugins.development.site import pages


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
