"""The papers on the page of a case: what the present step uses, and what was printed."""

from typing import Any

from flask import get_template_attribute, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from core.sdk import may
from plugins.development.documents.panel import lines_of
from plugins.development.documents.papers import OF_CASES
from plugins.development.documents.permissions import PRINT
from plugins.development.pages.loading import Loaded
from plugins.development.pages.parts import printing, section


def _now(held: Loaded) -> list[tuple[str, str]]:
    """The papers of the step that waits, with their addresses."""
    if not may(PRINT, held.path):
        return []
    coming = held.history.step + 1
    return [
        (_(one.title), url_for("p_development.print_paper", case_id=held.case.id, code=one.code))
        for one in OF_CASES
        if coming in one.steps and len(one.steps) < 25
    ]


@section(order=70)
def papers(held: Loaded) -> Markup | None:
    """The card of papers."""
    offers, lines = _now(held), lines_of(held.case.id, most=8)
    card = get_template_attribute("development/documents/_card.html", "card")
    return Markup(card(offers, lines, url_for("p_development.documents", case_id=held.case.id)))  # noqa: S704  (a macro's own)


@printing
def printable(held: Loaded) -> list[tuple[Any, str]]:
    """The menu of prints: the present step's, then all."""
    whole = next(one for one in OF_CASES if one.code == "d36_whole_process")
    made = [*_now(held)]
    if may(PRINT, held.path):
        made.append((_(whole.title), url_for("p_development.print_paper", case_id=held.case.id, code=whole.code)))
    return [*made, (_("全部文书"), url_for("p_development.documents", case_id=held.case.id))]
