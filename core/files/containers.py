"""Files that hold files: zip packages of office programs, and the older compound documents. Pure.

Looked at from outside, with bounds on what is unpacked; no office parser sees them.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import olefile  # type: ignore[import-untyped]

from core.files.kinds import KINDS, FileKind, Unacceptable

#: Bounds of a package: unpacked bytes, parts, and how many times its own size it may unpack to beyond a floor.
MOST_BYTES, MOST_PARTS, MOST_RATIO, RATIO_FLOOR = 300_000_000, 4000, 150, 10_000_000
#: Bytes of one part that are read to look at it.
PART_BYTES = 40_000_000
_DAMAGED = "文件不完整或已损坏。请打开确认无误，另存一份后重新上传。"
_PROTECTED = "文件设有打开密码，无法检查。请取消密码，保存后重新上传。"
_MACROS = "文件里带有宏。请另存为不带宏的格式（.docx、.xlsx、.pptx）后上传。"
_EMBEDDED = "文件里嵌有程序或其他对象（{name}）。请删去后重新上传。"
_PROGRAMS = re.compile(
    r"(?i)(\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|jar|lnk|docm|dotm|xlsm|xltm|xlam|pptm|ppam)$"
    r"|embeddings/.*\.bin$|activex/)"
)
_MARKS = (
    ("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"), ("OFD.xml", "ofd"),
)  # fmt: skip
#: Relations that a program follows by itself when the file is opened, by the last word of their type.
_FOLLOWED = frozenset(
    {"attachedtemplate", "oleobject", "frame", "subdocument", "externallinkpath", "afchunk", "package"}
)
#: Bytes of the relations of a part at most, which are read as a tree.
_RELATIONS_BYTES = 2_000_000


def open_package(content: bytes) -> zipfile.ZipFile:
    """A zip package within bounds, each part of one name, none of them climbing out of it.

    :raises Unacceptable: damaged, protected, or unpacking to more than a paper ever does.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise Unacceptable(_DAMAGED) from error
    parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_BYTES
        or (unpacked > RATIO_FLOOR and unpacked > MOST_RATIO * max(len(content), 1))
    ):
        raise Unacceptable("文件解开后的大小远远超出正常文件，已停止检查。请把内容复制到新建的文件中再上传。")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unacceptable(_PROTECTED)
    names = [part.filename for part in parts]
    climbing = any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names)
    if climbing or len({name.lower() for name in names}) != len(names):
        raise Unacceptable(_DAMAGED)
    return package


def part(package: zipfile.ZipFile, name: str, most: int = PART_BYTES) -> bytes:
    """A part's bytes, read within a bound whatever the package says of its size.

    :raises Unacceptable: damaged, or larger than said.
    """
    try:
        with package.open(name) as opened:
            content = opened.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise Unacceptable(_DAMAGED) from error
    if len(content) > most:
        raise Unacceptable(_DAMAGED)
    return content


class Relation(NamedTuple):
    """What a part refers to.

    :param kind: the last word of its type, such as ``image``, in small letters.
    :param external: whether it lies outside the package.
    """

    kind: str
    target: str
    external: bool


def tree(content: bytes) -> Any:
    """A part of a package as its readers see it, in whichever encoding and with whichever prefixes it was written.

    :raises Unacceptable: it is no XML, or declares types and entities of its own.
    """
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        found = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unacceptable(_DAMAGED) from error
    if found.getroottree().docinfo.doctype:
        raise Unacceptable("文件里有外部实体的声明（DOCTYPE）。请另存一份后重新上传。")
    return found


def relations(package: zipfile.ZipFile, name: str) -> Iterator[Relation]:
    """What a part of relations says. :raises Unacceptable: it cannot be read."""
    for one in tree(part(package, name, _RELATIONS_BYTES)).iter("{*}Relationship"):
        target = one.get("Target", "")
        outside = one.get("TargetMode", "").lower() == "external" or bool(
            re.match(r"(?i)\s*([a-z][a-z0-9+.-]*:|[\\/]{2})", target)
        )
        yield Relation(one.get("Type", "").rsplit("/", 1)[-1].lower(), target, outside)


def package_kind(package: zipfile.ZipFile) -> FileKind:
    """What a package is, once nothing in it acts by itself.

    :raises Unacceptable: macros, embedded programs, contents fetched from elsewhere.
    """
    names = package.namelist()
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Unacceptable(_MACROS)
    if "[Content_Types].xml" in names and b"macroenabled" in part(package, "[Content_Types].xml").lower():
        raise Unacceptable(_MACROS)
    for name in names:
        if _PROGRAMS.search(name):
            raise Unacceptable(_EMBEDDED.format(name=name.rsplit("/", 1)[-1][:40]))
        if name.lower().endswith(".rels") and any(
            one.external and one.kind in _FOLLOWED for one in relations(package, name)
        ):
            raise Unacceptable("文件会在打开时自动读取外部的模板或对象。请断开这些链接，另存后重新上传。")
    return KINDS[next((code for mark, code in _MARKS if mark in names), "zip")]


def texts(package: zipfile.ZipFile) -> Iterator[str]:
    """The texts of an office package, part by part, without their markup."""
    for name in package.namelist():
        if re.match(r"(word/(document|header|footer|footnotes)|xl/sharedStrings|ppt/slides/slide)[^/]*\.xml$", name):
            yield re.sub(r"<[^<>]*>", "", part(package, name).decode("utf-8", "replace"))


def compound_kind(content: bytes) -> FileKind:
    """What a compound document of the older office programs is.

    :raises Unacceptable: damaged, protected, with macros or objects, or of another program.
    """
    try:
        opened = olefile.OleFileIO(io.BytesIO(content))
        entries = ["/".join(entry).lower() for entry in opened.listdir(streams=True, storages=True)]
    except (OSError, ValueError, IndexError, KeyError, TypeError) as error:
        raise Unacceptable(_DAMAGED) from error
    if any(entry in ("encryptedpackage", "encryptioninfo") for entry in entries):
        raise Unacceptable(_PROTECTED)
    if any("vba" in entry or entry.split("/")[0] == "macros" for entry in entries):
        raise Unacceptable(_MACROS)
    if any("ole10native" in entry for entry in entries):
        raise Unacceptable(_EMBEDDED.format(name="OLE"))
    if "worddocument" in entries:
        return KINDS["doc"]
    if "workbook" in entries or "book" in entries:
        return KINDS["xls"]
    raise Unacceptable("无法识别这种文件。请另存为 PDF 或 Word 文档后上传。")
