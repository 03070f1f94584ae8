"""The columns that others add to the member list."""

from dataclasses import dataclass
from typing import Any

from core.web.tables import Kind


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the member list whose values come from outside the roster.

    :param key: its name in addresses; begins with the name of whoever adds it: ``care.visits``.
    :param label: the heading, lazily translated.
    :param shown: whether it is shown before anybody has chosen.
    :param sort: whether the list can be sorted by it; only the core's own fields can (:class:`core.sdk.MemberField`).
    """

    key: str
    label: Any
    kind: Kind = "text"
    shown: bool = False
    sort: bool = False
