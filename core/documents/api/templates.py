"""``/api/v1/templates``: the tenant's own templates."""

from typing import Any
from uuid import UUID

from flask import Response, abort, request, url_for
from flask_babel import lazy_gettext as _l

from core.access.gate import requires
from core.api import fields
from core.api.answers import answer
from core.api.shapes import Answer, Shape
from core.documents import queries
from core.documents.actions import FORMATS, add_template, try_template, use_template
from core.documents.api.site import bp
from core.documents.models import DocumentTemplate
from core.documents.pages.templates import EDIT
from core.documents.registry import DOCUMENTS, Document, open_documents
from core.files.actions import Gone, open_file
from core.files.api import BYTES, UploadShape, bytes_answer, one_file
from core.tenancy.doors import is_open


class VersionShape(Answer):
    """A version of the tenant's own template."""

    id = fields.Id(required=True)
    number = fields.Whole(required=True)
    state = fields.Choice(("draft", "active", "retired"), required=True)
    note = fields.Text(required=True)
    made_by = fields.Text(required=True)
    made_at = fields.Moment(required=True)
    tried_at = fields.Moment(allow_none=True, required=True)
    activated_at = fields.Moment(allow_none=True, required=True)


class TemplateShape(Answer):
    """A document with the versions of its template."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    own = fields.Flag(_l("使用平台自带的模板"), required=True)
    fields_ = fields.Many(fields.Text(), data_key="fields", required=True, metadata={"description": _l("可用的字段")})
    versions = fields.Many(fields.Nested(VersionShape), required=True)


class TemplatesShape(Answer):
    """All documents."""

    items = fields.Many(fields.Nested(TemplateShape), required=True)


class TemplateUpload(UploadShape):
    """A .docx template."""

    note = fields.Text(_l("说明"), most=200)


class TryBody(Shape):
    """How a test fill is wanted."""

    form = fields.Choice(FORMATS, _l("格式"), load_default="pdf")


def _document(code: str) -> Document:
    found = DOCUMENTS.get(code)
    if found is None or not is_open(code):
        abort(404)
    return found


def _version(found: DocumentTemplate) -> dict[str, Any]:
    names = ("id", "number", "state", "note", "made_at", "tried_at", "activated_at")
    return {**{name: getattr(found, name) for name in names}, "made_by": found.made_by_name}


def _template(meant: Document) -> dict[str, Any]:
    versions = queries.versions(meant.code)
    named = [f"{one.name}.{inner.name}" for one in meant.fields for inner in one.of]
    return {
        "code": meant.code, "title": meant.title, "own": not any(one.state == "active" for one in versions),
        "fields": [one.name for one in meant.fields if not one.of] + named, "versions": list(map(_version, versions)),
    }  # fmt: skip


@bp.get("/templates", summary=_l("打印模板"), gives=TemplatesShape)
@requires(EDIT)
def list_templates() -> Response:
    """Every document with the versions of its template."""
    return answer({"items": [_template(meant) for meant in open_documents()]})


@bp.get("/templates/<code>", summary=_l("一种材料的模板"), gives=TemplateShape)
@requires(EDIT)
def one_template(code: str) -> Response:
    """A document's fields and the versions of its template."""
    return answer(_template(_document(code)))


@bp.post("/templates/<code>", summary=_l("上传模板"), uploads=TemplateUpload, gives=TemplateShape, creates=True)
@requires(EDIT)
def upload_template(code: str) -> Response:
    """Add a version as a draft; every reason why it cannot be used is said."""
    meant = _document(code)
    name, content = one_file("note")
    add_template(code=code, filename=name, content=content, note=request.form.get("note", ""))
    return answer(_template(meant), 201, location=url_for("documents_api.one_template", code=code))


@bp.get("/templates/<code>/own/file", summary=_l("下载平台自带的模板"), raw=BYTES)
@requires(EDIT)
def own_template_file(code: str) -> Response:
    """The product's own template."""
    meant = _document(code)
    return bytes_answer(meant.default(), f"{meant.title}.docx")


@bp.get("/templates/<code>/<uuid:template_id>/file", summary=_l("下载模板"), raw=BYTES)
@requires(EDIT)
def template_file(code: str, template_id: UUID) -> Response:
    """A version of the tenant's own template."""
    held = next((one for one in queries.versions(_document(code).code) if one.id == template_id), None)
    if held is None:
        abort(404)
    try:
        opened = open_file(held.file_id)
    except (Gone, FileNotFoundError):
        abort(404)
    return bytes_answer(opened.content, opened.view.name)


@bp.post("/templates/<code>/<uuid:template_id>/try", summary=_l("试填样张"), takes=TryBody, raw=BYTES)
@requires(EDIT)
def fill_template(code: str, template_id: UUID, body: dict[str, Any]) -> Response:
    """A version filled with made-up values: only then can it be put in use."""
    meant = _document(code)
    try:
        made = try_template(code=code, template_id=template_id, form=body["form"])
    except LookupError:
        abort(404)
    return bytes_answer(made, f"{meant.title}（样张）.{body['form']}")


@bp.post("/templates/<code>/<uuid:template_id>/use", summary=_l("启用模板"), gives=TemplateShape)
@requires(EDIT)
def activate_template(code: str, template_id: UUID) -> Response:
    """Use a version from now on: a new one, or an earlier one to go back."""
    return _used(code, template_id)


@bp.post("/templates/<code>/own/use", summary=_l("恢复平台自带的模板"), gives=TemplateShape)
@requires(EDIT)
def activate_own(code: str) -> Response:
    """Use the product's own template again."""
    return _used(code, None)


def _used(code: str, template_id: UUID | None) -> Response:
    meant = _document(code)
    try:
        use_template(code=code, template_id=template_id)
    except LookupError:
        abort(404)
    return answer(_template(meant))
