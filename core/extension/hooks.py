"""The extension points, one function each. Implementations carry ``@implements`` and may leave out parameters."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pluggy

from core.people.columns import ListColumn

NAME = "dangjian"
_point = pluggy.HookspecMarker(NAME)
implements = pluggy.HookimplMarker(NAME)


class Hooks:
    """Every extension point of the core."""

    @_point
    def people_list_columns(self) -> Sequence[ListColumn]:  # type: ignore[empty-body]
        """Columns to offer in the member list. Asked once, when the application starts."""

    @_point
    def people_list_rows(self, rows: Sequence[Sequence[Any]], unit_id: UUID | None) -> Mapping[str, Mapping[str, Any]]:  # type: ignore[empty-body]
        """The values of one's own columns for a page of the list: column key → person id → value.

        Asked once per page, never per row.

        :param rows: the page's rows; the first value of each is the person's id as text.
        :param unit_id: the unit listed, ``None`` for all that the viewer may see.
        """
