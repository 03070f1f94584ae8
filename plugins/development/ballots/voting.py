"""The pages on which somebody votes, made for a phone.

A vote is answered at once and not led elsewhere, its form bears no token of its own, and no choice stands in an address:
nothing of it is written down but the mark and the box. Only somebody's own session votes; a program's token does not.
"""

from uuid import UUID

from flask import abort, g, request
from flask_babel import gettext as _
from sqlalchemy import select

from core.sdk import SIGNED_IN, Finding, Refused, actor, person_of, requires, today, transaction
from plugins.development.ballots import queries, rounds
from plugins.development.ballots.models import Ballot, Voter
from plugins.development.ballots.pages import totals
from plugins.development.ballots.policy import least
from plugins.development.ballots.saying import Unknown, place_of, taken
from plugins.development.ballots.screens import Answer, at, local, shown
from plugins.development.ballots.words import CHOICES, KINDS, OUTCOMES, PROPOSALS, STATES
from plugins.development.site import pages


@pages.get("/vote")
@requires(SIGNED_IN)
def my_votes() -> str:
    """The ballots on whose roll the viewer stands with a phone."""
    me = person_of(actor().account_id)
    found = queries.mine(me, "open", "counting", "sealed") if me else []
    return shown("mine.html", title=_("我的投票"), found=found, kinds=KINDS, states=STATES, local=local)


@pages.route("/vote/<uuid:ballot_id>", methods=["GET", "POST"])
@requires(SIGNED_IN)
def cast_vote(ballot_id: UUID) -> Answer:
    """Vote once, and see the receipt once; later whether it was counted, and what came of it."""
    me = person_of(actor().account_id)
    if me is None or g.get("by_token"):
        abort(404)
    try:
        ballot, done = _mine(ballot_id, me)
    except Unknown:
        abort(404)
    receipt, findings = "", tuple[Finding, ...]()
    if request.method == "POST":
        try:
            receipt = rounds.vote(ballot_id=ballot_id, person_id=me, choice=request.form.get("choice", ""))
            done = True
        except Refused as refused:
            findings = refused.findings
        except Unknown:
            abort(404)
    about = queries.subject(ballot.case_id)
    small = least(as_of=today(), unit_path=place_of(ballot.unit_id).path).small
    page = shown(
        "vote.html", title=KINDS[ballot.kind], ballot=ballot, about=about, done=done, receipt=receipt, findings=findings,
        choices=CHOICES, proposals=PROPOSALS, states=STATES, outcomes=OUTCOMES, local=local, back=at("my_votes"),
        totals=totals(ballot, exact=False, small=small) if ballot.state == "sealed" else [],
    )  # fmt: skip
    return (page, 422) if findings else page


def _mine(ballot_id: UUID, me: UUID) -> tuple[Ballot, bool]:
    """A ballot on whose roll somebody stands, and whether they have voted. :raises Unknown: they stand on none."""
    ballot = taken(Ballot, ballot_id, lock=False)
    with transaction() as session:
        line = session.scalars(select(Voter).where(Voter.ballot_id == ballot.id, Voter.person_id == me)).one_or_none()
    if line is None or ballot.state == "draft":
        raise Unknown(str(ballot_id))
    return ballot, rounds.has_voted(line.id) if ballot.state != "sealed" else bool(line.voted)
