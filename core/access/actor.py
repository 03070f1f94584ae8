"""Who acts, and where they may do what: the answer to every question of permission. Pure but for the date given in."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from core.access.roles import permissions_of

#: A subtree as the range of paths ``start <= path < end``.
Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held on a unit, with the range of paths it covers and the days it holds."""

    role: str
    unit_id: UUID
    unit_name: str
    path: str
    path_end: str
    valid_from: date
    valid_to: date | None
    #: what a role of the tenant's own permits; None for a template
    own: tuple[str, ...] | None = None
    #: what the role is called
    role_title: str = ""
    #: the officer on whose behalf it is held, if it was delegated
    for_id: UUID | None = None
    for_name: str | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """What it permits."""
        return permissions_of(self.role) if self.own is None else frozenset(self.own)

    def covers(self, path: str) -> bool:
        """Whether a unit's path lies in its subtree."""
        return self.path <= path < self.path_end

    def holds(self, day: date) -> bool:
        """Whether the grant is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Actor:
    """An account with everything it was granted."""

    account_id: UUID
    name: str
    holdings: tuple[Holding, ...]
    preferences: dict[str, object] = field(default_factory=dict, hash=False)
    epoch: int = 1
    #: the permissions of the token the actor comes with; None for a session, which has them all
    scopes: frozenset[str] | None = None

    def ranges(self, permission: str, day: date) -> tuple[Range, ...]:
        """The subtrees in which the actor holds a permission on a day: disjoint, in order of path."""
        if self.scopes is not None and permission not in self.scopes:
            return ()
        return self._ranges(permission, day)

    def may(self, permission: str, day: date, path: str | None = None) -> bool:
        """Whether the actor holds a permission: at the unit with that path, or anywhere."""
        ranges = self.ranges(permission, day)
        return bool(ranges) if path is None else any(start <= path < end for start, end in ranges)

    def behalf(self, permission: str, day: date, path: str | None = None) -> Holding | None:
        """The delegated grant by which alone the actor holds a permission (there, or anywhere); None: it is their own."""
        held = [
            one for one in self.holdings
            if one.holds(day) and permission in one.permissions and (path is None or one.covers(path))
        ]  # fmt: skip
        return held[0] if held and all(one.for_id for one in held) else None

    def home(self, day: date) -> Holding | None:
        """The highest unit the actor holds anything on."""
        held = [holding for holding in self.holdings if holding.holds(day)]
        return min(held, key=lambda holding: (len(holding.path), holding.path), default=None)

    @cached_property
    def _answers(self) -> dict[tuple[str, date], tuple[Range, ...]]:
        return {}

    def _ranges(self, permission: str, day: date) -> tuple[Range, ...]:
        found = self._answers.get((permission, day))
        if found is None:
            if len(self._answers) > 200:  # days pass; what was true last week is not asked again
                self._answers.clear()
            held = (h for h in self.holdings if h.holds(day) and permission in h.permissions)
            found = self._answers[permission, day] = merged((h.path, h.path_end) for h in held)
        return found


def merged(ranges: "object") -> tuple[Range, ...]:
    """Subtree ranges without those inside others; two subtrees are nested or apart, never crossing."""
    kept: list[Range] = []
    for start, end in sorted(set(ranges)):  # type: ignore[call-overload]
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
