"""A form from its inputs: drawn, read from a page, described to programs, read from them."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.sdk import Refused
from core.sdk.api import Shape
from plugins.care.aid.inputs import Input, Sent

Groups = list[tuple[str, list[dict[str, Any]]]]


def drawn(inputs: Iterable[Input], about: Any, typed: Mapping[str, Any] | None) -> Groups:
    """The controls of a form by their heading. :param typed: what was sent with it, when it comes back."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in inputs:
        found.setdefault(one.group, []).extend(one.drawn(about, typed))
    return list(found.items())


def read(inputs: Iterable[Input], given: Mapping[str, Any], rule: str, about: Any = None) -> dict[str, Any]:
    """What a form sent, by name. :raises Refused: with everything that is wrong with it."""
    sent = Sent(given, rule, about)
    found = {one.name: one.read(sent) for one in inputs}
    if sent.found:
        raise Refused(sent.found)
    return found


def shape_of(name: str, inputs: Iterable[Input], **more: Any) -> type[Shape]:
    """The body in which a program sends the same. :param name: of the shape in the document."""
    shapes = {**more, **{one.key: one.shape() for one in inputs}}
    return type(name, (Shape,), {"__doc__": name, "__module__": __name__, **shapes})


def values_of(inputs: Iterable[Input], body: Mapping[str, Any], about: Any = None) -> dict[str, Any]:
    """What a program sent, by the inputs' names; what it left out is what an empty input means."""
    return {one.name: body[one.key] if one.key in body else one.none(about) for one in inputs}
