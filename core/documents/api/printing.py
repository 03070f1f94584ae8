"""``/api/v1/documents`` and ``/api/v1/prints``: what can be printed, ordering it, and the finished file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from core import clock
from core.access.gate import SIGNED_IN, acting_at, actor, may, ranges, requires
from core.api import fields
from core.api.answers import answer
from core.api.shapes import Answer, Shape
from core.documents import first, queries
from core.documents.actions import FORMATS, print_document, refusal
from core.documents.api.site import bp
from core.documents.models import DocumentPrint
from core.documents.pages import archives
from core.documents.registry import DOCUMENTS, Document, open_documents
from core.files import disposal
from core.files.actions import Gone, open_file
from core.files.api import BYTES, bytes_answer
from core.organization.queries import cards
from core.people.actions.privacy import purpose_of
from core.people.pages import filtering
from core.people.queries import filters
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Order
from core.people.queries.single import one
from core.tenancy.doors import is_open

_CHINESE = "zh_Hans_CN"


class DocumentShape(Answer):
    """Something that can be printed."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    permission = fields.Text(required=True)
    full = fields.Flag(_l("可以打印完整的敏感信息"), required=True)


class DocumentsShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(DocumentShape), required=True)


class PrintBody(Shape):
    """What to print. Which of unit, people and filters counts depends on the document."""

    code = fields.Text(_l("材料的代码，见 /documents"), least=1, most=80, required=True)
    form = fields.Choice(FORMATS, _l("格式"), load_default="pdf")
    unit_id = fields.Id(_l("党组织"), load_default=None, allow_none=True)
    people = fields.Many(fields.Id(), load_default=list, validate=validate.Length(max=first.MOST_CARDS),
                         metadata={"description": _l("哪些党员；不写为筛选出的全部")})  # fmt: skip
    filters = fields.Mapped(keys=fields.Text(most=40), values=fields.Text(most=200), load_default=dict,
                            metadata={"description": _l("与党员名册地址中的筛选条件相同")})  # fmt: skip
    list_id = fields.Id(_l("销毁清册"), load_default=None, allow_none=True)
    full = fields.Flag(_l("打印完整的证件号码、电话和住址"), load_default=False)
    purpose = fields.Text(_l("用途；打印完整信息时必须写明"), most=200, load_default="")


class PrintShape(Answer):
    """A print on its way, or ready."""

    id = fields.Id(required=True)
    number = fields.Text(_l("打印编号"), required=True)
    code = fields.Text(required=True)
    form = fields.Text(required=True)
    state = fields.Choice(("waiting", "running", "done", "failed"), required=True)
    done = fields.Whole(_l("已完成几份"), required=True)
    count = fields.Whole(_l("共几份（行）"), required=True)
    ready = fields.Flag(_l("可以下载"), required=True)
    problem = fields.Text(allow_none=True, required=True, most=500)
    made_at = fields.Moment(required=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be printed, within the asker's reach.

    :param request: as the document's loader takes it. :param path: where it stands; None: nowhere in particular.
    """

    request: dict[str, Any]
    path: str | None
    count: int = 1


def _spans(meant: Document) -> list[list[str]]:
    return [list(span) for span in ranges(meant.permission)]


def _of_unit(meant: Document, body: Mapping[str, Any]) -> Wanted:
    card = cards.card(body["unit_id"]) if body["unit_id"] else None
    if card is None or not may(meant.permission, card.path):
        abort(404)
    return Wanted({"unit": str(card.id), "ranges": _spans(meant)}, card.path)


def _of_people(meant: Document, body: Mapping[str, Any]) -> Wanted:
    if not body["people"]:
        return _of_list(meant, body)
    held = ranges(meant.permission)
    found = [one(person, held) for person in body["people"]]
    if None in found:
        abort(404)
    path = found[0].path if len(found) == 1 and found[0] else None
    named = [str(person) for person in body["people"]]
    return Wanted({"people": named, "ranges": _spans(meant)}, path, len(named))


def _of_list(meant: Document, body: Mapping[str, Any]) -> Wanted:
    given = {
        name: text for name, text in body["filters"].items() if text and name not in ("page", "size", "col", "unit")
    }
    criteria = filters.read(given, as_of=clock.today())
    order = Order.read(given.get("sort")) or Order()
    found = members(Asked(body["unit_id"], ranges(meant.permission), criteria, order, 1))
    if found is None:
        abort(404)
    listed = {**criteria.given, **({"sort": given["sort"]} if "sort" in given else {})}
    wanted = {
        "list": listed, "unit": str(body["unit_id"]) if body["unit_id"] else None, "said": filtering.said(criteria),
        "ranges": _spans(meant),
    }  # fmt: skip
    return Wanted(wanted, found.place.path if found.place else None, found.total or 0)


def _of_disposal(meant: Document, body: Mapping[str, Any]) -> Wanted:
    if body["list_id"] is None or not disposal.reachable(body["list_id"], ranges(archives.VIEW)):
        abort(404)
    if disposal.list_of(body["list_id"]) is None:
        abort(404)
    return Wanted({"disposal": str(body["list_id"]), "ranges": _spans(meant)}, None)


#: How a document is ordered: its code → what its loader takes.
ORDERS: dict[str, Callable[[Document, Mapping[str, Any]], Wanted]] = {
    first.UNIT_CARD.code: _of_unit, first.MEMBER_CARD.code: _of_people, first.ROSTER.code: _of_list,
    archives.DISPOSAL.code: _of_disposal,
}  # fmt: skip


@bp.get("/documents", summary=_l("可以打印的材料"), gives=DocumentsShape)
@requires(SIGNED_IN)
def list_documents() -> Response:
    """What one may print somewhere."""
    found = [
        {
            "code": meant.code, "title": meant.title, "permission": meant.permission,
            "full": meant.full_permission is not None and may(meant.full_permission),
        }
        for meant in open_documents()
        if meant.code in ORDERS and may(meant.permission)
    ]  # fmt: skip
    return answer({"items": found})


@bp.post("/prints", summary=_l("打印"), takes=PrintBody, gives=PrintShape, creates=True,
         says=_l("打印由后台完成：读取 /prints/{id}，ready 为 true 时下载 /prints/{id}/file。"))  # fmt: skip
@requires(SIGNED_IN)
def new_print(body: dict[str, Any]) -> Response:
    """Order one document or a batch."""
    meant = DOCUMENTS.get(body["code"])
    if meant is None or meant.code not in ORDERS or not is_open(meant.code) or not may(meant.permission):
        abort(404)
    wanted = ORDERS[meant.code](meant, body)
    acting_at(meant.permission, wanted.path)
    if body["full"] and (meant.full_permission is None or not may(meant.full_permission, wanted.path)):
        message = _("您没有打印完整证件号码、电话和住址的权限，可以打印隐去部分内容的材料。")
        raise refusal("2.9", "full", message, "E_PERM")
    most = first.MOST_ROWS if meant.code == first.ROSTER.code else first.MOST_CARDS
    if wanted.count > most:
        said = _("一次最多打印 %(most)s 份（行），现有 %(n)s。请先筛选。", most=f"{most:,}", n=f"{wanted.count:,}")
        raise refusal("DC.04", "", said, "E_CAP")
    purpose = purpose_of(body["purpose"]) if body["full"] else " ".join(body["purpose"].split())
    with force_locale(_CHINESE):
        made = print_document(
            code=meant.code, request=wanted.request, form=body["form"], full=body["full"], purpose=purpose,
            expected=wanted.count, later=True,
        )  # fmt: skip
    return answer(_print(_print_or_404(made.id)), 201, location=url_for("documents_api.one_print", print_id=made.id))


def _print_or_404(print_id: UUID) -> DocumentPrint:
    found = queries.print_of(print_id, actor().account_id)
    if found is None:
        abort(404)
    return found


def _print(found: DocumentPrint) -> dict[str, Any]:
    names = ("id", "number", "code", "state", "done", "count", "problem", "made_at")
    shown = {name: getattr(found, name) for name in names}
    return {**shown, "form": found.format, "ready": found.file_id is not None}


@bp.get("/prints/<uuid:print_id>", summary=_l("一次打印"), gives=PrintShape)
@requires(SIGNED_IN)
def one_print(print_id: UUID) -> Response:
    """How far a print is; only for who ordered it."""
    return answer(_print(_print_or_404(print_id)))


@bp.get("/prints/<uuid:print_id>/file", summary=_l("下载打印件"), raw=BYTES, tagged=True, parts=True)
@requires(SIGNED_IN)
def print_file(print_id: UUID) -> Response:
    """The finished file; only for who ordered it, while it is kept."""
    found = _print_or_404(print_id)
    if found.file_id is None:
        abort(404)
    try:
        opened = open_file(found.file_id)
    except (Gone, FileNotFoundError):
        abort(404)
    return bytes_answer(opened.content, opened.view.name, tag=opened.view.sha256)
