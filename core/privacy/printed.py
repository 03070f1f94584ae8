"""One's own data as PDF, to be kept or handed over: set by the press from plain data, with the product's own fonts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from core.documents.pressing import Order, press
from core.privacy.registry import Holding, Table

#: Points: A4, lying, since tables are wide.
_PAGE = {"width": 841.9, "height": 595.3, "top": 42.5, "bottom": 42.5, "left": 42.5, "right": 42.5}
_TITLE, _HEADING, _TEXT = 18.0, 12.0, 9.0


def as_pdf(held: Sequence[tuple[Holding, Table]], *, name: str, day: date) -> bytes:
    """The file.

    :raises core.documents.pressing.PressFailed: it takes too long.
    """
    title = str(_("个人信息：%(name)s", name=name))
    body = [
        _line(title, _TITLE, bold=True, align="center"),
        _line(str(_("导出日期：%(day)s", day=day.isoformat())), _TEXT, align="center", after=12.0),
    ]
    for one, table in held:
        body.append(_line(str(one.title), _HEADING, bold=True, before=12.0, after=4.0))
        body.append(_table(table) if table.rows else _line(str(_("没有保存这类内容。")), _TEXT))
    footer = [{"k": "p", "align": "center", "runs": [{"f": "page", "size": _TEXT}]}]
    page = {"page": _PAGE, "header": [], "footer": footer, "body": body}
    return press(Order("privacy.own", None, (), (), "pdf", title=title, extra={"pages": [page]}))


def _line(text: str, size: float, *, bold: bool = False, **look: Any) -> dict[str, Any]:
    return {"k": "p", "size": size, "runs": [{"t": text, "size": size, "bold": bold}], **look}


def _table(table: Table) -> dict[str, Any]:
    head = [_cell(str(heading), b=True) for heading in table.headings]
    rows = [[_cell("" if value is None else str(value)) for value in row] for row in table.rows]
    widths = [0.0] * len(head)
    return {
        "k": "t", "cols": widths, "head": 1, "rows": [head, *rows], "heights": [0.0] * (len(rows) + 1), "lines": True,
    }  # fmt: skip


def _cell(text: str, **look: Any) -> dict[str, Any]:
    return {"t": text, "a": "left", "z": _TEXT, **look}
