"""Boards: terms by due date, vacancies, officers."""

from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from core import clock
from core.access.gate import ranges, requires
from core.calendar_arithmetic import add_months
from core.organization.codes import Approval, BodyStatus, HowTaken, PostCode, UnitType
from core.organization.labels import label, labels_of
from core.organization.pages.site import VIEW, bp
from core.organization.queries import boards
from core.organization.queries.policy import policy
from core.organization.rules.committees import approval_label
from core.organization.rules.terms import body_state, stored_status
from core.web.shell import render
from core.web.tables import Column, Listing, ListView, badge, pattern

TONES = {
    BodyStatus.PREPARING: "info",
    BodyStatus.IN_TERM: "ok",
    BodyStatus.DUE_SOON: "warn",
    BodyStatus.OVERDUE: "bad",
    BodyStatus.EXTENDED: "info",
    BodyStatus.ENDED: "plain",
}


def state_badge(state: BodyStatus) -> Markup:
    """A body's state as a badge: a word on a tinted ground."""
    return badge(label(state), TONES[state])


_TERM_COLUMNS = (
    Column("unit", _l("党组织"), kind="name", fixed=True),
    Column("type", _l("类别"), kind="state"),
    Column("term_no", _l("届次"), kind="number", shown=False),
    Column("started_on", _l("任职起始"), kind="date"),
    Column("years", _l("任期（年）"), kind="number"),
    Column("due_on", _l("届满日期"), kind="date"),
    Column("days", _l("剩余天数"), kind="number"),
    Column("state", _l("状态"), kind="state"),
)


@bp.get("/terms")
@requires(VIEW)
def terms() -> str:
    """All present bodies by due date: overdue red, within the reminder period amber, else green."""
    today, numbers = clock.today(), policy(as_of=clock.today())
    soon = add_months(today, numbers.term_remind)
    which = request.args.get("state", "")
    spans: dict[str, tuple[date, date]] = {
        "overdue": (date.min, today),
        "soon": (today, soon + timedelta(days=1)),
        "year": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
    }
    start, end = spans.get(which, (date.min, date.max))
    view = ListView.of_request("terms", _TERM_COLUMNS, default_sort="due_on")
    board = boards.term_board(
        ranges(VIEW), today=today, soon=soon, due_from=start, due_to=end, limit=view.size + 1, offset=view.offset
    )
    rows = []
    for term in board.terms[: view.size]:
        status = stored_status(started_on=term.started_on, ended_on=None, extended=term.extended, as_of=today)
        state = body_state(stored=status, due=term.due_on, as_of=today, policy=numbers)
        days = (term.due_on - today).days
        rows.append(
            (term.unit_id, term.unit, label(UnitType(term.type)), term.term_no, term.started_on, term.years, term.due_on,
             days, state_badge(state))
        )  # fmt: skip
    words = {"overdue": _("逾期未换届"), "soon": _("六个月内届满"), "year": _("本年届满")}
    listing = Listing(
        view,
        rows,
        total={"overdue": board.overdue, "soon": board.soon}.get(which, board.total if not which else None),
        more=len(board.terms) > view.size,
        title=_("换届"),
        link=pattern("organization.unit", "unit_id", tab="leadership"),
        filters={"state": (_("状态"), words[which])} if which in words else {},
        unit=_("个班子"),
    )
    return render(
        "organization/terms.html", fragment="results", listing=listing, board=board, chosen=which, words=words
    )


_VACANCY_COLUMNS = (
    Column("unit", _l("党组织"), kind="name", fixed=True),
    Column("type", _l("类别"), kind="state"),
    Column("members", _l("党员人数"), kind="number"),
    Column("since", _l("空缺起始"), kind="date"),
    Column("days", _l("空缺天数"), kind="number"),
    Column("state", _l("情况"), kind="state"),
)


@bp.get("/vacancies")
@requires(VIEW)
def vacancies() -> str:
    """Units without a secretary, the longest vacant first (R1.19)."""
    today, numbers = clock.today(), policy(as_of=clock.today())
    view = ListView.of_request("vacancies", _VACANCY_COLUMNS, default_sort="since")
    found, total = boards.vacancies(ranges(VIEW), limit=view.size, offset=view.offset)
    rows = []
    for one in found:
        days = (today - one.since).days if one.since else None
        late = days is not None and days > numbers.vacancy
        word = _("应补选") if late else _("空缺") if one.since else _("未登记书记")
        said = badge(word, "bad" if late else "warn" if one.since else "plain")
        rows.append((one.unit_id, one.unit, label(UnitType(one.type)), one.members, one.since, days, said))
    link = pattern("organization.unit", "unit_id", tab="leadership")
    listing = Listing(view, rows, total=total, title=_("书记空缺"), link=link, unit=_("个党组织"))
    return render("organization/vacancies.html", fragment="results", listing=listing, days=numbers.vacancy)


_OFFICER_COLUMNS = (
    Column("person", _l("姓名"), kind="name", fixed=True),
    Column("post", _l("职务"), kind="state"),
    Column("unit", _l("党组织")),
    Column("held_from", _l("任职日期"), kind="date"),
    Column("how", _l("任职方式"), kind="state"),
    Column("approval", _l("上级意见"), kind="state"),
)


@bp.get("/officers")
@requires(VIEW)
def officers() -> str:
    """Everybody in a post, in the order of the tree."""
    view = ListView.of_request("officers", _OFFICER_COLUMNS, default_sort="unit")
    post = request.args.get("post", "")
    names = labels_of(PostCode)
    found, total = boards.officers(
        ranges(VIEW), post=post if post in names else "", limit=view.size, offset=view.offset
    )
    rows = [_officer(one) for one in found]
    listing = Listing(
        view,
        rows,
        total=total,
        title=_("班子成员"),
        filters={"post": (_("职务"), names[post])} if post in names else {},
        unit=_("项任职"),
    )
    return render(
        "organization/officers.html", fragment="results", listing=listing, posts=list(names.items()), post=post
    )


def _officer(one: boards.OfficerRow) -> tuple[Any, ...]:
    url = url_for("organization.unit", unit_id=one.unit_id, tab="leadership")
    unit = Markup('<a href="{}">{}</a>').format(url, one.unit)
    post = PostCode(one.post_code)
    person = f"{one.person}（{_('外部')}）" if one.external else one.person
    shown = approval_label(post, Approval(one.approval))
    return one.holding_id, person, label(post), unit, one.held_from, label(HowTaken(one.how)), shown
