"""The templates that come with the product, drawn with python-docx: A4, margins and faces after GB/T 9704 where apt.

A tenant that wants others downloads one, changes it in Word or WPS, and uploads it (settings, 打印模板).
"""

import io
from collections.abc import Callable, Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE, BODY, LABEL = "方正小标宋简体", "仿宋_GB2312", "黑体"
CENTER, LEFT, RIGHT = _CENTER, _LEFT, _RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)


def sheet(*, landscape: bool = False) -> Any:
    """An empty A4 document; upright with the margins of GB/T 9704 (37, 35, 28, 26 mm; a table may go lower)."""
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = (37, 30, 28, 26)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        top, bottom, left, right = (22, 20, 18, 18)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    made.styles["Normal"].font.size = Pt(10.5)
    made.styles["Normal"].paragraph_format.space_after = Pt(0)
    _face(made.styles["Normal"].element.get_or_add_rPr(), BODY)
    return made


def _face(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for attribute in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(attribute), name)


def write(line: Any, text: str, *, face: str = BODY, size: float = 10.5, bold: bool = False) -> None:
    """Write into a paragraph. :param face, size, bold: how it looks."""
    run = line.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    _face(run._r.get_or_add_rPr(), face)  # noqa: SLF001


def add_line(made: Any, text: str, *, align: Any = _LEFT, before: float = 0, after: float = 0, **look: Any) -> Any:
    """A paragraph; distances in points. :param look: face, size, bold."""
    line = made.add_paragraph()
    line.alignment = align
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(after)
    write(line, text, **look)
    return line


def add_title(made: Any, text: str) -> None:
    """The document's heading."""
    add_line(made, text, align=_CENTER, after=10, face=TITLE, size=22)


def add_table(made: Any, widths: Sequence[float]) -> Any:
    """A ruled table without rows; widths in millimetres."""
    table = made.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def fill(cell: Any, text: str, *, align: Any = _CENTER, **look: Any) -> None:
    """Write into a cell, in its middle."""
    line = cell.paragraphs[0]
    line.alignment = align
    write(line, text, **look)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    cell._tc.get_or_add_tcPr().append(middle)  # noqa: SLF001


def add_row(table: Any, texts: Sequence[str], *, height: float = 0, heading: bool = False, **look: Any) -> Any:
    """A row; a heading is repeated on each page. :param height: millimetres at least."""
    row = table.add_row()
    for cell, text, column in zip(row.cells, texts, table.columns, strict=True):
        cell.width = column.width
        fill(cell, text, **({"face": LABEL} if heading else {}), **look)
    if height:
        row.height = Mm(height)
    if heading:
        mark = OxmlElement("w:tblHeader")
        row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001
    return row


def add_rows(table: Any, loop: str, texts: Sequence[str], **look: Any) -> None:
    """A row that is repeated: the rows above and below it hold the marks and vanish."""
    blank = [""] * (len(texts) - 1)
    add_row(table, [f"{{%tr for {loop} %}}", *blank])
    add_row(table, texts, **look)
    add_row(table, ["{%tr endfor %}", *blank])


def add_facts(table: Any, pairs: Sequence[tuple[str, str]], *, height: float = 9, size: float = 11) -> None:
    """Rows of label and value, two pairs a row; a pair alone takes the whole width."""
    at = 0
    while at < len(pairs):
        pair = pairs[at : at + 2]
        wide = pair[0][0].endswith("*") or len(pair) == 1 or pair[1][0].endswith("*")
        row = table.add_row()
        row.height = Mm(height)
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width
        label, value = pair[0]
        fill(row.cells[0], label.rstrip("*"), face=LABEL, size=size)
        if wide:
            fill(row.cells[1].merge(row.cells[3]), value, align=_LEFT, size=size)
        else:
            fill(row.cells[1], value, size=size)
            fill(row.cells[2], pair[1][0], face=LABEL, size=size)
            fill(row.cells[3], pair[1][1], size=size)
        at += 1 if wide else 2


def _field(line: Any, code: str) -> None:
    """A field such as PAGE, with a number that stands for it until Word counts."""
    for kind, text in (("begin", None), (None, code), ("separate", None), ("shown", "1"), ("end", None)):
        run = line.add_run()
        run.font.size = Pt(9)
        if kind == "shown":
            run.text = text
        elif kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)  # noqa: SLF001
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)  # noqa: SLF001


def add_foot(made: Any) -> None:
    """What every print says of itself: number, who, when; and the page."""
    line = made.sections[0].footer.paragraphs[0]
    line.alignment = _CENTER
    write(line, "打印编号 {{ 打印.编号 }}　打印人 {{ 打印.人 }}　打印时间 {{ 打印.时间 }}　　第 ", size=9)
    _field(line, "PAGE")
    write(line, " 页　共 ", size=9)
    _field(line, "NUMPAGES")
    write(line, " 页", size=9)


def _roster() -> Any:
    made = sheet(landscape=True)
    add_title(made, "{{ 党组织 }}党员名册")
    add_line(
        made,
        "共 {{ 人数 }} 名{% if 筛选 %}　筛选：{{ 筛选 }}{% endif %}　　制表日期：{{ 打印.日期 }}",
        align=_RIGHT,
        after=4,
    )
    columns = (
        ("序号", "序号", 11), ("姓名", "姓名", 19), ("性别", "性别", 10), ("民族", "民族", 16), ("出生日期", "出生日期", 23),
        ("学历", "学历", 21), ("党籍状态", "党籍状态", 18), ("入党日期", "入党日期", 23), ("转正日期", "转正日期", 23),
        ("公民身份号码", "身份号码", 40), ("联系电话", "电话", 26), ("所在党支部", "党支部", 31),
    )  # fmt: skip
    table = add_table(made, [width for _title_, _name, width in columns])
    add_row(table, [title for title, _name, _width in columns], height=8, heading=True, size=10)
    add_rows(table, "党员 in 名单", [f"{{{{ 党员.{name} }}}}" for _title_, name, _width in columns], size=9.5)
    add_foot(made)
    return made


def _unit_card() -> Any:
    made = sheet()
    add_title(made, "党组织基本信息卡")
    table = add_table(made, (30, 48, 30, 48))
    names = (
        ("党组织名称*", "名称"), ("党组织代码", "代码"), ("类别", "类别"), ("上级党组织*", "上级"), ("单位性质", "单位性质"),
        ("成立日期", "成立日期"), ("批准文号*", "批准文号"), ("联系人", "联系人"), ("联系电话", "联系电话"), ("地址*", "地址"),
        ("党员总数", "党员总数"), ("正式党员", "正式党员"), ("预备党员", "预备党员"), ("女党员", "女党员"),
        ("下级党组织", "下级数"), ("书记", "书记"), ("本届届次", "届次"), ("任期（年）", "任期"), ("任职起始", "任职起始"),
        ("届满日期", "届满日期"),
    )  # fmt: skip
    add_facts(table, [(title, f"{{{{ {name} }}}}") for title, name in names])
    add_line(made, "现任班子成员", before=10, after=4, face=LABEL, size=12)
    officers = add_table(made, (14, 34, 44, 34, 30))
    add_row(officers, ("序号", "姓名", "职务", "任职日期", "任职方式"), height=8, heading=True)
    add_rows(
        officers,
        "成员 in 班子",
        [f"{{{{ 成员.{name} }}}}" for name in ("序号", "姓名", "职务", "任职日期", "任职方式")],
    )
    add_line(made, "填表单位（盖章）：　　　　　　　　　　　　　　{{ 打印.日期 }}", align=_RIGHT, before=16, size=12)
    add_foot(made)
    return made


def _member_card() -> Any:
    made = sheet()
    add_title(made, "党员基本信息卡")
    table = add_table(made, (30, 48, 30, 48))
    names = (
        ("姓名", "姓名"), ("曾用名", "曾用名"), ("性别", "性别"), ("民族", "民族"), ("出生日期", "出生日期"), ("籍贯", "籍贯"),
        ("学历", "学历"), ("学位", "学位"), ("公民身份号码*", "身份号码"), ("联系电话", "电话"), ("参加工作日期", "参加工作日期"),
        ("家庭住址*", "住址"), ("工作单位*", "工作单位"), ("工作岗位", "岗位"), ("党籍状态", "党籍状态"), ("所在党支部*", "党支部"),
        ("所在党小组", "党小组"), ("党员分类", "分类"), ("入党日期", "入党日期"), ("转正日期", "转正日期"), ("党龄", "党龄"),
        ("党内职务", "职务"),
    )  # fmt: skip
    add_facts(table, [(title, f"{{{{ {name} }}}}") for title, name in names], height=8.5)
    add_line(made, "组织关系", before=8, after=4, face=LABEL, size=12)
    stays = add_table(made, (66, 30, 30, 30))
    add_row(stays, ("党组织", "编入日期", "离开日期", "原因"), height=7.5, heading=True)
    add_rows(stays, "段 in 组织关系", [f"{{{{ 段.{name} }}}}" for name in ("党组织", "编入日期", "离开日期", "原因")])
    add_line(made, "本人签字：　　　　　　党支部书记签字：　　　　　　　年　　月　　日", before=18, size=11)
    add_foot(made)
    return made


def _disposal() -> Any:
    made = sheet(landscape=True)
    add_title(made, "档案销毁清册")
    add_line(made, "清册编号：{{ 编号 }}　　共 {{ 件数 }} 件　　制表日期：{{ 打印.日期 }}", align=_RIGHT, after=4)
    columns = (
        ("序号", 14),
        ("名称", 92),
        ("类别", 38),
        ("归档日期", 28),
        ("保管期限", 26),
        ("校验码", 38),
        ("处理结果", 25),
    )
    table = add_table(made, [width for _name, width in columns])
    add_row(table, [name for name, _width in columns], height=8, heading=True, size=10)
    add_rows(table, "件 in 清单", [f"{{{{ 件.{name} }}}}" for name, _width in columns], size=9.5)
    add_line(made, "销毁理由：{{ 理由 }}", before=10, size=12)
    add_line(
        made,
        "鉴定人（提出）：{{ 提出人 }}　{{ 提出日期 }}　　　　　鉴定人（同意）：{{ 同意人 }}　{{ 同意日期 }}",
        before=8,
        size=12,
    )
    add_line(made, "监销人签字：　　　　　　　　　　　　　　　　监销人签字：", before=14, size=12)
    add_foot(made)
    return made


DRAWN: dict[str, Callable[[], Any]] = {
    "people.roster": _roster,
    "organization.unit_card": _unit_card,
    "people.member_card": _member_card,
    "files.disposal": _disposal,
}


def default_template(code: str) -> bytes:
    """The product's own template of a document, as a .docx file. :raises KeyError: it has none."""
    made = io.BytesIO()
    DRAWN[code]().save(made)
    return made.getvalue()
