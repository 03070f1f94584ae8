"""What the cases add to the core's pages: on a member, on a unit, on the home page, in the palette, among record actions."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Uuid, bindparam, or_, select

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
)
from plugins.development.ballots import queries
from plugins.development.ballots.words import KINDS as BALLOTS
from plugins.development.models.case import Case, Helper
from plugins.development.pages import asking
from plugins.development.pages.asking import Filters
from plugins.development.pages.words import STAGES, due_said, state_badge, state_said
from plugins.development.permissions import OPEN, VIEW
from plugins.development.rules.crossing import TITLES

_PERSON = bindparam("person_id", type_=Uuid())
_UNIT = select(Unit.path, Unit.path_end).where(Unit.id == bindparam("unit_id", type_=Uuid()))
_SHOWN = (Case.id, Case.name, Case.state, Case.side, Case.next_step, Case.next_due_on)
#: Entries of one card at most.
_MOST = 5


def _line(case_id: UUID, title: Any, state: str, side: str, step: int | None, due: Any) -> Markup:
    said, tone = due_said(due, today())
    return Markup(
        '<li><p class="rows-title"><a href="{}">{}</a> {}</p><p class="quiet">{} {}</p></li>'
    ).format(
        url_for("p_development.case", case_id=case_id), title, state_badge(state, side),
        _("下一步：%(step)s", step=TITLES[step]) if step in TITLES else "", badge(said, tone) if said else "",
    )  # fmt: skip


@lru_cache(maxsize=32)
def _of_person(count: int) -> Any:
    found = (
        select(*_SHOWN)
        .select_from(Case)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .where(asking.within_ranges(count), Case.person_id == _PERSON)
    )
    return found.order_by(Case.opened_at.desc(), Case.id).limit(_MOST)


_HELPED = (
    select(Case.id, Case.name, Helper.role)
    .join(Helper, (Helper.tenant_id == Case.tenant_id) & (Helper.case_id == Case.id))
    .where(Helper.person_id == _PERSON, Helper.until.is_(None), Case.closed_on.is_(None))
    .order_by(Helper.since, Case.id)
    .limit(_MOST)
)


def _of_member(person_id: UUID) -> Markup | None:
    """The member's own case, and whom they stand by as contact or sponsor."""
    held = tuple(ranges(VIEW))
    if not held:
        return None
    own = rows(_of_person(len(held)), person_id=person_id, **bounds(held))
    helped = rows(_HELPED, person_id=person_id)
    if not own and not helped:
        return None
    lines = [_line(one, _("入党历程"), state, side, step, due) for one, _name, state, side, step, due in own]
    roles = {"contact": _("培养联系人"), "sponsor": _("入党介绍人")}
    lines += [
        Markup('<li><p>{} <span class="quiet">{}</span></p></li>').format(name, roles[role])
        for _id, name, role in helped
    ]
    return Markup('<h2 class="card-title">{}</h2><ul class="rows">{}</ul>').format(_("发展党员"), Markup().join(lines))


def _of_unit(unit_id: UUID) -> Markup | None:
    """How many are in each stage in a unit and below it: numbers that lead to their lists."""
    found = row(_UNIT, unit_id=unit_id)
    if found is None or not may(VIEW, found[0]):
        return None
    here, as_of = ((found[0], found[1]),), today()

    def count() -> list[Any]:
        held = asking.counts(here, today=as_of)
        return [[held.stages.get(stage, 0) for stage in STAGES], held.overdue]

    stages, overdue = remembered("development.stages", count, ranges=here, as_of=as_of)
    items = [
        Markup('<li><a href="{}"><span>{}</span><span class="measure num{}">{}</span></a></li>').format(
            url_for("p_development.board", unit=unit_id, stage=stage), title, "" if number else " measure-none", number
        )
        for (stage, title), number in zip(STAGES.items(), stages, strict=True)
    ]
    late = Markup()
    if overdue:
        late = Markup(
            '<li><a href="{}"><span>{}</span><span class="measure num measure-warn">{}</span></a></li>'
        ).format(url_for("p_development.board", unit=unit_id, due="overdue", sort="due"), _("已逾期"), overdue)
    return Markup('<h2 class="card-title">{}</h2><ul class="measures measures-wide">{}{}</ul>').format(
        _("发展党员"), Markup().join(items), late
    )


def _today() -> Markup | None:
    """What is overdue or due within a month in one's part of the tree."""
    held, as_of = tuple(ranges(VIEW)), today()
    if not held:
        return None
    lines: list[Markup] = []
    for due in ("overdue", "soon"):
        found = asking.cases(held, Filters(due=due), unit=None, today=as_of, sort="due", descending=False, most=_MOST)
        lines += [_line(one[0], one[1], one[3], one[4], one[5], one[6]) for one in found.rows]
    if not lines:
        return None
    more = Markup('<p class="card-more"><a href="{}">{}</a></p>').format(
        url_for("p_development.board", sort="due"), _("全部发展党员")
    )
    return Markup('<ul class="rows">{}</ul>{}').format(Markup().join(lines[:_MOST]), more)


_MINE = (
    select(*_SHOWN)
    .where(or_(Case.account_id == bindparam("account_id", type_=Uuid()), Case.person_id == _PERSON))
    .order_by(Case.opened_at.desc(), Case.id)
    .limit(1)
)


def _own() -> Markup | None:
    """How far one's own way has come, for those who are on it."""
    me = actor().account_id
    person = person_of(me)
    found = row(_MINE, account_id=me, person_id=person)
    if found is None and person is None and any(one.role == "applicant" for one in actor().holdings):
        return Markup('<p>{}</p><p><a class="btn btn-primary" href="{}">{}</a></p>').format(
            _("您还没有递交入党申请书。可以先在这里写好递交，党支部收下后会派人同您谈话。"),
            url_for("p_development.mine"), _("我的入党历程"),
        )  # fmt: skip
    if found is None or found[2] == "archived":
        return None
    _id, _name, state, side, step, _due = found
    return Markup('<p>{} {}</p><p><a class="btn btn-primary" href="{}">{}</a></p>').format(
        state_badge(state, side), _("下一步：%(step)s", step=TITLES[step]) if step in TITLES else "",
        url_for("p_development.mine"), _("我的入党历程"),
    )  # fmt: skip


def _votes() -> Markup | None:
    """The ballots that wait for one's own vote."""
    me = person_of(actor().account_id)
    found = queries.asked(me) if me else []
    lines = [
        Markup(
            '<li><p class="rows-title">{}</p><p class="quiet">{}</p><p><a class="btn btn-primary" href="{}">{}</a></p></li>'
        ).format(
            _("%(kind)s：%(name)s", kind=BALLOTS[kind], name=name), unit,
            url_for("p_development.cast_vote", ballot_id=ballot_id), _("去投票"),
        )
        for ballot_id, name, unit, kind, *_rest in found
    ]  # fmt: skip
    return Markup('<ul class="rows">{}</ul>').format(Markup().join(lines)) if lines else None


def _find(text: str, limit: int) -> list[Hit]:
    """Cases by the name of the person, its pinyin or initials."""
    found = asking.cases(
        tuple(ranges(VIEW)), Filters(q=text[:40], state="all"), unit=None, today=today(), sort="name", descending=False,
        most=limit,
    )  # fmt: skip
    return [
        Hit(
            one[1],
            url_for("p_development.case", case_id=one[0]),
            f"{state_said(one[3], one[4])[0]} · {one[2]}",
            "user-plus",
        )
        for one in found.rows
    ]


NAVIGATION = (
    Navigation(
        label=_l("发展党员"),
        endpoint="board",
        permission=VIEW,
        icon="user-plus",
        group="发展党员",
        order=10,
        phone=30,
        key="f",
    ),
)
SLOTS = (
    Slot(place="member:side", render=_of_member, permission=VIEW, order=30),
    Slot(place="unit:side", render=_of_unit, permission=VIEW, order=30),
)
WIDGETS = (
    Widget(key="development.due", title=_l("发展党员：要办的"), render=_today, permission=VIEW, order=15),
    Widget(key="development.votes", title=_l("请您投票"), render=_votes, order=1),
    Widget(key="development.own", title=_l("我的入党历程"), render=_own, order=5),
)
ACTIONS = (Action(subject="unit", label=_l("登记入党申请"), endpoint="new_at", permission=OPEN, icon="user-plus"),)
SEARCH = (
    SearchSource(_l("发展党员"), "user-plus", VIEW, _find),
    PaletteAction(_l("登记入党申请"), "user-plus", "new", OPEN, words="申请书 积极分子 发展党员 入党"),
    PaletteAction(_l("我的投票"), "square-check", "my_votes", None, words="票决 表决 测评 投票 选票"),
    PaletteAction(_l("我的入党历程"), "route", "mine", None, words="入党 申请书 思想汇报 转正"),
)
