"""What other parts put on the page of a case: their sections, their prints; and what is opened by hand.

    @section(order=20)
    def ballots(held: Loaded) -> Markup | None: ...

    @printing
    def papers(held: Loaded) -> list[tuple[title, address]]: ...
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask_babel import gettext as _
from markupsafe import Markup

from plugins.development.pages.loading import Loaded

Section = Callable[[Loaded], Markup | None]
Printing = Callable[[Loaded], Sequence[tuple[Any, str]]]
_sections: list[tuple[int, Section]] = []
_printings: list[Printing] = []
S = TypeVar("S", bound=Section)
P = TypeVar("P", bound=Printing)


def section(order: int = 50) -> Callable[[S], S]:
    """Register a section of the case page, below what is to be done now; ``None`` leaves it out."""

    def register(call: S) -> S:
        if all(known is not call for _order, known in _sections):
            _sections.append((order, call))
            _sections.sort(key=lambda one: one[0])
        return call

    return register


def printing(call: P) -> P:
    """Register who offers prints on the case page: (title, address)."""
    if call not in _printings:
        _printings.append(call)
    return call


def extras(held: Loaded) -> list[Markup]:
    """The sections of the other parts."""
    return [made for _order, call in _sections if (made := call(held)) is not None]


def prints(held: Loaded) -> list[tuple[Any, str]]:
    """What can be printed."""
    return [one for call in _printings for one in call(held)]


def person(held: Loaded, *, clear: bool) -> list[tuple[Any, Any]]:
    """Who it is; in clear with number, telephone and what is private."""
    from plugins.development.pages.case import basics

    found = basics(held)
    if not clear:
        return found
    from plugins.development.cases.sealing import private_of

    kept = [one for one in found if one[0] not in (_("证件号码"), _("电话"))]
    return [*kept, *private_of(held.case)]
