"""What a file is, by its bytes alone; what it was called says nothing. Pure."""

import re
from collections.abc import Collection, Iterable

from core.files import containers
from core.files.kinds import KINDS, FileKind, Unacceptable

_DOUBLE = "文件里藏有另一种格式的内容。请用原来的程序打开，另存一份后上传。"
_ACTIVE_PDF = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_MARKUP = re.compile(
    r"^\s*(<\?xml|<!doctype|<html|<svg|<script|<head|<body|<iframe)|<(script|iframe|object|embed)\b", re.I
)
#: Papers of a secrecy grade bear the grade and a star (R16.18).
_SECRET = re.compile(r"(绝密|机密|秘密)\s*[★☆]")
_PICTURES = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "png"), (b"BM", "png"))
#: The end of a zip's directory stands in its last bytes, before a comment of 64 KiB at most.
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 66_000


def identify(content: bytes, *, filename: str, allowed: Collection[str]) -> FileKind:
    """Say what the bytes are, once they are whole, alone and passive.

    :param allowed: codes of :data:`~core.files.kinds.KINDS`.
    :raises Unacceptable: not one of the allowed kinds, or a danger to whoever opens it.
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise Unacceptable("文件是空的。请检查是否选对了文件。")
    kind, shown = _look(content)
    if kind is None or kind.code not in allowed:
        raise Unacceptable(_not_allowed(content, kind, allowed))
    if _SECRET.search(filename) or any(_SECRET.search(text) for text in shown):
        message = "文件上有密级标志（秘密、机密或绝密★）。涉密文件不得上传到本系统，请按保密规定办理。"
        raise Unacceptable(message)
    return kind


def _look(content: bytes) -> tuple[FileKind | None, Iterable[str]]:
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"%PDF-" in content[:1024]:
            raise Unacceptable(_DOUBLE)
        package = containers.open_package(content)
        return containers.package_kind(package), containers.texts(package)
    if content.startswith(b"%PDF-"):
        return _pdf(content), ()
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return containers.compound_kind(content), ()
    for mark, code in _PICTURES:
        if content.startswith(mark) and (mark != b"BM" or b"\x00" in content[:64]):
            return KINDS[code], ()
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return KINDS["webp"], ()
    text = _text(content)
    return (KINDS["txt"], (text,)) if text is not None else (None, ())


def _pdf(content: bytes) -> FileKind:
    if b"%%EOF" not in content[-2048:]:
        if _ZIP_END in content[-_ZIP_TAIL:]:
            raise Unacceptable(_DOUBLE)
        raise Unacceptable("PDF 文件不完整，可能没有下载完。请打开确认无误后重新上传。")
    if _ZIP_END in content[-_ZIP_TAIL:] or _looks_like_markup(content[:1024].decode("latin-1")):
        raise Unacceptable(_DOUBLE)
    plain = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content) if b"#" in content else content
    if _ACTIVE_PDF.search(plain):
        raise Unacceptable("PDF 文件里有脚本、附件或会自动打开的程序。请用“打印为 PDF”另存一份后上传。")
    return KINDS["pdf"]


def _text(content: bytes) -> str | None:
    """The bytes as a text; ``None`` when they are none."""
    if b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(sign) < 9 or 13 < ord(sign) < 32 for sign in text[:20_000]):
            return None
        if _looks_like_markup(text):
            raise Unacceptable("网页、SVG 和脚本不能上传。请打印为 PDF 后上传。")
        return text
    return None


def _looks_like_markup(text: str) -> bool:
    return _MARKUP.search(text[:200_000]) is not None


def _not_allowed(content: bytes, kind: FileKind | None, allowed: Collection[str]) -> str:
    wanted = "、".join(KINDS[code].title for code in KINDS if code in allowed)
    if kind is not None:
        return f"这里不能上传{kind.title}。可以上传：{wanted}。"
    import puremagic

    try:
        guessed = puremagic.from_string(content[:65536]).lstrip(".").upper()
    except (puremagic.PureError, ValueError, OSError):
        guessed = ""
    what = f"（看来是 {guessed[:12]}）" if guessed else ""
    return f"不能上传这种文件{what}，改扩展名不会改变内容。可以上传：{wanted}。"
