"""The tenant's own templates: the fields there are, downloads, upload, test fill, use, and the way back."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.access.gate import requires
from core.access.permissions import declare
from core.documents import queries
from core.documents.actions import FORMATS, add_template, try_template, use_template
from core.documents.registry import DOCUMENTS, Document, open_documents
from core.files.actions import open_file
from core.files.kinds import KINDS
from core.files.pages import as_answer, file_answer
from core.policy.findings import Finding, Refused
from core.tenancy.doors import is_open
from core.web.settings_sections import sections
from core.web.shell import render

EDIT = declare("documents.template.edit", "更换打印模板")
bp = Blueprint("templates", __name__, template_folder="../templates", url_prefix="/settings/templates")
STATES = {"draft": (_l("未启用"), "plain"), "active": (_l("使用中"), "ok"), "retired": (_l("已停用"), "plain")}


def _document(code: str) -> Document:
    found = DOCUMENTS.get(code)
    if found is None or not is_open(code):
        abort(404)
    return found


@bp.get("/")
@requires(EDIT)
def overview() -> str:
    """Every document, and which template it is printed by."""
    return render("documents/templates.html", documents=open_documents(), active=queries.active(), sections=sections())


@bp.get("/<code>")
@requires(EDIT)
def one(code: str) -> str:
    """A document's fields and the versions of its template."""
    return _page(_document(code))


def _page(meant: Document, findings: Sequence[Finding] = ()) -> str:
    versions = queries.versions(meant.code)
    return render(
        "documents/template.html",
        document=meant,
        versions=versions,
        own=not any(version.state == "active" for version in versions),
        states=STATES,
        formats=FORMATS,
        findings=findings,
        data=request.form,
    )


@bp.post("/<code>")
@requires(EDIT)
def upload(code: str) -> Response | tuple[str, int]:
    """Add a version; every reason why it cannot be used is said."""
    meant = _document(code)
    given = request.files.get("file")
    try:
        add_template(
            code=code,
            filename=given.filename or "" if given else "",
            content=given.stream.read(6_000_000) if given else b"",
            note=request.form.get("note", ""),
        )
    except Refused as refused:
        return _page(meant, refused.findings), 422
    flash(_("模板已上传。请先试填样张，看过没有问题后再启用。"), "ok")
    return redirect(url_for("templates.one", code=code), 303)


def _version(text: str) -> UUID | None:
    if text == "own":
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)


@bp.get("/<code>/<version>/file")
@requires(EDIT)
def file(code: str, version: str) -> Response:
    """Download a version, or the product's own template."""
    meant, template_id = _document(code), _version(version)
    if template_id is None:
        return file_answer(meant.default(), f"{meant.title}（默认模板）.docx", KINDS["docx"].media, closed=False)
    held = next((one for one in queries.versions(code) if one.id == template_id), None)
    if held is None:
        abort(404)
    return as_answer(open_file(held.file_id))


@bp.post("/<code>/<version>/try")
@requires(EDIT)
def test_fill(code: str, version: str) -> Response | tuple[str, int]:
    """A version filled with made-up values."""
    meant, template_id = _document(code), _version(version)
    form = "docx" if request.form.get("form") == "docx" else "pdf"
    try:
        made = try_template(code=code, template_id=template_id, form=form)
    except LookupError:
        abort(404)
    except Refused as refused:
        return _page(meant, refused.findings), 422
    return file_answer(made, f"{meant.title}（样张）.{form}", KINDS[form].media, closed=False)


@bp.post("/<code>/<version>/use")
@requires(EDIT)
def use(code: str, version: str) -> Response | tuple[str, int]:
    """Use a version from now on, or the product's own again."""
    meant, template_id = _document(code), _version(version)
    try:
        use_template(code=code, template_id=template_id)
    except LookupError:
        abort(404)
    except Refused as refused:
        return _page(meant, refused.findings), 422
    flash(_("已启用。"), "ok")
    return redirect(url_for("templates.one", code=code), 303)
