"""``/api/v1/files``: the files of a record for programs. What a file is for says who may see and add it."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.access.gate import SIGNED_IN, may, requires
from core.api import fields, setup
from core.api.answers import answer, nothing
from core.api.bodies import Misread
from core.api.shapes import RULE, Answer, Shape
from core.api.verbs import Verbs
from core.files import queries
from core.files.actions import Gone, remove, store
from core.files.pages import allowed, attached, opened
from core.files.purposes import PURPOSES
from core.files.queries import FileView
from core.files.serving import file_answer, has_already
from core.policy.findings import Finding, Severity
from core.tenancy.doors import is_open

bp = Verbs("files_api", __name__, title=_l("附件"))
BYTES = "application/octet-stream"


class PurposeShape(Answer):
    """What files may be for."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    subject = fields.Text(_l("属于什么记录"), required=True)
    kinds = fields.Many(fields.Text(), required=True, metadata={"description": _l("可以上传的类型")})
    editable = fields.Flag(_l("您可以在某处上传"), required=True)


class PurposesShape(Answer):
    """All of them that one may see somewhere."""

    items = fields.Many(fields.Nested(PurposeShape), required=True)


class FileShape(Answer):
    """A file."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    size = fields.Whole(_l("字节数"), most=2**53, required=True)
    media_type = fields.Text(required=True)
    purpose = fields.Text(required=True)
    subject_id = fields.Id(required=True)
    sha256 = fields.Text(_l("内容的校验码"), required=True)
    archive_class = fields.Text(_l("档案类别"), allow_none=True, required=True)
    added_by = fields.Text(required=True)
    added_at = fields.Moment(required=True)


class FilesShape(Answer):
    """The files of a record, the oldest first."""

    items = fields.Many(fields.Nested(FileShape), required=True)
    editable = fields.Flag(_l("您可以上传和删除"), required=True)


class UploadShape(Shape):
    """A file (multipart form)."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


_SHOWN = ("id", "name", "size", "media_type", "purpose", "subject_id", "sha256", "archive_class", "added_at")


def _shown(found: FileView) -> dict[str, Any]:
    return {**{name: getattr(found, name) for name in _SHOWN}, "added_by": found.added_by_name}


@bp.get("/files/purposes", summary=_l("附件的用途"), gives=PurposesShape)
@requires(SIGNED_IN)
def list_purposes() -> Response:
    """What files are for, as far as one may see them somewhere."""
    found = [
        {
            "code": one.code, "title": str(one.title), "subject": one.subject, "kinds": list(one.kinds),
            "editable": one.edit is not None and may(one.edit),
        }
        for one in PURPOSES.values()
        if is_open(one.code) and may(one.view)
    ]  # fmt: skip
    return answer({"items": found})


@bp.get("/files/of/<code>/<uuid:subject_id>", summary=_l("一条记录的附件"), gives=FilesShape)
@requires(SIGNED_IN)
def files_of(code: str, subject_id: UUID) -> Response:
    """The files of a record for one purpose."""
    found = attached(code, subject_id) if code in PURPOSES and is_open(code) else None
    if found is None:
        abort(404)
    return answer({"items": list(map(_shown, found.files)), "editable": found.may_edit})


@bp.post(
    "/files/of/<code>/<uuid:subject_id>", summary=_l("上传附件"), uploads=UploadShape, gives=FileShape, creates=True,
    says=_l("同一记录、同一用途、内容相同的文件只保存一份。"),
)  # fmt: skip
@requires(SIGNED_IN)
def upload_file(code: str, subject_id: UUID) -> Response:
    """Add a file to a record."""
    found = attached(code, subject_id) if code in PURPOSES and is_open(code) else None
    if found is None or not found.may_edit:
        abort(404)
    name, content = one_file()
    path = found.purpose.locate(subject_id)
    made = store(
        stream_or_bytes=content, filename=name, purpose=code, subject=found.purpose.subject, subject_id=subject_id,
        unit_path=path or "",
    )  # fmt: skip
    kept = queries.file(made)
    if kept is None:
        abort(404)
    return answer(_shown(kept), 201, location=url_for("files_api.one_file_", file_id=made))


def one_file(*more: str) -> tuple[str, bytes]:
    """The name and bytes of the one file of a multipart form; ``more`` names text fields that may stand beside it.

    :raises Misread: the form holds something else, or no file. Ends the request with 415 when it is no form.
    """
    if request.mimetype != "multipart/form-data":
        abort(415, _("文件须以 multipart/form-data 上传。"))
    wrong = [name for name in request.form if name not in more] + [name for name in request.files if name != "file"]
    if wrong:
        raise Misread(422, tuple(_misread(name, _("没有这一项。"), "E_UNKNOWN") for name in wrong[:10]))
    sent = request.files.get("file")
    if sent is None:
        raise Misread(422, (_misread("file", _("请选择一个文件。"), "E_REQUIRED"),))
    return sent.filename or "", sent.read()


def _misread(field: str, message: str, code: str) -> Finding:
    return Finding(RULE, Severity.BLOCK, field[:60], message, code=code)


@bp.get("/files/<uuid:file_id>", summary=_l("一个附件"), gives=FileShape)
@requires(SIGNED_IN)
def one_file_(file_id: UUID) -> Response:
    """What is known of a file."""
    return answer(_shown(allowed(file_id)[0]))


@bp.get("/files/<uuid:file_id>/content", summary=_l("下载附件"), raw=BYTES, tagged=True, parts=True)
@requires(SIGNED_IN)
def file_content(file_id: UUID) -> Response:
    """A file's bytes, or a part of them; that one with personal data was opened is written down."""
    found, meant = allowed(file_id)
    return has_already(found.sha256) or bytes_answer(opened(found, meant).content, found.name, tag=found.sha256)


def bytes_answer(content: bytes, name: str, *, tag: str = "") -> Response:
    """Bytes to be kept under a name, whatever they are.

    :param tag: what they are known by; without one they are given as a whole only.
    """
    return file_answer(content, name, BYTES, closed=True, tag=tag)


@bp.delete("/files/<uuid:file_id>", summary=_l("删除附件"))
@requires(SIGNED_IN)
def delete_file(file_id: UUID) -> Response:
    """Take a file from its record; its bytes stay for as long as the rules of archives say."""
    found, _meant = allowed(file_id, edit=True)
    try:
        remove(file_id=found.id)
    except Gone:
        abort(404)
    return nothing()


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
