"""What others add to pages: the templates ask here, and whoever has something to add is set when the application is made."""

from typing import Any, Protocol

from flask import Flask, current_app
from markupsafe import Markup

_ADDED = "web.added"


class Adder(Protocol):
    """Answers what is added to the running page."""

    def here(self, position: str) -> Markup:
        """Pieces of HTML at a position of the page: top, bottom, side, actions."""

    def cards(self) -> list[tuple[Any, Markup]]:
        """Further cards of the first page: (title, body)."""

    def indicators(self, unit_id: Any = None, path: str = "", path_end: str = "") -> list[Any]:
        """Further numbers of a unit, or of all the viewer sees: with title, number, unit, url."""

    def actions(self, subject: str, subject_id: Any, path: str | None) -> list[Any]:
        """Further buttons of a record: with label, url, icon."""

    def bulk_actions(self, subject: str) -> list[Any]:
        """Further buttons over a list."""


def provide(app: Flask, adder: Adder) -> None:
    """Let ``adder`` answer."""
    app.extensions[_ADDED] = adder


def _here(position: str) -> Markup:
    adder: Adder | None = current_app.extensions.get(_ADDED)
    return adder.here(position) if adder else Markup()


def _cards() -> list[tuple[Any, Markup]]:
    adder: Adder | None = current_app.extensions.get(_ADDED)
    return adder.cards() if adder else []


def _indicators(unit_id: Any = None, path: str = "", path_end: str = "") -> list[Any]:
    adder: Adder | None = current_app.extensions.get(_ADDED)
    return adder.indicators(unit_id, path, path_end) if adder else []


def _actions(subject: str, subject_id: Any, path: str | None) -> list[Any]:
    adder: Adder | None = current_app.extensions.get(_ADDED)
    return adder.actions(subject, subject_id, path) if adder else []


def _bulk_actions(subject: str) -> list[Any]:
    adder: Adder | None = current_app.extensions.get(_ADDED)
    return adder.bulk_actions(subject) if adder else []


def register(app: Flask) -> None:
    """Give the templates the functions; before any macro file is read, since macros keep what they find then."""
    app.jinja_env.globals.update(
        {
            "added_here": _here,
            "added_cards": _cards,
            "added_indicators": _indicators,
            "added_actions_of": _actions,
            "added_bulk_actions": _bulk_actions,
        }
    )
