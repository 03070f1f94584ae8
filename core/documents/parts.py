"""A list too long to be set at once, in parts: which templates allow it, and what of each part is set. Pure."""

from collections.abc import Iterable
from typing import Any

from jinja2 import nodes


class NotApartError(ValueError):
    """This template's list has to be filled and set as a whole."""


class TooLongError(ValueError):
    """A template whose list can only be filled as a whole, and a list that is too long for that."""


def only_repeats(trees: Iterable[nodes.Template], name: str) -> bool:
    """Whether templates name a list once, to repeat something for each entry, and never count its entries.

    Then rows filled apart say what they would say together.
    """
    named = repeated = 0
    for tree in trees:
        for one in tree.find_all(nodes.Name):
            if one.name == "loop":
                return False
            named += one.name == name
        for loop in tree.find_all(nodes.For):
            repeated += isinstance(loop.iter, nodes.Name) and loop.iter.name == name
    return named == repeated == 1


def cut(document: dict[str, Any], *, first: bool, last: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands on each page, and what is set of a part: what is above the list with the first, what is below with the last.

    :raises NotApartError: it is not one long plain table, or says page numbers between the lines.
    """
    long = [at for at, block in enumerate(document["body"]) if "body" in block]
    if len(long) != 1:
        raise NotApartError("not one long table")
    frame = {name: document[name] for name in ("page", "header", "footer")}
    kept = document["body"][0 if first else long[0] : None if last else long[0] + 1]
    if any(_numbers(block) for block in kept):
        raise NotApartError("page numbers between the lines")
    return frame, {"page": document["page"], "header": [], "footer": [], "body": kept}


def _numbers(block: Any) -> bool:
    """Whether a page number stands somewhere in it."""
    if isinstance(block, dict):
        return "f" in block or any(_numbers(value) for name, value in block.items() if name != "body")
    return isinstance(block, list) and any(_numbers(value) for value in block)
