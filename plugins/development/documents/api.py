"""``/api/v1/p/development``: papers of a case and of an organisation, and ordering prints; files come from ``/prints``."""

from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from core.sdk import may, ranges, requires
from core.sdk.api import Answer, answer, fields
from plugins.development.documents import unit_papers
from plugins.development.documents.loading import reaches
from plugins.development.documents.ordering import Form, Ordered
from plugins.development.documents.ordering import order as place
from plugins.development.documents.panel import panel
from plugins.development.documents.papers import PAPERS
from plugins.development.documents.permissions import PRINT
from plugins.development.documents.printing import MOST, asked, bring, code_of, noted, permission_of
from plugins.development.permissions import FIGURES, SEALED, VIEW
from plugins.development.plan.records import Unknown, unit
from plugins.development.reports.asking import MONTH, month_of
from plugins.development.site import verbs


class PaperRow(Answer):
    """A paper of a case."""

    code = fields.Text(required=True)
    number = fields.Whole(_l("文书序号（D1至D38）"), required=True)
    title = fields.Text(required=True)
    when = fields.Choice({"now": _l("现在这一步"), "done": _l("已办"), "ahead": _l("以后")}, required=True)
    sealed = fields.Flag(_l("含敏感信息"), required=True)
    missing = fields.Many(fields.Text(), required=True, metadata={"description": _l("还没有登记、打印后须手填的内容")})


class PrintRow(Answer):
    """A print of a case."""

    code = fields.Text(required=True)
    number = fields.Text(_l("打印编号"), required=True)
    printed_at = fields.Moment(required=True)
    printed_by = fields.Text(required=True)
    superseded_at = fields.Moment(_l("何时作废；有效的为空"), required=True, allow_none=True)
    superseded_by = fields.Whole(_l("使它作废的办理记录的序号"), required=True, allow_none=True)


class Papers(Answer):
    """The papers of a case and what was printed of it."""

    papers = fields.Many(fields.Nested(PaperRow), required=True)
    prints = fields.Many(fields.Nested(PrintRow), required=True)


class PrintBody(Form):
    """What to print: one paper of one case or of several."""

    code = fields.Text(_l("文书的代码"), least=1, most=40, required=True)
    cases = fields.Many(
        fields.Id(), required=True, validate=validate.Length(min=1, max=MOST), metadata={"description": _l("哪些人")}
    )
    full = fields.Flag(_l("打印完整的证件号码和电话"), load_default=False)


class UnitPaperRow(Answer):
    """A paper of plans and reports."""

    code = fields.Text(required=True)
    number = fields.Whole(_l("文书序号（D1至D38）"), required=True)
    title = fields.Text(required=True)


class UnitPapers(Answer):
    """The papers one may print for an organisation."""

    papers = fields.Many(fields.Nested(UnitPaperRow), required=True)


class UnitPrintBody(Form):
    """Which paper of an organisation, and for when."""

    code = fields.Text(_l("文书的代码"), least=1, most=40, required=True)
    year = fields.Whole(_l("年度；不写为今年"), least=2000, most=2099, load_default=None, allow_none=True)
    month = fields.Text(
        _l("月份，如2026-06；写了月份就不看年度"), most=7, like=MONTH, load_default=None, allow_none=True
    )
    notice = fields.Id(_l("哪一份滞后通知；不写为最近一份"), load_default=None, allow_none=True)


@verbs.get("/cases/<uuid:case_id>/papers", summary=_l("发展党员的文书和打印件"), gives=Papers)
@requires(VIEW)
def papers(case_id: UUID) -> Response:
    """The papers of a case with what is missing for each, and its prints."""
    found = panel(case_id)
    if found is None:
        abort(404)
    return answer({
        "papers": [
            {"code": one.paper.code, "number": one.paper.number, "title": one.paper.title, "when": one.when, "sealed": one.sealed, "missing": list(one.gone)}
            for one in found.offers
        ],
        "prints": [
            {"code": one.view.code, "number": one.view.number, "printed_at": one.view.printed_at, "printed_by": one.view.printed_by,
             "superseded_at": one.view.superseded_at, "superseded_by": one.view.act_seq}
            for one in found.prints
        ],
    })  # fmt: skip


@verbs.post("/prints", summary=_l("打印发展党员的文书"), takes=PrintBody, gives=Ordered, creates=True, status=202)
@requires(PRINT)
def order(body: dict[str, Any]) -> Response:
    """Order a print of one paper for some cases; ids out of reach answer as unknown ones."""
    paper = PAPERS.get(body["code"])
    if paper is None or paper.about != "case":
        abort(404)
    wanted = asked(list(dict.fromkeys(body["cases"])))
    found = bring(wanted)
    if len(found) != len(wanted["cases"]):
        abort(404)
    if body["full"] and not all(may(SEALED, one.path) and reaches(ranges(SEALED), one.path) for one in found):
        abort(403)
    made = place(code_of(paper), wanted, body, expected=1 if paper.collective else len(found))
    noted(paper, wanted, made)
    return answer({"id": made.id, "number": made.number}, 202)


@verbs.get("/units/<uuid:unit_id>/papers", summary=_l("党组织的计划和报表文书"), gives=UnitPapers)
@requires(FIGURES)
def unit_papers_of(unit_id: UUID) -> Response:
    """The papers of plans and reports that one may print for an organisation."""
    try:
        found = unit(unit_id, tuple(ranges(FIGURES)))
    except Unknown:
        abort(404)
    return answer({
        "papers": [
            {"code": one.code, "number": one.number, "title": one.title}
            for one in PAPERS.values()
            if one.about == "unit" and reaches(ranges(permission_of(one)), found.path)
        ]
    })  # fmt: skip


@verbs.post("/units/<uuid:unit_id>/prints", summary=_l("打印党组织的计划和报表文书"), takes=UnitPrintBody, gives=Ordered, creates=True, status=202)  # fmt: skip
@requires(FIGURES)
def order_unit_paper(unit_id: UUID, body: dict[str, Any]) -> Response:
    """Order a paper of plans and reports; an organisation out of reach of the paper's permission answers as an unknown one."""
    paper = PAPERS.get(body["code"])
    if paper is None or paper.about != "unit":
        abort(404)
    if body["month"] is not None:
        month_of(body["month"])
    given = {name: str(body[name]) for name in ("year", "month", "notice") if body[name] is not None}
    wanted = unit_papers.asked(unit_id, permission_of(paper), **given)
    gathered = unit_papers.GATHERED[paper.extra["provider"]](wanted)
    if gathered is None or not reaches(ranges(permission_of(paper)), gathered[2]):
        abort(404)
    made = place(code_of(paper), wanted, body)
    return answer({"id": made.id, "number": made.number}, 202)
