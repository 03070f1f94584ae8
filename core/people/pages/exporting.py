"""Any member list as a workbook, exactly as it is shown: the same columns, filters and order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, NamedTuple

from flask import abort, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, may, ranges, requires
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.people.actions.privacy import purpose_of
from core.people.pages import filtering
from core.people.pages.columns import laid_out
from core.people.pages.listing import Wish, wish
from core.people.pages.site import EXPORT, EXPORT_FULL, bp, crumbs
from core.people.queries.lists import Page, members
from core.people.queries.sealed import in_clear
from core.policy.findings import Finding, Refused, Severity
from core.spreadsheets.writing import ListColumn, write_list
from core.web.carrying import grouped
from core.web.shell import render
from core.web.tables import Column

declare_kind("people.exported", "导出党员名册")

#: Rows of one export at most: more is a matter for the unit's administrators, not for a list.
MOST = 50_000
#: Columns that a spreadsheet must not take for numbers, with widths in characters.
_WIDTHS = {
    "name": 12, "unit": 28, "id_no": 22, "phone": 15, "class_tags": 24, "birth": 12, "join_date": 12, "regular_date": 12,
    "education": 12, "native_place": 18, "employer": 24, "remark": 30, "address": 36, "ethnic": 10, "work_start": 12,
}  # fmt: skip
_TEXTS = frozenset({"id_no", "phone"})
_ADDRESS = Column("address", "家庭住址")


class _Request(NamedTuple):
    """What is exported: what the address says, a page with its total, and whether the full values are allowed there."""

    wanted: Wish
    found: Page
    full_allowed: bool


def _asked(limit: int) -> _Request:
    wanted = wish()
    asked = replace(wanted.asked, ranges=ranges(EXPORT), limit=limit, cursor=None)
    found = members(asked)
    if found is None:
        abort(404)
    path = found.place.path if found.place else None
    return _Request(wanted, found, may(EXPORT_FULL, path))


@bp.get("/people/export")
@requires(EXPORT)
def export() -> str:
    """Ask for the purpose, and whether the full values are wanted."""
    return _page(_asked(1))


def _page(asked: _Request, findings: Sequence[Finding] = ()) -> str:
    place = asked.found.place
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "page" and v]
    return render(
        "people/export.html",
        findings=findings,
        total=f"{asked.found.total or 0:,}",
        columns="、".join(str(column.label) for column in asked.wanted.chosen),
        filters=filtering.said(asked.wanted.criteria),
        unit=place.name if place else None,
        full_allowed=asked.full_allowed,
        action=f"{url_for('people.exported')}?{request.query_string.decode()}",
        back=url_for("people.members", **grouped(kept)),
        crumbs=crumbs(place),
        data=request.form,
    )


@bp.post("/people/export")
@requires(EXPORT)
def exported() -> Response | tuple[str, int]:
    """The workbook, after it was written down who takes it and what for."""
    asked = _asked(1)
    full = request.form.get("full") == "1"
    try:
        purpose = _purpose(asked, full)
    except Refused as refused:
        return _page(asked, refused.findings), 422
    asked = _asked(MOST)
    total, place = len(asked.found.rows), asked.found.place
    audit(
        kind="people.exported",
        subject="unit" if place else None,
        subject_id=place.id if place else None,
        detail={
            "rows": total,
            "full": full,
            "purpose": purpose,
            "columns": [column.key for column in asked.wanted.chosen],
            "filters": asked.wanted.criteria.recorded,
        },
    )
    now = clock.now()
    unit = place.short_name if place else _("全部")
    return send_file(
        BytesIO(_workbook(asked, full, purpose, now.strftime("%Y-%m-%d %H:%M"))),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=_("党员名册_%(unit)s_%(day)s.xlsx", unit=unit, day=now.strftime("%Y%m%d")),
    )


def _purpose(asked: _Request, full: bool) -> str:
    purpose = purpose_of(request.form.get("purpose"))
    if full and not asked.full_allowed:
        message = _("您没有导出完整证件号码、电话和住址的权限，可以导出隐去部分内容的名册。")
        raise Refused([Finding("2.9", Severity.BLOCK, "full", message, code="E_PERM")])
    if (asked.found.total or 0) > MOST:
        message = _("一次最多导出%(most)s人，现有%(n)s人。请先筛选。", most=f"{MOST:,}", n=f"{asked.found.total:,}")
        raise Refused([Finding("2.4", Severity.BLOCK, "", message, code="E_CAP")])
    return purpose


def _workbook(asked: _Request, full: bool, purpose: str, now: str) -> bytes:
    wanted, place = asked.wanted, asked.found.place
    chosen = (*wanted.chosen, _ADDRESS) if full else wanted.chosen
    mark = _("%(who)s %(now)s 导出　用途：%(purpose)s", who=actor().name, now=now, purpose=purpose)
    said = filtering.said(wanted.criteria)
    return write_list(
        [
            ListColumn(str(column.label), width=_WIDTHS.get(column.key, 0), text=column.key in _TEXTS)
            for column in chosen
        ],
        _rows(asked, chosen, full),
        title=_("%(unit)s党员名册", unit=place.name if place else ""),
        notes=[*([_("筛选：%(said)s", said=said)] if said else []), mark],
        name=_("党员名册"),
        watermark=mark,
    )


def _rows(asked: _Request, chosen: Sequence[Column], full: bool) -> Iterator[list[Any]]:
    asking = asked.wanted.asked
    rows = laid_out(asked.found.rows, further=asking.further, unit_id=asking.unit, chosen=chosen)
    clear = in_clear([row[0] for row in rows], [column.key for column in chosen]) if full else {}
    index = {column.key: i for i, column in enumerate(asked.wanted.columns, 1)}
    for row in rows:
        own = clear.get(row[0], {})
        yield [
            own.get(column.key)
            if full and (column.key in ("id_no", "phone", "address") or column.key in own)
            else _cell(column, row[index[column.key]])
            for column in chosen
        ]


def _cell(column: Column, value: Any) -> Any:
    shown = value if column.show is None else column.show(value)
    if isinstance(shown, Markup):
        return shown.striptags()
    return shown if shown is None or isinstance(shown, str | int | float) or hasattr(shown, "isoformat") else str(shown)
