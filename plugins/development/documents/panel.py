"""The papers of a case for its page: those of the present step first, with what is missing, and what was printed."""

from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from core.sdk import may, ranges
from plugins.development.documents.filling import context_of, missing, shows_sealed
from plugins.development.documents.form import Paper
from plugins.development.documents.loading import Brought, dossiers
from plugins.development.documents.papers import OF_CASES, PAPERS
from plugins.development.documents.permissions import PRINT
from plugins.development.documents.printed import PrintView, prints_of
from plugins.development.flow import KINDS
from plugins.development.permissions import SEALED, VIEW


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that can be printed. :param gone: names of what will be blank. :param when: now | done | ahead."""

    paper: Paper
    url: str
    gone: tuple[str, ...]
    when: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A print in the list. :param because: the act that made it out of date, as the record numbers it."""

    title: str
    view: PrintView
    url: str
    because: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything on the papers of a case."""

    case_id: UUID
    name: str
    path: str
    offers: tuple[Offer, ...]
    prints: tuple[Line, ...]
    may_print: bool

    def when(self, word: str) -> list[Offer]:
        """The papers of the present step, of steps done, of steps ahead."""
        return [one for one in self.offers if one.when == word]


def panel(case_id: UUID) -> Panel | None:
    """The papers of a case as its page shows them; ``None`` for a case out of reach."""
    found = dossiers([case_id], ranges(VIEW), sealed=ranges(SEALED))
    return _panel(found[0]) if found else None


def _panel(found: Brought) -> Panel:
    step = found.dossier.step
    allowed = may(PRINT, found.path)
    offers = [_offer(one, found, step) for one in OF_CASES if _fits(one, found)]
    order = {"now": 0, "done": 1, "ahead": 2}
    offers.sort(
        key=lambda one: (
            order[one.when],
            -max(one.paper.steps) if one.when == "done" else min(one.paper.steps),
            one.paper.number,
        )
    )
    return Panel(
        found.case.id, found.dossier.case["name"], found.path, tuple(offers), tuple(lines_of(found.case.id)), allowed
    )


def lines_of(case_id: UUID, *, most: int = 60) -> list[Line]:
    """What was printed of a case, newest first."""
    return [
        Line(PAPERS[one.code].title if one.code in PAPERS else one.code, one, _url(case_id, one.code), _because(one))
        for one in prints_of([case_id], most=most)
    ]


def _url(case_id: UUID, code: str) -> str:
    return url_for("p_development.print_paper", case_id=case_id, code=code)


def _fits(paper: Paper, found: Brought) -> bool:
    """Papers of migrants only for migrants; of extension and cancellation where there is one in question."""
    if paper.code in ("d09_entrust", "d19_inspection", "d17_departments"):
        return bool(found.dossier.case["migrant"])
    if paper.code in ("d33_extension", "d33_cancellation"):
        return found.dossier.step >= 17
    return True


def _offer(paper: Paper, found: Brought, step: int) -> Offer:
    coming = step + 1
    when = "now" if coming in paper.steps and len(paper.steps) < 25 else "done" if min(paper.steps) <= step else "ahead"
    gone = () if when == "ahead" else tuple(missing(paper, context_of(paper, [found.dossier])))
    return Offer(paper, _url(found.case.id, paper.code), gone, when, shows_sealed(paper.code))


def _because(view: PrintView) -> str:
    if view.superseded_at is None or view.act_seq is None:
        return ""
    kind = KINDS.get(view.act_kind)
    return f"第{view.act_seq}条办理记录（{kind.title if kind else view.act_kind}）"
