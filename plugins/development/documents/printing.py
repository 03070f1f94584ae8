"""The printable papers as the core knows them: loaders, and what is asked for."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from core.sdk import Document, ranges
from core.sdk.documents import Loaded, Printed
from plugins.development.documents import unit_papers
from plugins.development.documents.filling import context_of, core_fields, missing
from plugins.development.documents.form import Paper
from plugins.development.documents.loading import Brought, Ranges, dossiers
from plugins.development.documents.papers import PAPERS
from plugins.development.documents.permissions import PRINT
from plugins.development.documents.printed import note
from plugins.development.permissions import FIGURES, SEALED

#: Cases in one order.
MOST = 500


def _template(paper: Paper) -> bytes:
    from plugins.development.documents.drawing import template_of  # with python-docx, which only printing needs

    return template_of(paper)


def asked(case_ids: Sequence[UUID]) -> dict[str, Any]:
    """What a print of cases asks for, within what the actor may print and open."""
    return {
        "cases": [str(one) for one in case_ids],
        "ranges": [list(span) for span in ranges(PRINT)],
        "sealed": [list(span) for span in ranges(SEALED)],
    }


def _spans(request: Mapping[str, Any], name: str) -> Ranges:
    return tuple((start, end) for start, end in request.get(name, ()))


def bring(request: Mapping[str, Any], *, full: bool = False) -> list[Brought]:
    """The cases asked for, as far as they may be printed."""
    wanted = [UUID(one) for one in request["cases"]][:MOST]
    return dossiers(wanted, _spans(request, "ranges"), sealed=_spans(request, "sealed"), full=full)


def _load_cases(paper: Paper, request: Mapping[str, Any], full: bool) -> Loaded | None:
    found = bring(request, full=full)
    if not found:
        return None
    who = found[0].dossier.case["name"]
    title = f"{paper.title}_{who}" if len(found) == 1 else f"{paper.title}_{len(found)}人"
    if paper.collective:
        contexts, names = [context_of(paper, [one.dossier for one in found])], [title]
    else:
        contexts = [context_of(paper, [one.dossier]) for one in found]
        names = [f"{paper.title}_{number:03}_{one.dossier.case['name']}" for number, one in enumerate(found, 1)]
    alone = found[0] if len(found) == 1 else None
    return Loaded(contexts, names, title, len(contexts), alone.case.id if alone else None, alone.path if alone else "")


def lacking(paper: Paper, request: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """For each case asked for: its name and what will print blank. Cases that lack nothing are left out."""
    found = bring(request)
    if paper.collective and found:
        gone = missing(paper, context_of(paper, [one.dossier for one in found]))
        return [(paper.title, gone)] if gone else []
    made = [(str(one.dossier.case["name"]), missing(paper, context_of(paper, [one.dossier]))) for one in found]
    return [(name, gone) for name, gone in made if gone]


def noted(paper: Paper, request: Mapping[str, Any], made: Printed) -> None:
    """Write down of each case that it was printed."""
    found = bring(request)
    for opened in (True, False):
        cases = [one.case for one in found if one.dossier.opened is opened]
        if cases:
            note(code=paper.code, cases=cases, print_id=made.id, number=made.number, opened=opened)


def code_of(paper: Paper) -> str:
    """The code of its document in the core."""
    return f"development.{paper.code}"


def permission_of(paper: Paper) -> str:
    """What a paper of an organisation asks for: figures, unless it names people or tells of plans."""
    return str(paper.extra.get("permission", FIGURES))


def _document(paper: Paper) -> Document:
    case = paper.about == "case"
    return Document(
        code_of(paper),
        f"D{paper.number} {paper.title}",
        core_fields(paper),
        partial(_load_cases, paper) if case else partial(unit_papers.load, paper),
        partial(_template, paper),
        PRINT if case else permission_of(paper),
        SEALED if case else None,
        subject="development_case" if case else "unit",
    )


DOCUMENTS = tuple(_document(one) for one in PAPERS.values())
BY_CODE = {one.code.removeprefix("development."): one for one in DOCUMENTS}
