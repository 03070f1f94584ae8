"""A filled Word document as plain data: pages, paragraphs and tables, for the layout that sets it as PDF. Pure.

What the layout is given is data alone, so that no text of a record or of a template can become a command of it. Lengths
are points. Shapes, fields other than page numbers, and what else Word can do are left out; the check of a template says so.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from docx.oxml.ns import qn as _qn

_ALIGN = {"center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify"}
_SANS = ("黑", "sans", "hei", "gothic", "arial", "等线", "yahei", "雅黑")
#: Pictures larger than this are not set: a seal or an emblem is smaller.
_PICTURE_BYTES = 400_000
_EMU = 12700


#: An element with paragraphs and tables, and the part of the package that its pictures are looked up in.
Shown = tuple[Any, Any]


class Layout:
    """What all documents that one template makes have in common: the paper, and the styles."""

    def __init__(self, document: Any) -> None:
        section = document.sections[0]
        self._page = {
            "width": section.page_width.pt,
            "height": section.page_height.pt,
            "top": section.top_margin.pt,
            "bottom": section.bottom_margin.pt,
            "left": section.left_margin.pt,
            "right": section.right_margin.pt,
        }
        self._reader = _Reader(document)

    def pages(self, body: Shown, header: Shown, footer: Shown) -> dict[str, Any]:
        """A document: ``page`` (size, margins), ``header`` and ``footer`` (blocks), ``body`` (blocks)."""
        return {
            "page": self._page,
            "header": self._reader.blocks(*header),
            "footer": self._reader.blocks(*footer),
            "body": self._reader.blocks(*body),
        }


def pages_of(document: Any) -> dict[str, Any]:
    """A python-docx document as what is set."""
    section = document.sections[0]
    edges = ((edge._element, edge.part) for edge in (section.header, section.footer))  # noqa: SLF001
    header, footer = edges
    return Layout(document).pages((document.element.body, document.part), header, footer)


#: The full name of an element or attribute; asked for some twenty times a cell.
qn = lru_cache(maxsize=256)(_qn)


def _val(element: Any, name: str, attribute: str = "w:val") -> str | None:
    found = element.find(qn(name)) if element is not None else None
    return found.get(qn(attribute)) if found is not None else None


_P, _TBL, _SECT, _R, _TR, _TC = (qn(f"w:{name}") for name in ("p", "tbl", "sectPr", "r", "tr", "tc"))


def _twips(text: str | None) -> float | None:
    try:
        return None if text is None else int(float(text)) / 20
    except ValueError:
        return None


class _Reader:
    def __init__(self, document: Any) -> None:
        self._document = document
        self._styles: dict[str | None, dict[str, Any]] = {}

    def blocks(self, parent: Any, part: Any) -> list[Any]:
        found: list[Any] = []
        for element in parent:
            if element.tag == _P:
                found.extend(self._paragraph(element, part))
            elif element.tag == _TBL:
                found.append(self._table(element, part))
        return found

    # --- paragraphs ---

    def _style(self, name: str | None) -> dict[str, Any]:
        """Size, boldness, face and alignment of a paragraph style, with what it is based on."""
        if name not in self._styles:
            self._styles[name] = {}
            styles = self._document.styles.element
            wanted = [
                style
                for style in styles.iterchildren(qn("w:style"))
                if (style.get(qn("w:styleId")) == name if name else style.get(qn("w:default")) == "1" and style.get(qn("w:type")) == "paragraph")
            ]  # fmt: skip
            made: dict[str, Any] = {}
            if wanted:
                based = _val(wanted[0], "w:basedOn")
                if based and based != name:
                    made |= self._style(based)
                made |= _run_look(wanted[0].find(qn("w:rPr"))) | _line_look(wanted[0].find(qn("w:pPr")))
            self._styles[name] = made
        return self._styles[name]

    def _paragraph(self, element: Any, part: Any) -> Iterator[dict[str, Any]]:
        properties = element.find(qn("w:pPr"))
        look = self._style(_val(properties, "w:pStyle")) | _line_look(properties)
        base = {key: look[key] for key in ("size", "bold", "sans", "color") if key in look}
        runs: list[dict[str, Any]] = []
        broken = properties is not None and properties.find(qn("w:pageBreakBefore")) is not None
        for run in element.iter(_R):
            own = base | _run_look(run.find(qn("w:rPr")))
            for piece in _pieces(run):
                if piece == "\f":
                    broken = True
                else:
                    runs.append(own | ({"t": piece} if isinstance(piece, str) else piece))
            runs.extend(_pictures(run, part))
        made: dict[str, Any] = {"k": "p", "runs": _joined(_without_field_results(runs))}
        made |= {
            key: look[key]
            for key in ("align", "before", "after", "line", "indent", "left", "right", "size")
            if key in look
        }
        if broken:
            made["break"] = True
        yield made

    # --- tables ---

    def _table(self, element: Any, part: Any) -> dict[str, Any]:
        widths = [
            _twips(column.get(qn("w:w"))) or 0 for column in element.iterfind(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
        ]
        rows, headers, heights = [], 0, []
        open_cells: dict[int, dict[str, Any]] = {}
        for number, row in enumerate(element.iterchildren(_TR)):
            properties = row.find(qn("w:trPr"))
            if properties is not None and properties.find(qn("w:tblHeader")) is not None and headers == number:
                headers += 1
            heights.append(_twips(_val(properties, "w:trHeight")) or 0)
            rows.append(self._row(row, part, open_cells))
        made = {
            "k": "t",
            "cols": widths,
            "head": headers,
            "rows": rows,
            "heights": heights,
            "lines": _has_lines(element),
        }
        return _uniform(made) if len(rows) > _LONG else made

    def _row(self, row: Any, part: Any, open_cells: dict[int, dict[str, Any]]) -> list[Any]:
        cells: list[Any] = []
        at = 0
        for cell in row.iterchildren(_TC):
            properties = cell.find(qn("w:tcPr"))
            span = int(_val(properties, "w:gridSpan") or 1)
            merge = properties.find(qn("w:vMerge")) if properties is not None else None
            if merge is not None and merge.get(qn("w:val")) != "restart" and at in open_cells:
                open_cells[at]["down"] = open_cells[at].get("down", 1) + 1
            else:
                made = self._cell(cell, properties, part, span)
                cells.append(made)
                open_cells.pop(at, None)
                if merge is not None and isinstance(made, dict):
                    open_cells[at] = made
            at += span
        return cells

    def _cell(self, cell: Any, properties: Any, part: Any, span: int) -> dict[str, Any]:
        made: dict[str, Any] = _simple(self.blocks(cell, part))
        if span > 1:
            made["across"] = span
        middle = _val(properties, "w:vAlign")
        if middle:
            made["v"] = "horizon" if middle == "center" else middle
        fill = _val(properties, "w:shd", "w:fill")
        if fill and len(fill) == 6:
            made["fill"] = f"#{fill}"
        return made


#: Rows from which on a table is looked at for being a plain list.
_LONG = 20


def _uniform(table: dict[str, Any]) -> dict[str, Any]:
    """A long list whose columns look the same all the way down: its body as mere texts, with the look said once."""
    body = table["rows"][table["head"] :]
    looks = [{key: cell.get(key) for key in ("a", "z")} for cell in body[0]]
    size = looks[0]["z"]
    for row in body:
        if len(row) != len(looks):
            return table
        for cell, look in zip(row, looks, strict=True):
            if not cell.keys() <= {"t", "a", "z", "v"} or cell["a"] != look["a"] or cell.get("z", size) != size:
                return table
    texts = [[cell["t"] for cell in row] for row in body]
    return {
        **table,
        "rows": table["rows"][: table["head"]],
        "body": texts,
        "sides": [look["a"] for look in looks],
        "size": size,
    }


_SPACED = ("break", "before", "after", "line", "indent", "left", "right")
#: Points that a paragraph is moved in at most: no template leaves its text without room.
_WIDEST = 144.0
_PLAIN = {"t", "size", "sans", "color"}


def _simple(blocks: list[Any]) -> dict[str, Any]:
    """A cell's contents: one line of one look as such, which is set ten times as fast as blocks are."""
    if len(blocks) == 1 and blocks[0]["k"] == "p" and not any(blocks[0].get(k) for k in _SPACED):
        runs, align = blocks[0]["runs"], blocks[0].get("align", "left")
        if not runs:
            return {"t": "", "a": align}  # of any size
        if (
            len(runs) == 1
            and not {k for k, v in runs[0].items() if v} - _PLAIN
            and "\n" not in runs[0]["t"]
            and "\t" not in runs[0]["t"]
        ):
            look = {"z": runs[0].get("size", 10.5)} | ({"b": True} if runs[0].get("sans") else {})
            return look | {"t": runs[0]["t"], "a": align} | ({"color": runs[0]["color"]} if "color" in runs[0] else {})
    return {"c": blocks}


def _line_look(properties: Any) -> dict[str, Any]:
    """How a paragraph lies: alignment, space around it and at its sides, height of a line, first-line indent."""
    if properties is None:
        return {}
    found: dict[str, Any] = {}
    align = _val(properties, "w:jc")
    if align:
        found["align"] = _ALIGN.get(align, "left")
    for name, attribute in (("before", "w:before"), ("after", "w:after")):
        space = _twips(_val(properties, "w:spacing", attribute))
        if space is not None:
            found[name] = space
    line = _twips(_val(properties, "w:spacing", "w:line"))
    if line and _val(properties, "w:spacing", "w:lineRule") in ("exact", "atLeast"):
        found["line"] = line
    indent = _twips(_val(properties, "w:ind", "w:firstLine"))
    if indent:
        found["indent"] = indent
    for name, attributes in (("left", ("w:left", "w:start")), ("right", ("w:right", "w:end"))):
        edge = next((held for one in attributes if (held := _twips(_val(properties, "w:ind", one)))), 0)
        if edge > 0 and not _val(properties, "w:ind", "w:hanging"):
            found[name] = min(edge, _WIDEST)
    return found


def _run_look(properties: Any) -> dict[str, Any]:
    """How a run of text looks: size, boldness, face, colour."""
    if properties is None:
        return {}
    found: dict[str, Any] = {}
    size = _val(properties, "w:sz")
    if size:
        found["size"] = float(size) / 2
    for name, path in (("bold", "w:b"), ("under", "w:u"), ("italic", "w:i")):
        element = properties.find(qn(path))
        if element is not None:
            found[name] = element.get(qn("w:val")) not in ("0", "false", "none", "off")
    fonts = properties.find(qn("w:rFonts"))
    if fonts is not None:
        face = (fonts.get(qn("w:eastAsia")) or fonts.get(qn("w:ascii")) or "").lower()
        if face:
            found["sans"] = any(part in face for part in _SANS)
    color = _val(properties, "w:color")
    if color and len(color) == 6:
        found["color"] = f"#{color}"
    return found


def _pieces(run: Any) -> Iterator[Any]:
    for child in run:
        name = child.tag.rsplit("}", 1)[-1]
        if name == "t":
            yield child.text or ""
        elif name == "tab":
            yield "\t"
        elif name == "br":
            yield "\f" if child.get(qn("w:type")) == "page" else "\n"
        elif name == "cr":
            yield "\n"
        elif name == "instrText":
            yield {"code": (child.text or "").split()[:1]}
        elif name == "fldChar":
            yield {"mark": child.get(qn("w:fldCharType"))}


def _without_field_results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Page-number fields as such; of other fields what Word showed last."""
    kept: list[dict[str, Any]] = []
    code, inside, shown = "", False, False
    for run in runs:
        mark = run.get("mark")
        if mark == "begin":
            code, inside, shown = "", True, False
        elif mark == "separate":
            shown = True
        elif mark == "end":
            if code in ("PAGE", "NUMPAGES", "SECTIONPAGES"):
                look = {key: value for key, value in run.items() if key != "mark"}
                kept.append(look | {"f": "page" if code == "PAGE" else "pages"})
            inside = False
        elif "code" in run:
            code = code or "".join(run["code"]).upper()
        elif not inside or (shown and code not in ("PAGE", "NUMPAGES", "SECTIONPAGES")):
            kept.append(run)
    return kept


def _joined(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours of the same look as one."""
    kept: list[dict[str, Any]] = []
    for run in runs:
        if "t" in run and kept and "t" in kept[-1] and {**run, "t": ""} == {**kept[-1], "t": ""}:
            kept[-1]["t"] += run["t"]
        elif run.get("t") != "":
            kept.append(run)
    return kept


def _pictures(run: Any, part: Any) -> Iterator[dict[str, Any]]:
    for inline in run.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"):
        extent = inline.find("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent")
        for blip in inline.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
            held = part.related_parts.get(blip.get(qn("r:embed")))
            if held is None or extent is None or len(held.blob) > _PICTURE_BYTES:
                continue
            if held.content_type in ("image/png", "image/jpeg"):
                width, height = int(extent.get("cx")) / _EMU, int(extent.get("cy")) / _EMU
                yield {"img": list(held.blob), "w": width, "h": height, "png": held.content_type == "image/png"}


def _has_lines(table: Any) -> bool:
    properties = table.find(qn("w:tblPr"))
    borders = properties.find(qn("w:tblBorders")) if properties is not None else None
    if borders is not None:
        return any(line.get(qn("w:val")) not in ("nil", "none") for line in borders)
    style = _val(properties, "w:tblStyle") or ""
    return "grid" in style.lower() or style in ("a3", "TableGrid")
