"""To-dos: the list with filters, nudging and putting off."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import SIGNED_IN, requires
from core.notices.actions import todos as acting
from core.notices.pages.site import back, bp, my_reach, no_mere_watcher, subject_url
from core.notices.policy import notice_policy
from core.notices.queries import todos as asking
from core.notices.queries.todos import Filters, Todo
from core.notices.registry import RULES, open_rules
from core.policy.findings import Refused
from core.web.carrying import carried
from core.web.shell import render

SIZE = 50
TURNS = {"mine": _l("由我办理"), "others": _l("等待他人")}
WHENS = {"overdue": _l("已逾期"), "week": _l("七天内到期")}
VIEWS = {"open": _l("待办"), "snoozed": _l("已暂缓"), "done": _l("已办结")}


def place_of(text: str | None) -> tuple[date, UUID] | None:
    """The place in the list that an address names: ``2026-12-01_<id>``; anything else is the beginning."""
    day, _sep, identity = (text or "").partition("_")
    try:
        return date.fromisoformat(day), UUID(identity)
    except ValueError:
        return None


def _filters() -> Filters:
    given = request.args
    return Filters(
        rule=given.get("rule", "") if given.get("rule", "") in open_rules() else "",
        turn=given.get("turn", "") if given.get("turn", "") in TURNS else "",
        when=given.get("when", "") if given.get("when", "") in WHENS else "",
        state=given.get("state", "") if given.get("state", "") in VIEWS else "open",
    )


@bp.get("/todos")
@requires(SIGNED_IN)
def todos() -> str:
    """What is to be done by the account, or by others in its part of the tree; the nearest first."""
    filters = _filters()
    reach = my_reach()
    found = asking.todos(reach, filters, as_of=clock.today(), after=place_of(request.args.get("after")), limit=SIZE + 1)
    shown, more = found[:SIZE], len(found) > SIZE
    kept: dict[str, Any] = carried(without=("after",))
    further = url_for("notices.todos", **{**kept, "after": f"{shown[-1].due_on}_{shown[-1].id}"}) if more else None
    first = url_for("notices.todos", **kept) if request.args.get("after") else None
    return render(
        "notices/todos.html", fragment="results", todos=shown, filters=filters, rules=open_rules(), turns=TURNS, whens=WHENS,
        views=VIEWS, further=further, first=first, subject_url=subject_url, kept=kept, page_url=request.script_root + request.full_path, today=clock.today(),
        watching=reach.only_watches,
    )  # fmt: skip


def _todo(deadline_id: UUID) -> Todo:
    found = asking.todo(my_reach(), deadline_id, as_of=clock.today())
    if found is None:
        abort(404)
    return found


@bp.post("/todos/<uuid:deadline_id>/nudge")
@requires(SIGNED_IN)
def nudge(deadline_id: UUID) -> Response:
    """Ask whoever must act to do so."""
    found = _todo(deadline_id)
    no_mere_watcher()
    try:
        told = acting.nudge(deadline_id=found.id, as_of=clock.today())
    except Refused as refused:
        flash("；".join(finding.message for finding in refused.findings), "warn")
    else:
        flash(_("已催办，提醒了%(n)s人。", n=len(told)), "ok")
    return redirect(back("notices.todos"), 303)


@bp.route("/todos/<uuid:deadline_id>/snooze", methods=["GET", "POST"])
@requires(SIGNED_IN)
def snooze(deadline_id: UUID) -> str | Response | tuple[str, int]:
    """Put one's own to-do off for a few days, with a reason."""
    found = _todo(deadline_id)
    if not found.mine:
        abort(404)
    policy = notice_policy(as_of=clock.today())
    context: dict[str, Any] = {
        "todo": found, "rule": RULES[found.rule], "most": policy.snooze_days, "times": policy.snooze_times,
        "url": subject_url(found.rule, found.subject_id),
    }  # fmt: skip
    if request.method == "GET":
        start = {"days": str(min(1, policy.snooze_days)), "reason": ""}
        return render_template("notices/snooze.html", given=start, findings=(), **context)
    given = {name: request.form.get(name, "").strip() for name in ("days", "reason")}
    days = int(given["days"]) if given["days"].isdecimal() and len(given["days"]) < 4 else 0
    try:
        until = acting.snooze(deadline_id=found.id, days=days, reason=given["reason"], as_of=clock.today())
    except Refused as refused:
        return render_template("notices/snooze.html", given=given, findings=refused.findings, **context), 422
    flash(_("已暂缓到%(day)s。", day=until), "ok")
    return redirect(url_for("notices.todos"), 303)
