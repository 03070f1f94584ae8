"""The handbook: Markdown files of ``docs/handbook``, shown at ``/help/`` with a table of contents and a search.

A book is a folder, a chapter a file ``NN-name.md`` in it; its first line is the title. Pictures lie in ``images``. The
renderer knows no raw HTML, and every link and picture leads into the handbook itself or to nothing.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

FOLDER = Path(__file__).parents[2] / "docs" / "handbook"
IMAGES = FOLDER / "images"
#: The books in their order, with the titles they have.
BOOKS = {"member": "党员手册", "secretary": "支部书记手册", "office": "组织部门手册"}
_NAME = re.compile(r"\d\d-([a-z-]+)\.md")
_MARKDOWN = MarkdownIt("zero").enable(
    ["heading", "list", "emphasis", "link", "image", "backticks", "code", "fence", "table", "blockquote", "newline"]
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter under its own heading (``anchor`` is the heading with spaces made hyphens)."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: ``name`` is ``book/chapter``; ``html`` is what is shown; pictures by their file names."""

    name: str
    book: str
    title: str
    html: Markup
    sections: tuple[Section, ...]
    pictures: tuple[str, ...] = field(default=())


def anchor_of(title: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"\s+", "-", title.strip())


@cache
def chapters() -> dict[str, Chapter]:
    """Every chapter by its name, books in their order and chapters in the order of their numbers."""
    found = {}
    for book in BOOKS:
        for file in sorted((FOLDER / book).glob("*.md")):
            named = _NAME.fullmatch(file.name)
            if named:
                name = f"{book}/{named[1]}"
                found[name] = _read(name, book, file.read_text("utf-8"))
    return found


def _read(name: str, book: str, text: str) -> Chapter:
    tokens = _MARKDOWN.parse(text)
    title, pictures, parts = "", list[str](), list[tuple[str, list[str]]]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            said = tokens[place + 1].content
            token.attrSet("id", anchor_of(said))
            if token.tag == "h1":
                title = said
            parts.append((said, []))
        elif token.type == "inline" and parts and tokens[place - 1].type != "heading_open":
            parts[-1][1].append(_plain(token))
        for child in token.children or ():
            _made_safe(child, pictures)
    body = [token for token in tokens if not _of_title(tokens, token)]
    html = Markup(_MARKDOWN.renderer.render(body, _MARKDOWN.options, {}))  # noqa: S704  # our own files, no raw HTML
    sections = tuple(Section(anchor_of(said), said, " ".join(texts)) for said, texts in parts)
    return Chapter(name, book, title, html, sections, tuple(pictures))


def _of_title(tokens: list[Any], token: Any) -> bool:
    """The title stands in the page's own heading."""
    first = next((i for i, one in enumerate(tokens) if one.tag == "h1"), None)
    return first is not None and token in tokens[first : first + 3]


def _plain(token: Any) -> str:
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline", "image"))


def _size(picture: Path) -> tuple[int, ...]:
    """Width and height of a PNG, so that its place is kept until it is loaded; nothing for what is no PNG."""
    try:
        head = picture.read_bytes()[:24]
    except OSError:
        return ()
    return struct.unpack(">II", head[16:24]) if head.startswith(b"\x89PNG\r\n") and len(head) == 24 else ()


def _made_safe(token: Any, pictures: list[str]) -> None:
    """Pictures are shown from the product, links stay within the handbook."""
    if token.type == "image":
        name = Path(str(token.attrGet("src"))).name
        pictures.append(name)
        token.attrSet("src", f"../pictures/{name}")
        token.attrSet("loading", "lazy")
        for side, length in zip(("width", "height"), _size(IMAGES / name), strict=False):
            token.attrSet(side, str(length))
    elif token.type == "link_open":
        target = str(token.attrGet("href") or "")
        token.attrSet("href", re.sub(r"(?:\d\d-)?([a-z-]+)\.md", r"\1", target) if "://" not in target else "#")


@dataclass(frozen=True, slots=True)
class Found:
    """A section that answers to a search, with the words around the hit."""

    chapter: Chapter
    section: Section
    excerpt: str


def search(asked: str, *, most: int = 30) -> list[Found]:
    """The sections in which every word of ``asked`` stands, those with a hit in their title first."""
    words = asked.lower().split()
    hits = list(_all(words)) if words else []
    hits.sort(key=lambda hit: not any(word in hit.section.title.lower() for word in words))
    return hits[:most]


def _all(words: list[str]) -> Iterator[Found]:
    for chapter in chapters().values():
        for section in chapter.sections:
            text = f"{chapter.title} {section.title} {section.text}".lower()
            if all(word in text for word in words):
                at = max(0, section.text.lower().find(words[0]) - 30)
                yield Found(chapter, section, section.text[at : at + 120])
