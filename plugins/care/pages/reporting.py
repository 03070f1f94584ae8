"""The quick report: anybody of the branch, from the phone, in half a minute; and one disaster for many."""

from collections.abc import Sequence

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, need, ranges, render, requires
from core.sdk.people import PersonRow, people, people_in, person
from plugins.care.actions.reporting import report as send
from plugins.care.actions.reporting import report_many as report_all
from plugins.care.findings import block
from plugins.care.pages.board import words
from plugins.care.pages.forms import day, ids, one_id, unreadable
from plugins.care.permissions import REPORT
from plugins.care.site import hotline, pages

_MOST = 500


@pages.route("/report", methods=["GET", "POST"])
@requires(REPORT)
def report() -> str | Response | tuple[str, int]:
    """Choose the member, then what happened."""
    chosen = one_id(request.values.get("person_id") or request.values.get("member_id"))
    who = person(chosen, ranges(REPORT)) if chosen else None
    if chosen and who is None:
        abort(404)
    if who is None:
        text = request.args.get("q", "").strip()
        found = people_in(ranges(REPORT), text=text, limit=21)
        return render(
            "care/report_who.html",
            fragment="results",
            people=found[:20],
            more=len(found) > 20,
            q=text,
            hotline=hotline(),
        )
    if request.method == "GET":
        return _form(who)
    kind, _colon, sub_kind = request.form.get("what", "").partition(":")
    on = day(request.form.get("occurred_on"))
    try:
        if on is None:
            raise Refused([unreadable("R6.01", "occurred_on", "发生日期")])
        need(REPORT, who.path)
        made = send(
            person_id=who.id, kind=kind, sub_kind=sub_kind, occurred_on=on, detail=request.form.get("detail", ""),
            urgent=request.form.get("urgent") == "1",
        )  # fmt: skip
    except Refused as refused:
        return _form(who, refused.findings), 422
    flash(
        _("已报告，党支部会尽快核实。")
        if made.same_as is None
        else _("已报告。同类事项几天前已有人报告，党支部会合并办理。"),
        "ok",
    )
    return redirect(url_for("p_care.mine"), 303)


def _form(who: PersonRow, findings: Sequence[Finding] = ()) -> str:
    return render("care/report.html", person=who, findings=findings, given=request.form, hotline=hotline(), **words())


@pages.post("/report/many")
@requires(REPORT)
def report_many() -> str | Response | tuple[str, int]:
    """One disaster for everybody ticked in the member list: first the form, then all reports at once."""
    wanted = ids(request.form.getlist("id"))[: _MOST + 1]
    found = [one for one in people(wanted).values() if any(a <= one.path < b for a, b in ranges(REPORT))]
    if len(found) < len(set(wanted)):
        abort(404)
    if request.form.get("confirmed") != "1":
        return _many(found)
    on = day(request.form.get("occurred_on"))
    try:
        if len(found) > _MOST:
            raise Refused([block("R6.01", "people", f"一次最多报告{_MOST}人。", "E_CAP", "请分批报告。")])
        if on is None:
            raise Refused([unreadable("R6.01", "occurred_on", "发生日期")])
        count = report_all(
            people=[one.id for one in found], sub_kind=request.form.get("sub_kind", ""), occurred_on=on,
            detail=request.form.get("detail", ""),
        )  # fmt: skip
    except Refused as refused:
        return _many(found, refused.findings), 422
    flash(_("已为%(n)s名党员报告。", n=count), "ok")
    return redirect(url_for("p_care.board" if _sees_board() else "p_care.mine"), 303)


def _sees_board() -> bool:
    return bool(ranges("care.case.view"))


def _many(found: Sequence[PersonRow], findings: Sequence[Finding] = ()) -> str:
    return render("care/report_many.html", people=found, findings=findings, given=request.form, **words())
