"""审计: who did what, with filters, one event in full, the export, and how the chain stands."""

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Flask, abort, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, ranges, requires
from core.access.permissions import declare
from core.audit import anchors, queries, refusals
from core.audit.actions import record
from core.audit.queries import Event, Wanted
from core.audit.shown import label_of, rows_of, subject_title
from core.spreadsheets.writing import ListColumn, write_list
from core.web import navigation
from core.web.settings_sections import Section, add_section, sections
from core.web.shell import render
from core.web.viewer import viewer

VIEW = declare("audit.view", "查看审计记录", roles=("auditor",))
EXPORT = declare("audit.export", "导出审计记录", roles=("auditor",))

bp = Blueprint("audit", __name__, template_folder="templates")
SIZE = 50
#: Rows of one export at most.
MOST = 50_000
_FILTERS = ("who", "kind", "subject", "subject_id", "from", "to", "address")


def whole_tenant(permission: str) -> None:
    """Refuse whoever oversees a part only: the record is of the whole unit: whoever oversees a part of it sees each record's own history instead."""
    if not any(start.count(".") <= 1 for start, _end in ranges(permission)):
        abort(403, _("审计记录涉及全单位，须在最高党组织上授予权限；下级组织的记录请在各条目的“操作记录”中查看。"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def wanted() -> Wanted:
    """What the address asks for; what makes no sense is taken as not said."""
    said = {name: request.args.get(name, "").strip()[:100] for name in _FILTERS}
    return Wanted(
        who=said["who"],
        kind=said["kind"],
        subject=said["subject"],
        subject_id=_id(said["subject_id"]),
        first=_day(said["from"]),
        last=_day(said["to"]),
        address=said["address"],
    )


def _kept(**changes: str | None) -> str:
    """The list's address with the present filters and some changes."""
    given = {name: request.args.get(name, "") for name in _FILTERS} | changes
    return f"{url_for('audit.events')}?{urlencode({name: value for name, value in given.items() if value})}"


def _chips(asked: Wanted) -> list[tuple[Any, Any, str]]:
    titles = dict(queries.kinds())
    found = [
        ("who", _("操作人"), asked.who),
        ("kind", _("种类"), titles.get(asked.kind, asked.kind).strip()),
        ("subject", _("对象"), subject_title(asked.subject) if asked.subject else ""),
        ("subject_id", _("对象编号"), str(asked.subject_id) if asked.subject_id else ""),
        ("from", _("起"), asked.first),
        ("to", _("止"), asked.last),
        ("address", _("来源地址"), asked.address),
    ]
    return [(label, value, _kept(**{name: None})) for name, label, value in found if value]


@bp.get("/settings/audit")
@requires(VIEW)
def events() -> str:
    """The record, newest first."""
    whole_tenant(VIEW)
    asked, cursor = wanted(), request.args.get("after", "")
    found, more = queries.page(asked, cursor=cursor, limit=SIZE)
    return render(
        "audit/events.html",
        fragment="results",
        events=found,
        subject_title=subject_title,
        asked=asked,
        given=request.args,
        kinds=queries.kinds(),
        chips=_chips(asked),
        clear=url_for("audit.events"),
        newest=_kept() if cursor else None,
        older=_kept(after=found[-1].cursor) if more else None,
        export=f"{url_for('audit.export')}?{urlencode([(k, v) for k, v in request.args.items() if k != 'after' and v])}",
        state=queries.state(),
        anchored=next(reversed(anchors.anchors()), None),
        sections=sections(),
    )


@bp.get("/settings/audit/<uuid:event_id>")
@requires(VIEW)
def event(event_id: UUID) -> str:
    """One event in full."""
    whole_tenant(VIEW)
    found = queries.event(event_id)
    if found is None:
        abort(404)
    return render(
        "audit/event.html",
        event=found,
        rows=rows_of(found),
        subject_title=subject_title,
        same=_kept(subject_id=str(found.subject_id)) if found.subject_id else None,
        who=_kept(who=found.actor),
    )


@bp.get("/settings/audit/export")
@requires(EXPORT)
def export() -> Response:
    """The record as filtered, as a workbook; taking it is recorded first."""
    whole_tenant(EXPORT)
    asked = wanted()
    given = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    record(kind="audit.exported", detail={"filters": given})
    now = clock.now()
    mark = _("%(who)s %(now)s 导出", who=actor().name, now=now.strftime("%Y-%m-%d %H:%M"))
    said = "；".join(f"{label} {value}" for label, value, _url in _chips(asked))
    columns = [
        ListColumn(_("时间"), width=20, text=True),
        ListColumn(_("操作人"), width=14),
        ListColumn(_("种类"), width=22),
        ListColumn(_("对象"), width=14),
        ListColumn(_("对象编号"), width=38, text=True),
        ListColumn(_("内容"), width=60),
        ListColumn(_("理由或用途"), width=30),
        ListColumn(_("来源地址"), width=18, text=True),
    ]
    notes = [*([_("筛选：%(said)s", said=said)] if said else []), mark]
    found = (_line(one) for one in queries.every(asked, most=MOST))
    book = write_list(columns, found, title=_("审计记录"), notes=notes, name=_("审计记录"), watermark=mark)
    return send_file(
        BytesIO(book),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=_("审计记录_%(day)s.xlsx", day=now.strftime("%Y%m%d")),
    )


def _line(found: Event) -> list[Any]:
    said = "；".join(f"{label}：{value}" for label, value in rows_of(found))
    changed = "；".join(f"{name}：{before or '—'} → {after or '—'}" for name, before, after in found.changes)
    return [
        found.when, found.actor, found.title, subject_title(found.subject), str(found.subject_id or ""),
        "；".join(text for text in (changed, said) if text), found.why, found.address or "",
    ]  # fmt: skip


def register(app: Flask) -> None:
    """Add the page, its tab, and the recording of refused attempts."""
    app.register_blueprint(bp)
    app.jinja_env.globals |= {"audit_label": label_of, "audit_history": queries.history_of}
    refusals.register(app)
    add_section(app, Section(_l("审计"), "audit.events", VIEW, "oversight", within=("audit.",)))
    navigation.add(
        app,
        navigation.Item(
            label=_l("审计"), icon="history", endpoint="audit.events", permission=VIEW, group="管理", order=91,
            shown=lambda: not viewer().may("settings.view"), within=("audit.",),
        ),
    )  # fmt: skip
