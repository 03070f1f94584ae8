"""What one was given: notices, reminders, the bell; and what one's units have sent."""

from datetime import datetime
from uuid import UUID

from flask import Response as FlaskResponse
from flask import abort, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.database.read import settle_preface
from core.notices.actions.reading import read_all, read_message
from core.notices.pages.site import LEVELS, SEND, STATES, TONES, VIEW, bp, linked
from core.notices.queries import inbox, receipts

SIZE = 30
#: How long a browser may go on showing the number it was told, in seconds.
BELL_AGE = 60


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _tabs(here: str) -> list[tuple[str, str, bool, int | None]]:
    notices, told = inbox.counts(actor().account_id)
    tabs: list[tuple[str, str, bool, int | None]] = [
        (_("收到的通知"), url_for("notices.received"), here == "received", notices or None),
        (_("提醒"), url_for("notices.reminders"), here == "reminders", told or None),
    ]
    if may(VIEW):
        tabs.append((_("下发的通知"), url_for("notices.sent"), here == "sent", None))
    return tabs


@bp.get("/notices/")
@requires(SIGNED_IN)
def received() -> str:
    """The notices given to the account, the newest first."""
    unread = request.args.get("unread") == "1"
    found = inbox.received(actor().account_id, unread=unread, after=_uuid(request.args.get("after")), limit=SIZE + 1)
    shown = found[:SIZE]
    more = (
        url_for("notices.received", after=shown[-1].id, unread="1" if unread else None) if len(found) > SIZE else None
    )
    return render_template(
        "notices/received.html", notices=shown, more=more, unread=unread, tabs=_tabs("received"), levels=LEVELS,
        tones=TONES, may_send=may(SEND), today=clock.today(),
    )  # fmt: skip


@bp.get("/notices/reminders")
@requires(SIGNED_IN)
def reminders() -> str:
    """Reminders and nudges, the newest first."""
    unread = request.args.get("unread") == "1"
    found = inbox.messages(actor().account_id, unread=unread, after=_place(request.args.get("after")), limit=SIZE + 1)
    shown = found[:SIZE]
    last = f"{shown[-1].at.isoformat()}_{shown[-1].id}" if shown else ""
    more = url_for("notices.reminders", after=last, unread="1" if unread else None) if len(found) > SIZE else None
    return render_template(
        "notices/reminders.html", messages=shown, more=more, unread=unread, tabs=_tabs("reminders"), may_send=may(SEND)
    )


def _place(text: str | None) -> tuple[datetime, UUID] | None:
    moment, _sep, identity = (text or "").rpartition("_")
    try:
        found = datetime.fromisoformat(moment), UUID(identity)
    except ValueError:
        return None
    return found if found[0].tzinfo is not None else None


@bp.get("/notices/sent")
@requires(VIEW)
def sent() -> str:
    """The notices of the units one may look into, with how many have read them."""
    found = receipts.sent(ranges(VIEW), after=_uuid(request.args.get("after")), limit=SIZE + 1)
    shown = found[:SIZE]
    more = url_for("notices.sent", after=shown[-1].id) if len(found) > SIZE else None
    return render_template(
        "notices/sent.html", notices=shown, more=more, tabs=_tabs("sent"), levels=LEVELS, tones=TONES, states=STATES,
        may_send=may(SEND),
    )  # fmt: skip


@bp.post("/notices/read-all")
@requires(SIGNED_IN)
def mark_all() -> Response:
    """Everything is read: reminders, and notices that ask for no more than being looked at."""
    done = read_all(account_id=actor().account_id)
    flash(_("已全部标为已读（%(n)s条）。重要和紧急的通知请逐条打开阅读。", n=done), "ok")
    return redirect(url_for("notices.reminders"), 303)


@bp.get("/notices/reminders/<uuid:message_id>")
@requires(SIGNED_IN)
def open_reminder(message_id: UUID) -> Response:
    """Go where a reminder leads; it is read then."""
    settle_preface()
    found = inbox.message(actor().account_id, message_id)
    if found is None:
        abort(404)
    if found.read_at is None and g.tenant.state != "read_only":
        read_message(account_id=actor().account_id, message_id=message_id)
    return redirect(linked(found.link) or url_for("notices.reminders"), 303)


@bp.get("/notices/bell")
@requires(SIGNED_IN)
def bell() -> FlaskResponse:
    """The number on the bell: asked for by the page after it is shown, and kept by the browser for a minute."""
    notices, told = inbox.counts(actor().account_id)
    response = make_response(render_template("notices/bell.html", count=notices + told))
    response.headers["Cache-Control"] = f"private, max-age={BELL_AGE}"
    return response
