"""The verbs of documents: print, try and use a template, go back to an earlier one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from core import clock
from core.audit.actions import origin, record
from core.database import db, tenant_id, transaction, uuid7
from core.documents.models import DocumentPrint, DocumentTemplate
from core.documents.pressing import Order, PressFailed, complaints, press
from core.documents.registry import DOCUMENTS, Document, Loaded, Particulars, sample
from core.files.actions import bytes_of, open_file, store
from core.files.kinds import KINDS
from core.files.models import StoredFile
from core.files.purposes import Purpose, declare_purpose
from core.jobs import post
from core.policy.findings import Finding, Refused, Severity

FORMATS = {"pdf": "PDF", "docx": "Word"}
#: Records of one print that somebody waits for: more are a job.
AT_ONCE = {"people.roster": 1500}
AT_ONCE_ELSE = 15
#: The job that makes a large print, step by step.
STEPS = "documents.print"
_NEXT = text("SELECT pg_advisory_xact_lock(hashtext('document_print'), :tenant)")


def _root(_subject: UUID) -> str:
    return ""


TEMPLATE = declare_purpose(
    Purpose("documents.template", "打印模板", "document", "settings.view", None, _root, "P0", ("docx",))
)
#: A large print that is ready: only who ordered it gets it, by its own page; nobody else's permission opens it.
PRINT = declare_purpose(
    Purpose(
        "documents.print", "打印件", "document_print", "documents.print.own", None, lambda _id: None, "P3", ("zip",)
    )
)
_ZERO = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Printed:
    """A print that is ready, or one that a job makes.

    :param content: None while a job makes it.
    """

    id: UUID
    number: str
    name: str
    media: str
    content: bytes | None


def refusal(rule: str, field: str, message: str, code: str) -> Refused:
    """One finding that refuses."""
    return Refused([Finding(rule, Severity.BLOCK, field, message, code=code)])


def print_document(
    *,
    code: str,
    request: Mapping[str, Any],
    form: str,
    full: bool,
    purpose: str,
    expected: int = 1,
    later: bool = False,
) -> Printed:
    """Print something, at once or by a job when it is long; either way it is written down under its number.

    Whether the actor may is the caller's question; ``request`` holds the ranges within which records are loaded.

    :param form: pdf | docx.
    :param expected: about how many records there will be: what is a job's anyway is not loaded before.
    :param later: leave it to a job however short it is.
    :raises Refused: DC.01 unknown format, DC.02 nothing to print, DC.03 the template does not fill.
    """
    meant = DOCUMENTS[code]
    if form not in FORMATS:
        raise refusal("DC.01", "form", "请选择 PDF 或 Word。", "E_FORMAT")
    far = expected > AT_ONCE.get(code, AT_ONCE_ELSE) and code not in AT_ONCE
    loaded = Loaded((), (), meant.title, expected) if far else meant.load(request, full)
    if loaded is None or not loaded.count:
        raise refusal("DC.02", "", "没有可以打印的内容。请检查筛选条件。", "E_REQUIRED")
    long = later or loaded.count > AT_ONCE.get(code, AT_ONCE_ELSE)
    number, template = _template(code)
    made = _written_down(meant, loaded, request, form, full, purpose, number, long=long)
    if long:
        return Printed(made.id, made.number, "", "", None)
    try:
        content = press(order_of(meant, loaded, made, template))
    except PressFailed as error:
        _failed(made.id, str(error))
        raise refusal("DC.03", "", str(error), "E_STATE") from error
    with transaction() as session:
        session.execute(
            update(DocumentPrint).where(DocumentPrint.id == made.id).values(state="done", done=loaded.count)
        )
    return Printed(made.id, made.number, *file_of(loaded, form), content)


def file_of(loaded: Loaded, form: str) -> tuple[str, str]:
    """The name and media type of a finished print."""
    extension = "zip" if form == "docx" and len(loaded.contexts) > 1 else form
    return f"{loaded.title}.{extension}", KINDS[extension].media


def _digest(loaded: Loaded) -> str:
    plain = json.dumps(list(loaded.contexts), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction()
def _written_down(
    meant: Document, loaded: Loaded, request: Mapping[str, Any], form: str, full: bool, purpose: str, template: int, *,
    long: bool,
) -> DocumentPrint:  # fmt: skip
    """The print's row under the year's next number, and the earlier ones that it shows to be out of date."""
    who, session, digest = origin(), db.session, _digest(loaded)
    session.execute(_NEXT, {"tenant": tenant_id() % 2_147_483_647})
    year = clock.today().year
    numbers = select(func.max(DocumentPrint.number)).where(DocumentPrint.number.like(f"{year}-%"))
    last = session.scalar(numbers.execution_options(whole_tenant="the year's last number: prints count tenant-wide"))
    made = DocumentPrint(
        id=uuid7(), number=f"{year}-{int(last.split('-')[1]) + 1 if last else 1:05}", code=meant.code, format=form,
        template_number=template, subject_id=loaded.subject_id, unit_path=loaded.unit_path, request=dict(request),
        count=loaded.count, full=full, purpose=purpose, actor_id=who.actor_id, actor=who.actor, data_digest=digest,
        state="waiting" if long else "running",
    )  # fmt: skip
    session.execute(
        update(DocumentPrint)
        .where(
            DocumentPrint.code == meant.code, DocumentPrint.subject_id.is_not_distinct_from(loaded.subject_id),
            DocumentPrint.full == full, DocumentPrint.request["list"] == made.request.get("list", None),
            DocumentPrint.data_digest != digest, DocumentPrint.superseded_at.is_(None),
        )
        .values(superseded_at=func.now()),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    session.add(made)
    detail = {
        "number": made.number,
        "code": meant.code,
        "count": loaded.count,
        "full": full,
        "purpose": purpose,
        "form": form,
    }
    record(kind="documents.printed", subject=meant.subject, subject_id=loaded.subject_id, detail=detail)
    if long:
        post(kind=STEPS, payload={"print": str(made.id), "code": made.code}, actor=who.actor)
    session.flush()
    return made


def order_of(meant: Document, loaded: Loaded, made: DocumentPrint, template: bytes | None) -> Order:
    """What the press is told to make a print's documents."""
    moment = _local(made.made_at)
    own = Particulars(
        made.number,
        made.actor,
        f"{moment.year}年{moment.month}月{moment.day}日",
        moment.strftime("%Y-%m-%d %H:%M"),
        made.purpose,
    ).context()
    extension = {"docx": "docx", "pdf": "pdf"}[made.format]
    return Order(
        code=meant.code,
        template=template,
        contexts=[{**context, "打印": own} for context in loaded.contexts],
        names=[f"{name}.{extension}" for name in loaded.names],
        format=made.format,
        archive=made.format == "docx" and len(loaded.contexts) > 1,
        watermark=f"{made.actor} {moment.strftime('%Y-%m-%d %H:%M')}" if made.full else "",
        title=loaded.title,
    )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.ZONE)


def _failed(print_id: UUID, problem: str) -> None:
    with transaction() as session:
        session.execute(
            update(DocumentPrint).where(DocumentPrint.id == print_id).values(state="failed", problem=problem[:500])
        )


# --- templates ---


_WHOLE = {"whole_tenant": "the tenant's own templates, by which everybody's documents are printed"}


def _held_by(code: str) -> Any:
    return (
        select(DocumentTemplate.number, StoredFile.id, StoredFile.key_number)
        .join(StoredFile, (StoredFile.tenant_id == DocumentTemplate.tenant_id) & (StoredFile.id == DocumentTemplate.file_id))
        .where(DocumentTemplate.code == code)
        .execution_options(**_WHOLE)
    )  # fmt: skip


def _own(code: str) -> bytes | None:
    """A plugin's own template: the press, a process of its own, knows the product's alone."""
    from core.documents.defaults import DRAWN  # with python-docx, which only printing needs

    return None if code in DRAWN else DOCUMENTS[code].default()


def _template(code: str) -> tuple[int, bytes | None]:
    """The active template's version and bytes; 0 for the document's own, which the press draws itself where it is ours."""
    found = db.session.execute(_held_by(code).where(DocumentTemplate.state == "active")).first()
    return (found[0], bytes_of(found[1], found[2])) if found else (0, _own(code))


def template_of(made: DocumentPrint) -> bytes | None:
    """The template that a print was ordered with, whatever is active by now; None for one that the press draws itself."""
    version = DocumentTemplate.number == made.template_number
    found = db.session.execute(_held_by(made.code).where(version)).first() if made.template_number else None
    return bytes_of(found[1], found[2]) if found else _own(made.code)


@transaction()
def add_template(*, code: str, filename: str, content: bytes, note: str = "") -> UUID:
    """Keep a new version of a document's template as a draft; it is used once it was tried and made active.

    :raises Refused: DC.10 with everything that is wrong with it.
    """
    meant = DOCUMENTS[code]
    from core.documents.checking import tree_of

    wrong = complaints(content, tree_of(meant.fields)) if content else ["没有选择文件，或文件是空的。"]
    if wrong:
        record(kind="documents.template_refused", subject="document_template", detail={"code": code, "why": wrong[:5]})
        raise Refused([Finding("DC.10", Severity.BLOCK, "file", message, code="E_FORMAT") for message in wrong[:12]])
    session = db.session
    session.execute(_NEXT, {"tenant": tenant_id() % 2_147_483_647})
    last = session.scalar(select(func.max(DocumentTemplate.number)).where(DocumentTemplate.code == code)) or 0
    made_id = uuid7()
    file_id = store(
        stream_or_bytes=content, filename=filename, purpose=TEMPLATE.code, subject=TEMPLATE.subject, subject_id=made_id,
        unit_path="", trusted=KINDS["docx"],
    )  # fmt: skip
    session.add(
        DocumentTemplate(
            id=made_id,
            code=code,
            number=last + 1,
            file_id=file_id,
            note=note.strip()[:200],
            made_by_name=origin().actor,
        )
    )
    session.flush()
    record(kind="documents.template_added", subject="document_template", subject_id=made_id,
           detail={"code": code, "version": last + 1})  # fmt: skip
    return made_id


def try_template(*, code: str, template_id: UUID | None, form: str) -> bytes:
    """A template filled with made-up values: what one looks at before it becomes active.

    :param template_id: None: the product's own.
    :param form: pdf | docx.
    :raises Refused: DC.03 it does not fill, or names a field that is not there. :raises LookupError: no such template.
    """
    meant = DOCUMENTS[code]
    content = _own(code)
    if template_id is not None:
        content = open_file(_held(code, template_id).file_id).content
    context = sample(meant.fields)
    try:
        made = press(
            Order(code, content, [context], ["样张.docx"], form, title=f"{meant.title}（样张）", watermark="样张")
        )
    except PressFailed as error:
        raise refusal("DC.03", "file", str(error), "E_FORMAT") from error
    if template_id is not None:
        with transaction() as session:
            session.execute(
                update(DocumentTemplate).where(DocumentTemplate.id == template_id).values(tried_at=func.now())
            )
    return made


def _held(code: str, template_id: UUID) -> DocumentTemplate:
    found = db.session.scalar(
        select(DocumentTemplate).where(DocumentTemplate.id == template_id, DocumentTemplate.code == code)
    )
    if found is None:
        raise LookupError(str(template_id))
    return found


@transaction()
def use_template(*, code: str, template_id: UUID | None) -> None:
    """Make a version the active one: a new one once it was tried, an earlier one to go back; None: the product's own.

    :raises Refused: DC.11 it was never tried. :raises LookupError: no such template.
    """
    session = db.session
    session.execute(_NEXT, {"tenant": tenant_id() % 2_147_483_647})
    found = _held(code, template_id) if template_id is not None else None
    if found is not None and found.tried_at is None:
        raise refusal("DC.11", "", "请先试填一份样张，看过没有问题后再启用。", "E_STATE")
    session.execute(
        update(DocumentTemplate)
        .where(DocumentTemplate.code == code, DocumentTemplate.state == "active")
        .values(state="retired")
    )
    if found is not None:
        session.execute(
            update(DocumentTemplate)
            .where(DocumentTemplate.id == found.id)
            .values(state="active", activated_at=func.now(), activated_by_name=origin().actor)
        )
    record(kind="documents.template_used", subject="document_template", subject_id=template_id,
           detail={"code": code, "version": found.number if found else 0})  # fmt: skip
