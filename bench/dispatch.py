"""What a guarded call of an extension point costs over pluggy's own: fifty plugins, five of them on.

    python -m bench.dispatch

Prints microseconds per dispatch to all five: plain pluggy with five registered plugins, and ours with fifty of which five
are enabled, inside a savepoint that does nothing and within a budget. The difference is to stay under fifteen. Beside it
what it costs to ask five that have failed so often that they are paused: what a page pays for a hostile plugin.
"""

import json
import logging
import time
import timeit
from contextlib import nullcontext

import pluggy

from core.extension.breaker import FAILURES
from core.extension.calls import Calls
from core.extension.faults import Fault
from core.extension.points import PROJECT, Call, implements, point, points_of

LIMIT, PLUGINS, ENABLED = 15.0, 50, 5
_SHOTS, _ROUNDS = 500, 60
#: The plugins that fail: what five paused ones cost a page is to stay under so many microseconds.
FAILED = frozenset(f"failing{number}" for number in range(ENABLED))
PAUSED_LIMIT = 10.0


class Points:
    """One extension point of the costliest kind."""

    @point(Call.FILTER, since="1.0", budget_ms=300, example="return value")
    def bench(self, value: int) -> int:  # type: ignore[empty-body]
        """Give the value."""


class Plugin:
    """Gives the value."""

    @implements
    def bench(self, value: int) -> int:
        """Give the value."""
        return value


class Failing:
    """Fails at once."""

    @implements
    def bench(self, value: int) -> int:  # noqa: ARG002
        """Fail."""
        raise LookupError


def _paused() -> Calls:
    """Calls whose five enabled plugins have all failed so often that they are not called for a while."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Points)
    for number in range(ENABLED):
        manager.register(Failing(), f"failing{number}")
    calls = Calls(manager, points_of(Points), tell=_ignore, savepoint=nullcontext)
    logging.disable(logging.CRITICAL)
    for _ in range(FAILURES):
        list(calls.each("bench", FAILED, 1, value=1))
    logging.disable(logging.NOTSET)
    return calls


def _ignore(_fault: Fault) -> None:
    """Nothing fails here."""


def _manager(count: int) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Points)
    for number in range(count):
        manager.register(Plugin(), f"plugin{number}")
    return manager


def measure() -> dict[str, float]:
    """Microseconds of one dispatch: ``plain``, ``ours``, ``over``, and ``paused`` to five whose breakers are open.

    The best of several rounds, one beside the other.
    """
    plain = _manager(ENABLED).hook.bench
    calls = Calls(_manager(PLUGINS), points_of(Points), tell=_ignore, savepoint=nullcontext)
    enabled = frozenset(f"plugin{number}" for number in range(0, PLUGINS, PLUGINS // ENABLED))
    paused = _paused()
    best = {"plain": float("inf"), "ours": float("inf"), "paused": float("inf")}
    for _ in range(_ROUNDS):
        for name, shot in (
            ("plain", lambda: plain(value=1)),
            ("ours", lambda: list(calls.each("bench", enabled, 1, value=1))),
            ("paused", lambda: list(paused.each("bench", FAILED, 1, value=1))),
        ):
            best[name] = min(best[name], timeit.timeit(shot, timer=time.process_time, number=_SHOTS) / _SHOTS * 1e6)
    return {name: round(value, 2) for name, value in {**best, "over": best["ours"] - best["plain"]}.items()}


if __name__ == "__main__":
    found = measure()
    print(
        json.dumps(
            {"dispatch_us": found, "limit_us": LIMIT, "ok": found["over"] <= LIMIT and found["paused"] <= PAUSED_LIMIT}
        )
    )
