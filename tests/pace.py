"""What a test allows for time, as a ratio: a slow machine, or one busy with something else, is allowed more.

Fixed work is timed just before and just after; how much longer it took than on the machine that the limits were written
on stretches them. So a limit says how much work there may be, and not how fast a machine must be.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds of ``_work`` on the machine that the limits were written on.
_NOMINAL = 0.012


def _work() -> int:
    """Fixed work of the kind the product does: texts split, read, put into dictionaries and sorted."""
    held: dict[str, int] = {}
    for number in range(12_000):
        key = f"{1950 + number % 70}.{number % 12 + 1:02}.{number % 28 + 1:02}"
        year, month, day = key.split(".")
        held[key] = held.get(key, 0) + int(year) + int(month) * int(day)
    return sum(value for _key, value in sorted(held.items()))


def slowness(clock: Callable[[], float] = time.process_time) -> float:
    """How many times longer fixed work takes now by this clock than where the limits were written; at least 1."""
    began = clock()
    _work()
    return max(1.0, (clock() - began) / _NOMINAL)


@contextmanager
def within(seconds: float, *, clock: Callable[[], float] = time.perf_counter) -> Iterator[None]:
    """Fails when what is inside takes longer than so many seconds, stretched by how slow the machine is.

    :param clock: ``time.perf_counter`` for time on the wall, ``time.process_time`` for this process' own work.
    """
    before = slowness(clock)
    began = clock()
    yield
    took = clock() - began
    allowed = seconds * max(before, slowness(clock))
    assert took < allowed, f"{took:.3f} s, and {allowed:.3f} s are allowed here"
