"""The product with twenty plugins hung into the member list, to see what asking them costs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Flask

from core.app import create_app as product
from core.extension import registry
from core.extension.hooks import implements
from core.people.columns import ListColumn

PLUGINS = 20


class Plugin:
    """A plugin that adds a column and has a value for every row of a page."""

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


def create_app() -> Flask:
    """The product, then its plugins."""
    app = product()
    for number in range(PLUGINS):
        registry.add(app, Plugin(number), f"bench{number}")
    return app
