"""One's own way, on the phone: where one stands, what comes next, letters to hand in; and the branch's side of letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, bindparam, or_, select
from werkzeug.wrappers import Response

from core.sdk import (
    SIGNED_IN,
    Finding,
    Refused,
    Unit,
    actor,
    may,
    person_of,
    ranges,
    record,
    render,
    requires,
    today,
    transaction,
)
from plugins.development.cases.acts import standing
from plugins.development.cases.folding import about_of, fold
from plugins.development.flow import KINDS, STEPS
from plugins.development.models.case import Act, Case
from plugins.development.pages import letters
from plugins.development.pages.course import stages
from plugins.development.pages.letters import Draft, LetterView
from plugins.development.pages.reading import day, one_id, version
from plugins.development.pages.sections import tabs
from plugins.development.pages.words import state_badge
from plugins.development.permissions import RECORD
from plugins.development.site import pages

_PERSON = bindparam("person_id", type_=Uuid())
_ACCOUNT = bindparam("account_id", type_=Uuid())
_OWN = (
    select(Case, Unit.short_name, Unit.path)
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .where(or_(Case.account_id == _ACCOUNT, Case.person_id == _PERSON))
    .order_by(Case.closed_on.desc().nulls_first(), Case.opened_at.desc())
    .limit(1)
)
#: What one may hand in, by the main state of the case; without a case, an application.
_OFFERED = {
    "": ("application",),
    "activist": ("thought_report",), "dev_object": ("thought_report", "self_statement"),
    "reviewed": ("thought_report",), "adopted": ("thought_report",),
    "probationary": ("probation_report", "conversion_letter"), "conv_requested": ("probation_report",),
}  # fmt: skip
_HINTS = {
    "application": _l(
        "写明对党的认识、入党动机、个人经历和家庭情况。递交后党支部会在一个月内派人同您谈话；申请书原件请手写后交给党支部。"
    ),
    "thought_report": _l("写近来的学习、工作和思想情况，一般每季度一次。"),
    "self_statement": _l("写本人政治历史、家庭成员和主要社会关系的情况。"),
    "conversion_letter": _l("写预备期内的表现、存在的不足和今后的努力方向。原件请手写后交给党支部。"),
    "probation_report": _l("写预备期内的学习、工作和思想情况，一般每季度一次。"),
}


@dataclass(frozen=True, slots=True)
class Own:
    """One's own case. :param steps: title, day and what the branch did, of each step that is done."""

    case: Case
    unit: str
    path: str
    stages: Sequence[tuple[Any, str, str]]
    steps: Sequence[tuple[str, Any]]
    next: str
    actor: str


def own_case() -> Own | None:
    """The case of whoever is signed in; ``None`` for somebody who is on no way."""
    me = actor().account_id
    with transaction() as session:
        found = session.execute(_OWN, {"account_id": me, "person_id": person_of(me)}).one_or_none()
        if found is None:
            return None
        case, unit, path = found
        acts = session.scalars(select(Act).where(Act.case_id == case.id).order_by(Act.seq)).all()
    history = fold(about_of(case), standing(acts))
    done = [(info.title, history.done[info.number]) for info in STEPS if info.number in history.done]
    following = next((info for info in STEPS if info.number == case.next_step), None)
    from plugins.development.flow.words import ACTORS

    return Own(
        case, unit, path, stages(case, history), list(reversed(done)), following.title if following else "",
        str(ACTORS[following.actor]) if following else "",
    )  # fmt: skip


#: Ways in which a case ends after which one may apply anew: a new letter, every clock new (E15, E23, E24).
AGAIN = frozenset(
    {
        "withdrawn",
        "removed_from_pool",
        "not_approved",
        "probation_cancelled",
        "not_recognised",
        "transferred_out",
        "removed",
    }
)


def offered(own: Own | None) -> list[str]:
    """What one may hand in now."""
    if own is not None and own.case.closed_on is not None:
        return ["application"] if own.case.close_reason in AGAIN else []
    if own is None and person_of(actor().account_id) is not None:
        return []  # a member of the Party has applied long ago
    return list(_OFFERED.get(own.case.state if own else "", ()))


@pages.get("/mine")
@requires(SIGNED_IN)
def mine() -> str:
    """How far one has come, and what one may hand in."""
    own = own_case()
    codes = offered(own)
    return render(
        "development/mine.html", own=own, offers=[(code, KINDS[code].title) for code in codes], offered=codes,
        letters=letters.own(actor().account_id), state=state_badge(own.case.state, own.case.side) if own else None,
        today=today(),
    )  # fmt: skip


def _place(own: Own | None) -> tuple[UUID, str] | None:
    """Where a letter goes: the branch of the case, else the unit on which one holds a role."""
    if own is not None:
        return own.case.unit_id, own.path
    held = [one for one in actor().holdings if one.holds(today())]
    return (held[0].unit_id, held[0].path) if held else None


@pages.route(
    "/mine/<any('application','thought_report','self_statement','conversion_letter','probation_report'):kind>",
    methods=["GET", "POST"],
)
@requires(SIGNED_IN)
def write(kind: str) -> str | Response | tuple[str, int]:
    """Write a letter and hand it in."""
    own = own_case()
    place = _place(own)
    if kind not in offered(own) or place is None:
        abort(404)
    if request.method == "GET":
        return _letter_form(_again(kind), own)
    given = request.form
    draft = Draft(kind, day(given.get("written_on")), given.get("theme", ""), given.get("text", ""))
    try:
        letters.hand_in(
            draft=draft,
            unit_id=place[0],
            unit_path=place[1],
            case_id=own.case.id if own and own.case.closed_on is None else None,
        )
    except Refused as refused:
        return _letter_form(draft, own, refused.findings), 422
    flash(_("已递交，党支部收下后会告诉您。"), "ok")
    return redirect(url_for("p_development.mine"), 303)


def _again(kind: str) -> Draft:
    """What the form holds at first: nothing, or what was given back to be put right."""
    chosen = one_id(request.args.get("letter"))
    found = letters.one(chosen) if chosen else None
    if found is None or (found.account_id, found.kind, found.state) != (actor().account_id, kind, "returned"):
        return Draft(kind, today(), "", "")
    return Draft(kind, today(), found.theme, letters.text_of(found.id))


def _letter_form(draft: Draft, own: Own | None, findings: Sequence[Finding] = ()) -> str:
    return render(
        "development/write.html", draft=draft, own=own, title=KINDS[draft.kind].title, hint=_HINTS[draft.kind],
        findings=findings, themed=draft.kind in ("thought_report", "probation_report"),
        typed=request.form.get("written_on") or draft.written_on or "",
    )  # fmt: skip


@pages.get("/letters")
@requires(RECORD)
def letters_waiting() -> str:
    """What was handed in and waits to be received."""
    return render("development/letters.html", letters=letters.waiting(ranges(RECORD)), sections=tabs())


def _letter_or_404(letter_id: UUID) -> LetterView:
    found = letters.one(letter_id)
    if found is None or not (may(letters.receives(found), found.path) or found.account_id == actor().account_id):
        abort(404)
    return found


@pages.get("/letters/<uuid:letter_id>")
@requires(SIGNED_IN)
def letter(letter_id: UUID) -> str:
    """A letter with its text: for its writer, and for the branch that receives it."""
    return _letter_page(_letter_or_404(letter_id))


def _letter_page(found: LetterView, findings: Sequence[Finding] = ()) -> str:
    if found.account_id != actor().account_id:
        with transaction():
            record(kind="development.sealed.opened", subject="development_letter", subject_id=found.id)
    receives = may(letters.receives(found), found.path)
    if found.case_id is None:
        take = url_for("p_development.new", letter=found.id)
    else:
        take = url_for("p_development.do", case_id=found.case_id, kind=found.kind, letter=found.id)
    return render(
        "development/letter.html", letter=found, text=letters.text_of(found.id), findings=findings, take=take,
        receives=receives and found.state == "sent", answer=request.form.get("answer", ""),
    )  # fmt: skip


@pages.post("/letters/<uuid:letter_id>/return")
@requires(RECORD)
def give_back(letter_id: UUID) -> str | Response | tuple[str, int]:
    """Give a letter back with what is to be put right."""
    found = _letter_or_404(letter_id)
    if not may(letters.receives(found), found.path):
        abort(404)
    try:
        letters.give_back(letter_id=found.id, answer=request.form.get("answer", ""), version=version())
    except Refused as refused:
        return _letter_page(found, refused.findings), 422
    flash(_("已退回，本人会收到通知。"), "ok")
    return redirect(url_for("p_development.letters_waiting"), 303)
