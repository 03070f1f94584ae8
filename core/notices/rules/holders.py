"""Whose turn it is: the nearest unit upwards on which anybody holds the right to act. Pure."""

from collections.abc import Collection

from core.organization.paths import above


def holder_of(path: str, held: Collection[str]) -> str | None:
    """The path of the nearest unit, the one at ``path`` itself first, among those on which the right is held.

    When a post is vacant the superior acts (00-conventions 0.6). ``None``: nobody in the whole line may act.
    """
    return next((one for one in (path, *reversed(above(path))) if one in held), None)


def escalated(path: str, held: Collection[str], steps: int) -> tuple[str, ...]:
    """Who is told: the holder, and with each step overdue one more level above (R16.05), the nearest first."""
    line: list[str] = []
    while path and len(line) <= steps:
        found = holder_of(path, held)
        if found is None:
            break
        line.append(found)
        path = above(found)[-1] if above(found) else ""
    return tuple(line)


def place_of(path: str, places: Collection[str]) -> str:
    """The nearest of some places upwards from a unit, itself included; ``""`` when none of them lies above it."""
    return next((one for one in (path, *reversed(above(path))) if one in places), "")
