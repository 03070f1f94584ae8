"""The visit form, made for the phone, with everything known filled in; follow-ups and corrections."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import (
    SIGNED_IN,
    Finding,
    Holder,
    Refused,
    actor,
    holders_at,
    masked_address,
    ranges,
    record,
    render,
    requires,
    today,
    transaction,
)
from core.sdk.files import store
from core.sdk.people import PersonRow, person
from plugins.care.actions import visiting
from plugins.care.actions.cases import Unknown
from plugins.care.pages.board import words
from plugins.care.pages.cases import found_or_404
from plugins.care.pages.forms import day, fen, ids, number, one_id, unreadable
from plugins.care.permissions import VISIT
from plugins.care.queries import single
from plugins.care.queries.visits import last_needs, visit
from plugins.care.site import pages
from plugins.care.words import CHANNELS, FOLLOW_UPS, NOT_SENT, delicate

#: Rows for needs on the form.
NEEDS = 3
#: Days for a need, filled in before anybody chooses others.
NEED_DAYS = 14


@pages.route("/cases/<uuid:case_id>/visit", methods=["GET", "POST"])
@requires(SIGNED_IN)
def visit_case(case_id: UUID) -> str | Response | tuple[str, int]:
    """Record a visit for an occasion: whoever was sent, and officers who see it whole."""
    view = found_or_404(case_id)
    if not view.visits or not view.open:
        abort(404)
    place = {"person_id": view.person_id, "name": view.person, "unit": view.unit, "path": view.path}
    back = url_for("p_care.case", case_id=view.id)
    if view.state == "reported":
        flash(_("这件事还没有确认，确认以后才能登记走访。"), "warn")
        return redirect(back, 303)
    if request.method == "GET":
        return _form(place, back, view=view)
    try:
        made = visiting.visit_case(case_id=view.id, given=_given(), reason=request.form.get("reason", ""))
        photo_said = _photo(made, view.path)
    except Refused as refused:
        return _form(place, back, refused.findings, view=view), 422
    return _done(photo_said, back)


@pages.route("/visit", methods=["GET", "POST"])
@requires(VISIT)
def visit_member() -> str | Response | tuple[str, int]:
    """Record a visit of one's own accord."""
    chosen = one_id(request.values.get("person_id") or request.values.get("member_id"))
    who: PersonRow | None = person(chosen, ranges(VISIT)) if chosen else None
    if who is None:
        abort(404)
    place = {"person_id": who.id, "name": who.name, "unit": who.unit, "path": who.path}
    back = url_for("p_care.mine")
    if request.method == "GET":
        return _form(place, back)
    try:
        made = visiting.visit_member(person_id=who.id, given=_given(), reason=request.form.get("reason", ""))
        photo_said = _photo(made, who.path)
    except Refused as refused:
        return _form(place, back, refused.findings), 422
    return _done(photo_said, back)


def _done(photo_said: str, back: str) -> Response:
    flash(_("走访已登记。"), "ok")
    if photo_said:
        flash(photo_said, "warn")
    return redirect(back, 303)


def _given() -> visiting.Given:
    """The form as the verb takes it. :raises Refused: a day or amount that cannot be read."""
    form = request.form
    made_on, gift = day(form.get("made_on")), fen(form.get("gift"))
    found = [unreadable("R6.03", "made_on", "走访日期")] if made_on is None else []
    if gift is None:
        found.append(unreadable("R6.03", "gift", "慰问金"))
    if found or made_on is None or gift is None:
        raise Refused(found)
    return visiting.Given(
        made_on=made_on, visitors=ids(form.getlist("visitors")),
        others=_names(form.get("others", "")),
        relatives=_names(form.get("relatives", "")), channel=form.get("channel", ""), content=form.get("content", ""),
        promise=form.get("promise", ""), needs=_needs(), refused=form.get("refused") == "1", note=form.get("note", ""),
        gift_fen=gift, goods=form.get("goods", ""), photo_consent=form.get("photo_consent") == "1",
        token=one_id(form.get("token")),
    )  # fmt: skip


def _names(text: str) -> list[str]:
    """Names that somebody typed one after the other."""
    return [name.strip() for name in text.replace("，", "、").replace(",", "、").split("、") if name.strip()]


def _needs() -> list[visiting.Need]:
    form = request.form
    return [
        visiting.Need(text=text, owner_id=one_id(form.get(f"owner{i}")), due_on=day(form.get(f"due{i}")))
        for i in range(NEEDS)
        if (text := form.get(f"need{i}", "").strip())
    ]


def _photo(visit_id: UUID, path: str) -> str:
    """Keep the photo, if one was taken and the member agreed; what is wrong with it does not undo the visit."""
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        return ""
    if request.form.get("photo_consent") != "1":
        return str(_("没有勾选“本人同意拍照”，照片没有保存。"))
    try:
        store(
            stream_or_bytes=sent.stream, filename=sent.filename, purpose="care.visit.photo", subject="care_visit",  # type: ignore[arg-type]
            subject_id=visit_id, unit_path=path,
        )  # fmt: skip
    except Refused as refused:
        return str(_("走访已登记，照片没有保存：%(why)s", why=str(refused)))
    return ""


def _options(able: Sequence[Holder]) -> list[tuple[str, str]]:
    return [(str(one.account_id), one.name) for one in able]


def _form(
    place: dict[str, Any], back: str, findings: Sequence[Finding] = (), view: single.CaseView | None = None
) -> str:
    able = [one for one in holders_at(place["path"]) if one.person_id != place["person_id"] and one.roles - NOT_SENT]
    me = actor().account_id
    sent = {str(account) for account, *_more in view.assigned} if view else set()
    needs = last_needs(place["person_id"])
    if needs:
        with transaction():
            record(kind="care.detail.opened", subject="person", subject_id=place["person_id"], detail={"for": "visit"})
    return render(
        "care/visit.html", able_options=_options, place=place, back=back, findings=findings, case=view, able=able, rows=range(NEEDS), default_due=today() + timedelta(days=NEED_DAYS),
        chosen=set(request.form.getlist("visitors")) if request.method == "POST" else sent or {str(me)}, me=str(me),
        given=request.form, token=request.form.get("token") or uuid4(), address=masked_address(place["person_id"]),
        needs=needs, channels=CHANNELS, delicate=bool(view and delicate(view.kind, view.sub_kind)),
        warned=any(one.severity == "WARN" for one in findings), **words(),
    )  # fmt: skip


@pages.route("/follow-ups/<uuid:follow_up_id>", methods=["GET", "POST"])
@requires(SIGNED_IN)
def follow_up(follow_up_id: UUID) -> str | Response | tuple[str, int]:
    """Say what came of a need: its owner, and the secretary and those above."""
    place = single.follow_up(follow_up_id)
    if place is None:
        abort(404)
    back = url_for("p_care.case", case_id=place.case_id) if place.case_id else url_for("p_care.mine")
    if request.method == "GET":
        return _follow_up_form(place, back)
    try:
        visiting.end_follow_up(
            follow_up_id=place.id, result=request.form.get("result", ""), dropped=request.form.get("do") == "drop",
            satisfaction=number(request.form.get("satisfaction")), version=number(request.form.get("version")),
        )  # fmt: skip
    except Refused as refused:
        return _follow_up_form(place, back, refused.findings), 422
    flash(_("已登记办理结果。"), "ok")
    return redirect(back, 303)


def _follow_up_form(place: single.FollowUpPlace, back: str, findings: Sequence[Finding] = ()) -> str:
    from plugins.care.queries.visits import follow_up as read

    with transaction():
        record(kind="care.detail.opened", subject="care_follow_up", subject_id=place.id)
    return render(
        "care/follow_up.html", one=read(place.id), back=back, findings=findings, given=request.form,
        states=FOLLOW_UPS, today=today(),
    )  # fmt: skip


@pages.route("/visits/<uuid:visit_id>/correct", methods=["GET", "POST"])
@requires(SIGNED_IN)
def correct(visit_id: UUID) -> str | Response | tuple[str, int]:
    """Put one's own record right; the history shows that it was done and why."""
    found = visit(visit_id)
    if found is None or found.recorded_by != actor().account_id:
        abort(404)
    back = url_for("p_care.case", case_id=found.case_id) if found.case_id else url_for("p_care.mine")
    given = request.form
    if request.method == "GET":
        return render("care/correct.html", visit=found, back=back, findings=(), given=given)
    try:
        visiting.correct(visit_id=visit_id, content=given.get("content", ""), reason=given.get("reason", ""))
    except Refused as refused:
        return render("care/correct.html", visit=found, back=back, findings=refused.findings, given=given), 422
    except Unknown:
        abort(404)
    flash(_("走访记录已更正。"), "ok")
    return redirect(back, 303)
