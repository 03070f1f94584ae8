"""我的走访: what I am sent to, what I am to see to, what I made and reported."""

from core.sdk import SIGNED_IN, actor, may, render, requires
from plugins.care.pages.board import words
from plugins.care.permissions import REPORT, VIEW
from plugins.care.queries.mine import mine as read
from plugins.care.site import hotline, pages
from plugins.care.words import CHANNELS


@pages.get("/mine")
@requires(SIGNED_IN)
def mine() -> str:
    """One's own visits, follow-ups and reports."""
    return render(
        "care/mine.html", mine=read(actor().account_id), channels=CHANNELS, may_report=may(REPORT), may_board=may(VIEW),
        hotline=hotline(), **words(),
    )  # fmt: skip
