"""Greetings: the calendar of political birthdays, cards for 1 July, the words on them, one's own choice."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.sdk import SIGNED_IN, Unit, actor, ranges, render, requires, rows, today, transaction
from core.sdk.looking_up import person_of
from plugins.care.aid import permissions as p
from plugins.care.aid.choosing import Choice
from plugins.care.aid.forms import read
from plugins.care.aid.inputs import Day, Input, Lines
from plugins.care.aid.registers import need_unit
from plugins.care.aid.screens import Answer, Card, at, badge, form_page, list_page, number
from plugins.care.people import Unknown, inside, same_unit, unit, units
from plugins.care.rounds import greetings as actions
from plugins.care.rounds.models import Greeting, OptOut
from plugins.care.site import pages

_AHEAD = 31
#: Lines of the calendar on a page; the rest is told as a number.
_LINES = 100


def _place() -> Unit:
    """The unit that the address names, else one's own highest."""
    text = request.args.get("unit", "")
    try:
        here = UUID(text) if text else UUID(next(iter(units(ranges(p.GREETING))))[0])
        return unit(here, ranges(p.GREETING))
    except (Unknown, ValueError, StopIteration):
        abort(404)


@pages.get("/greetings")
@requires(p.GREETING)
def greetings() -> str:
    """Political birthdays of the coming month, and the cards that were made."""
    place = _place()
    here = str(place.id)
    new: list[tuple[Any, str]] = [
        (_("制作问候"), at("greeting_make", unit=here)), (_("修改贺词"), at("greeting_text", unit=here)),
        (_("打印七一问候卡"), at("paper", code="july_cards", subject_id=here)),
        (_("打印今天的政治生日贺卡"), at("paper", code="birthday_cards", subject_id=here)),
    ]  # fmt: skip
    choices = units(ranges(p.GREETING))
    filters = [
        {"name": "unit", "label": _("党组织"), "kind": "select", "options": choices, "value": here, "required": True}
    ]
    cards = [_coming(place), _made(place)]
    return list_page(_("问候与政治生日"), place.name, cards, new=new, filters=filters if len(choices) > 1 else [])


def _coming(place: Unit) -> Card:
    coming, count = actions.upcoming(place.id, today(), _AHEAD, most=_LINES)
    lines = [
        (known.name, f"{day:%m-%d}", known.unit, badge(said, "brand") if whole else said, _("本人不需要") if known.member.opted_out else "")
        for day, known, years, whole in coming for said in (_("入党%(n)s周年", n=years),)
    ]  # fmt: skip
    title = (
        _("未来31天的政治生日（%(n)s人）", n=count)
        if count <= _LINES
        else _("未来31天的政治生日（共%(n)s人，先列%(m)s人）", n=count, m=_LINES)
    )
    heads = (_("姓名"), _("日期"), _("党支部"), _("党龄"), _("说明"))
    return Card(title, heads, lines, _("未来31天没有政治生日"))


def _made(place: Unit) -> Card:
    near, given = inside(((place.path, place.path_end),))
    found = rows(
        select(Greeting.kind, Greeting.year, func.count(), func.count(Greeting.delivered_on))
        .select_from(Greeting).join(Unit, same_unit(Greeting.unit_id)).where(near)
        .group_by(Greeting.kind, Greeting.year).order_by(Greeting.year.desc(), Greeting.kind).limit(40), **given,
    )  # fmt: skip
    heads = (_("类别"), _("年度"), number(_("份数")), number(_("已送达")))
    lines = [(actions.KINDS[kind], year, count, given_) for kind, year, count, given_ in found]
    return Card(_("已制作的问候"), heads, lines, _("还没有制作过问候"))


_KIND = Choice("kind", "类别", required=True, options=actions.KINDS, radio=True, value="july")
MAKE = (
    _KIND,
    Day("day", "日期", help="七一问候不填为7月1日，政治生日不填为今天。"),
    Choice("channel", "方式", required=True, options=actions.CHANNELS, radio=True, value="print",
           help="没有账号的党员改为打印。每人每年每类只发一份，本人不需要的不发。"),
)  # fmt: skip


def made(unit_id: UUID, *, kind: str, day: date | None, channel: str) -> int:
    """Make the greetings of a unit, for who may; gives how many."""
    need_unit(unit_id, p.GREETING)
    return actions.greet(unit_id=unit_id, kind=kind, day=day or actions.usual_day(kind), channel=channel)


@pages.route("/greetings/make", methods=["GET", "POST"])
@requires(p.GREETING)
def greeting_make() -> Answer:
    """Make the cards of 1 July, or of a day's birthdays."""
    place = _place()

    def run() -> str:
        count = made(place.id, **read(MAKE, request.form, "R6.05"))
        flash(_("已为%(n)s名党员制作。", n=count), "ok")
        return at("greetings", unit=place.id)

    return form_page(_("制作问候"), MAKE, run, back=at("greetings", unit=place.id), submit=_("制作"), note=place.name)


@pages.route("/greetings/text", methods=["GET", "POST"])
@requires(p.GREETING)
def greeting_text() -> Answer:
    """The unit's own words."""
    place = _place()
    asked = request.args.get("kind", "july")
    text, signed = actions.text_for(place, asked if asked in actions.KINDS else "july")
    inputs = (
        _KIND,
        Lines("text", "贺词", required=True, most=200, rows=4, value=text),
        Input("signed", "落款", required=True, most=60, value=signed),
    )

    def run() -> str:
        need_unit(place.id, p.GREETING)
        actions.write_text(unit_id=place.id, **read(inputs, request.form, "R6.05"))
        return at("greetings", unit=place.id)

    return form_page(_("修改贺词"), inputs, run, back=at("greetings", unit=place.id), submit=_("保存"), note=place.name)


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
    return render("care/aid_form.html", title=_("我收到的问候"), groups=[("", fields)], findings=(), back=at("my_greetings"), submit=_("保存"),
                  note=_("取消勾选后不再收到这一类贺卡和消息。"), sections=[], warned=False)  # fmt: skip
