"""Who looks at the page: what the shell needs to know, and nothing more.

The shell knows neither accounts nor permissions. Whoever signs people in hands over one function
(:func:`provide`) that says, for the running request, who is looking.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, g


def _nothing(_permission: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person in front of the screen, or nobody.

    :param name: shown in the account menu; empty when nobody is signed in.
    :param tenant: the tenant's title, shown at the head of every page; empty outside any tenant.
    :param may: answers whether the viewer holds a permission somewhere, such as ``people.view``.
    :param unit: the unit the viewer works for, shown under the name.
    :param locale: the language chosen in the account, such as ``en``; None when none was chosen.
    :param large: whether the account asks for large type; None when it has not said.
    :param keys: whether single keys are shortcuts.
    :param version: changes whenever the viewer's permissions change; the rendered navigation is kept under it.
    """

    name: str = ""
    tenant: str = ""
    may: Callable[[str], bool] = _nothing
    unit: str = ""
    locale: str | None = None
    large: bool | None = None
    keys: bool = True
    version: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether anybody is signed in."""
        return bool(self.name)


NOBODY = Viewer()


def provide(app: Flask, look: Callable[[], Viewer]) -> None:
    """Set the function that says who looks at the page. Called once per page that needs it."""
    app.extensions["web.viewer"] = look


def viewer() -> Viewer:
    """Who looks at this page; :data:`NOBODY` while no provider is set."""
    seen: Viewer | None = g.get("web_viewer")
    if seen is None:
        look: Callable[[], Viewer] | None = current_app.extensions.get("web.viewer")
        seen = g.web_viewer = look() if look else NOBODY
    return seen


def keeper(app: Flask, keep_: Callable[[dict[str, object]], None]) -> None:
    """Set the function that keeps what the signed-in viewer chose (``locale``, ``large``, ``keys``)."""
    app.extensions["web.keeper"] = keep_


def keep(chosen: dict[str, object]) -> None:
    """Keep what the viewer chose, if there is a place for it."""
    found: Callable[[dict[str, object]], None] | None = current_app.extensions.get("web.keeper")
    if found is not None:
        found(chosen)
