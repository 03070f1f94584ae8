"""The tabs above the plugin's lists. A part that has a list of its own adds it here when it is imported."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from core.sdk import may
from plugins.development.permissions import RECORD, VIEW


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab.

    :param endpoint: of one's own pages, in full (``p_development.board``). :param order: place among them, small first.
    :param within: further endpoints at which it is the present one.
    """

    label: Any
    endpoint: str
    permission: str
    order: int = 50
    within: tuple[str, ...] = ()


_tabs: list[Tab] = []


def add_tab(tab: Tab) -> None:
    """Add a tab; one of the same endpoint is replaced."""
    _tabs[:] = sorted([*(one for one in _tabs if one.endpoint != tab.endpoint), tab], key=lambda one: one.order)


def tabs() -> list[tuple[Any, str, bool]]:
    """The tabs the viewer may open: label, address, whether it is the present one."""
    here = request.endpoint or ""
    return [
        (one.label, url_for(one.endpoint), here == one.endpoint or here in one.within)
        for one in _tabs
        if may(one.permission)
    ]


def way_to(back: str) -> list[tuple[Any, str]]:
    """The links above a form that leads back to ``back``: the cases, and the list that it belongs to."""
    path = back.partition("?")[0]
    found = [(url_for(one.endpoint), one.label) for one in _tabs]
    under = [(url, label) for url, label in found if path == url or path.startswith(f"{url.rstrip('/')}/")]
    board = (_l("发展党员"), url_for("p_development.board"))
    if not under:
        return [board]
    url, label = max(under, key=lambda one: len(one[0]))
    return [board] if url == board[1] else [board, (label, back if path == url else url)]


add_tab(Tab(_l("办理台账"), "p_development.board", VIEW, 10))
add_tab(Tab(_l("本人材料"), "p_development.letters_waiting", RECORD, 60))
