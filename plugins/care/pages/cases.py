"""One occasion: its course, what was written (each view is logged), and the decisions on it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import SIGNED_IN, Finding, Refused, Unit, actor, record, render, requires, tenant_id, transaction
from plugins.care.actions import deciding
from plugins.care.pages.board import words
from plugins.care.pages.forms import ids, number
from plugins.care.queries import single
from plugins.care.queries.single import CaseView
from plugins.care.site import pages
from plugins.care.words import CHANNELS, FOLLOW_UPS, VERBS, delicate


def found_or_404(case_id: UUID) -> CaseView:
    """The occasion, or the same 404 as for one that does not exist."""
    found = single.case(case_id)
    if found is None:
        abort(404)
    return found


@pages.get("/cases/<uuid:case_id>")
@requires(SIGNED_IN)
def case(case_id: UUID) -> str:
    """An occasion; who may see it at all is asked with it."""
    return _page(found_or_404(case_id))


def _page(view: CaseView, findings: Sequence[Finding] = (), *, clear: bool = False) -> str:
    return render(
        "care/case.html", fragment="details", case=view, course=single.course(view.id, clear=clear and view.whole),
        reports=single.reported(view, clear=clear and view.whole, me=actor().account_id), clear=clear,
        findings=findings, verbs=VERBS, channels=CHANNELS, follow_up_states=FOLLOW_UPS,
        given=request.form, me=actor().account_id, **words(),
    )  # fmt: skip


@pages.post("/cases/<uuid:case_id>/open")
@requires(SIGNED_IN)
def open_details(case_id: UUID) -> str:
    """The occasion with what was written about it; that it was read is written down."""
    view = found_or_404(case_id)
    if not view.whole:
        abort(404)
    with transaction():
        record(kind="care.detail.opened", subject="care_case", subject_id=view.id)
    return _page(view, clear=True)


#: Address → the verb, and whether a reason belongs to it.
_VERBS: dict[str, tuple[Callable[..., Any], bool]] = {
    "confirm": (deciding.confirm, False),
    "not-established": (deciding.not_established, True),
    "merge": (deciding.merge, False),
    "keep-apart": (deciding.keep_apart, False),
    "close": (deciding.close, True),
    "reopen": (deciding.reopen, True),
}


@pages.post("/cases/<uuid:case_id>/<any('confirm','not-established','merge','keep-apart','close','reopen'):verb>")
@requires("care.case.decide")
def decide(case_id: UUID, verb: str) -> Response | tuple[str, int]:
    """Confirm, refuse, merge, close, take up again."""
    view = found_or_404(case_id)
    if not view.decides:
        abort(404)
    act, reasoned = _VERBS[verb]
    reason = {"reason": request.form.get("reason", "")} if reasoned else {}
    versioned = {} if verb in ("merge", "keep-apart") else {"version": number(request.form.get("version"))}
    try:
        act(case_id=view.id, **reason, **versioned)
    except Refused as refused:
        return _page(found_or_404(view.id), refused.findings), 422
    flash(_("已办理。"), "ok")
    return redirect(url_for("p_care.case", case_id=view.id), 303)


@pages.route("/cases/<uuid:case_id>/assign", methods=["GET", "POST"])
@requires("care.case.decide")
def assign(case_id: UUID) -> str | Response | tuple[str, int]:
    """Choose who goes."""
    view = found_or_404(case_id)
    if not view.decides or not view.open:
        abort(404)
    if request.method == "GET":
        return _assign_form(view, {str(account) for account, *_more in view.assigned})
    chosen = ids(request.form.getlist("accounts"))
    try:
        deciding.assign(
            case_id=view.id, accounts=chosen, reason=request.form.get("reason", ""),
            version=number(request.form.get("version")),
        )  # fmt: skip
    except Refused as refused:
        return _assign_form(view, set(map(str, chosen)), refused.findings), 422
    flash(_("已指派，走访人会收到提醒。"), "ok")
    return redirect(url_for("p_care.case", case_id=view.id), 303)


def _assign_form(view: CaseView, chosen: set[str], findings: Sequence[Finding] = ()) -> str:
    unit = unit_of(view.unit_id)
    return render(
        "care/assign.html", case=view, candidates=deciding.candidates(unit, view.person_id), chosen=chosen,
        findings=findings, delicate=delicate(view.kind, view.sub_kind), reason=request.form.get("reason", ""),
        **words(),
    )  # fmt: skip


def unit_of(unit_id: UUID) -> Unit:
    """A unit that is known to be there."""
    with transaction() as session:
        return session.get_one(Unit, (tenant_id(), unit_id))
