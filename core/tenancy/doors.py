"""Whether something with a name is open to the bound tenant: what a plugin brought is open where the plugin is on.

Every name a plugin brings (a permission, a deadline, a document, an event, …) begins with the plugin's own, and its
endpoints with ``p_<plugin>``; so whoever lists or runs named things asks here, and knows nothing of plugins.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from flask import current_app, has_app_context

_DOORS = "dangjian.doors"


class Keeper(Protocol):
    """Says what is open, and calls what came from outside the core."""

    def opens(self, name: str) -> bool:
        """Whether what goes by that name is open to the bound tenant."""

    def title_of(self, name: str) -> str | None:
        """What that, which goes by the name, came with is called; ``None`` for the core's own."""

    def tried(self, name: str, function: Callable[[], Any]) -> tuple[bool, Any]:
        """Call what came with that name, its failures kept from the caller: (whether it went well, its answer)."""


def _keeper() -> Keeper | None:
    found: Keeper | None = current_app.extensions.get(_DOORS) if has_app_context() else None
    return found


def is_open(name: str) -> bool:
    """Whether the bound tenant may use what goes by that name. Names of the core are always open."""
    keeper = _keeper()
    return keeper is None or keeper.opens(name)


def open_ones(names: Iterable[str]) -> list[str]:
    """Those of the names that are open, in their order."""
    return [name for name in names if is_open(name)]


def title_of(name: str) -> str:
    """What that came with, in Chinese; the name itself for the core's own."""
    keeper = _keeper()
    return (keeper.title_of(name) if keeper else None) or name


def tried(name: str, function: Callable[[], Any]) -> tuple[bool, Any]:
    """Call a function that came with a name: (whether it went well, its answer).

    One of the core's is simply called. What came from outside fails for itself: what it wrote is undone, the operator is
    told, and the caller goes on with everything else.
    """
    keeper = _keeper()
    return (True, function()) if keeper is None else keeper.tried(name, function)


def watched_by(app: Any, keeper: Keeper) -> None:
    """Let ``keeper`` say what is open in this application."""
    app.extensions[_DOORS] = keeper
