"""Every grant within reach as a workbook or CSV."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

from flask import request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, ranges, requires
from core.access.own import EXPORT
from core.access.pages.grants import STATES
from core.access.pages.site import bp
from core.access.queries.grants import SOON_DAYS, GrantRow, grants
from core.audit.actions import record
from core.spreadsheets.writing import ListColumn, safe_text, write_list

#: Rows of one export at most.
MOST = 50_000


@bp.get("/settings/grants/export")
@requires(EXPORT)
def grants_export() -> Response:
    """All grants within reach, current ones and ended ones; ``?format=csv`` for plain text."""
    today = clock.today()
    found, _total = grants(ranges(EXPORT), today=today, soon=today + timedelta(days=SOON_DAYS), limit=MOST)
    kind = "csv" if request.args.get("format") == "csv" else "xlsx"
    record(kind="access.grants.exported", detail={"rows": len(found), "format": kind})
    name = f"{_('授权')}-{today.isoformat()}.{kind}"
    made = _csv(found) if kind == "csv" else _workbook(found)
    mime = "text/csv" if kind == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(BytesIO(made), mimetype=mime, as_attachment=True, download_name=name)


HEADS = (
    "账号",
    "登录名",
    "角色",
    "角色代号",
    "党组织",
    "生效日期",
    "截止日期",
    "状态",
    "委托人",
    "授权人",
    "授权时间",
    "依据",
)


def _cells(row: GrantRow) -> list[str]:
    state = str(STATES[row.state(clock.today())])
    return [
        row.account, row.login, row.title, row.role, row.unit_name, row.valid_from.isoformat(),
        row.valid_to.isoformat() if row.valid_to else _("不限期"), state, row.delegated_by or "", row.granted_by or "",
        row.granted_at.astimezone(clock.now().tzinfo).strftime("%Y-%m-%d %H:%M"), row.reason or "",
    ]  # fmt: skip


def _csv(found: list[GrantRow]) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows([safe_text(cell) for cell in _cells(row)] for row in found)
    return out.getvalue().encode("utf-8-sig")


def _workbook(found: list[GrantRow]) -> bytes:
    mark = _("%(who)s %(now)s 导出", who=actor().name, now=clock.now().strftime("%Y-%m-%d %H:%M"))
    columns = [ListColumn(title, text=True) for title in HEADS]
    return write_list(columns, map(_cells, found), title=_("全部授权"), notes=[mark], watermark=mark)
