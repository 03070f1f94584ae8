"""What files are for: each part declares its purposes, with who may see and add them and how long they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from core.files.kinds import PAPERS


@dataclass(frozen=True, slots=True)
class Purpose:
    """What files of one sort are for.

    :param code: such as ``people.member.material``.
    :param title: shown as the card's heading, lazily translated.
    :param subject: what they belong to, such as ``person``.
    :param view: the permission that opens them, asked where the subject stands.
    :param edit: the permission that adds and removes them; ``None``: only the program does.
    :param locate: subject's id → path of its unit now; ``None`` when there is no such subject.
    :param privacy: P0 … P3; from P2 on files are sealed, and each opening is written down.
    :param kinds: what may be added, of what the tenant allows at all.
    :param archive_class: 01 … 16; ``None`` for what is no record.
    """

    code: str
    title: Any
    subject: str
    view: str
    edit: str | None
    locate: Callable[[UUID], str | None]
    privacy: str = "P1"
    kinds: tuple[str, ...] = PAPERS
    archive_class: str | None = None

    @property
    def sealed(self) -> bool:
        """Whether files are sealed, and their openings written down."""
        return self.privacy in ("P2", "P3")


_known: dict[str, Purpose] = {}
#: Every declared purpose by its code.
PURPOSES: Mapping[str, Purpose] = MappingProxyType(_known)


def declare_purpose(purpose: Purpose) -> Purpose:
    """Declare a purpose and return it.

    :raises ValueError: its code is taken.
    """
    if purpose.code in _known:
        raise ValueError(f"purpose {purpose.code} is declared twice")
    _known[purpose.code] = purpose
    return purpose


def hang(purpose: Purpose) -> None:
    """Put in a purpose that somebody else declared; it replaces one of the same code."""
    _known[purpose.code] = purpose
