"""The form of an act: filled in with what is known; what is refused stays filled in, with the rule and the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, Severity, render, requires, today, transaction
from core.sdk.files import store
from plugins.development.cases import recording
from plugins.development.flow import STEPS, Kind
from plugins.development.pages import letters
from plugins.development.pages.files import PAPER, SEALED_PAPER, SUBJECT
from plugins.development.pages.forms import (
    Choices,
    day_field,
    defaults,
    grouped,
    known_kind,
    read,
    shown,
    sides,
    split,
    unreadable_day,
)
from plugins.development.pages.known import choices_of, known_of
from plugins.development.pages.loading import Loaded, load
from plugins.development.pages.reading import day, one_id, version
from plugins.development.permissions import RECORD, VIEW
from plugins.development.site import pages

#: Files of one form at most.
FILES = 10


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form holds: the act's day as text, and its facts."""

    act_on: str
    values: Mapping[str, Any]
    reason: str = ""


def loaded(case_id: UUID) -> Loaded:
    """The case, or the same 404 as for one that does not exist."""
    found = load(case_id)
    if found is None:
        abort(404)
    return found


def kind_or_404(code: str) -> Kind:
    """A kind that has a form."""
    found = known_kind(code)
    if found is None:
        abort(404)
    return found


def letter_for(held: Loaded, kind: Kind) -> letters.LetterView | None:
    """The letter that the form receives, when it is the case's and waits for exactly this."""
    chosen = one_id(request.values.get("letter"))
    found = letters.one(chosen) if chosen else None
    fits = found is not None and found.kind == kind.code and found.state == "sent" and found.case_id == held.case.id
    return found if fits else None


@pages.route("/cases/<uuid:case_id>/do/<kind>", methods=["GET", "POST"])
@requires(VIEW)
def do(case_id: UUID, kind: str) -> str | Response | tuple[str, int]:
    """Record an act of a kind."""
    held, known = loaded(case_id), kind_or_404(kind)
    held.require(known)
    choices = choices_of(held, known)
    letter = letter_for(held, known)
    if request.method == "GET":
        return _form(held, known, choices, _first(held, known, letter), letter=letter)
    sent = Sent(request.form.get("act_on", ""), read(known, request.form, choices), request.form.get("reason", ""))
    try:
        flags = _record(held, known, sent, letter)
    except Refused as refused:
        return _form(loaded(case_id), known, choices, sent, refused.findings, letter=letter), 422
    flash(
        _("“%(what)s”已登记。", what=known.title)
        + (_("其中有须说明的事项，已连同理由记入全程纪实。") if flags else ""),
        "ok",
    )
    if known.code == "transfer_out" and load(held.case.id) is None:
        return redirect(url_for("p_development.board"), 303)  # it is the other branch's from now on
    return redirect(
        url_for("p_development.case", case_id=held.case.id, _anchor=f"step-{known.step}" if known.step else None), 303
    )


def _first(held: Loaded, kind: Kind, letter: letters.LetterView | None) -> Sent:
    on = today()
    values = defaults(kind, held.history, on, known_of(held, kind))
    if letter is not None:
        values |= {name: value for name, value in (("signed", letter.written_on.isoformat()), ("theme", letter.theme))
                   if value and kind.fact(name)}  # fmt: skip
    return Sent(on.isoformat(), values)


def _record(held: Loaded, kind: Kind, sent: Sent, letter: letters.LetterView | None) -> bool:
    """Write the act with its files, and take the letter it came from; all of it or nothing."""
    on = day(sent.act_on)
    if on is None:
        raise Refused([unreadable_day(kind, sent.act_on)])
    data, sealed = split(kind, sent.values)
    rules = request.form.getlist("flag") if sent.reason.strip() else []
    with transaction():
        recording.act(
            case_id=held.case.id, kind=kind.code, act_on=on, data=data, sealed=sealed, reason=sent.reason,
            overrides=dict.fromkeys(rules, sent.reason.strip()), file_ids=_files(held, kind),
            version=version(),
        )  # fmt: skip
        if letter is not None:
            letters.received(letter_id=letter.id, case_id=held.case.id)
    return bool(rules)


def _files(held: Loaded, kind: Kind) -> list[UUID]:
    purpose = SEALED_PAPER if kind.guarded else PAPER
    return [
        store(
            stream_or_bytes=one.stream, filename=one.filename, purpose=purpose.code, subject=SUBJECT,  # type: ignore[arg-type]
            subject_id=held.case.id, unit_path=held.path,
        )
        for one in request.files.getlist("files")[:FILES]
        if one.filename
    ]  # fmt: skip


def warned(findings: Sequence[Finding]) -> list[str]:
    """The rules that ask for a written reason."""
    return list(dict.fromkeys(one.rule for one in findings if one.severity is Severity.WARN))


def conflicted(findings: Sequence[Finding]) -> bool:
    """Whether somebody else was faster."""
    return any(one.code == "E_CONFLICT" for one in findings)


def _form(
    held: Loaded, kind: Kind, choices: Choices, sent: Sent, findings: Sequence[Finding] = (),
    letter: letters.LetterView | None = None,
) -> str:  # fmt: skip
    step = next((one for one in STEPS if one.number == kind.step), None)
    on = day(sent.act_on) or today()
    return render(
        "development/do.html", case=held.case, held=held, kind=kind, step=step, findings=findings,
        day=day_field(kind, sent.act_on, findings), groups=grouped(shown(kind, sent.values, choices, findings)),
        two_sides=sides(), flags=warned(findings), reason=sent.reason, conflict=conflicted(findings),
        said=held.said(kind, on) if not findings else (), earliest=held.earliest_of(kind.step, on), letter=letter,
        letter_text=letters.text_of(letter.id) if letter else "", late=_late(on),
        latest=held.latest(3) if conflicted(findings) else (), record_right=RECORD,
    )  # fmt: skip


def _late(on: date) -> bool:
    return (today() - on).days > 30
