"""Filling a Word template: a sandbox in which a template can name fields and repeat rows, and nothing else. Pure.

Runs in the press's own process (core.documents.press), which has no secrets, writes no files and is ended in time.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

import docx
from docx.oxml import parse_xml
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, Template, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.documents.blocks import Layout
from core.documents.parts import only_repeats
from core.documents.streaming import long_lists, streamed

#: What XML 1.0 cannot hold.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Signs that begin and end a field, and those that look like them.
_NO_FIELDS = str.maketrans("{}", "｛｝")
FILTERS = frozenset({"default", "d", "join", "length", "upper", "lower", "trim", "first", "last", "replace"})


class Empty(Undefined):
    """A field without a value shows nothing."""

    __slots__ = ()

    def __str__(self) -> str:
        return ""


class Sandbox(ImmutableSandboxedEnvironment):
    """Only what a mapping holds can be named: no attributes of objects, no calls, no globals."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=Empty)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tests = {name: self.tests[name] for name in ("defined", "undefined", "none")}
        self._made: dict[str, Template] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a mapping; of ``loop`` its counters; nothing of anything else."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(name=attribute)
        if type(obj).__name__ == "LoopContext" and attribute in ("index", "index0", "first", "last", "length"):
            return getattr(obj, attribute)
        return self.undefined(name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As :meth:`getattr`."""
        return self.getattr(obj, argument) if isinstance(argument, str) else self.undefined(name=str(argument))

    def call(self, *_arguments: Any, **_named: Any) -> Any:
        """Nothing can be called. :raises SecurityError: always."""
        from jinja2.exceptions import SecurityError

        raise SecurityError("a template calls nothing")

    def from_string(self, source: Any, *given: Any, **more: Any) -> Template:
        """As always, once for each text: a batch fills the same parts over and over."""
        if given or more or not isinstance(source, str):
            return super().from_string(source, *given, **more)
        if source not in self._made:
            self._made[source] = super().from_string(source)
        return self._made[source]


class StrictSandbox(Sandbox):
    """The same, for a test fill: a field that is not there is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.undefined = StrictUndefined


def cleaned(value: Any) -> Any:
    """A context without the characters that XML cannot hold."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, Mapping):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return "" if value is None else value


def filled(template: bytes, context: Mapping[str, Any], *, watermark: str = "", strict: bool = False) -> Any:
    """The template filled, as a python-docx document.

    :param watermark: a line across each page, over whatever the template has.
    """
    return docx.Document(io.BytesIO(Form(template, strict=strict).document(context, watermark=watermark)))


class Form:
    """A template made ready to be filled many times: looked through and compiled once."""

    def __init__(self, template: bytes, *, strict: bool = False) -> None:
        self._template = template
        self._sandbox = StrictSandbox() if strict else Sandbox()
        self._reading: _Reading | None = None

    def document(self, context: Mapping[str, Any], *, watermark: str = "") -> bytes:
        """The template filled, as a .docx file. :raises TooLongError: more than this template allows."""
        context = cleaned(context)
        if long_lists(context):
            made_in_pieces = streamed(self._stamped(watermark), context, self._sandbox)
            if made_in_pieces is not None:
                return made_in_pieces
        made = DocxTemplate(io.BytesIO(self._template))
        made.render(context, self._sandbox, autoescape=True)
        if not watermark:
            return as_bytes(made.docx)
        # what it filled of headers and footers shows only in the file it writes
        document = docx.Document(io.BytesIO(as_bytes(made.docx)))
        stamp(document, cleaned(watermark))
        return as_bytes(document)

    def _stamped(self, watermark: str) -> bytes:
        """The template itself with the line across each page; in that line nothing is filled."""
        if not watermark:
            return self._template
        document = docx.Document(io.BytesIO(self._template))
        stamp(document, cleaned(watermark).translate(_NO_FIELDS))
        return as_bytes(document)

    def pages(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The template filled, as what is set as PDF (core.documents.blocks)."""
        return self._read().pages(cleaned(context))

    def only_repeats(self, name: str) -> bool:
        """Whether a list may be filled in parts (core.documents.parts)."""
        return only_repeats([self._sandbox.parse(source) for source in self._read().sources], name)

    def _read(self) -> "_Reading":
        self._reading = self._reading or _Reading(self._template, self._sandbox)
        return self._reading


class _Reading:
    """The parts of a template that a page shows: filled and read without a file between."""

    def __init__(self, template: bytes, sandbox: Sandbox) -> None:
        self._form, self._sandbox = DocxTemplate(io.BytesIO(template)), sandbox
        self._form.render_init()
        sandbox.autoescape = True
        document = self._form.docx
        self._layout = Layout(document)
        edges = (document.sections[0].header, document.sections[0].footer)
        shown = [(document.element.body, document.part), *((edge._element, edge.part) for edge in edges)]  # noqa: SLF001
        self._parts = [(self._form.patch_xml(self._form.xml_to_string(element)), part) for element, part in shown]

    @property
    def sources(self) -> list[str]:
        """What is filled."""
        return [source for source, _part in self._parts]

    def pages(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """One document."""
        (body, held), *edges = [
            (self._form.render_xml_part(source, part, context, self._sandbox), part) for source, part in self._parts
        ]
        header, footer = ((parse_xml(text), part) for text, part in edges)
        return self._layout.pages((self._form.fix_tables(body), held), header, footer)


_MARK = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict><v:shape id="dangjian-mark-{n}" o:spid="_x0000_s{n}" '
    'type="#_x0000_t136" style="position:absolute;width:430pt;height:36pt;rotation:-38;z-index:-251658752;'
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;"
    'mso-position-vertical-relative:margin" fillcolor="#c8c8c8" stroked="f"><v:fill opacity=".5"/>'
    '<v:textpath style="font-family:\'黑体\';font-size:1pt" string="{text}"/></v:shape></w:pict></w:r>'
)


def stamp(document: Any, text: str) -> None:
    """Put a line across every page of a document, by way of its headers."""
    from markupsafe import escape

    for number, section in enumerate(document.sections, 2049):
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            header.is_linked_to_previous = False
            line = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            line._p.append(parse_xml(_MARK.format(n=number, text=escape(text))))  # noqa: SLF001


def as_bytes(document: Any) -> bytes:
    """A document as a .docx file."""
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
