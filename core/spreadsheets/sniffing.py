"""What a file is, by its content. Its name is only what somebody called it."""

import io
import zipfile
from enum import StrEnum
from typing import Any

import olefile  # type: ignore[import-untyped]

from core.spreadsheets.archive import DAMAGED, PROTECTED, open_archive
from core.spreadsheets.errors import Limits, WorkbookRefused


class FileKind(StrEnum):
    """The formats that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    MARKUP = "markup"  #: a web page or an XML workbook of 2003, whatever it is called


ASK = "请在 Excel 或 WPS 中打开，选择“另存为—Excel 工作簿(*.xlsx)”，再上传另存的文件。"
_NOT_A_TABLE = "这不是表格文件，而是{what}（改扩展名不会改变内容）。请上传 .xlsx、.xls、.ods 或 .csv 表格。"

#: First bytes of what people upload by mistake.
_SIGNATURES = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"RIFF", "图片或音视频"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"SQLite format 3", "数据库文件"),
)


def file_kind(data: bytes, limits: Limits) -> FileKind:
    """Say what the bytes are.

    :raises WorkbookRefused: ``empty``, ``too_large``, ``password``, ``macro``, ``html``, ``not_a_workbook``,
        ``zip_bomb`` or ``damaged``.
    """
    if len(data) > limits.file_bytes:
        raise WorkbookRefused(
            "too_large",
            f"文件有 {len(data) / 1024 / 1024:.0f} MB，超过 {limits.file_bytes // 1024 // 1024} MB 的上限。"
            "请删去图片和无关的工作表，或分成几份上传。",
        )
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise WorkbookRefused("empty", "文件是空的，里面没有任何内容。请检查是否选对了文件，或重新保存后上传。")
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _inside_zip(open_archive(data, limits))
    if data[:8] == olefile.MAGIC:
        return _inside_ole(data)
    for signature, what in _SIGNATURES:
        if data.startswith(signature) and (signature not in (b"BM", b"MZ") or b"\x00" in data[:512]):
            raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what=what))
    if _is_markup(data):
        return FileKind.MARKUP
    if b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff") and not wide_text(data):
        raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what="无法识别的二进制文件"))
    return FileKind.CSV


def wide_text(data: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` for text in two bytes a sign without a mark before it; ``""`` for anything else."""
    head = data[:4096]
    if b"\x00" not in head:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, "replace")
        odd = sum(
            1 for sign in text if not (sign in "\t\r\n" or 0x20 <= ord(sign) < 0x7F or 0x3000 <= ord(sign) <= 0x9FFF)
        )
        if ("\n" in text or "\r" in text) and odd * 10 < len(text):
            return encoding
    return ""


def _inside_zip(archive: zipfile.ZipFile) -> FileKind:
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookRefused("macro", "文件里带有宏（.xlsm），为安全起见不读取。" + ASK)
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    if "xl/workbook.bin" in names:
        raise WorkbookRefused("not_a_workbook", "这是二进制格式的表格（.xlsb），系统不读取。" + ASK)
    if "content.xml" in names:
        mimetype = archive.read("mimetype")[:80] if "mimetype" in names else b""
        if b"spreadsheet" in mimetype:
            return FileKind.ODS
        raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what="文字或演示文档"))
    for prefix, what in (("word/", "Word 文档"), ("ppt/", "演示文稿"), ("Index/", "Numbers 或 Pages 文档")):
        if any(name.startswith(prefix) for name in names):
            raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what=what))
    raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what="ZIP 压缩包") + "如果表格在压缩包里，请先解压。")


def _inside_ole(data: bytes) -> FileKind:
    container = open_ole(data)
    if container.exists("EncryptedPackage") or container.exists("EncryptionInfo"):
        raise WorkbookRefused("password", PROTECTED)
    if container.exists("WordDocument"):
        raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what="Word 文档"))
    if container.exists("PowerPoint Document"):
        raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what="演示文稿"))
    if not (container.exists("Workbook") or container.exists("Book")):
        raise WorkbookRefused("not_a_workbook", _NOT_A_TABLE.format(what="其他程序的文件"))
    if container.exists("_VBA_PROJECT_CUR"):
        raise WorkbookRefused("macro", "文件里带有宏，为安全起见不读取。" + ASK)
    return FileKind.XLS


def open_ole(data: bytes) -> Any:
    """An ``olefile.OleFileIO`` over the bytes of an old-format file.

    :raises WorkbookRefused: ``damaged``.
    """
    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except Exception as error:  # olefile raises OSError, struct.error, IndexError … on broken containers
        raise WorkbookRefused("damaged", DAMAGED) from error


def _is_markup(data: bytes) -> bool:
    """Whether it is a web page or XML that calls itself .xls, as many systems export: Excel opens them with a warning.

    :raises WorkbookRefused: ``html``: a web archive, whose tables are wrapped up in an e-mail's parts.
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"mime-version"):
        message = "这个文件其实是网页（单个文件网页），只是扩展名写成了表格（不少系统导出的“.xls”是这样）。"
        raise WorkbookRefused("html", message + ASK)
    return head.startswith(b"<") or b"<html" in head or b"<table" in head
