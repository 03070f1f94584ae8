"""Old, weak and disabled members, and how often they were visited this year (R6.14)."""

from flask import request, url_for

from core.sdk import ranges, render, requires, today
from plugins.care.pages.board import words
from plugins.care.permissions import VISIT
from plugins.care.policy import numbers
from plugins.care.queries.frail import frail as asked
from plugins.care.site import pages

_PAGE = 50


@pages.get("/frail")
@requires(VISIT)
def frail() -> str:
    """Whom to visit and to bring study material to, the least visited first."""
    text = request.args.get("page", "")
    page = int(text) if text.isdecimal() and 0 < len(text) < 5 and int(text) else 1
    found, more = asked(ranges(VISIT), skip=(page - 1) * _PAGE, most=_PAGE)
    held = numbers(as_of=today())
    return render(
        "care/frail.html", people=found, age=held.frail_age, least=held.frail_visits,
        before=url_for("p_care.frail", page=page - 1) if page > 1 else None,
        behind=url_for("p_care.frail", page=page + 1) if more else None, **words(),
    )  # fmt: skip
