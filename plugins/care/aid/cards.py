"""How greeting cards look: four on a page, to be cut."""

from typing import Any

#: Millimetres that stay empty at both sides of a card: it is cut along its lines, and never quite along them.
EDGE = 7


def draw(heading: str, sheet: Any) -> None:
    """Two cards in a row: a red heading, lines that can breathe."""
    from docx.shared import Mm, Pt, RGBColor

    from core.sdk.documents import drawing

    red = RGBColor(0xB5, 0x14, 0x1B)
    table = drawing.add_table(sheet, (78, 78))
    drawing.add_row(table, ["{%tr for 行 in 名单 %}", ""])
    row = drawing.add_row(table, ["", ""], height=104)
    for cell, side in zip(row.cells, ("左", "右"), strict=True):
        for text, look in (
            (f"{{% if 行.{side}姓名 %}}{heading}{{% endif %}}",
             {"size": 22, "face": drawing.TITLE, "align": drawing.CENTER, "before": 6, "after": 16}),
            (f"{{% if 行.{side}姓名 %}}{{{{ 行.{side}姓名 }}}}同志：{{% endif %}}", {"size": 12, "after": 4}),
            (f"　　{{{{ 行.{side}贺词 }}}}", {"size": 12, "after": 16}),
            (f"{{{{ 行.{side}落款 }}}}", {"size": 10.5, "align": drawing.RIGHT}),
            (f"{{{{ 行.{side}日期 }}}}", {"size": 10.5, "align": drawing.RIGHT}),
        ):  # fmt: skip
            line = drawing.add_line(cell, text, **look)
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = Mm(EDGE)
            if look["size"] == 22:
                line.runs[0].font.color.rgb = red
            else:
                line.paragraph_format.line_spacing = Pt(20)
    drawing.add_row(table, ["{%tr endfor %}", ""])
    drawing.add_foot(sheet)
