"""How one wants to be told; and the calendar that other programs read."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import abort, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import PUBLIC, SIGNED_IN, actor, requires
from core.config import Settings
from core.database import transaction
from core.mail.actions import deliverable
from core.notices.actions.preferences import close_feed, digest, open_feed, prefer, rest, used_feed
from core.notices.kinds import open_kinds
from core.notices.pages.site import bp
from core.notices.policy import notice_policy
from core.notices.queries import calendar as asking
from core.notices.queries import inbox
from core.policy.findings import Refused

if TYPE_CHECKING:
    from icalendar import Event

MODES = {"once": _l("立即"), "daily": _l("每天汇总"), "weekly": _l("每周一汇总"), "off": _l("不发邮件")}


@bp.route("/account/notices", methods=["GET", "POST"])
@requires(SIGNED_IN)
def settings() -> str | Response | tuple[str, int]:
    """Choose, for each kind, when an e-mail comes."""
    account = actor().account_id
    if request.method == "POST":
        chosen = {code: request.form[code] for code in open_kinds() if code in request.form}
        own = {name: request.form[name][:10] for name in ("quiet_from", "quiet_to") if name in request.form}
        try:
            with transaction():
                prefer(account_id=account, modes=chosen)
                if own:
                    rest(account_id=account, start=own.get("quiet_from", ""), end=own.get("quiet_to", ""))
        except Refused as refused:
            return _page(chosen | own, refused), 422
        flash(_("提醒设置已保存。"), "ok")
        return redirect(url_for("notices.settings"), 303)
    return _page({}, None)


def _page(chosen: dict[str, str], refused: Refused | None, secret: str | None = None) -> str:
    held = inbox.settings(actor().account_id)
    own = {name: value.strftime("%H:%M") for name in ("quiet_from", "quiet_to") if (value := getattr(held, name))}
    return render_template(
        "notices/settings.html", kinds=open_kinds(), modes=MODES, kept={**held.modes, **own, **chosen},
        findings=refused.findings if refused else (), feed=held.feed, hours=notice_policy(as_of=clock.today()).hours,
        mails=deliverable(), address=_address(secret) if secret else None,
    )  # fmt: skip


def _address(secret: str) -> str:
    held: Settings = current_app.extensions["dangjian.settings"]
    path = url_for("notices.feed", secret=secret)
    return f"{held.public_url.rstrip('/')}{path}" if held.public_url else f"{request.host_url.rstrip('/')}{path}"


@bp.post("/account/notices/calendar")
@requires(SIGNED_IN)
def calendar() -> str | Response:
    """Make a new secret address for the calendar (shown this once), or end it."""
    account = actor().account_id
    if request.form.get("act") == "close":
        close_feed(account_id=account)
        flash(_("日历订阅已停用，原来的地址不再有效。"), "ok")
        return redirect(url_for("notices.settings"), 303)
    page = make_response(_page({}, None, open_feed(account_id=account)))
    page.headers["Cache-Control"] = "no-store"
    return page


@bp.get("/calendar/<secret>.ics")
@requires(PUBLIC)
def feed(secret: str) -> Response:
    """An account's deadlines as iCalendar: kinds and units, no names of persons."""
    owner = inbox.feed_owner(digest(secret)) if len(secret) < 100 else None
    who = asking.actor_of(owner) if owner else None
    if owner is None or who is None:
        abort(404)
    if g.tenant.state != "read_only":
        used_feed(account_id=owner, as_of=clock.today())
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//dangjian//todos//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{g.tenant.title} 待办")
    made.add("x-published-ttl", "PT6H")
    for entry in asking.entries(who, as_of=clock.today()):
        made.add_component(_event(entry.id.hex, entry.due_on, f"{entry.title}：{entry.where}", entry.changed_at))
    answer = make_response(made.to_ical())
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _event(uid: str, day: date, title: str, changed_at: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uid}@dangjian")
    event.add("dtstamp", changed_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("transp", "TRANSPARENT")
    return event
