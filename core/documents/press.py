"""The press: a process of its own that fills templates and sets pages, and is ended in time (``python -m core.documents.press``).

It reads one order as JSON from its input, writes the finished file to its output, and how far it is to its error output,
a line ``done N`` for each document. It has no settings, no database, no secrets, writes no files, and may use so much
memory and time and no more: a template that somebody uploaded can spoil its own print and nothing else.

The order: ``template`` (base64; "" with ``builtin``, the code of a document of our own), ``contexts`` (one a document),
``names`` (of the documents in an archive), ``format`` (docx, pdf), ``archive`` (several .docx as a zip), ``watermark``,
``title``, ``strict``; with ``tree``, the fields there are, the template is only looked at, and what is wrong with it told;
with ``apart``, a part of a batch or of a list (``list``: its name; ``first``, ``last``: which part) is filled and set, and
given back as JSON; with ``parts``, such JSON, one PDF is made of them; with ``pages``, what was filled elsewhere is set.
"""

import base64
import io
import json
import resource
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from core.documents.parts import NotApartError, TooLongError, cut

#: Characters of data up to which a PDF is tagged for screen readers: tags of every cell double what a long list needs.
TAGGED = 200_000
LAYOUT = Path(__file__).parent / "data" / "layout.typ"


def main() -> int:
    """Do one order."""
    order = json.loads(sys.stdin.buffer.read())
    limit(order["seconds"], order["bytes"])
    try:
        made = carried_out(order)
    except MemoryError:
        sys.stderr.write("failed memory\n")
        return 1
    except NotApartError:
        sys.stderr.write("failed apart\n")
        return 1
    except TooLongError:
        sys.stderr.write("failed long\n")
        return 1
    except Exception as error:  # noqa: BLE001  (whatever a template does is told, not shown)
        sys.stderr.write(f"failed {type(error).__name__}: {' '.join(str(error).split())[:300]}\n")
        return 1
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def limit(seconds: int, size: int) -> None:
    """So much processor time and memory, and no files."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def carried_out(order: Mapping[str, Any]) -> bytes:
    """The finished file."""
    if order.get("tree") is not None:
        from core.documents.checking import complaints

        return json.dumps(complaints(base64.b64decode(order["template"]), order["tree"])).encode()
    if order.get("pages") is not None:
        return typeset(order["pages"], mark=order["watermark"], title=order["title"])
    if order.get("parts") is not None:
        return typeset([joined(order["parts"])], title=order["title"], tagged=False)
    template = base64.b64decode(order["template"]) if order["template"] else _builtin(order["builtin"])
    if order.get("apart") is not None:
        return json.dumps(_part(template, order), ensure_ascii=False).encode()
    if order["format"] == "docx" and not order["archive"]:
        made: bytes = _form(template, order).document(order["contexts"][0], watermark=order["watermark"])
        _say(1)
        return made
    if order["format"] == "docx":
        return _archive(template, order)
    return _pages(template, order)


def _builtin(code: str) -> bytes:
    from core.documents.defaults import default_template

    return default_template(code)


def _form(template: bytes, order: Mapping[str, Any]) -> Any:
    from core.documents.filling import Form

    return Form(template, strict=order["strict"])


def _archive(template: bytes, order: Mapping[str, Any]) -> bytes:
    form, made = _form(template, order), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, context) in enumerate(zip(order["names"], order["contexts"], strict=True), 1):
            archive.writestr(name, form.document(context, watermark=order["watermark"]))
            _say(number)
    return made.getvalue()


def _filled_pages(template: bytes, order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents filled, as what is set."""
    form, documents = _form(template, order), []
    for number, context in enumerate(order["contexts"], 1):
        documents.append(form.pages(context))
        _say(number)
    return documents


def _pages(template: bytes, order: Mapping[str, Any]) -> bytes:
    documents = _filled_pages(template, order)
    return typeset(documents, mark=order["watermark"], title=order["title"], form=order.get("picture") or "pdf")


def _part(template: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a whole: ``pdf`` (base64), ``pages`` and ``frame``, what stands around them on each page."""
    meant, form = order["apart"], _form(template, order)
    if meant["list"] and not form.only_repeats(meant["list"]):
        raise NotApartError("the template speaks of the list elsewhere")
    documents = []
    for number, context in enumerate(order["contexts"], 1):
        documents.append(form.pages(context))
        if not meant["list"]:
            _say(number)
    frame = {"page": documents[0]["page"], "header": [], "footer": []}
    if meant["list"]:
        frame, documents[0] = cut(documents[0], first=meant["first"], last=meant["last"])
    compiler, inputs = _laid_out(documents, order["watermark"], order["title"])
    made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_tags=False)
    pages = int(compiler.query("<sheets>", field="value", one=True))
    return {"pdf": base64.b64encode(made).decode(), "pages": pages, "frame": frame}


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Parts as one document."""
    sheets = [{"pdf": list(base64.b64decode(part["pdf"])), "pages": part["pages"]} for part in parts]
    return {**parts[0]["frame"], "parts": sheets}


def typeset(
    documents: list[dict[str, Any]],
    *,
    mark: str = "",
    title: str = "",
    form: Literal["pdf", "png"] = "pdf",
    tagged: bool = True,
) -> bytes:
    """Documents as one PDF with the packaged fonts and no others.

    :param form: ``png`` for a picture of the first page.
    :param tagged: for screen readers, unless it is too long for that.
    """
    compiler, inputs = _laid_out(documents, mark, title)
    made = compiler.compile(
        format=form,
        sys_inputs=inputs,
        ppi=96 if form == "png" else None,
        pdf_tags=tagged and len(inputs["documents"]) < TAGGED,
    )
    first: bytes | None = made[0] if isinstance(made, list) else made
    if first is None:
        raise ValueError("nothing was set")
    return first


def _laid_out(documents: list[dict[str, Any]], mark: str, title: str) -> tuple[Any, dict[str, str]]:
    import pylopdf_fonts_zh_cn as fonts
    import typst

    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[Path(fonts.serif_path()).parent],
    )
    compiler = typst.Compiler(LAYOUT, root=LAYOUT.parent, font_paths=found, ignore_system_fonts=True)
    return compiler, {"documents": json.dumps(documents, ensure_ascii=False), "mark": mark, "title": title}


def _say(done: int) -> None:
    sys.stderr.write(f"done {done}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
