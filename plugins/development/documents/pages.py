"""Printing papers: of one case, of many, of an organisation; and the page of a case's papers."""

from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import ranges, render, requires
from core.sdk.documents import print_page
from core.sdk.pages import own_path
from plugins.development.documents import unit_papers
from plugins.development.documents.form import Paper
from plugins.development.documents.loading import reaches
from plugins.development.documents.panel import panel
from plugins.development.documents.papers import PAPERS
from plugins.development.documents.permissions import PRINT
from plugins.development.documents.printing import BY_CODE, MOST, asked, bring, lacking, noted, permission_of
from plugins.development.pages.reading import ids
from plugins.development.permissions import FIGURES, VIEW
from plugins.development.site import pages

Answer = str | Response | tuple[str, int]
#: People whose blanks are named one by one before a print.
_NAMED = 8


@pages.get("/cases/<uuid:case_id>/documents")
@requires(VIEW)
def documents(case_id: UUID) -> str:
    """The papers of a case and its prints."""
    found = panel(case_id)
    if found is None:
        abort(404)
    return render("development/documents/documents.html", panel=found)


def _paper(code: str, about: str) -> Paper:
    found = PAPERS.get(code)
    if found is None or found.about != about:
        abort(404)
    return found


@pages.route("/cases/<uuid:case_id>/documents/<code>", methods=["GET", "POST"])
@requires(PRINT)
def print_paper(case_id: UUID, code: str) -> Answer:
    """Print a paper of a case: format and purpose are asked for, and what will be blank is said."""
    paper = _paper(code, "case")
    wanted = asked([case_id])
    found = bring(wanted)
    if not found:
        abort(404)
    return _print(paper, wanted, str(found[0].dossier.case["name"]), url_for("p_development.documents", case_id=case_id),
                  found[0].path, subject=case_id)  # fmt: skip


@pages.route("/documents/<code>", methods=["GET", "POST"])
@requires(PRINT)
def print_batch(code: str) -> Answer:
    """Print a paper of several cases: those ticked in a list (``id``, once for each)."""
    paper = _paper(code, "case")
    ticked = ids(request.values.getlist("id"))[:MOST]
    wanted = asked(ticked)
    found = bring(wanted)
    if not found:
        abort(404)
    ticked = [one.case.id for one in found]
    wanted["cases"] = [str(one) for one in ticked]
    paths = {one.path for one in found}
    name = _("%(n)s人", n=len(found))
    return _print(
        paper, wanted, name, url_for("p_development.board"), paths.pop() if len(paths) == 1 else None, subject=None,
        count=1 if paper.collective else len(found), ticked=[str(one) for one in ticked],
    )  # fmt: skip


@pages.route("/documents", methods=["GET", "POST"])
@requires(PRINT)
def choose_paper() -> str:
    """Which paper is to be printed for the cases that were ticked."""
    ticked = ids(request.values.getlist("id"))[:MOST]
    found = bring(asked(ticked)) if ticked else []
    steps = {one.dossier.step + 1 for one in found} | {one.dossier.step for one in found}
    offers = sorted(
        (one for one in PAPERS.values() if one.about == "case"), key=lambda one: (not steps & set(one.steps), one.number, one.code)
    )  # fmt: skip
    return render(
        "development/documents/choose.html", people=[(one.case.id, one.dossier.case["name"]) for one in found], offers=offers,
        fitting={one.code for one in offers if steps & set(one.steps)},
    )  # fmt: skip


def _print(paper: Paper, wanted: dict[str, Any], name: str, back: str, path: str | None, **more: Any) -> Answer:
    notes = [] if request.method == "POST" and "form" in request.form else _notes(paper, wanted)
    found: Answer = print_page(
        BY_CODE[paper.code],
        wanted,
        name,
        back,
        path,
        notes=notes,
        after=lambda made: noted(paper, wanted, made),
        **more,
    )
    return found


def _notes(paper: Paper, wanted: dict[str, Any]) -> list[str]:
    """What will be blank, by name of the field; of many people the first few."""
    gone = lacking(paper, wanted)
    if not gone:
        return []
    told = [
        f"{who}：{'、'.join(names)}" if len(wanted["cases"]) > 1 else "、".join(names) for who, names in gone[:_NAMED]
    ]
    more = _("另有%(n)s人也有空缺。", n=len(gone) - _NAMED) if len(gone) > _NAMED else ""
    return [_("以下内容还没有登记，打印后请手工填写：%(what)s。%(more)s", what="；".join(told), more=more)]


@pages.route("/units/<uuid:unit_id>/documents/<code>", methods=["GET", "POST"])
@requires(FIGURES)
def print_unit_paper(unit_id: UUID, code: str) -> Answer:
    """Print a paper of plans and reports for an organisation."""
    paper = _paper(code, "unit")
    given = {name: request.args[name] for name in ("year", "month", "notice") if request.args.get(name)}
    wanted = unit_papers.asked(unit_id, permission_of(paper), **given)
    gathered = unit_papers.GATHERED[paper.extra["provider"]](wanted)
    if gathered is None or not reaches(ranges(permission_of(paper)), gathered[2]):
        abort(404)
    back = own_path(request.args.get("back")) or url_for("p_development.reports")
    found: Answer = print_page(BY_CODE[code], wanted, gathered[1], back, gathered[2], subject=unit_id)
    return found
