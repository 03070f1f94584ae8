"""The pages of greetings: the calendar of political birthdays, cards for 1 July, one's own choice."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.sdk import SIGNED_IN, Unit, actor, need_at, render, requires, rows, today, transaction
from core.sdk.looking_up import person_of
from plugins.care.aid import permissions as p
from plugins.care.aid.screens import Answer, Card, at, boxed, form_page, list_page, reach
from plugins.care.people import Unknown, inside, same_unit, unit, units
from plugins.care.reading import Reader
from plugins.care.rounds import greetings as actions
from plugins.care.rounds.models import Greeting, OptOut
from plugins.care.site import pages

_AHEAD = 31


def _place() -> tuple[Unit, list[tuple[str, str]]]:
    choices = units(reach(p.GREETING))
    try:
        return unit(UUID(request.args.get("unit") or (choices[0][0] if choices else "")), reach(p.GREETING)), choices
    except (Unknown, ValueError):
        abort(404)


@pages.get("/greetings")
@requires(p.GREETING)
def greetings() -> str:
    """Political birthdays of the coming month, and the cards that were made."""
    place, choices = _place()
    coming = actions.upcoming(place.id, today(), _AHEAD)
    lines = [
        (f"{day:%m-%d}", known.name, known.unit, {"text": _("入党%(n)s周年", n=years), "tone": "brand"} if whole else _("入党%(n)s周年", n=years),
         _("本人不需要") if known.member.opted_out else "")
        for day, known, years, whole in coming
    ]  # fmt: skip
    near, given = inside(((place.path, place.path_end),))
    made = rows(
        select(Greeting.kind, Greeting.year, func.count(), func.count(Greeting.delivered_on))
        .select_from(Greeting).join(Unit, same_unit(Greeting.unit_id)).where(near)
        .group_by(Greeting.kind, Greeting.year).order_by(Greeting.year.desc(), Greeting.kind), **given,
    )  # fmt: skip
    here = str(place.id)
    cards = [
        Card(_("未来31天的政治生日"), (_("日期"), _("姓名"), _("党支部"), _("党龄"), _("说明")), lines, _("未来31天没有政治生日")),
        Card(_("已制作的问候"), (_("类别"), _("年度"), (_("份数"), "number"), (_("已送达"), "number")),
             [(actions.KINDS[kind], year, count, given_) for kind, year, count, given_ in made]),
    ]  # fmt: skip
    new: list[tuple[Any, str]] = [
        (_("制作问候"), at("greeting_make", unit=here)), (_("修改贺词"), at("greeting_text", unit=here)),
        (_("打印七一问候卡"), at("paper", code="july_cards", subject_id=here)),
        (_("打印今天的政治生日贺卡"), at("paper", code="birthday_cards", subject_id=here)),
    ]  # fmt: skip
    filters = [
        {"name": "unit", "label": _("党组织"), "kind": "select", "options": choices, "value": here, "required": True}
    ]
    return list_page(_("问候与政治生日"), place.name, cards, new=new, filters=filters)


@pages.route("/greetings/make", methods=["GET", "POST"])
@requires(p.GREETING)
def greeting_make() -> Answer:
    """Make the cards of 1 July, or of a day's birthdays."""
    place, _choices = _place()

    def run() -> str:
        need_at(p.GREETING, place.path, what=place.short_name)
        reader = Reader(request.form, "R6.05")
        kind = reader.choice("kind", "类别", actions.KINDS)
        day = reader.day("day", "日期", default=date(today().year, 7, 1) if kind == "july" else today())
        channel = reader.choice("channel", "方式", ("print", "message"))
        reader.done()
        count = actions.greet(unit_id=place.id, kind=kind, day=day, channel=channel)
        flash(_("已为%(n)s名党员制作。", n=count), "ok")
        return at("greetings", unit=place.id)

    fields = [
        boxed("kind", _("类别"), "radio", options=list(actions.KINDS.items()), value="july", required=True),
        boxed("day", _("日期"), "date", help=_("七一问候不填为7月1日，政治生日不填为今天。")),
        boxed("channel", _("方式"), "radio", options=[("print", _("打印贺卡")), ("message", _("站内消息"))], value="print", required=True,
              help=_("没有账号的党员改为打印。每人每年每类只发一份，本人不需要的不发。")),
    ]  # fmt: skip
    return form_page(_("制作问候"), fields, run, back=at("greetings", unit=place.id), submit=_("制作"), note=place.name)


@pages.route("/greetings/text", methods=["GET", "POST"])
@requires(p.GREETING)
def greeting_text() -> Answer:
    """The unit's own words."""
    place, _choices = _place()
    kind = request.form.get("kind", request.args.get("kind", "july"))
    text, signed = actions.text_for(place, kind if kind in actions.KINDS else "july")

    def run() -> str:
        need_at(p.GREETING, place.path, what=place.short_name)
        reader = Reader(request.form, "R6.05")
        chosen, words = (
            reader.choice("kind", "类别", actions.KINDS),
            reader.text("text", "贺词", required=True, most=200),
        )
        name = reader.text("signed", "落款", required=True, most=60)
        reader.done()
        actions.write_text(unit_id=place.id, kind=chosen, text=words, signed=name)
        return at("greetings", unit=place.id)

    fields = [
        boxed("kind", _("类别"), "radio", options=list(actions.KINDS.items()), value=kind, required=True),
        boxed("text", _("贺词"), "textarea", rows=4, value=text, required=True),
        boxed("signed", _("落款"), value=signed, required=True),
    ]
    return form_page(_("修改贺词"), fields, run, back=at("greetings", unit=place.id), submit=_("保存"), note=place.name)


@pages.route("/my-greetings", methods=["GET", "POST"])
@requires(SIGNED_IN)
def my_greetings() -> str | Response:
    """One's own choice: which greetings one does not want."""
    person = person_of(actor().account_id)
    if person is None:
        abort(404)
    if request.method == "POST":
        for kind in actions.KINDS:
            actions.opt(person_id=person, kind=kind, out=request.form.get(kind) != "1")
        flash(_("已保存。"), "ok")
        return redirect(at("my_greetings"), 303)
    with transaction() as session:
        out = set(session.scalars(select(OptOut.kind).where(OptOut.person_id == person)))
    fields = [
        {"name": kind, "label": title, "kind": "checkbox", "value": kind not in out}
        for kind, title in actions.KINDS.items()
    ]
    return render("care/aid_form.html", title=_("我收到的问候"), fields=fields, findings=(), back=at("my_greetings"), submit=_("保存"),
                  note=_("取消勾选后不再收到这一类贺卡和消息。"), sections=[], warned=False)  # fmt: skip
