"""Which deadlines an account sees, and which are its turn: the conditions that every statement on deadlines shares."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.actor import Actor, Range
from core.identity.models import Account
from core.notices.models import Deadline
from core.notices.registry import open_rules


@dataclass(frozen=True, slots=True)
class Reach:
    """What an account may see and must do, as parameters of the statements.

    :param seen: (codes of rules, path ranges in which they are seen).
    :param held: (codes of rules, paths of the units on which the right to act is held).
    """

    account_id: UUID
    seen: tuple[tuple[tuple[str, ...], tuple[Range, ...]], ...]
    held: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    own: tuple[str, ...]

    @property
    def only_watches(self) -> bool:
        """Whether the account looks on and acts nowhere, as an inspector does: it sees to-dos and asks nobody to hurry."""
        return bool(self.seen) and not self.held

    @property
    def shape(self) -> tuple[Any, ...]:
        """What the text of a statement depends on."""
        return tuple(len(ranges) for _, ranges in self.seen), len(self.held)

    def given(self) -> dict[str, Any]:
        """The parameters of :func:`visible` and :func:`mine`."""
        found: dict[str, Any] = {"account": self.account_id, "own": list(self.own)}
        for i, (codes, ranges) in enumerate(self.seen):
            found[f"see{i}"] = list(codes)
            for j, (start, end) in enumerate(ranges):
                found[f"see{i}_from{j}"], found[f"see{i}_to{j}"] = start, end
        for i, (codes, paths) in enumerate(self.held):
            found[f"act{i}"], found[f"act{i}_at"] = list(codes), list(paths)
        return found


def reach_of(who: Actor, *, as_of: date) -> Reach:
    """What an account sees and must do on a day."""
    seen: dict[tuple[Range, ...], list[str]] = defaultdict(list)
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    rules = open_rules().values()
    for rule in rules:
        ranges = who.ranges(rule.see, as_of)
        if ranges:
            seen[ranges].append(rule.code)
        at = _held_at(who, rule.act, as_of)
        if at:
            held[at].append(rule.code)
    return Reach(
        who.account_id,
        tuple((tuple(codes), ranges) for ranges, codes in sorted(seen.items())),
        tuple((tuple(codes), paths) for paths, codes in sorted(held.items())),
        tuple(rule.code for rule in rules if rule.own),
    )


def _held_at(who: Actor, permission: str, day: date) -> tuple[str, ...]:
    if not who.ranges(permission, day):
        return ()
    return tuple(sorted({h.path for h in who.holdings if h.holds(day) and permission in h.permissions}))


def _texts(name: str) -> Any:
    return any_(bindparam(name, type_=ARRAY(Text())))


#: The person of the roster whose account it is.
PERSON = select(Account.person_id).where(Account.id == bindparam("account")).scalar_subquery()


def own() -> Any:
    """It is about the account's own person."""
    # an account of nobody on the roster has no person: unknown would be neither its own nor another's
    return (Deadline.rule == _texts("own")) & func.coalesce(Deadline.subject_id == PERSON, false())


def visible(reach: Reach) -> Any:
    """The account may see it."""
    return or_(own(), *_seen(reach))


def _seen(reach: Reach) -> Iterable[Any]:
    for i, (_, ranges) in enumerate(reach.seen):
        inside = or_(
            *(
                (Deadline.path >= bindparam(f"see{i}_from{j}")) & (Deadline.path < bindparam(f"see{i}_to{j}"))
                for j in range(len(ranges))
            )
        )
        yield (Deadline.rule == _texts(f"see{i}")) & inside


def mine(reach: Reach) -> Any:
    """It is the account's turn."""
    turns = [
        (Deadline.rule == _texts(f"act{i}")) & func.coalesce(Deadline.held_path == _texts(f"act{i}_at"), false())
        for i in range(len(reach.held))
    ]
    return or_(own(), *turns)
