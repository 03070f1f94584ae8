"""Uploading, downloading and removing the files of a record; and what a template needs to show them."""

from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access.gate import SIGNED_IN, may, ranges, requires
from core.audit.actions import record
from core.database import transaction
from core.files import queries
from core.files.actions import Gone, OpenFile, open_file, remove, store
from core.files.kinds import KINDS
from core.files.purposes import PURPOSES, Purpose
from core.files.queries import FileView
from core.files.serving import disposition, file_answer, has_already
from core.policy.findings import Refused
from core.web.shell import own_path

bp = Blueprint("files", __name__, template_folder="templates", url_prefix="/files")


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of a record for one purpose, as ``files/attachments.html`` draws them."""

    purpose: Purpose
    subject_id: UUID
    files: list[FileView]
    may_edit: bool
    accept: str


def reaches(permission: str, path: str) -> bool:
    """Whether the viewer holds a permission at a path; at no unit's, whether in the whole tenant."""
    return may(permission, path) if path else any(start.count(".") <= 1 for start, _end in ranges(permission))


def attached(code: str, subject_id: UUID) -> Attached | None:
    """What the viewer may see of a record's files: ``None`` without the right. A function of the templates."""
    meant = PURPOSES[code]
    path = meant.locate(subject_id)
    if path is None or not reaches(meant.view, path):
        return None
    accept = ",".join(f".{kind}" for kind in meant.kinds if kind in KINDS)
    may_edit = meant.edit is not None and reaches(meant.edit, path)
    return Attached(meant, subject_id, queries.files_of(code, subject_id), may_edit, accept)


def _purpose(code: str) -> Purpose:
    meant = PURPOSES.get(code)
    if meant is None:
        abort(404)
    return meant


def _back() -> Response:
    return redirect(own_path(request.form.get("back")) or f"{request.script_root}/", 303)


@bp.post("/<code>/<uuid:subject_id>")
@requires(SIGNED_IN)
def upload(code: str, subject_id: UUID) -> Response:
    """Add files to a record; what is refused is said on the record's page."""
    meant = _purpose(code)
    path = meant.locate(subject_id)
    if path is None or meant.edit is None or not reaches(meant.edit, path):
        abort(404)
    given = [item for item in request.files.getlist("file") if item.filename]
    if not given:
        flash(_("没有选择文件。"), "bad")
    for item in given[:20]:
        name = item.filename or ""
        try:
            store(
                stream_or_bytes=cast(BinaryIO, item.stream), filename=name, purpose=code, subject=meant.subject, subject_id=subject_id,
                unit_path=path,
            )  # fmt: skip
        except Refused as refused:
            reason = "；".join(finding.message for finding in refused.findings)
            flash(_("“%(name)s”没有上传：%(reason)s", name=name[-80:], reason=reason), "bad")
        else:
            flash(_("已上传“%(name)s”。", name=name[-80:]), "ok")
    return _back()


def allowed(file_id: UUID, *, edit: bool = False) -> tuple[FileView, Purpose]:
    """A file that the viewer may see (or change), with its purpose; ends the request with 404 for every other."""
    found = queries.file(file_id)
    meant = PURPOSES.get(found.purpose) if found else None
    if found is None or meant is None:
        abort(404)
    wanted, path = meant.edit if edit else meant.view, meant.locate(found.subject_id)
    # what belonged to a subject that is gone is seen where it stood last
    if wanted is None or not reaches(wanted, found.unit_path if path is None else path):
        abort(404)
    return found, meant


def opened(found: FileView, meant: Purpose) -> OpenFile:
    """A file with its bytes, its opening written down if it holds personal data; 404 when they are gone."""
    try:
        made = open_file(found.id)
    except (Gone, FileNotFoundError):
        abort(404)
    if meant.sealed:
        with transaction():
            record(kind="files.opened", subject=meant.subject, subject_id=found.subject_id,
                   detail={"file": str(found.id), "name": found.name})  # fmt: skip
    return made


@bp.get("/<uuid:file_id>")
@requires(SIGNED_IN)
def download(file_id: UUID) -> Response:
    """A file, to be kept and never to be shown by the browser itself."""
    found, meant = allowed(file_id)
    return has_already(found.sha256) or as_answer(opened(found, meant))


def as_answer(opened: OpenFile) -> Response:
    """A stored file as an attachment."""
    view = opened.view
    closed = view.privacy in ("P2", "P3")
    return file_answer(opened.content, view.name, view.media_type, closed=closed, tag=view.sha256)


@bp.post("/<uuid:file_id>/remove")
@requires(SIGNED_IN)
def take_away(file_id: UUID) -> Response:
    """Take a file from its record."""
    found, _meant = allowed(file_id, edit=True)
    try:
        remove(file_id=found.id)
    except Gone:
        abort(404)
    except Refused as refused:
        flash("；".join(finding.message for finding in refused.findings), "bad")
    else:
        flash(_("已删除“%(name)s”。", name=found.name), "ok")
    return _back()


__all__ = ["allowed", "as_answer", "attached", "disposition", "file_answer", "opened", "register"]


def register(app: Flask) -> None:
    """Add the addresses, and ``attached()`` for templates."""
    app.register_blueprint(bp)
    app.jinja_env.globals["attached"] = attached
