"""投诉建议: sending, one's own, looking up a receipt; the handlers' desk."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.feedback import actions, queries
from core.feedback.actions import Unknown, receipt_hash
from core.feedback.permissions import HANDLE, TOP
from core.feedback.rules import KINDS, STATES
from core.policy.findings import Finding, Refused
from core.web import navigation, palette
from core.web.forms import sent_version

bp = Blueprint("feedback", __name__, template_folder="templates")
TONES = {"open": "info", "answered": "ok", "withdrawn": "plain"}


@bp.get("/feedback")
@requires(SIGNED_IN)
def mine() -> str:
    """What one has sent under one's name, and the way to what was sent without."""
    return render_template("feedback/mine.html", entries=queries.own(actor().account_id), **_words())


def _words() -> dict[str, object]:
    return {"kinds": KINDS, "states": STATES, "tones": TONES, "today": clock.today()}


@bp.route("/feedback/new", methods=["GET", "POST"])
@requires(SIGNED_IN)
def new() -> str | Response | tuple[str, int]:
    """Say something."""
    if request.method == "GET":
        return _form()
    given, anonymous = request.form, request.form.get("anonymous") == "1"
    try:
        sent = actions.send(
            kind=given.get("kind", ""),
            unit_id=_unit(given.get("unit", "")),
            title=given.get("title", ""),
            body=given.get("body", ""),
            about_unit=given.get("about_unit") == "1",
            author=None if anonymous else actor().account_id,
        )
    except Refused as refused:
        return _form(refused.findings), 422
    if sent.receipt is not None:
        return render_template("feedback/receipt.html", receipt=sent.receipt)
    flash(_("已提交，答复会显示在这里。"), "ok")
    return redirect(url_for("feedback.mine"), 303)


def _unit(text: str) -> UUID:
    """The chosen unit, which must be one of those that were offered."""
    try:
        chosen = UUID(text)
    except ValueError:
        chosen = UUID(int=0)
    actions.offered(actor(), chosen)
    return chosen


def _form(findings: Sequence[Finding] = ()) -> str:
    return render_template(
        "feedback/new.html",
        units=queries.units_for(actor()),
        kinds=list(KINDS.items()),
        data=request.form,
        findings=findings,
    )


@bp.post("/feedback/receipt")
@requires(SIGNED_IN)
def receipt() -> str | tuple[str, int]:
    """The answer to one without a name, by its receipt; the receipt never stands in an address."""
    found = queries.by_receipt(receipt_hash(request.form.get("receipt", "")))
    page = render_template("feedback/answer.html", entry=found, **_words())
    return page if found else (page, 404)


@bp.post("/feedback/<uuid:item_id>/withdraw")
@requires(SIGNED_IN)
def take_back(item_id: UUID) -> Response:
    """Withdraw one's own."""
    try:
        actions.withdraw(item_id=item_id, author=actor().account_id)
    except Unknown:
        abort(404)
    flash(_("已撤回。"), "ok")
    return redirect(url_for("feedback.mine"), 303)


def _reach() -> queries.Reach:
    return queries.Reach.of(actor(), ranges(HANDLE), top=may(TOP))


@bp.get("/feedback/desk")
@requires(HANDLE)
def desk() -> str:
    """What there is to handle, and the figures."""
    state = request.args.get("state", "open")
    known = state if state in STATES else None
    reach = _reach()
    return render_template(
        "feedback/desk.html",
        entries=queries.desk(reach, state=known),
        figures=queries.figures(reach),
        state=known or "all",
        **_words(),
    )


@bp.route("/feedback/desk/<uuid:item_id>", methods=["GET", "POST"])
@requires(HANDLE)
def handle(item_id: UUID) -> str | Response | tuple[str, int]:
    """One item, and its answer."""
    entry = queries.one(item_id, _reach())
    if entry is None:
        abort(404)
    if request.method == "GET":
        return render_template("feedback/handle.html", entry=entry, findings=(), answer=entry.answer or "", **_words())
    text = request.form.get("answer", "")
    try:
        actions.answer(item_id=item_id, version=sent_version(), text=text, who=actor())
    except Refused as refused:
        page = render_template("feedback/handle.html", entry=entry, findings=refused.findings, answer=text, **_words())
        return page, 422
    flash(_("答复已保存，提出人可以看到。"), "ok")
    return redirect(url_for("feedback.desk"), 303)


def register(app: Flask) -> None:
    """Add the pages and their places."""
    app.register_blueprint(bp)
    item = navigation.Item(label=_l("投诉建议"), icon="message", endpoint="feedback.mine")
    navigation.of(app).account.insert(1, item)
    navigation.add(
        app,
        navigation.Item(
            label=_l("投诉建议办理"),
            icon="message",
            endpoint="feedback.desk",
            permission=HANDLE,
            group="组织",
            order=70,
            within=("feedback.handle",),
        ),
    )
    palette.add_action(app, palette.Action(_l("提投诉建议"), "message", "feedback.new", words="意见 反映 举报 匿名"))
