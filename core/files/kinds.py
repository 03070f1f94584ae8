"""The kinds of file there are. Pure."""

from dataclasses import dataclass


class Unacceptable(ValueError):
    """A file cannot be taken; the message says in Chinese what it is and what would be right."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.

    :param code: its extension, without the dot.
    :param media: its media type.
    :param title: what people call it.
    """

    code: str
    media: str
    title: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "application/pdf", "PDF"),
        FileKind("ofd", "application/ofd", "OFD 版式文件"),
        FileKind("docx", _OFFICE + "wordprocessingml.document", "Word 文档"),
        FileKind("xlsx", _OFFICE + "spreadsheetml.sheet", "Excel 表格"),
        FileKind("pptx", _OFFICE + "presentationml.presentation", "演示文稿"),
        FileKind("doc", "application/msword", "Word 97 文档"),
        FileKind("xls", "application/vnd.ms-excel", "Excel 97 表格"),
        FileKind("jpg", "image/jpeg", "JPEG 图片"),
        FileKind("png", "image/png", "PNG 图片"),
        FileKind("webp", "image/webp", "WebP 图片"),
        FileKind("txt", "text/plain", "纯文本"),
        FileKind("zip", "application/zip", "ZIP 压缩包"),
    )
}
#: What may be added to a record unless its purpose says less.
PAPERS = ("pdf", "ofd", "docx", "xlsx", "pptx", "doc", "xls", "jpg", "png", "webp", "txt")
#: Pictures, which are drawn anew before they are kept.
PICTURES = ("jpg", "png", "webp")
