"""A notice: reading it, who has read it, passing it on, correcting and withdrawing it."""

from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from core import clock
from core.access.actor import Range
from core.access.gate import SIGNED_IN, actor, may, need, ranges, requires
from core.database.read import settle_preface
from core.files.actions import Gone, open_file
from core.files.pages import as_answer
from core.files.queries import file as file_view
from core.files.queries import files_of
from core.notices.actions import notices as acting
from core.notices.pages.site import ATTACHMENT, LEVELS, PASS, SEND, TONES, VIEW, bp, crumbs, shown_notice
from core.notices.queries import inbox, receipts
from core.notices.queries.inbox import Shown
from core.notices.rules.texts import plain
from core.policy.findings import Refused


@bp.get("/notices/<uuid:notice_id>")
@requires(SIGNED_IN)
def notice(notice_id: UUID) -> str:
    """A notice; whoever was given it has read it by opening it."""
    settle_preface()
    found = shown_notice(notice_id)
    if found.mine and found.read_at is None and found.state == "published" and g.tenant.state != "read_only":
        acting.read(notice_id=found.id, account_id=actor().account_id)
    held = {
        one.path for one in actor().holdings
    }  # the superior of a unit without officers finds its turn in the to-dos
    turns = [one for one in receipts.steps(found.id, ranges(PASS)) if one.passed_at is None and one.path in held]
    counted = _counts(found) if may(VIEW) else None
    return render_template(
        "notices/notice.html", notice=found, body=Markup(found.body), levels=LEVELS, tones=TONES,  # noqa: S704 - sanitised when written
        files=files_of(ATTACHMENT, found.id), crumbs=crumbs(), turns=turns[:3], counted=counted,
        versions=inbox.versions(found.id) if found.number > 1 else [], may_edit=_may_edit(found),
    )  # fmt: skip


def _may_edit(found: Shown) -> bool:
    return found.state == "published" and may(SEND, found.path)


def _counts(found: Shown) -> tuple[int, int] | None:
    parts = receipts.by_unit(found.id, _whole(), ranges(VIEW))
    return (sum(part.given for part in parts), sum(part.read for part in parts)) if parts else None


def _whole() -> Range:
    """The range of the viewer's highest unit: from there on the counts are shown."""
    return min(ranges(VIEW), key=lambda one: len(one[0]))


@bp.get("/notices/<uuid:notice_id>/files/<uuid:file_id>")
@requires(SIGNED_IN)
def attachment(notice_id: UUID, file_id: UUID) -> Response:
    """An attachment of a notice that one may read."""
    found = shown_notice(notice_id)
    held = file_view(file_id)
    if held is None or held.subject_id != found.id or held.purpose != ATTACHMENT or found.state != "published":
        abort(404)
    try:
        return as_answer(open_file(held.id))
    except (Gone, FileNotFoundError):
        abort(404)


@bp.get("/notices/<uuid:notice_id>/receipts")
@requires(VIEW)
def who_read(notice_id: UUID) -> str:
    """Who has read a notice and who has not, by unit, as far as one may look."""
    found, seen = shown_notice(notice_id), ranges(VIEW)
    under = request.args.get("under", type=UUID)
    place = receipts.unit(under) if under else receipts.unit_at(_whole()[0])
    if place is None or not may(VIEW, place[2]):
        abort(404)
    whole: Range = (place[2], place[3])
    parts = receipts.by_unit(found.id, whole, seen)
    which = "read" if request.args.get("show") == "read" else "unread"
    names = receipts.readers(found.id, whole, seen, unread=which == "unread")
    return render_template(
        "notices/receipts.html", notice=found, place=place, parts=parts, names=names, which=which,
        given=sum(part.given for part in parts), read=sum(part.read for part in parts), most=receipts.NAMES,
        steps=receipts.steps(found.id, (whole,)), crumbs=crumbs(), may_nudge=may(SEND, place[2]),
        nudged=found.nudged_on == clock.today(),
    )  # fmt: skip


@bp.post("/notices/<uuid:notice_id>/nudge")
@requires(SEND)
def nudge_readers(notice_id: UUID) -> Response:
    """Ask those who have not read it to do so."""
    found = shown_notice(notice_id)
    under = request.form.get("under", type=UUID)
    place = receipts.unit(under) if under else None
    if place is None or not may(SEND, place[2]):
        abort(404)
    need(SEND, place[2])
    try:
        told = acting.nudge_readers(notice_id=found.id, under=(place[2], place[3]), as_of=clock.today())
    except Refused as refused:
        flash("；".join(finding.message for finding in refused.findings), "warn")
    else:
        flash(_("已催阅，提醒了%(n)s人。", n=told), "ok")
    return redirect(url_for("notices.who_read", notice_id=found.id, under=place[0]), 303)


@bp.route("/notices/steps/<uuid:step_id>", methods=["GET", "POST"])
@requires(PASS)
def step(step_id: UUID) -> str | Response | tuple[str, int]:
    """Pass a notice on from one's unit to the level below."""
    found = receipts.step(step_id)
    if found is None or not may(PASS, found.path):
        abort(404)
    need(PASS, found.path)
    shown = shown_notice(found.notice_id)
    place = receipts.unit(found.unit_id)
    below = receipts.below(found.unit_id)
    context: dict[str, Any] = {
        "step": found, "notice": shown, "body": Markup(shown.body), "place": place, "below": below,  # noqa: S704 - sanitised
        "levels": LEVELS, "tones": TONES, "crumbs": crumbs(), "files": files_of(ATTACHMENT, shown.id),
    }  # fmt: skip
    if request.method == "GET":
        return render_template("notices/step.html", findings=(), note="", **context)
    note = request.form.get("note", "")
    try:
        everybody = request.form.get("everybody") == "1"
        given = acting.pass_on(step_id=found.id, note=note, everybody=everybody, as_of=clock.today())
    except Refused as refused:
        return render_template("notices/step.html", findings=refused.findings, note=note, **context), 422
    flash(_("已传达，%(n)s人收到了通知。", n=given), "ok")
    return redirect(url_for("notices.notice", notice_id=shown.id), 303)


def _editable(notice_id: UUID) -> Shown:
    found = shown_notice(notice_id)
    if not _may_edit(found):
        abort(404)
    need(SEND, found.path)
    return found


@bp.route("/notices/<uuid:notice_id>/correct", methods=["GET", "POST"])
@requires(SEND)
def correct(notice_id: UUID) -> str | Response | tuple[str, int]:
    """Correct a published notice as a new version."""
    found = _editable(notice_id)
    if request.method == "GET":
        start = {"title": found.title, "body": plain(found.body), "reason": "", "again": "1"}
        return render_template(
            "notices/correct.html", notice=found, given=start, version=found.version, findings=(), crumbs=crumbs()
        )
    given = {name: request.form.get(name, "") for name in ("title", "body", "reason", "again")}
    version = request.form.get("version", type=int) or 0
    try:
        acting.correct(
            notice_id=found.id, title=given["title"], body=given["body"], reason=given["reason"],
            again=given["again"] == "1", version=version, as_of=clock.today(),
        )  # fmt: skip
    except Refused as refused:
        context = {"given": given, "version": version, "findings": refused.findings, "crumbs": crumbs()}
        return render_template("notices/correct.html", notice=found, **context), 422
    flash(_("已更正，接收人会收到更正后的通知。"), "ok")
    return redirect(url_for("notices.notice", notice_id=found.id), 303)


@bp.route("/notices/<uuid:notice_id>/withdraw", methods=["GET", "POST"])
@requires(SEND)
def withdraw(notice_id: UUID) -> str | Response | tuple[str, int]:
    """Withdraw a published notice."""
    found = _editable(notice_id)
    if request.method == "GET":
        return render_template("notices/withdraw.html", notice=found, reason="", findings=(), crumbs=crumbs())
    reason = request.form.get("reason", "")
    try:
        acting.withdraw(notice_id=found.id, reason=reason, as_of=clock.today())
    except Refused as refused:
        context = {"reason": reason, "findings": refused.findings, "crumbs": crumbs()}
        return render_template("notices/withdraw.html", notice=found, **context), 422
    flash(_("已撤回，接收人不再看到正文。"), "ok")
    return redirect(url_for("notices.notice", notice_id=found.id), 303)
