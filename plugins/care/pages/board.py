"""The board of occasions, its list, and how well visits are made."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from core.sdk import may, ranges, render, requires, today
from plugins.care.pages.forms import day, one_id
from plugins.care.permissions import CONTACT, DECIDE, REPORT, VIEW, VISIT
from plugins.care.queries import board as asking
from plugins.care.queries.board import WHENS, Filters
from plugins.care.queries.coverage import coverage as covered
from plugins.care.queries.reach import Reach
from plugins.care.site import pages
from plugins.care.words import KINDS, STATES, SUB_KINDS


def words() -> dict[str, Any]:
    """What the templates of occasions name."""
    return {"kinds": KINDS, "sub_kinds": SUB_KINDS, "states": STATES, "today": today(), "tabs": tabs()}


def tabs() -> list[tuple[Any, str, bool]]:
    """The pages of visits that the viewer may see, for the row of tabs."""
    known = (
        (_l("四必访"), "board", VIEW),
        (_l("台账"), "cases", VIEW),
        (_l("联系党员"), "contacts", CONTACT),
        (_l("年老体弱党员"), "frail", VISIT),
        (_l("走访情况"), "coverage", VIEW),
    )
    here = (request.endpoint or "").removeprefix("p_care.")
    return [(label, url_for(f"p_care.{name}"), here == name) for label, name, asked in known if may(asked)]


def _after(text: str | None) -> tuple[date, UUID] | None:
    first, _, last = (text or "").partition("_")
    on, one = day(first), one_id(last)
    return (on, one) if on and one else None


def _filters() -> Filters:
    given = request.args
    return Filters(
        state=given.get("state", "") if given.get("state") in STATES else "",
        kind=given.get("kind", "") if given.get("kind") in KINDS else "",
        when=given.get("when", "") if given.get("when") in WHENS else "",
        unit=one_id(given.get("unit")),
        after=_after(given.get("after")),
    )


@pages.get("/")
@requires(VIEW)
def board() -> str:
    """The occasions that are open, by state."""
    filters = _filters()
    found = asking.board(Reach.of_actor(), filters, today=today())
    return render(
        "care/board.html", fragment="results", board=found, filters=filters, columns=asking.COLUMNS,
        may_report=may(REPORT), may_decide=may(DECIDE), **words(),
    )  # fmt: skip


@pages.get("/cases")
@requires(VIEW)
def cases() -> str:
    """The occasions as a list, by due day."""
    filters = _filters()
    found, more = asking.cases(Reach.of_actor(), filters, today=today())
    kept = {name: value for name, value in request.args.items() if value and name != "after"}
    further = url_for("p_care.cases", **{**kept, "after": found[-1].place}) if more else None  # type: ignore[arg-type]
    return render(
        "care/cases.html", fragment="results", cases=found, filters=filters, further=further,
        first=url_for("p_care.cases", **kept) if filters.after else None, **words(),  # type: ignore[arg-type]
    )  # fmt: skip


@pages.get("/coverage")
@requires(VIEW)
def coverage() -> str:
    """Visits made in time of those that were due, by kind, with the average days and what is still open."""
    year = request.args.get("year", "")
    chosen = int(year) if year.isdecimal() and len(year) == 4 else today().year
    return render(
        "care/coverage.html", rows=covered(ranges(VIEW), year=chosen), year=chosen, **words(),
    )  # fmt: skip
