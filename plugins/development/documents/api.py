"""``/api/v1/p/development``: the papers of a case, their prints, and ordering one; the file is fetched from ``/prints``."""

from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from core.sdk import may, ranges, requires
from core.sdk.api import Answer, Shape, answer, fields
from core.sdk.documents import print_document
from plugins.development.documents.loading import reaches
from plugins.development.documents.panel import panel
from plugins.development.documents.papers import PAPERS
from plugins.development.documents.permissions import PRINT
from plugins.development.documents.printing import MOST, asked, bring, code_of, noted
from plugins.development.permissions import SEALED, VIEW
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


class PrintBody(Shape):
    """What to print: one paper of one case or of several."""

    code = fields.Text(_l("文书的代码"), least=1, most=40, required=True)
    cases = fields.Many(
        fields.Id(), required=True, validate=validate.Length(min=1, max=MOST), metadata={"description": _l("哪些人")}
    )
    form = fields.Choice({"pdf": "PDF", "docx": "Word"}, _l("格式"), load_default="pdf")
    full = fields.Flag(_l("打印完整的证件号码和电话"), load_default=False)
    purpose = fields.Text(_l("用途；打印完整信息时必须写明"), most=200, load_default="")


class Ordered(Answer):
    """A print that was ordered: a job makes it, ``/api/v1/prints/{id}`` tells how far it is."""

    id = fields.Id(required=True)
    number = fields.Text(_l("打印编号"), required=True)


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


@verbs.post("/prints", summary=_l("打印发展党员的文书"), takes=PrintBody, gives=Ordered, creates=True)
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
    with force_locale("zh_Hans_CN"):
        made = print_document(
            code=code_of(paper), request=wanted, form=body["form"], full=body["full"], purpose=body["purpose"],
            expected=1 if paper.collective else len(found), later=True,
        )  # fmt: skip
    noted(paper, wanted, made)
    return answer({"id": made.id, "number": made.number}, 202)
