"""Any report on paper: one document whose tables are as wide as the report."""

import io
from functools import cache
from typing import Any
from uuid import UUID

from flask import abort, url_for
from werkzeug.wrappers import Response

from core.sdk import Document, requires
from core.sdk.documents import Field, print_page
from plugins.development.documents.unit_papers import asked as asked_for
from plugins.development.permissions import FIGURES
from plugins.development.reports.asking import Asked, asked, kept
from plugins.development.reports.papers import load_report
from plugins.development.site import pages

_NAME, _VALUE = Field("名", "列的名称", "批准预备党员"), Field("值", "格里的内容", "12")


def _table(number: int) -> tuple[Field, ...]:
    return (
        Field(f"小标题{number}", "表格上方的小标题", "本月"), Field(f"表头{number}", "各列的名称", of=(_NAME,)),
        Field(f"行{number}", "各行", of=(Field("格", "一行里的各格", of=(_VALUE,)),)),
    )  # fmt: skip


FIELDS = (
    Field("标题", "报表的名称", "发展党员月报表"), Field("党组织", "范围", "中共蓝天县委组织部"), Field("年度", "年度", "2026"), Field("月份", "月份", "6"),
    Field("截至", "统计到哪一天", "2026年6月30日"), Field("说明", "统计口径", "按批准日期统计。"), Field("状态", "月报是否定稿", "已定稿"),
    *_table(1), *_table(2),
)  # fmt: skip


@cache
def template() -> bytes:
    """The default template: landscape, two tables that grow by columns and rows."""
    from core.sdk.documents import drawing  # with python-docx, which only printing needs

    sheet = drawing.sheet(landscape=True)
    drawing.add_title(sheet, "{{ 标题 }}")
    drawing.add_line(sheet, "{{ 党组织 }}　　截至{{ 截至 }}　{{ 状态 }}", align=drawing.RIGHT, after=4, size=11)
    for number in (1, 2):
        drawing.add_line(sheet, f"{{{{ 小标题{number} }}}}", before=8, after=4, face=drawing.LABEL, size=12)
        _grown(sheet, number)
    drawing.add_line(sheet, "说明：{{ 说明 }}", before=8, size=10.5)
    drawing.add_line(sheet, "制表：　　　　　　　　　　审核：　　　　　　　　　　{{ 打印.日期 }}", before=14, size=12)
    drawing.add_foot(sheet)
    made = io.BytesIO()
    sheet.save(made)
    return made.getvalue()


def _grown(sheet: Any, number: int) -> None:
    from core.sdk.documents import drawing

    table = drawing.add_table(sheet, (87, 87, 87))
    drawing.add_row(
        table, [f"{{%tc for 列 in 表头{number} %}}", "{{ 列.名 }}", "{%tc endfor %}"], heading=True, size=9.5
    )
    drawing.add_row(table, [f"{{%tr for 行 in 行{number} %}}", "", ""])
    drawing.add_row(table, ["{%tc for 格 in 行.格 %}", "{{ 格.值 }}", "{%tc endfor %}"], height=8, size=9.5)
    drawing.add_row(table, ["{%tr endfor %}", "", ""])


DOCUMENT = Document("development.report_sheet", "发展党员报表", FIELDS, load_report, template, FIGURES, subject="unit")


def wanted_of(found: Asked, unit_id: UUID) -> dict[str, Any]:
    """What the loader is given to print a report for a unit."""
    return asked_for(unit_id, found.table.permission, report=found.table.key, month=found.days.key)


@pages.route("/reports/<key>/print", methods=["GET", "POST"])
@requires(FIGURES)
def print_report(key: str) -> str | Response | tuple[str, int]:
    """Print a report as it stands."""
    found = asked(key)
    if found.at.place is None:
        abort(404)
    wanted = wanted_of(found, found.at.place.id)
    back = url_for("p_development.report", key=key, **kept(found))
    made: str | Response | tuple[str, int] = print_page(
        DOCUMENT, wanted, f"{found.table.title}（{found.at.place.name}）", back, found.at.place.path, subject=found.unit
    )
    return made
