"""What a printed paper is made of, as data: its fields, where each comes from, and how it is laid out. Pure.

A paper names its fields once (:class:`F`) and then only places them; the generator (``drawing``) turns every paper into
the Word template that tenants may replace, and the filler (``filling``) looks up what each field says of a case. A new
paper is a new value, no new program.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Where a value comes from: a path such as ``talk.place`` (see ``filling``), or a function of the whole dossier.
Source = str | Callable[[Any], Any]
_PLACED = re.compile(r"\{([^{}|]+)(?:\|([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class F:
    """A field.

    :param name: as the template writes it.
    :param source: where its value comes from; empty for what is always filled by hand.
    :param example: a made-up value. :param meaning: what it holds, when the name does not say it.
    :param of: of a list, the fields of an entry; their paths begin at the entry.
    :param least: of a list, so many rows there are at least, blank ones at the end for the hand.
    :param optional: nothing is missing when it is empty: many cases have no such thing.

    What is sealed needs no mark here: the dossier of somebody who may not open it has nothing sealed in it.
    """

    name: str
    source: Source = ""
    example: str = ""
    meaning: str = ""
    of: "tuple[F, ...]" = ()
    least: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the form: one to three fields with their labels (``标签=字段``, or the field's name as its label)."""

    cells: tuple[str, ...]
    height: float = 10


@dataclass(frozen=True, slots=True)
class Box:
    """A row with a label and much room: a text, below it who signs and when.

    :param sign: such as ``支部书记签名：``. :param day: the field with the date of signing; empty: written by hand.
    """

    label: str
    content: str
    height: float = 40
    sign: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of entries. :param columns: (heading, field of an entry or "", width in millimetres)."""

    listed: str
    columns: tuple[tuple[str, str, float], ...]
    heading: str = ""
    height: float = 9


@dataclass(frozen=True, slots=True)
class Text:
    """A running paragraph; ``{字段}`` stands for a field, a line to write on where it is empty.

    :param align: left (with the first line indented) | flat | center | right.
    """

    text: str
    align: str = "left"
    size: float = 16
    before: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line below or above a form: signatures, notes, the year of a list."""

    text: str
    align: str = "left"
    size: float = 12
    before: float = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """A further sheet with a title of its own."""

    title: str


@dataclass(frozen=True, slots=True)
class Slips:
    """Slips to be cut, two in a row: one for each half of a list's entry, whose fields are written ``{#字段}``."""

    listed: str
    title: str
    lines: tuple[str, ...]
    choices: tuple[str, ...] = ()


Part = Row | Box | Grid | Text | Line | Sheet | Slips


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed paper.

    :param number: 1 … 38, after the list of the specification.
    :param code: the name after ``development.`` of its document.
    :param steps: the main steps in which it is used; empty for the papers of plans.
    :param over: what stands above the form (the unit, the year).
    :param kinds: kinds of acts whose facts it shows, besides those its fields name.
    :param collective: several cases stand in one list instead of a sheet for each.
    :param about: "case", or "unit" for papers that are printed for an organisation.
    """

    number: int
    code: str
    title: str
    steps: tuple[int, ...]
    fields: tuple[F, ...]
    parts: tuple[Part, ...]
    over: str = ""
    kinds: tuple[str, ...] = ()
    collective: bool = False
    landscape: bool = False
    about: str = "case"
    sheet_title: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def touched_by(self) -> frozenset[str]:
        """The kinds of acts that make an earlier print of it out of date; ``*``: any act."""
        found = set(self.kinds)
        for one in self.fields:
            for source in (one.source, *(inner.source for inner in one.of)):
                if isinstance(source, str):
                    found |= set(kinds_in(source))
        return frozenset(found)


#: What a path may begin with besides the kind of an act.
NO_KINDS = frozenset({"case", "cases", "unit", "committee"})


def kinds_in(source: str) -> list[str]:
    """The kinds of acts that a path looks at."""
    heads = (re.split(r"[.\[*]", one, maxsplit=1)[0] for one in source.split("/"))
    return [head for head in heads if head and head not in NO_KINDS and any(sign in source for sign in ".*[")]


def placed(paper: Paper) -> Iterator[str]:
    """The names of the fields that the layout shows, in its order; of lists the list's name."""
    for text in (paper.over, paper.sheet_title or paper.title, *(_texts(one) for one in paper.parts)):
        for item in text if isinstance(text, tuple) else (text,):
            yield from (name for name, _blank in _PLACED.findall(item))
    for part in paper.parts:
        match part:
            case Slips():
                yield part.listed
                yield from (name for text in part.lines for name, _blank in _PLACED.findall(text) if name[0] != "#")
            case Row():
                yield from (name_of(cell) for cell in part.cells)
            case Box():
                yield from (name for name in (part.content, part.day) if name and not literal(name))
            case Grid():
                yield part.listed
            case _:
                pass


def _texts(part: Part) -> tuple[str, ...]:
    match part:
        case Text() | Line():
            return (part.text,)
        case Box():
            return (part.content,) if literal(part.content) else ()
        case Sheet():
            return (part.title,)
        case _:
            return ()


def literal(content: str) -> bool:
    """Whether the content of a box is text (with fields in braces, or boxes to tick) and no field's name."""
    return "{" in content or "□" in content


def name_of(cell: str) -> str:
    """The field of a cell that is written ``标签=字段``."""
    return cell.rpartition("=")[2]


def label_of(cell: str) -> str:
    """The label of such a cell."""
    return cell.partition("=")[0]


def marked(text: str, prefix: str = "") -> str:
    """A text with ``{字段}`` and ``{字段|blank}`` as the marks of a template.

    :param prefix: of the fields of an entry, which are written ``{#字段}``.
    """

    def mark(found: re.Match[str]) -> str:
        name = prefix + found[1][1:] if found[1][0] == "#" else found[1]
        blank = found[2] if found[2] is not None else "＿＿＿＿＿＿"
        return f"{{{{ {name} or '{blank}' }}}}"

    return _PLACED.sub(mark, text)


def fields_of(papers: Sequence[Paper]) -> dict[str, F]:
    """All fields by name (for checks): the same name means the same in every paper of a kind."""
    return {one.name: one for paper in papers for one in paper.fields}
