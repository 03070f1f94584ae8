"""What a value would do before it is saved: every place whose value changes, the rest counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.policy.registry import PolicyKey, Value
from core.policy.values import SetValue, resolve


@dataclass(frozen=True, slots=True)
class Effect:
    """One place, before and after.

    :param path: the unit; None for all units without a value of their own.
    """

    path: str | None
    before: Value
    after: Value

    @property
    def changes(self) -> bool:
        """Whether anything is different there."""
        return self.before != self.after


def effects(
    key: PolicyKey, held: Sequence[SetValue], value: Value | None, *, on: date, unit_path: str | None
) -> list[Effect]:
    """What setting ``value`` from ``on`` makes of a place and of the places below that say something themselves.

    :param value: None: what the place says is withdrawn.
    :returns: the place itself first; every other unit below has the value of the nearest one above it.
    """
    new = SetValue(key.key, key.default if value is None else value, on, unit_path, withdrawn=value is None)
    below = {row.unit_path for row in held if row.key == key.key and row.unit_path and row.unit_path != unit_path}
    places: list[str | None] = [unit_path, *sorted(path for path in below if path.startswith(unit_path or ""))]
    return [
        Effect(
            path,
            resolve(key, held, as_of=on, unit_path=path).value,
            resolve(key, [*held, new], as_of=on, unit_path=path).value,
        )
        for path in places
    ]
