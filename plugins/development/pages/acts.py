"""One act with all its facts, its correction, and taking it away; the old value, who and why stay."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, record, render, requires, today, transaction
from plugins.development.cases import correcting, doers
from plugins.development.cases.acts import standing
from plugins.development.cases.sealing import sealed_of
from plugins.development.flow import KINDS, STEPS, Kind
from plugins.development.models.case import Act
from plugins.development.pages.doing import Sent, conflicted, loaded, warned
from plugins.development.pages.facts import facts, has_sealed
from plugins.development.pages.forms import day_field, grouped, read, shown, sides, split, unreadable_day
from plugins.development.pages.known import choices_of
from plugins.development.pages.loading import Loaded
from plugins.development.pages.reading import day
from plugins.development.permissions import CORRECT, VIEW
from plugins.development.plan.permissions import MATTERS_HANDLE
from plugins.development.site import pages


def act_or_404(held: Loaded, act_id: UUID) -> Act:
    """An act of the case."""
    found = next((one for one in held.acts if one.id == act_id), None)
    if found is None:
        abort(404)
    return found


def _lineage(held: Loaded, act: Act) -> list[Act]:
    """An act with all it replaced and all that replaced it, in order."""
    by_id = {one.id: one for one in held.acts}
    first = act
    while first.corrects_id is not None and first.corrects_id in by_id:
        first = by_id[first.corrects_id]
    found = [first]
    while following := [one for one in held.acts if one.corrects_id == found[-1].id]:
        found.append(following[0])
    return found


def _stands(held: Loaded, act: Act) -> bool:
    return any(one.id == act.id for one in standing(held.acts))


@pages.get("/cases/<uuid:case_id>/acts/<uuid:act_id>")
@requires(VIEW)
def act(case_id: UUID, act_id: UUID) -> str:
    """An act: its facts, what the rules said then, and its earlier wordings."""
    held = loaded(case_id)
    return _page(held, act_or_404(held, act_id))


@pages.post("/cases/<uuid:case_id>/acts/<uuid:act_id>/open")
@requires(VIEW)
def open_act(case_id: UUID, act_id: UUID) -> str:
    """An act with its sealed facts; that they were read is written down."""
    held = loaded(case_id)
    found = act_or_404(held, act_id)
    if not held.sees or not has_sealed(KINDS[found.kind]):
        abort(404)
    with transaction():
        record(
            kind="development.sealed.opened", subject="development_case", subject_id=held.case.id,
            detail={"act": found.seq, "kind": found.kind},
        )  # fmt: skip
    return _page(held, found, clear=True)


def _page(held: Loaded, found: Act, *, clear: bool = False) -> str:
    kind = KINDS[found.kind]
    lines = []
    hidden = kind.guarded and not held.sees
    for one in _lineage(held, found):
        sealed = sealed_of(one) if clear else {}
        lines.append((one, [] if hidden or one.voids else facts(kind, one.data, sealed)))
    return render(
        "development/act.html", case=held.case, held=held, act=found, kind=kind, lines=list(reversed(lines)),
        stands=_stands(held, found), may_account=held.may(MATTERS_HANDLE),
        may_correct=held.may(CORRECT) and held.records(kind) and _stands(held, found) and found.redacted_on is None,
        may_open=held.sees and has_sealed(kind) and not clear and found.redacted_on is None, clear=clear, hidden=hidden,
    )  # fmt: skip


@pages.route("/cases/<uuid:case_id>/acts/<uuid:act_id>/correct", methods=["GET", "POST"])
@requires(CORRECT)
def correct(case_id: UUID, act_id: UUID) -> str | Response | tuple[str, int]:
    """Put an act right: the form as it was filled in, and why."""
    held = loaded(case_id)
    found = act_or_404(held, act_id)
    kind = KINDS[found.kind]
    _require(held, kind)
    if not _stands(held, found) or found.redacted_on is not None:
        abort(404)
    choices = choices_of(held, kind)
    if request.method == "GET":
        return _form(held, found, Sent(found.act_on.isoformat(), _all_facts(held, found)))
    sent = Sent(request.form.get("act_on", ""), read(kind, request.form, choices), request.form.get("reason", ""))
    try:
        _correct(found, sent)
    except Refused as refused:
        return _form(held, found, sent, refused.findings), 422
    flash(_("已更正。原来的内容、更正人和理由都保留在全程纪实里。"), "ok")
    return redirect(url_for("p_development.case", case_id=held.case.id, _anchor=f"step-{found.step}"), 303)


def _require(held: Loaded, kind: Kind) -> None:
    """Answer 403, saying who may, for somebody who sees the record and may not put it right."""
    if not held.may(CORRECT):
        abort(403, doers.sentence(_("更正、撤销办理记录"), held.unit, CORRECT))
    held.require(kind)


def _all_facts(held: Loaded, found: Act) -> Mapping[str, Any]:
    if not has_sealed(KINDS[found.kind]) or found.sealed is None:
        return found.data
    if not held.sees:
        abort(404)
    with transaction():
        record(
            kind="development.sealed.opened", subject="development_case", subject_id=held.case.id,
            detail={"act": found.seq, "kind": found.kind},
        )  # fmt: skip
    return {**found.data, **sealed_of(found)}


def _correct(found: Act, sent: Sent) -> None:
    kind = KINDS[found.kind]
    if request.form.get("do") == "void":
        correcting.void(act_id=found.id, reason=sent.reason)
        return
    on = day(sent.act_on)
    if on is None:
        raise Refused([unreadable_day(kind, sent.act_on)])
    data, sealed = split(kind, sent.values)
    correcting.correct(act_id=found.id, act_on=on, data=data, sealed=sealed, reason=sent.reason)


def _form(held: Loaded, found: Act, sent: Sent, findings: Sequence[Finding] = ()) -> str:
    kind = KINDS[found.kind]
    return render(
        "development/correct.html", case=held.case, held=held, act=found, kind=kind, findings=findings, sent=sent,
        step=next((one for one in STEPS if one.number == kind.step), None),
        day=day_field(kind, sent.act_on, findings), groups=grouped(shown(kind, sent.values, choices_of(held, kind), findings)),
        two_sides=sides(), conflict=conflicted(findings), flags=warned(findings), today=today(),
    )  # fmt: skip
