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
    """

    key: str
    label: Any
    kind: Kind = "text"
    shown: bool = False
