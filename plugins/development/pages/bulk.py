"""One form for many: a training class for forty, half-yearly reviews for several. Each is judged; refused ones are listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, Unit, bounds, may, ranges, render, requires, rows, today
from plugins.development.cases import recording
from plugins.development.flow import KINDS, FormField, Kind
from plugins.development.models.case import Act, Case
from plugins.development.pages import asking
from plugins.development.pages.doing import Sent, warned
from plugins.development.pages.forms import (
    Choices,
    day_field,
    defaults,
    grouped,
    read,
    shown,
    sides,
    split,
    unreadable_day,
)
from plugins.development.pages.reading import day, ids
from plugins.development.pages.words import state_badge
from plugins.development.permissions import RECORD
from plugins.development.site import pages

#: People of one form at most.
MOST = 200
#: Kinds that are recorded for many, and which of their facts may differ from one to the other.
MANY: Mapping[str, tuple[str, ...]] = {
    "course": (), "training": (), "service": ("hours",), "half_year_review": ("contact_opinion", "result"),
    "probation_review": ("sponsor_opinion",), "oath": (),
}  # fmt: skip
#: Where one public notice for several is drawn, if that part is there.
_NOTICE = "p_development.notice_new"
#: Where a paper is chosen that is printed for several.
_PAPERS = "p_development.choose_paper"


def offered() -> list[tuple[Any, str]]:
    """The buttons over the list: what can be recorded for all that are ticked."""
    found = [(KINDS[code].title, url_for("p_development.bulk", kind=code)) for code in MANY]
    if _NOTICE in current_app.view_functions:
        found.append((_("一起公示"), url_for("p_development.bulk_notice")))
    if _PAPERS in current_app.view_functions:
        found.append((_("打印文书"), url_for(_PAPERS)))
    return found


@dataclass(frozen=True, slots=True)
class One:
    """Somebody of the many."""

    id: UUID
    name: str
    unit: str
    path: str
    state: str
    side: str
    version: int

    @property
    def badge(self) -> Any:
        """The state as a badge."""
        return state_badge(self.state, self.side)


@lru_cache(maxsize=32)
def _chosen(count: int) -> Any:
    return (
        select(Case.id, Case.name, Unit.short_name, Unit.path, Case.state, Case.side, Case.version)
        .select_from(Case)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .where(asking.within_ranges(count), Case.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
        .order_by(Unit.path, Case.name_key, Case.id)
    )


def chosen(wanted: Sequence[UUID], permission: str) -> list[One]:
    """The cases with these ids; the same 404 for others' as for none."""
    held = tuple(ranges(permission))
    found = [One(*row) for row in rows(_chosen(len(held)), ids=list(wanted), **bounds(held))] if held else []
    if not found or len(found) < len(wanted) or len(found) > MOST:
        abort(404)
    return found


@dataclass(slots=True)
class Outcome:
    """What came of one of the many."""

    one: One
    done: bool
    findings: Sequence[Finding] = field(default=())


@pages.post("/bulk/<any('course','training','service','half_year_review','probation_review','oath'):kind>")
@requires(RECORD)
def bulk(kind: str) -> str | Response | tuple[str, int]:
    """First the form for those that were ticked, then the act for each."""
    known = KINDS[kind]
    people = chosen(ids(request.form.getlist("id")), known.who)
    choices = Choices()
    if request.form.get("confirmed") != "1":
        return _form(known, people, Sent(today().isoformat(), defaults(known, None, today(), {})))
    sent = Sent(request.form.get("act_on", ""), read(known, request.form, choices), request.form.get("reason", ""))
    on = day(sent.act_on)
    if on is None:
        return _form(known, people, sent, [unreadable_day(known, sent.act_on)]), 422
    found = [_record(known, one, sent, on) for one in people]
    done, refused = [one for one in found if one.done], [one for one in found if not one.done]
    if not refused:
        flash(_("“%(what)s”已为%(n)s人登记。", what=known.title, n=len(done)), "ok")
        return redirect(url_for("p_development.board"), 303)
    return _form(known, [one.one for one in refused], sent, outcomes=refused, done=done), 422


def _own(kind: Kind, one: One, sent: Sent) -> dict[str, Any]:
    """The facts for one: the common ones, and what was said of this one alone."""
    values = dict(sent.values)
    for name in MANY[kind.code]:
        given = str(request.form.get(f"{one.id}.{name}") or "").strip()
        if given:
            values[name] = int(given) if given.isdecimal() and kind.fact(name).kind == "number" else given  # type: ignore[union-attr]
    return values


_SAME = select(Act.id).where(
    Act.case_id == bindparam("case_id", type_=Uuid()), Act.kind == bindparam("kind"), Act.act_on == bindparam("on"),
    Act.data == bindparam("data", type_=Act.data.type), Act.voids.is_(False),
)  # fmt: skip


def _record(kind: Kind, one: One, sent: Sent, on: date) -> Outcome:
    data, sealed = split(kind, _own(kind, one, sent))
    if rows(_SAME, case_id=one.id, kind=kind.code, on=on, data=data):
        return Outcome(one, done=True)  # the same form sent again
    try:
        recording.act(case_id=one.id, kind=kind.code, act_on=on, data=data, sealed=sealed, reason=sent.reason)
    except Refused as refused:
        return Outcome(one, done=False, findings=refused.findings)
    return Outcome(one, done=True)


@dataclass(frozen=True, slots=True)
class Own:
    """A field that may differ from one to the other."""

    name: str
    label: Any
    kind: str
    options: Sequence[tuple[str, Any]] = ()


def _differing(kind: Kind) -> list[Own]:
    found = []
    for name in MANY[kind.code]:
        one: FormField | None = kind.fact(name)
        if one is not None:
            found.append(Own(one.name, one.label, one.kind, list(one.choices.items())))
    return found


def _of_all(outcomes: Sequence[Outcome]) -> list[Finding]:
    """What is wrong with the form itself: found in the same words of every one of several, so it is said once."""
    if len(outcomes) < 2:
        return []
    first, *others = (one.findings for one in outcomes)
    return [finding for finding in first if finding.field and all(finding in found for found in others)]


def _form(
    kind: Kind, people: Sequence[One], sent: Sent, findings: Sequence[Finding] = (), *,
    outcomes: Sequence[Outcome] = (), done: Sequence[Outcome] = (),
) -> str:  # fmt: skip
    of_all = _of_all(outcomes) if not done else []
    findings = [*findings, *of_all]
    said = {one.one.id: [finding for finding in one.findings if finding not in of_all] for one in outcomes}
    every = [finding for one in outcomes for finding in one.findings]
    return render(
        "development/bulk.html", kind=kind, people=people, findings=findings, said=said, done=done, flags=warned(every),
        day=day_field(kind, sent.act_on, findings), groups=grouped(shown(kind, sent.values, Choices(), findings)),
        differing=_differing(kind), two_sides=sides(), reason=sent.reason, given=request.form,
    )  # fmt: skip


@pages.post("/bulk/notice")
@requires(RECORD)
def bulk_notice() -> Response:
    """One public notice for all that are ticked: leads to its form with them."""
    people = chosen(ids(request.form.getlist("id")), RECORD)
    if _NOTICE not in current_app.view_functions or not may(RECORD, people[0].path):
        abort(404)
    return redirect(url_for(_NOTICE, case_id=" ".join(str(one.id) for one in people)), 303)
