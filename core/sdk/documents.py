"""Printing: a document names the fields of its template and who loads them; a page offers it with :func:`print_page`.

    CARD = Document("care.card", "走访慰问卡", fields=(Field("姓名", "姓名", "陈建国"),), load=load_card,
                    default=packaged(__name__, "documents/card.docx"), permission="care.visit.view", subject="visit")

Tenants may replace the template (settings, 打印模板); ``drawing`` helps to draw one in Python instead of shipping a file.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from core.documents.actions import Printed, print_document
from core.documents.pages.printing import answer as print_answer
from core.documents.pages.printing import print_page
from core.documents.registry import Document, Field, Loaded

if TYPE_CHECKING:
    from core.documents import defaults as drawing


def __getattr__(name: str) -> Any:
    """``drawing`` brings python-docx along: only where something is drawn."""
    if name == "drawing":
        return import_module("core.documents.defaults")
    raise AttributeError(name)


def packaged(package: str, path: str) -> Callable[[], bytes]:
    """Reads a template that comes with the plugin.

    :param package: the plugin's package (its ``__name__``). :param path: below it, such as ``documents/card.docx``.
    """

    def read() -> bytes:
        return files(package).joinpath(path).read_bytes()

    return read


__all__ = [
    "Document",
    "Field",
    "Loaded",
    "Printed",
    "drawing",
    "packaged",
    "print_answer",
    "print_document",
    "print_page",
]
