"""The product with twenty plugins hung into the member list, to see what asking them costs.

Each offers a column, which nobody has chosen (its values are asked for only where it is shown: the rows of both pages are
to be the same), and is asked under guard on every page for a piece below the list.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Flask

from core.app import create_app as product
from core.extension import registry
from core.extension.contributions import Slot
from core.extension.hooks import implements
from core.people.columns import ListColumn

PLUGINS = 20


class Plugin:
    """A plugin that adds a column with a value for every row of a page, and is asked for a piece below the list."""

    def __init__(self, number: int) -> None:
        self._key = f"bench{number}.value"

    @implements
    def people_list_columns(self) -> Sequence[ListColumn]:
        """One column."""
        return (ListColumn(self._key, self._key),)

    @implements
    def people_list_rows(self, rows: Sequence[Sequence[Any]], unit_id: UUID | None) -> Mapping[str, Mapping[str, Any]]:  # noqa: ARG002
        """A value for each row."""
        return {self._key: {row[0]: "1" for row in rows}}

    @implements
    def register_slots(self) -> Sequence[Slot]:
        """One place, where it has nothing to show at the moment."""
        return (Slot(place="member_list:bottom", render=_nothing),)


def _nothing(_unit: UUID | None) -> None:
    """Nothing to show."""


def create_app() -> Flask:
    """The product, then its plugins."""
    app = product()
    for number in range(PLUGINS):
        registry.add(app, Plugin(number), f"bench{number}")
    return app
