"""What care adds to the core's pages: on a member, on a unit, on the home page, in the palette, over the member list."""

from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Uuid, bindparam, select

from core.sdk import (
    Action,
    Hit,
    Navigation,
    PaletteAction,
    SearchSource,
    Slot,
    Unit,
    Widget,
    actor,
    badge,
    bounds,
    may,
    person_of,
    ranges,
    remembered,
    row,
    rows,
    today,
    within,
)
from core.sdk.people import people_in
from plugins.care.models import Case
from plugins.care.permissions import CONTACT, DECIDE, REPORT, VIEW, VISIT
from plugins.care.queries.board import FIELDS, Row
from plugins.care.queries.coverage import coverage
from plugins.care.queries.frail import frail_one
from plugins.care.queries.mine import sent_now
from plugins.care.queries.reach import Reach, shown, still_open
from plugins.care.words import KINDS, STATES

_PERSON = bindparam("person_id", type_=Uuid())
_UNIT = select(Unit.path, Unit.path_end).where(Unit.id == bindparam("unit_id", type_=Uuid()))


def _of_member(person_id: UUID) -> Markup | None:
    """The member's occasions, as far as the viewer may see them; nobody's own about themself."""
    if person_of(actor().account_id) == person_id:
        return None
    reach = Reach.of_actor()
    from core.sdk import Person

    found = rows(
        select(*FIELDS)
        .select_from(Case)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
        .where(Case.person_id == _PERSON, shown(reach.shape))
        .order_by(Case.reported_on.desc(), Case.id)
        .limit(5),
        **{**reach.given(), "person_id": person_id},
    )
    lines = [_line(Row(*one)) for one in found]
    acts = _acts(person_id)
    if not lines and not acts:
        return None
    acts = _frail(person_id) + acts
    body = Markup('<ul class="rows">{}</ul>').format(Markup().join(lines)) if lines else Markup()
    return Markup('<h2 class="card-title">{}</h2>{}{}').format(_("关怀走访"), body, acts)


def _frail(person_id: UUID) -> Markup:
    """That study is no rigid duty for the member, and how often they were visited this year (R6.14)."""
    found = frail_one(person_id) if may(VISIT) else None
    if found is None:
        return Markup()
    text = _("年老体弱，学习不作硬性要求，请送学上门；今年已走访%(n)s次。", n=found.visits)
    return Markup("<p>{} {}</p>").format(badge(_("照顾对象"), "info" if found.lacks else "ok"), text)


def _line(one: Row) -> Markup:
    state, tone = STATES[one.state]
    return Markup('<li><p><a href="{}">{}</a> {} <span class="quiet">{}</span></p></li>').format(
        url_for("p_care.case", case_id=one.id), KINDS[one.kind], badge(state, tone), one.occurred_on
    )


def _acts(person_id: UUID) -> Markup:
    offered = (
        (REPORT, "p_care.report", _("报告事项")),
        (VISIT, "p_care.visit_member", _("登记走访")),
        (CONTACT, "p_care.talk", _("登记谈心")),
    )
    links = [
        Markup('<a class="btn btn-sm" href="{}">{}</a> ').format(url_for(endpoint, person_id=person_id), label)
        for permission, endpoint, label in offered
        if may(permission)
    ]
    return Markup("<p>{}</p>").format(Markup().join(links)) if links else Markup()


def _of_unit(unit_id: UUID) -> Markup | None:
    """How well visits were made this year in a unit and below it: numbers that lead to the table."""
    found = row(_UNIT, unit_id=unit_id)
    if found is None or not may(VIEW, found[0]):
        return None
    here, as_of = ((found[0], found[1]),), today()

    def count() -> list[int]:
        kinds = coverage(here, year=as_of.year)
        numbers = ((one.confirmed, one.in_time, one.waiting, one.open_follow_ups) for one in kinds)
        return [sum(column) for column in zip(*numbers, strict=True)]

    confirmed, in_time, waiting, left = remembered("care.coverage.unit", count, ranges=here, as_of=as_of)
    text = _(
        "今年核实%(n)s件，按期走访%(m)s件；待走访%(w)s件，未完成的跟进%(f)s项。",
        n=confirmed,
        m=in_time,
        w=waiting,
        f=left,
    )
    link = Markup('<p><a href="{}">{}</a></p>').format(url_for("p_care.coverage"), _("走访情况"))
    lists = Markup()
    if may(DECIDE, found[0]):
        address = url_for("p_care.contact_list", unit_id=unit_id)
        lists = Markup('<p><a href="{}">{}</a></p>').format(address, _("确定联系名单"))
    return Markup('<h2 class="card-title">{}</h2><p>{}</p>{}{}').format(_("关怀走访"), text, link, lists)


def _today() -> Markup | None:
    """What the account is to visit and to see to; left out when there is nothing."""
    sent, owned = sent_now(actor().account_id)
    if not sent and not owned:
        return None
    lines = [
        Markup('<li><p class="rows-title"><a href="{}">{}</a> {}</p></li>').format(
            url_for("p_care.visit_case", case_id=one.id), one.person, badge(one.due_on, one.tone(today()) or "plain")
        )
        for one in sent[:5]
    ]
    lines += [
        Markup('<li><p class="rows-title"><a href="{}">{}</a> {}</p></li>').format(
            url_for("p_care.follow_up", follow_up_id=one.id), _("跟进：%(name)s", name=one.person),
            badge(one.due_on, "bad" if one.due_on < today() else "plain"),
        )
        for one in owned[:5]
    ]  # fmt: skip
    more = Markup('<p><a href="{}">{}</a></p>').format(url_for("p_care.mine"), _("我的走访"))
    return Markup('<ul class="rows">{}</ul>{}').format(Markup().join(lines), more)


def _find(text: str, limit: int) -> list[Hit]:
    """Members with an open occasion by name, for those who may see the board."""
    reach = Reach.of_actor()
    people = {one.id: one for one in people_in(ranges(VIEW), text=text, limit=limit * 3)}
    if not people:
        return []
    held = tuple(ranges(VIEW))
    found = rows(
        select(Case.id, Case.person_id, Case.kind, Case.state)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .where(
            within(Unit.path, len(held)), still_open(),
            Case.person_id == _any(list(people)), shown(reach.shape),
        )
        .order_by(Case.due_on, Case.id)
        .limit(limit),
        **{**reach.given(), **bounds(held)},
    )  # fmt: skip
    return [
        Hit(people[person].name, url_for("p_care.case", case_id=one), f"{KINDS[kind]} · {STATES[state][0]}", "heart")
        for one, person, kind, state in found
    ]


def _any(ids: list[UUID]) -> object:
    from sqlalchemy import any_, literal
    from sqlalchemy.dialects.postgresql import ARRAY

    return any_(literal(ids, ARRAY(Uuid())))


NAVIGATION = (
    Navigation(label=_l("关怀走访"), endpoint="board", permission=VIEW, icon="heart", group="党员", order=60),
    Navigation(label=_l("我的走访"), endpoint="mine", permission=REPORT, icon="user-heart", group="党员", order=61),
)
SLOTS = (
    Slot(place="member:side", render=_of_member, permission=REPORT, order=40),
    Slot(place="unit:side", render=_of_unit, permission=VIEW, order=40),
)
WIDGETS = (Widget(key="care.today", title=_l("要走访、要跟进的"), render=_today, order=20),)
ACTIONS = (
    Action(
        subject="member", label=_l("报告同一灾害"), endpoint="report_many", permission=REPORT, icon="heart", bulk=True
    ),
)
SEARCH = (
    SearchSource(_l("关怀走访"), "heart", VIEW, _find),
    PaletteAction(_l("报告四必访事项"), "heart", "report", REPORT, words="生病 困难 纠纷 丧事 结婚 四必访"),
    PaletteAction(_l("我的走访"), "user-heart", "mine", None, words="走访 跟进"),
)
