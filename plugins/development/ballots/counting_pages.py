"""The pages after a vote: the numbers of the papers are typed twice, and what came of it goes into the record."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _

from core.sdk import may, requires, today
from plugins.development.ballots import outcome, queries, roll, rounds
from plugins.development.ballots.counting import Tally
from plugins.development.ballots.models import Ballot
from plugins.development.ballots.pages import may_count, seen
from plugins.development.ballots.permissions import KEEP, VIEW
from plugins.development.ballots.saying import Unknown, place_of, taken
from plugins.development.ballots.screens import Answer, Sent, at, boxed, form_page
from plugins.development.flow import KINDS as KINDS_OF_ACTS
from plugins.development.flow.kinds import FormField
from plugins.development.site import pages


@pages.route("/ballots/<uuid:ballot_id>/tally", methods=["GET", "POST"])
@requires("signed_in")
def ballot_tally(ballot_id: UUID) -> Answer:
    """Type what the papers say: first the counter, then somebody else for a second time."""
    try:
        one = taken(Ballot, ballot_id, lock=False)
        place = place_of(one.unit_id)
    except Unknown:
        abort(404)
    if not may_count(one, place):
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
