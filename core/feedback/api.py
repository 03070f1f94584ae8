"""``/api/v1/feedback``: suggestions and complaints under one's name, and the handlers' desk.

There is no verb for what is sent without a name: a program's call is tied to an account and kept with a moment, and the
page is the only place that promises otherwise.
"""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.api import fields, setup
from core.api.answers import answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Made, Paged, Shape, listing
from core.api.verbs import Verbs
from core.feedback import actions, queries
from core.feedback.permissions import HANDLE, TOP
from core.feedback.rules import BODY, KINDS, STATES, TITLE

bp = Verbs("feedback_api", __name__, title=_l("投诉建议"))


class DeskQuery(Paged):
    """Which entries are listed."""

    state = fields.Choice(STATES, _l("状态，默认办理中"))


class ItemBody(Shape):
    """What is sent."""

    kind = fields.Choice(KINDS, _l("类别"), required=True)
    unit_id = fields.Id(_l("反映的是哪个组织"), required=True)
    about_unit = fields.Flag(_l("投诉的是这个组织本身或它的负责人"))
    title = fields.Text(_l("标题"), least=1, most=TITLE[1], required=True)
    body = fields.Text(_l("内容"), least=1, most=BODY[1], lines=True, required=True)


class AnswerBody(Shape):
    """An answer to the version that was read."""

    version = fields.Whole(_l("所依据的版本"), least=1, required=True)
    answer = fields.Text(_l("答复内容"), least=1, most=BODY[1], lines=True, required=True)


class Item(Answer):
    """One suggestion or complaint; ``author`` is null for one without a name."""

    id = fields.Id(required=True)
    kind = fields.Choice(KINDS, required=True)
    unit = fields.Text(required=True)
    about_unit = fields.Flag(required=True)
    title = fields.Text(required=True)
    body = fields.Text(required=True, most=BODY[1], lines=True)
    author = fields.Text(required=True, allow_none=True)
    received_on = fields.Day(required=True)
    due_on = fields.Day(required=True)
    state = fields.Choice(STATES, required=True)
    version = fields.Whole(required=True)
    answer = fields.Text(required=True, allow_none=True, most=BODY[1], lines=True)
    answered_name = fields.Text(required=True, allow_none=True)
    answered_on = fields.Day(required=True, allow_none=True)


class Items(Answer):
    """The caller's own."""

    items = fields.Many(fields.Nested(Item), required=True)


def _reach() -> queries.Reach:
    return queries.Reach.of(actor(), ranges(HANDLE), top=may(TOP))


@bp.get("/feedback", summary=_l("本人署名的投诉建议"), gives=Items)
@requires(SIGNED_IN)
def own_feedback() -> Response:
    """What the caller has sent under its name."""
    return answer({"items": [asdict(one) for one in queries.own(actor().account_id)]})


@bp.post("/feedback", summary=_l("署名提出投诉建议"), takes=ItemBody, gives=Made, creates=True)
@requires(SIGNED_IN)
def send_feedback(body: dict[str, Any]) -> Response:
    """Send one under the caller's name."""
    actions.offered(actor(), body["unit_id"])
    sent = actions.send(**{"about_unit": False, **body}, author=actor().account_id)
    return answer({"id": sent.id}, 201, location=url_for("feedback_api.own_feedback"))


@bp.post("/feedback/<uuid:item_id>/withdraw", summary=_l("撤回投诉建议"), status=204)
@requires(SIGNED_IN)
def withdraw_feedback(item_id: UUID) -> Response:
    """Take back one's own."""
    try:
        actions.withdraw(item_id=item_id, author=actor().account_id)
    except actions.Unknown:
        abort(404)
    return nothing()


@bp.get("/feedback/desk", summary=_l("要办理的投诉建议"), query=DeskQuery, gives=listing(Item))
@requires(HANDLE)
def feedback_desk(query: dict[str, Any]) -> Response:
    """What the caller has to handle, those due first first."""
    page = page_of(query, order="feedback.due", read=(date.fromisoformat, UUID))
    found = queries.desk(_reach(), state=query.get("state", "open"), after=page.after, limit=page.limit + 1)
    return listed(found, page, shown=asdict, key=lambda one: (one.due_on, one.id))


@bp.get("/feedback/desk/<uuid:item_id>", summary=_l("一条投诉建议"), gives=Item)
@requires(HANDLE)
def one_feedback(item_id: UUID) -> Response:
    """One entry of the desk."""
    found = queries.one(item_id, _reach())
    if found is None:
        abort(404)
    return answer(asdict(found))


@bp.post("/feedback/desk/<uuid:item_id>/answer", summary=_l("答复投诉建议"), takes=AnswerBody, status=204)
@requires(HANDLE)
def answer_feedback(item_id: UUID, body: dict[str, Any]) -> Response:
    """Answer an entry."""
    if queries.one(item_id, _reach()) is None:
        abort(404)
    actions.answer(item_id=item_id, version=body["version"], text=body["answer"], who=actor())
    return nothing()


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
