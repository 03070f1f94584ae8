"""Writing a notice: fill in, look at it with the number of recipients, publish."""

from datetime import date
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, may, need, ranges, requires
from core.database import transaction, uuid7
from core.files.actions import store
from core.notices.actions.notices import preview, publish
from core.notices.audience import Audience
from core.notices.pages.site import ATTACHMENT, LEVELS, SEND, TONES, bp, crumbs
from core.notices.queries import receipts
from core.notices.rules.texts import clean, date_findings, text_findings
from core.policy.findings import Finding, Refused, Severity
from core.web.messages import said

WHO = {"members": _l("全体党员"), "officers": _l("党务工作者（书记、委员等）"), "both": _l("党员和党务工作者")}
MODES = {"direct": _l("直接发到每个人"), "steps": _l("逐级传达：先到下级组织，由他们继续传达")}
FIELDS = ("title", "body", "level", "mode", "who", "read_by")
FILES = 5


def _place() -> tuple[UUID, str, str, str]:
    """The unit that sends: the one asked for, or the highest one may send from."""
    asked = request.values.get("unit", type=UUID)
    if asked is None:
        held = [h for h in actor().holdings if h.holds(clock.today()) and may(SEND, h.path)]
        if not held:
            abort(404)
        asked = min(held, key=lambda one: (len(one.path), one.path)).unit_id
    found = receipts.unit(asked)
    if found is None or not may(SEND, found[2]):
        abort(404)
    need(SEND, found[2])
    return found


def _given() -> tuple[dict[str, str], list[UUID]]:
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    units = [found for found in (_uuid(text) for text in request.form.getlist("units")[:2000]) if found]
    return given, units


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = said("Not a valid date.")
        raise Refused([Finding("R16.06", Severity.BLOCK, "read_by", message, code="E_FORMAT")]) from error


def _around(place: tuple[UUID, str, str, str]) -> dict[str, Any]:
    return {
        "place": place, "below": receipts.below(place[0]), "who": WHO, "modes": MODES, "levels": LEVELS,
        "tones": TONES, "crumbs": crumbs(),
    }  # fmt: skip


@bp.get("/notices/new")
@requires(SEND)
def new() -> str:
    """The form, with the sending unit and those right below it to choose from."""
    place = _place()
    start = {"title": "", "body": "", "level": "normal", "mode": "direct", "who": "members", "read_by": ""}
    return render_template("notices/new.html", given=start, units=[place[0]], findings=(), **_around(place))


@bp.post("/notices/new")
@requires(SEND)
def create() -> str | Response | tuple[str, int]:
    """Look at what was filled in, or publish it."""
    place = _place()
    given, units = _given()
    audience = Audience(units=tuple(units), who=given["who"])
    step = request.form.get("step", "look")
    try:
        read_by = _day(given["read_by"])
        if step == "publish":
            made = _publish(place, given, audience, read_by)
            return redirect(url_for("notices.notice", notice_id=made), 303)
        _check(given, read_by)
        count = preview(audience=audience, allowed=ranges(SEND), as_of=clock.today())
    except Refused as refused:
        context = {"given": given, "units": units, "findings": refused.findings}
        return render_template("notices/new.html", **context, **_around(place)), 422
    if step == "back":
        return render_template("notices/new.html", given=given, units=units, findings=(), **_around(place))
    return render_template(
        "notices/look.html", given=given, units=units, count=count, files=FILES,
        body=Markup(clean(given["body"])), **_around(place),  # noqa: S704 - sanitised here
    )  # fmt: skip


def _check(given: dict[str, str], read_by: date | None) -> None:
    wrong = text_findings(title=given["title"], body=given["body"])
    wrong += date_findings(read_by=read_by, level=given["level"], as_of=clock.today())
    if wrong:
        raise Refused(wrong)


def _publish(
    place: tuple[UUID, str, str, str], given: dict[str, str], audience: Audience, read_by: date | None
) -> UUID:
    """Publish with the attachments: all of it, or nothing."""
    with transaction():
        made = publish(
            unit_id=place[0], title=given["title"], body=given["body"], audience=audience, allowed=ranges(SEND),
            as_of=clock.today(), level=given["level"], mode=given["mode"], read_by=read_by, notice_id=uuid7(),
        )  # fmt: skip
        for item in [one for one in request.files.getlist("file") if one.filename][:FILES]:
            store(
                stream_or_bytes=cast(BinaryIO, item.stream), filename=item.filename or "", purpose=ATTACHMENT, subject="notice",
                subject_id=made, unit_path=place[2],
            )  # fmt: skip
        return made
