"""Workbooks made for tests, in every format that is read."""

import csv
import html
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
import xlwt  # type: ignore[import-untyped]
from odf.opendocument import OpenDocumentSpreadsheet  # type: ignore[import-untyped]
from odf.table import Table, TableCell, TableRow  # type: ignore[import-untyped]
from odf.text import P  # type: ignore[import-untyped]

Rows = Sequence[Sequence[Any]]
#: (first row, first column, last row, last column)
Merge = tuple[int, int, int, int]


def xlsx(
    sheets: dict[str, Rows] | Rows, *, merges: Sequence[Merge] = (), hidden: Sequence[str] = (), **options: Any
) -> bytes:
    """An .xlsx; a text beginning with ``=`` is a formula with the value 1."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **options})
    for name, rows in sheets.items() if isinstance(sheets, dict) else [("花名册", sheets)]:
        sheet = book.add_worksheet(name)
        for top, left, bottom, right in merges:
            sheet.merge_range(top, left, bottom, right, "")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                _write(sheet, at, column, value)
        if name in hidden:
            sheet.hide()
    book.close()
    return output.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str) and value.startswith("="):
        sheet.write_formula(row, column, value, None, 1)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


def xls(rows: Rows) -> bytes:
    """An old .xls; a text beginning with ``=`` is a formula."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("花名册")
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("="):
                sheet.write(at, column, xlwt.Formula(value[1:]))
            elif isinstance(value, date):
                sheet.write(at, column, value, dates)
            elif value not in (None, ""):
                sheet.write(at, column, value)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def ods(rows: Rows) -> bytes:
    """An .ods."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="花名册")
    for row in rows:
        line = TableRow()
        for value in row:
            line.addElement(_ods_cell(value))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _ods_cell(value: Any) -> TableCell:
    if value in (None, ""):
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=str(value))
    elif value.startswith("="):
        cell = TableCell(valuetype="float", value="1", formula=f"of:{value}")
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def page(rows: Rows, *, encoding: str = "utf-8") -> bytes:
    """A web page of one table, as systems export it under the name .xls."""
    name = {"gb18030": "gb2312"}.get(encoding, encoding)
    body = "".join(
        "<tr height=20>" + "".join(f"\n <td class=xl65 x:str>{_escaped(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    head = f"<html xmlns:x=\"urn:excel\"><head><meta http-equiv=Content-Type content='text/html; charset={name}'>"
    return f"{head}<style><!-- td {{ }} --></style></head><body><table border=0>{body}</table></body></html>".encode(
        encoding
    )


def xml_workbook(rows: Rows, *, sheet: str = "花名册") -> bytes:
    """An XML workbook of 2003."""
    body = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{_escaped(cell)}</Data></Cell>' for cell in row) + "</Row>"
        for row in rows
    )
    spaces = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook {spaces}>'
        f'<Worksheet ss:Name="{sheet}"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()


def _escaped(cell: Any) -> str:
    return html.escape("" if cell is None else str(cell))


def delimited(rows: Rows, *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A text table."""
    output = io.StringIO()
    csv.writer(output, delimiter=delimiter).writerows(
        [["" if cell is None else str(cell) for cell in row] for row in rows]
    )
    return output.getvalue().encode(encoding)
