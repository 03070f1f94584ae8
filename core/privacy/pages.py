"""我的信息: what is held on me, who looked, export, correction; and the officers' desk for requests."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import orjson
from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from core import clock
from core.access.gate import SIGNED_IN, actor, ranges, requires
from core.audit.actions import record
from core.database import db, tenant_id
from core.identity.actions import check_password
from core.people.actions.members import Unknown
from core.people.masking import mask_address, mask_id_no, mask_phone
from core.people.queries.single import one as one_person
from core.people.schemas import MEMBER
from core.people.wording import change_label, change_value
from core.policy.findings import Finding, Refused
from core.privacy import held, queries
from core.privacy.actions import EXPORTED, SHOWN, decide, person_of, request_correction, revealed, wanted_of, withdraw
from core.privacy.models import CorrectionRequest
from core.privacy.permissions import DECIDE
from core.privacy.printed import as_pdf
from core.privacy.registry import Subject, Table, held_on
from core.privacy.rules import CORRECTABLE, STATES
from core.web import forms, navigation, palette

bp = Blueprint("privacy", __name__, template_folder="templates")
#: How sensitive values are shown before somebody asks for them.
MASKS = {"id_no": mask_id_no, "phone": mask_phone, "address": mask_address}
TONES = {"submitted": "info", "returned": "warn", "effective": "ok", "rejected": "plain", "withdrawn": "plain"}


def _subject(*, full: bool = False) -> Subject:
    return Subject(actor().account_id, person_of(actor().account_id), full)


def _page(subject: Subject, findings: Sequence[Finding] = ()) -> str:
    return render_template(
        "privacy/mine.html",
        subject=subject,
        held=held_on(subject),
        requests=queries.own(subject.account_id),
        states=STATES,
        tones=TONES,
        change_label=change_label,
        zone=clock.ZONE,
        findings=findings,
    )


@bp.get("/me")
@requires(SIGNED_IN)
def mine() -> str:
    """What is held on who asks, sensitive values masked."""
    return _page(_subject())


@bp.post("/me/full")
@requires(SIGNED_IN)
def full() -> str | tuple[str, int]:
    """The same in clear, after the password."""
    try:
        check_password(account_id=actor().account_id, password=request.form.get("password", ""))
    except Refused as refused:
        return _page(_subject(), refused.findings), 422
    record(kind=SHOWN, subject="account", subject_id=actor().account_id)
    return _page(_subject(full=True))


@bp.post("/me/export")
@requires(SIGNED_IN)
def export() -> AnyResponse | tuple[str, int]:
    """Everything as a file: PDF to keep, HTML to read, JSON for programs. In clear, therefore after the password."""
    try:
        check_password(account_id=actor().account_id, password=request.form.get("password", ""))
    except Refused as refused:
        return _page(_subject(), refused.findings), 422
    asked = request.form.get("format")
    form = asked if asked in ("json", "pdf") else "html"
    record(kind=EXPORTED, subject="account", subject_id=actor().account_id, detail={"format": form})
    tables = held_on(_subject(full=True))
    day = clock.today().isoformat()
    if form == "json":
        body = orjson.dumps(
            {"made_on": day, "tables": {one.code: {"title": one.title, "rows": _rows(table)} for one, table in tables}},
            option=orjson.OPT_INDENT_2,
            default=str,
        )
        answer = Response(body, content_type="application/json; charset=utf-8")
    elif form == "pdf":
        answer = Response(as_pdf(tables, name=actor().name, day=clock.today()), content_type="application/pdf")
    else:
        text = render_template("privacy/export.html", held=tables, day=day, name=actor().name)
        answer = Response(text, content_type="text/html; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"my-data-{day}.{form}")
    return answer


def _rows(table: Table) -> list[dict[str, object]]:
    names = [str(heading) for heading in table.headings]
    return [
        {
            name: value if value is None or isinstance(value, str | int | float | date) else str(value)
            for name, value in zip(names, row, strict=True)
        }
        for row in table.rows
    ]


@bp.route("/me/correction", methods=["GET", "POST"])
@requires(SIGNED_IN)
def correction() -> str | AnyResponse | tuple[str, int]:
    """Ask for one's own record to be corrected."""
    subject = _subject()
    if subject.person_id is None:
        return _page(subject)
    if request.method == "GET":
        return _correction_page(subject)
    wanted = {name: request.form.get(name, "") for name in CORRECTABLE}
    try:
        request_correction(account_id=subject.account_id, wanted=wanted, reason=request.form.get("reason", ""))
    except Refused as refused:
        return _correction_page(subject, refused.findings), 422
    flash(_("更正申请已提交，办理结果会显示在这里。"), "ok")
    return redirect(url_for("privacy.mine"), 303)


def _correction_page(subject: Subject, findings: Sequence[Finding] = ()) -> str:
    form = forms.make(MEMBER, data=request.form, findings=findings, names=CORRECTABLE)
    now = dict(held.record_of(subject))
    for _title, members in form.groups:
        for view in members:
            view.required, view.help = False, _("现在的记录：%(value)s", value=now.get(view.name) or _("（空）"))
            if view.kind == "radio":
                view.kind = "select"
    return render_template(
        "privacy/correction.html", form=form, findings=findings, reason=request.form.get("reason", "")
    )


@bp.post("/me/correction/<uuid:request_id>/withdraw")
@requires(SIGNED_IN)
def take_back(request_id: UUID) -> AnyResponse:
    """Withdraw one's own request."""
    try:
        withdraw(request_id=request_id, account_id=actor().account_id)
        flash(_("申请已撤回。"), "ok")
    except Unknown:
        abort(404)
    except Refused as refused:
        flash(str(refused), "bad")
    return redirect(url_for("privacy.mine"), 303)


@bp.get("/corrections")
@requires(DECIDE)
def requests() -> str:
    """Requests that wait for an officer, or all of them."""
    state = request.args.get("state", "submitted")
    known: str | None = state if state in STATES else None
    found, total = queries.waiting(ranges(DECIDE), state=known, limit=100)
    return render_template(
        "privacy/requests.html",
        requests=found,
        total=total,
        state=known or "all",
        states=STATES,
        tones=TONES,
        change_label=change_label,
        zone=clock.ZONE,
    )


@bp.route("/corrections/<uuid:request_id>", methods=["GET", "POST"])
@requires(DECIDE)
def request_page(request_id: UUID) -> str | AnyResponse | tuple[str, int]:
    """One request: what the record says beside what is wanted; and the decision."""
    if queries.one(request_id, ranges(DECIDE)) is None:
        abort(404)
    if request.method == "GET":
        return _request_page(request_id)
    if request.form.get("show") == "1":
        return _request_page(request_id, clear=True)
    try:
        decide(
            request_id=request_id,
            verdict=request.form.get("verdict", ""),
            answer=request.form.get("answer", ""),
            ranges=ranges(DECIDE),
        )
    except Unknown:
        abort(404)
    except Refused as refused:
        return _request_page(request_id, refused.findings), 422
    flash(_("申请已办理。"), "ok")
    return redirect(url_for("privacy.requests"), 303)


def _request_page(request_id: UUID, findings: Sequence[Finding] = (), *, clear: bool = False) -> str:
    asked = queries.one(request_id, ranges(DECIDE))
    if asked is None:
        abort(404)
    stored = db.session.get_one(CorrectionRequest, (tenant_id(), request_id))
    wanted = wanted_of(stored) or {}
    hidden = [name for name in wanted if name in MASKS]
    if clear and hidden:
        revealed(asked.person_id, hidden, asked.id)
    now = one_person(asked.person_id, ranges(DECIDE))
    values = now.values if now else {}
    changes = [
        (change_label(name), _value(name, values.get(name)), text if clear else _masked(name, text))
        for name, text in wanted.items()
    ]
    return render_template(
        "privacy/request.html",
        asked=asked,
        changes=changes,
        states=STATES,
        tones=TONES,
        change_label=change_label,
        zone=clock.ZONE,
        findings=findings,
        data=request.form,
        own=asked.account_id == actor().account_id,
        hidden=bool(hidden) and not clear,
    )


def _value(name: str, value: object) -> str | None:
    return change_value(name, str(value)) if value else None


def _masked(name: str, text: str) -> str:
    """A wanted value as people read it; sensitive ones (class P3) masked until the officer asks for them."""
    return MASKS[name](text) if name in MASKS else change_value(name, text)


def register(app: Flask) -> None:
    """Add the pages and their places."""
    held.register()
    app.register_blueprint(bp)
    navigation.of(app).account.insert(0, navigation.Item(label=_l("我的信息"), icon="id", endpoint="privacy.mine"))
    navigation.add(
        app,
        navigation.Item(
            label=_l("更正申请"),
            icon="edit",
            endpoint="privacy.requests",
            permission=DECIDE,
            group="党员",
            order=40,
            within=("privacy.request",),
        ),
    )
    palette.add_action(app, palette.Action(_l("申请更正我的信息"), "edit", "privacy.correction", words="改 修改 错误"))
