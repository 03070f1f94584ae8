"""The tabs of the settings pages: each part adds its own at start-up and draws them with ``sections()``."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from core.tenancy.doors import is_open
from core.web.viewer import viewer


@dataclass(frozen=True, slots=True)
class Section:
    """One tab.

    :param label: Chinese, lazily translated.
    :param endpoint: where it leads; taking no arguments.
    :param permission: what the viewer must hold to see it.
    :param order: place among the tabs, small first.
    :param within: further endpoints (or prefixes) that belong to it.
    """

    label: object
    endpoint: str
    permission: str
    order: int = 50
    within: tuple[str, ...] = ()

    def holds(self, endpoint: str | None) -> bool:
        """Whether the page at ``endpoint`` belongs to this tab."""
        return endpoint is not None and (endpoint == self.endpoint or endpoint.startswith(self.within))


def add_section(app: Flask, section: Section) -> None:
    """Put a tab into the settings of ``app``."""
    held: list[Section] = app.extensions.setdefault("web.settings", [])
    held.append(section)
    held.sort(key=lambda known: known.order)


def sections() -> list[tuple[str, str, bool]]:
    """The tabs that the viewer may see: (label, address, whether it is the present one), as ``ui.tabs`` takes them."""
    return [
        (str(known.label), url_for(known.endpoint), known.holds(request.endpoint))
        for known in current_app.extensions.get("web.settings", ())
        if viewer().may(known.permission) and is_open(known.endpoint)
    ]
