"""The forms by which somebody moves: to another branch, in or out of membership, out of being lost, into one record."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import ranges, requires
from core.people.actions import placing, upkeep
from core.people.actions import standing as standing_verbs
from core.people.actions.members import Stale, Unknown
from core.people.actions.standing import Decision
from core.people.codes import LISTS
from core.people.pages.acts import ACTS, Act, acts_from
from core.people.pages.site import EDIT, REVEAL, STATE, bp, crumbs, found_or_404, unit_of
from core.people.queries import filters
from core.people.queries.branches import branches, groups
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Order
from core.people.queries.single import Found
from core.people.rules import Death, Document, Suspension, SuspensionGround
from core.policy.findings import Finding, Refused, Severity
from core.spreadsheets.dates import read_date
from core.web.forms import sent_version
from core.web.shell import render

_GROUNDS = {
    SuspensionGround.SETTLED_ABROAD: "出国（境）定居",
    SuspensionGround.STUDY_ABROAD: "出国（境）学习研究长期未归",
    SuspensionGround.LOST_CONTACT: "失去联系，经查找仍联系不上",
}


def day_of(text: str | None) -> date | None:
    """A typed date in any of the usual spellings."""
    return read_date(text or "").value


def _page(template: str, found: Found, title: str, findings: Sequence[Finding] = (), **context: Any) -> str:
    own = (found.values["name"], url_for("people.member", person_id=found.id))
    warned = any(f.severity is Severity.WARN for f in findings) and not any(f.blocks for f in findings)
    return render(
        template,
        found=found,
        person=found.values,
        title=title,
        findings=findings,
        crumbs=[*crumbs(found.place), own],
        reason_asked=warned,
        data=request.form,
        today=clock.today(),
        **context,
    )


def _done(found: Found, act: Callable[[int], object], again: Callable[[Sequence[Finding]], str], said: str) -> Any:
    """Do a verb with the version the form was made of; on refusal show the form again."""
    try:
        act(sent_version())
    except Unknown:
        abort(404)
    except Stale:
        message = _("您打开表单之后，他人修改了这条记录。请核对现在的记录后重新提交，您填写的内容都还在。")
        return again([Finding("0.7", Severity.BLOCK, "", message, code="E_CONFLICT")]), 409
    except Refused as refused:
        return again(refused.findings), 422
    flash(said, "ok")
    return redirect(url_for("people.member", person_id=found.id), 303)


@bp.get("/people/<uuid:person_id>/move")
@requires(EDIT)
def move(person_id: UUID) -> str:
    """The form of a move to another branch or group."""
    return _move_page(found_or_404(person_id, EDIT))


def _move_page(found: Found, findings: Sequence[Finding] = ()) -> str:
    chosen = request.form.get("unit") or request.args.get("unit") or found.values["unit_id"] or ""
    branch = unit_of(chosen)
    title = _("组织关系调整：%(name)s", name=found.values["name"])
    return _page(
        "people/move.html",
        found,
        title,
        findings,
        branches=branches(ranges(EDIT)),
        groups=groups(branch) if branch else (),
        chosen=chosen,
        group=request.form.get("group") or found.values["group_id"] or "",
    )


@bp.post("/people/<uuid:person_id>/move")
@requires(EDIT)
def moved(person_id: UUID) -> Response | tuple[str, int]:
    """Move somebody."""
    found, given = found_or_404(person_id, EDIT), request.form
    unit, on = unit_of(given.get("unit")), day_of(given.get("on"))

    def act(version: int) -> None:
        if unit is None or on is None:
            raise Refused([_missing("unit" if unit is None else "on", _("请选择党支部，并填写生效日期。"))])
        placing.move(
            person=person_id,
            version=version,
            unit=unit,
            group=unit_of(given.get("group")),
            on=on,
            reason=given.get("reason") or None,
            ranges=ranges(EDIT),
        )

    return _done(found, act, lambda said: _move_page(found, said), _("已调整组织关系。"))  # type: ignore[no-any-return]


def _missing(field: str, message: str) -> Finding:
    return Finding("2.2", Severity.BLOCK, field, message, code="E_REQUIRED")


@bp.get("/people/<uuid:person_id>/standing/<act>")
@requires(STATE)
def standing(person_id: UUID, act: str) -> str:
    """The form of a change of membership."""
    found = found_or_404(person_id, STATE)
    return _standing_page(found, _act_or_404(found, act))


def _act_or_404(found: Found, code: str) -> Act:
    if code not in ACTS:
        abort(404)
    known = ACTS[code]
    if known not in acts_from(found.values["standing"]):
        message = _("“%(title)s”不适用于这名人员现在的党籍状态。", title=known.title)
        raise Refused([Finding("2.2", Severity.BLOCK, "membership_state", message, code="E_STATE")])
    return known


def _standing_page(found: Found, act: Act, findings: Sequence[Finding] = ()) -> str:
    labels = {**LISTS["start_reason"].labels, **LISTS["end_reason"].labels}
    reasons = act.reasons(found.values["standing"])
    return _page(
        "people/standing.html",
        found,
        f"{act.title}：{found.values['name']}",
        findings,
        act=act,
        reasons=[(code, labels.get(code, code)) for code in reasons],
        grounds=[(ground.value, text) for ground, text in _GROUNDS.items()],
        branches=branches(ranges(STATE)) if "unit" in act.asks else (),
    )


@bp.post("/people/<uuid:person_id>/standing/<act>")
@requires(STATE)
def stood(person_id: UUID, act: str) -> Response | tuple[str, int]:
    """Do what the decision says."""
    found = found_or_404(person_id, STATE)
    known = _act_or_404(found, act)

    def change(version: int) -> None:
        standing_verbs.change_standing(
            person=person_id,
            version=version,
            decision=_decision(known),
            ranges=ranges(STATE),
            reason=request.form.get("why") or None,
        )

    return _done(  # type: ignore[no-any-return]
        found, change, lambda said: _standing_page(found, known, said), _("已办理：%(title)s。", title=known.title)
    )


def _decision(act: Act) -> Decision:
    given = request.form
    document = death = suspension = None
    decided, died = day_of(given.get("doc_date")), day_of(given.get("died_on"))
    if "document" in act.asks and decided is not None:
        document = Document(given.get("doc_no", "").strip(), given.get("doc_organ", "").strip(), decided)
    if "death" in act.asks and died is not None:
        death = Death(died, given.get("source", "").strip())
    if "suspension" in act.asks:
        ground = given.get("ground", "")
        known = SuspensionGround(ground) if ground in set(SuspensionGround) else None
        suspension = Suspension(known, day_of(given.get("since")), given.get("searches_exhausted") == "1")
    return Decision(
        to=act.to,
        reason=act.reason or given.get("reason", ""),
        document=document,
        death=death,
        suspension=suspension,
        on=day_of(given.get("on")),
        unit=unit_of(given.get("unit")) if "unit" in act.asks else None,
    )


@bp.get("/people/<uuid:person_id>/found")
@requires(EDIT)
def found_again(person_id: UUID) -> str:
    """The form by which a lost contact is cleared."""
    return _lost_page(found_or_404(person_id, EDIT))


def _lost_page(found: Found, findings: Sequence[Finding] = ()) -> str:
    return _page("people/lost.html", found, _("解除失联：%(name)s", name=found.values["name"]), findings)


@bp.post("/people/<uuid:person_id>/found")
@requires(EDIT)
def was_found(person_id: UUID) -> Response | tuple[str, int]:
    """Clear a lost contact."""
    found, given = found_or_404(person_id, EDIT), request.form

    def act(version: int) -> None:
        upkeep.clear_lost(
            person=person_id,
            version=version,
            contacted_on=day_of(given.get("contacted_on")),
            evidence=given.get("evidence"),
            ranges=ranges(EDIT),
        )

    return _done(found, act, lambda said: _lost_page(found, said), _("已解除失联。"))  # type: ignore[no-any-return]


@bp.get("/people/<uuid:person_id>/merge")
@requires(EDIT)
def merge(person_id: UUID) -> str:
    """Look for the other record of the same person, and compare the two."""
    return _merge_page(found_or_404(person_id, EDIT))


def _merge_page(found: Found, findings: Sequence[Finding] = ()) -> str:
    other = unit_of(request.form.get("other") or request.args.get("other"))
    text = request.args.get("q", found.values["name"])
    criteria = filters.read({"q": text, "standing": "all"}, as_of=clock.today(), clear=ranges(REVEAL))
    listed = members(Asked(None, ranges(EDIT), criteria, Order(), 20), with_total=False) if criteria.searches else None
    return _page(
        "people/merge.html",
        found,
        _("合并重复记录：%(name)s", name=found.values["name"]),
        findings,
        other=found_or_404(other, EDIT) if other and other != found.id else None,
        candidates=[row for row in listed.rows if row[0] != found.values["id"]] if listed else [],
        q=text,
        labels=LISTS["membership_state"].labels,
    )


@bp.post("/people/<uuid:person_id>/merge")
@requires(EDIT)
def merged(person_id: UUID) -> Response | tuple[str, int]:
    """Make one record of two."""
    found, given = found_or_404(person_id, EDIT), request.form
    other = unit_of(given.get("other"))
    if other is None:
        abort(404)

    def act(version: int) -> None:
        upkeep.merge(
            keep=person_id,
            drop=other,
            keep_version=version,
            drop_version=sent_version("other_version"),
            ranges=ranges(EDIT),
            reason=given.get("reason") or None,
        )

    return _done(found, act, lambda said: _merge_page(found, said), _("两条记录已合并。"))  # type: ignore[no-any-return]
