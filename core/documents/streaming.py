"""A Word list of many thousand rows, written as it is filled: what it needs of memory does not grow with the list. Pure.

docxtpl fills a document as one text and reads that again as a tree, some hundred kilobytes a row of a wide table. Here the
frame (styles, headers, footers) is filled with the first rows by docxtpl itself; the body is filled by the same template
with the whole list, piece by piece, straight into the file. That the pieces say what docxtpl would say is not assumed but
seen: by those first rows, which must come out alike both ways.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2.environment import Environment
from lxml import etree  # type: ignore[import-untyped]

from core.documents.parts import TooLongError

#: Entries of a list from which on a document is streamed, and up to which one that cannot be is filled as a whole.
LONG, MOST_WHOLE = 1000, 4000
_FIRST = 2
_PIECE = 1 << 20
_END, _END_OF_BODY = "</w:p>", "</w:body>"
_DOCUMENT = "word/document.xml"
#: Taken out of its document it names what the document has named.
_BODY = re.compile("<w:body[^>]*>")
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def long_lists(context: Mapping[str, Any]) -> list[str]:
    """The names of the lists that make a document long."""
    return [name for name, value in context.items() if isinstance(value, list) and len(value) > LONG]


def streamed(template: bytes, context: Mapping[str, Any], sandbox: Environment) -> bytes | None:
    """The template filled, as a .docx file; None when it has to be filled as a whole.

    :raises TooLongError: when that would need too much.
    """
    frame, body = _parts(template, _first(context, _FIRST), sandbox), _Body(template, sandbox)
    shown = frame.pop(_DOCUMENT).decode()
    before, after = shown[: shown.index("<w:body>")], shown[shown.rindex(_END_OF_BODY) + len(_END_OF_BODY) :]
    same = _alike(shown, "".join((before, *body.pieces(_first(context, _FIRST)), after)))
    if not same or _repeats_elsewhere(frame, template, context, sandbox):
        if max(len(context[name]) for name in long_lists(context)) > MOST_WHOLE:
            raise TooLongError("this template's list is filled as a whole")
        return None
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in frame.items():
            whole.writestr(name, content)
        with whole.open(_DOCUMENT, "w", force_zip64=True) as part:
            for piece in chain((before,), body.pieces(context), (after,)):
                part.write(piece.encode())
    return made.getvalue()


def _first(context: Mapping[str, Any], count: int) -> dict[str, Any]:
    """The same with no more than the first entries of its long lists."""
    return {**context, **{name: context[name][:count] for name in long_lists(context)}}


def _parts(template: bytes, context: Mapping[str, Any], sandbox: Environment) -> dict[str, bytes]:
    """The file as docxtpl fills it, part by part."""
    made, whole = DocxTemplate(io.BytesIO(template)), io.BytesIO()
    made.render(context, sandbox, autoescape=True)
    made.docx.save(whole)
    with zipfile.ZipFile(whole) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _repeats_elsewhere(
    frame: Mapping[str, bytes], template: bytes, context: Mapping[str, Any], sandbox: Environment
) -> bool:
    """Whether headers, footers or notes say something of the list: with another number of entries they would differ."""
    other = _parts(template, _first(context, _FIRST - 1), sandbox)
    return any(other.get(name) != content for name, content in frame.items())


class _Body:
    """A template's body, filled piece by piece."""

    def __init__(self, template: bytes, sandbox: Environment) -> None:
        self._form = DocxTemplate(io.BytesIO(template))
        self._form.render_init()
        source = _BODY.sub("<w:body>", self._form.patch_xml(self._form.get_xml()), count=1)
        self._filled = sandbox.from_string(source)

    def pieces(self, context: Mapping[str, Any]) -> Iterator[str]:
        """Pieces of about a megabyte, each ending with a paragraph: what docxtpl does to a text it does to paragraphs."""
        held: list[str] = []
        size, enough = 0, _PIECE
        for part in self._filled.generate(context):
            held.append(part)
            size += len(part)
            if size > enough:
                done, end, rest = "".join(held).rpartition(_END)
                yield self._finished(done + end)
                held, size, enough = [rest], len(rest), _PIECE + 2 * len(rest)
        yield self._finished("".join(held))

    def _finished(self, text: str) -> str:
        """What docxtpl does after filling: its own signs for braces, lines and tabs within a value."""
        for said, meant in (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}")):
            text = text.replace(said, meant)
        found: str = self._form.resolve_listing(text)
        return found


def _alike(one: str, other: str) -> bool:
    """Whether two documents say the same, the numbers of pictures left out, which docxtpl gives anew."""
    try:
        read = [etree.fromstring(text.encode()) for text in (one, other)]
    except etree.XMLSyntaxError:  # docxtpl mends what it can
        return False
    for document in read:
        for drawing in document.iter(_DRAWING):
            drawing.set("id", "")
    return len({etree.tostring(document, method="c14n") for document in read}) == 1
