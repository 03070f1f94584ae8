"""Finds the Chinese sentences that rules and code lists hold in plain Python, for the translations.

Pure modules know no languages: their findings, titles and labels are plain Chinese, f-strings included. The babel
extractor here lists them beside the messages in ``_()``; ``core.web.wording`` recognises them where they are shown. An
f-string becomes one message with a name in braces for each value: ``f"最多{most}字"`` is ``最多{most}字``.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

HAN = re.compile("[㐀-鿿]")
_WORD = re.compile(r"[A-Za-z_]\w*")
#: Constants of this kind hold spellings, patterns, and what a program might send.
_SPELLINGS = re.compile("SPELLINGS|ALIASES|_PATTERN|_WORDS|VOCABULARY|^_EXAMPLE$")
#: Texts that are patterns, or lists of words between spaces.
_VOCABULARY = re.compile(r"[|\\^$]|\{\d|[㐀-鿿)] [^ ]*[㐀-鿿)]+ [^ ]*[㐀-鿿)]|-鿿|\.\{|^return ")
Found = tuple[int, Any, Any, Any]


def extract(stream: BinaryIO, keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """The messages of a Python file: those in ``_()``, and every other Chinese text that is no docstring."""
    yield from extract_python(stream, keywords, tags, options)
    stream.seek(0)
    tree = ast.parse(stream.read())
    documentation = {id(text) for text in _docstrings(tree)}
    yield from _texts(tree, documentation)


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Strings that stand alone as a statement."""
    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return (value for value in statements if isinstance(value, ast.Constant))


def _texts(node: ast.AST, left_out: set[int]) -> Iterator[Found]:
    if id(node) in left_out or _translated(node) or _compared(node):
        return
    if isinstance(node, ast.JoinedStr):
        text = template_of(node)
        if HAN.search(re.sub(r"\{\w+\}", "", text)) and not _VOCABULARY.search(text):
            yield node.lineno, None, text, []
        for value in node.values:  # a text inside a value, such as {"、".join(…)}
            if isinstance(value, ast.FormattedValue):
                yield from _texts(value.value, left_out)
        return
    plain: object = node.value if isinstance(node, ast.Constant) else None
    if isinstance(plain, str) and HAN.search(plain) and not _VOCABULARY.search(plain):
        yield node.lineno, None, plain, []  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, left_out)


def _compared(node: ast.AST) -> bool:
    """Whether the texts inside are compared with what people write, or are an example of it."""
    if isinstance(node, ast.keyword):
        return node.arg == "example"
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(one, ast.Name) and _SPELLINGS.search(one.id) for one in targets)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile"


def _translated(node: ast.AST) -> bool:
    """Whether babel's own extractor takes care of what is inside."""
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return named and node.func.id in ("_", "_l", "_n", "gettext", "lazy_gettext", "ngettext")  # type: ignore[attr-defined]


def template_of(text: ast.JoinedStr) -> str:
    """An f-string as a message: each value as a name in braces, the last word of its expression, numbered when needed."""
    seen: dict[str, int] = {}
    parts = []
    for value in text.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
            continue
        words = _WORD.findall(ast.unparse(value.value)) if isinstance(value, ast.FormattedValue) else []
        name = next((word for word in reversed(words) if word.isascii()), "value")
        seen[name] = seen.get(name, 0) + 1
        parts.append(f"{{{name}{seen[name] if seen[name] > 1 else ''}}}")
    return "".join(parts)


def manifest(
    stream: BinaryIO,
    keywords: Any,  # noqa: ARG001  (Babel calls them so)
    tags: Any,  # noqa: ARG001
    options: Any,  # noqa: ARG001
) -> Iterator[tuple[int, None, str, list[str]]]:
    """What a ``plugin.toml`` says of the plugin to those who choose it."""
    table = tomllib.load(stream)
    for key in ("title", "summary"):
        if table.get(key):
            yield 1, None, table[key], []
