"""Contact lists 支委联系党员, contacts and talks 谈心."""

from collections.abc import Sequence
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Holder, Refused, Unit, actor, holders_at, may, need, ranges, render, requires, today
from core.sdk.people import PersonRow, people_in, person
from plugins.care.actions import contacts as verbs
from plugins.care.pages.board import tabs
from plugins.care.pages.cases import unit_of
from plugins.care.pages.forms import day, ids, one_id, unreadable
from plugins.care.people import units
from plugins.care.permissions import CONTACT, DECIDE
from plugins.care.policy import numbers
from plugins.care.queries import contacts as asking
from plugins.care.site import pages
from plugins.care.words import OFFICERS, TALK_CHANNELS, TALKS


@pages.get("/contacts")
@requires(CONTACT)
def contacts() -> str:
    """Who keeps contact with whom, what is due, and the latest talks."""
    held = ranges(CONTACT)
    return render(
        "care/contacts.html", links=asking.links(held), talks=asking.talks(held), kinds=TALKS, channels=TALK_CHANNELS,
        days=numbers(as_of=today()).contact, may_list=may(DECIDE), me=actor().account_id,
        branches=units(ranges(DECIDE), types=("branch",)) if may(DECIDE) else [], tabs=tabs(), today=today(),
    )  # fmt: skip


@pages.get("/contacts/<uuid:link_id>")
@requires(CONTACT)
def contact(link_id: UUID) -> str | Response:
    """An entry of a list: leads to the form of the contact."""
    found = asking.link(link_id)
    if found is None or not may(CONTACT, found.path):
        abort(404)
    return redirect(url_for("p_care.talk", person_id=found.person_id, kind="contact"), 303)


@pages.route("/talk", methods=["GET", "POST"])
@requires(CONTACT)
def talk() -> str | Response | tuple[str, int]:
    """Record a contact or talk with a member."""
    chosen = one_id(request.values.get("person_id") or request.values.get("member_id"))
    who = person(chosen, ranges(CONTACT)) if chosen else None
    if who is None:
        abort(404)
    if request.method == "GET":
        return _talk_form(who)
    given, on = request.form, day(request.form.get("made_on"))
    try:
        if on is None:
            raise Refused([unreadable("R6.15", "made_on", "日期")])
        verbs.talk(
            person_id=who.id, kind=given.get("kind", ""), made_on=on, channel=given.get("channel", ""),
            content=given.get("content", ""),
        )  # fmt: skip
    except Refused as refused:
        return _talk_form(who, refused.findings), 422
    flash(_("已登记。"), "ok")
    return redirect(url_for("p_care.contacts"), 303)


def _talk_form(who: PersonRow, findings: Sequence[Finding] = ()) -> str:
    return render(
        "care/talk.html", person=who, findings=findings, given=request.form, kind=request.values.get("kind", "contact"),
        kinds=TALKS, channels=TALK_CHANNELS, today=today(),
    )  # fmt: skip


@pages.get("/contacts/lists")
@requires(DECIDE)
def contact_lists() -> Response:
    """Leads to the lists of the branch that was chosen."""
    chosen = one_id(request.args.get("unit"))
    if chosen is None:
        abort(404)
    return redirect(url_for("p_care.contact_list", unit_id=chosen), 303)


@pages.route("/contacts/lists/<uuid:unit_id>", methods=["GET", "POST"])
@requires(DECIDE)
def contact_list(unit_id: UUID) -> str | Response | tuple[str, int]:
    """Say whom each officer of a branch keeps contact with."""
    unit = unit_or_404(unit_id)
    account = one_id(request.values.get("account"))
    if request.method == "GET":
        return _list_form(unit, account)
    try:
        count = verbs.set_list(
            account_id=account or UUID(int=0), unit_id=unit.id, people=ids(request.form.getlist("people"))
        )
    except Refused as refused:
        return _list_form(unit, account, refused.findings), 422
    flash(_("名单已保存，共%(n)s人。", n=count), "ok")
    return redirect(url_for("p_care.contacts"), 303)


def unit_or_404(unit_id: UUID) -> Unit:
    """A unit where the viewer decides, or the page that is not there."""
    from sqlalchemy.exc import NoResultFound

    try:
        unit = unit_of(unit_id)
    except NoResultFound:
        abort(404)
    need(DECIDE, unit.path)
    return unit


def _list_form(unit: Unit, account: UUID | None, findings: Sequence[Finding] = ()) -> str:
    officers = [one for one in holders_at(unit.path) if one.roles & OFFICERS]
    if account is None and officers:
        account = officers[0].account_id
    chosen = set(request.form.getlist("people"))
    if account is not None and request.method == "GET":
        chosen = set(map(str, asking.listed(unit.id, account)))
    return render(
        "care/contact_list.html", unit=unit, officers=officers, account=str(account or ""), chosen=chosen,
        officer_tabs=_tabs, people=people_in(((unit.path, unit.path_end),), limit=500), findings=findings,
    )  # fmt: skip


def _tabs(officers: Sequence[Holder], unit: Unit, account: str) -> list[tuple[str, str, bool]]:
    return [
        (
            one.name,
            url_for("p_care.contact_list", unit_id=unit.id, account=one.account_id),
            str(one.account_id) == account,
        )
        for one in officers
    ]
