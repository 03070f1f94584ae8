"""The breaker: an implementation that keeps failing for a tenant is not called for a while.

Kept per process, because it protects the process; what failed is told to the operator by :mod:`core.extension.faults`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Failures in a row that open the breaker, and for how many seconds; each further opening doubles the time.
FAILURES = 5
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0
#: Pairs remembered; beyond it the oldest is forgotten, which only means that it is tried again.
_KEPT = 10_000

Key = tuple[str, str, int | None]


@dataclass(slots=True)
class _State:
    failures: int = 0
    openings: int = 0
    closed_again: float = 0.0


class Breaker:
    """Remembers failures by (plugin, hook, tenant).

    :param clock: a monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._states: dict[Key, _State] = {}
        self._lock = threading.Lock()

    def lets(self, key: Key) -> bool:
        """Whether it may be called. After the pause one call is let through at a time as a trial."""
        state = self._states.get(key)
        if state is None or state.failures < FAILURES:
            return True
        now = self._clock()
        with self._lock:
            if now < state.closed_again:
                return False
            state.closed_again = now + FIRST_PAUSE  # the others wait for how this trial ends
            return True

    def succeeded(self, key: Key) -> None:
        """A call went well: everything is forgiven."""
        if key in self._states:
            self._states.pop(key, None)

    def failed(self, key: Key, *, at_once: bool = False) -> bool:
        """A call failed; says whether that opened the breaker.

        :param at_once: open it whatever was before: the next call would cost too much.
        """
        with self._lock:
            state = self._states.pop(key, None) or _State()
            self._states[key] = state
            if len(self._states) > _KEPT:
                self._states.pop(next(iter(self._states)))
            state.failures = max(state.failures + 1, FAILURES if at_once else 0)
            if state.failures < FAILURES:
                return False
            pause = min(FIRST_PAUSE * 2**state.openings, LONGEST_PAUSE)
            state.openings += 1
            state.closed_again = self._clock() + pause
            return True

    def open(self) -> tuple[Key, ...]:
        """What is not called at the moment."""
        now = self._clock()
        return tuple(
            key for key, state in tuple(self._states.items()) if state.failures >= FAILURES and now < state.closed_again
        )

    def forget(self, plugin: str) -> None:
        """Begin anew with a plugin: it was repaired, or switched on again."""
        with self._lock:
            for key in [key for key in self._states if key[0] == plugin]:
                del self._states[key]
