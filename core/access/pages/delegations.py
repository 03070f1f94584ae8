"""An officer's own delegations: to whom, until when; taking one back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from core import clock
from core.access.actions import delegations as verbs
from core.access.gate import actor, requires
from core.access.own import DELEGATE
from core.access.pages.site import bp, day_of, id_of, state_badge, typed
from core.access.queries.grants import delegated
from core.access.rules import DELEGATION_DAYS
from core.policy.findings import Refused


@bp.route("/delegations", methods=["GET", "POST"])
@requires(DELEGATE)
def delegations() -> str | Response | tuple[str, int]:
    """One's own delegations, and a new one."""
    today = clock.today()
    if request.method == "GET":
        return _page({"valid_from": today.isoformat(), "valid_to": (today + timedelta(days=7)).isoformat()})
    given = typed("choice", "valid_from", "valid_to", "reason")
    role, _one, rest = given["choice"].partition("|")
    unit, _two, to = rest.partition("|")
    try:
        verbs.delegate(
            to=id_of(to) or UUID(int=0), role=role, unit=id_of(unit) or UUID(int=0),
            valid_from=day_of(given["valid_from"]) or today, valid_to=day_of(given["valid_to"]), reason=given["reason"],
            by=actor(), as_of=today,
        )  # fmt: skip
    except Refused as refused:
        return _page(given, refused.findings), 422
    flash(_("已委托。受委托人的办理记录会同时写明两人的姓名。"), "ok")
    return redirect(url_for("access.delegations"), 303)


def _page(given: Mapping[str, Any], findings: Any = ()) -> str:
    today, who = clock.today(), actor()
    choices = [
        (
            f"{office.role}|{office.unit_id}|{to}",
            _("%(name)s，代行%(unit)s%(role)s职权", name=name, unit=office.unit_name, role=office.role_title),
        )
        for office in verbs.delegable(who, as_of=today)
        for to, name in verbs.deputies(office.unit_id, as_of=today)
        if to != who.account_id
    ]
    rows = [(row, state_badge(row), row.state(today) != "ended") for row in delegated(who.account_id)]
    return render_template(
        "access/delegations.html", rows=rows, choices=choices, given=given, findings=findings, days=DELEGATION_DAYS
    )


@bp.post("/delegations/<uuid:grant_id>/end")
@requires(DELEGATE)
def delegation_end(grant_id: UUID) -> str | Response | tuple[str, int]:
    """Take a delegation back at once."""
    try:
        verbs.take_back(grant_id=grant_id, by=actor(), as_of=clock.today())
    except NoResultFound:
        abort(404)
    except Refused as refused:
        return _page({}, refused.findings), 422
    flash(_("已收回委托。"), "ok")
    return redirect(url_for("access.delegations"), 303)
