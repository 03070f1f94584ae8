"""Carrying what an address asked for over into other addresses of the page."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import request

#: Words that mean something to ``url_for`` itself: a stranger's address must not speak to it.
_SPOKEN = frozenset({"endpoint", "values"})


def carried(*, without: Collection[str] = ()) -> dict[str, Any]:
    """The filled parameters of the present address, as ``url_for`` takes them."""
    return grouped((name, value) for name, value in request.args.items(multi=True) if value and name not in without)


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters as ``url_for`` takes them: a list of values for each name, its own words left out."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _SPOKEN and not name.startswith("_"):
            found.setdefault(name, []).append(value)
    return found
