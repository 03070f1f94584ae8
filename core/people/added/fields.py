"""What a further field of every member is, and which of them the bound tenant has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from core.tenancy.doors import is_open

#: Kinds of a field's value.
ValueType = Literal["text", "long_text", "number", "flag", "date", "choice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberField:
    """A further field of every member, kept by the core: on the form, the page, the list, in imports and exports.

    :param key: ``<plugin>.<field>``; texts of at most 200 characters, ``long_text`` of at most 2000.
    :param choices: (value, title) pairs, for ``choice``.
    :param privacy: P1 and P2 are shown to whoever sees the member; P3 is encrypted, masked, and each full view logged.
    :param headings: further headings under which workbooks hold it.
    :param check: gives a Chinese sentence when a value can't be used; it is handed the typed value.
    :param shown: whether the member list shows it before anybody has chosen columns.
    :param filter: whether the member list can be filtered by it; not for P3 or ``long_text``.
    :param sort: whether the member list can be sorted by it; not for P3, ``long_text`` or ``flag``.
    """

    key: str
    title: Any
    type: ValueType = "text"
    choices: tuple[tuple[str, str], ...] = ()
    privacy: Literal["P1", "P2", "P3"] = "P2"
    help: str = ""
    headings: tuple[str, ...] = ()
    check: Callable[[Any], str | None] | None = None
    shown: bool = False
    filter: bool = False
    sort: bool = False

    def __post_init__(self) -> None:
        parts = self.key.split(".")
        if len(parts) < 2 or not all(part.isidentifier() and part.isascii() and part == part.lower() for part in parts):
            raise ValueError(f"member field {self.key!r} must be lower-case and begin with the plugin's name")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"member field {self.key}: choices belong to the type 'choice', and it needs them")
        if self.privacy == "P3" and (self.filter or self.sort or self.shown):
            raise ValueError(f"member field {self.key}: what is sealed can be neither shown, filtered nor sorted by")
        if (self.filter and self.type == "long_text") or (self.sort and self.type in ("long_text", "flag")):
            raise ValueError(f"member field {self.key}: a field of type {self.type} can't be used for that")

    @property
    def sealed(self) -> bool:
        """Whether its values are encrypted."""
        return self.privacy == "P3"


#: Every field that something in this process declared, by key, in the order they came.
FIELDS: Final[dict[str, MemberField]] = {}


def hang(field: MemberField) -> None:
    """Put in a field that somebody else declared; it replaces one of the same key."""
    FIELDS[field.key] = field


def open_fields() -> tuple[MemberField, ...]:
    """The fields that the bound tenant has."""
    return tuple(field for key, field in FIELDS.items() if is_open(key)) if FIELDS else ()


def open_field(key: str) -> MemberField | None:
    """The field of that key, if the bound tenant has it."""
    return FIELDS.get(key) if key in FIELDS and is_open(key) else None
