"""What is held on a person, table by table: every part, and every plugin, adds what it holds.

    personal("people.record", "基本信息", load, order=0)

``load`` is given a :class:`Subject` and answers with rows of (heading, value) or with a table. Nothing of others may be
in it. A part that keeps personal data and does not register it here breaks the promise of the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Flask, current_app

_SOURCES = "privacy.sources"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks about himself.

    :param person_id: the person of the roster, if the account is linked to one.
    :param full: whether sensitive values (class P3) are shown in clear: only after the password was asked for again.
    """

    account_id: UUID
    person_id: UUID | None
    full: bool = False
    #: What was read for this answer already and several tables are made of, by name.
    read: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind, with their headings. Values are texts, numbers, dates or None."""

    headings: Sequence[Any]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of data that is held."""

    code: str
    title: str
    load: Callable[[Subject], Table]
    order: int


_known: dict[str, Holding] = {}
#: Everything registered, by its code: a live, read-only view.
HOLDINGS = MappingProxyType(_known)


def personal(code: str, title: str, load: Callable[[Subject], Table], *, order: int = 50) -> None:
    """Register a kind of personal data.

    :raises ValueError: the code is taken.
    """
    if code in _known and _known[code].load is not load:
        raise ValueError(f"personal data {code} is registered twice")
    _known[code] = Holding(code, title, load, order)


def add_source(app: Flask, source: Callable[[Subject], Sequence[tuple[Holding, Table]]]) -> None:
    """Let ``source`` say in ``app`` what others hold, which is known only when it is asked for."""
    app.extensions.setdefault(_SOURCES, []).append(source)


def held_on(subject: Subject) -> list[tuple[Holding, Table]]:
    """Everything that is held on a person, in order; empty tables included, so that one sees what there is not."""
    own = [(one, one.load(subject)) for one in sorted(_known.values(), key=lambda one: (one.order, one.code))]
    return own + [found for source in current_app.extensions.get(_SOURCES, ()) for found in source(subject)]
