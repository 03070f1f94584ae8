"""Zip containers (.xlsx, .ods) looked at from outside, before any parser sees them."""

import io
import zipfile
import zlib
from collections.abc import Iterable

from core.spreadsheets.errors import Limits, WorkbookRefused

DAMAGED = "文件不完整或已损坏，可能没有下载完或传输中断。请用 Excel 或 WPS 打开确认无误，另存一份后重新上传。"
PROTECTED = "文件设有打开密码，系统读不了。请在 Excel 或 WPS 中取消密码（文件—信息—保护工作簿），保存后重新上传。"


def open_archive(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open a zip container whose declared contents are within limits. Nothing is unpacked here.

    :raises WorkbookRefused: ``damaged``, ``zip_bomb`` or ``password``.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise WorkbookRefused("damaged", DAMAGED) from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    too_dense = unpacked > limits.ratio_floor and unpacked > limits.ratio * max(len(data), 1)
    if len(members) > limits.members or unpacked > limits.unpacked_bytes or too_dense:
        raise WorkbookRefused(
            "zip_bomb",
            f"文件只有 {_megabytes(len(data))}，解开后却有 {_megabytes(unpacked)}、{len(members)} 个部件，"
            "超出正常表格的大小，已停止读取。请把数据复制到一份新建的表格中再上传。",
        )
    if any(member.flag_bits & 0x1 for member in members):
        raise WorkbookRefused("password", PROTECTED)
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        # Two parts of one name: readers differ in which they take, so what was checked is not what is read.
        raise WorkbookRefused("damaged", DAMAGED)
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The whole part, its size and checksum proven against the directory; ``b""`` if there is none.

    :raises WorkbookRefused: ``damaged``.
    """
    try:
        return archive.read(name)
    except KeyError:
        return b""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise WorkbookRefused("damaged", DAMAGED) from error


def prove_members(archive: zipfile.ZipFile, names: Iterable[str]) -> None:
    """Unpack parts once under their declared size, so that a lying directory is found before the parser runs."""
    for name in names:
        read_member(archive, name)


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 100_000 else f"{max(size, 1024) / 1024:.0f} KB"
