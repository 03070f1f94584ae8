"""Threads that a plugin's code starts while it is loaded.

Nothing of a plugin may run by itself: not where it is off, not past a fork, not when the process is to end. Work belongs in a
job. A thread cannot be ended from outside; what can be done is to set the plugin aside and to let no process wait for it.
"""

import threading
from threading import Thread


def running() -> frozenset[Thread]:
    """The threads of this process."""
    return frozenset(threading.enumerate())


def started_by(module: str, before: frozenset[Thread]) -> list[Thread]:
    """The threads that were started since and run code of that package; those of libraries and of the product are not its."""
    return [one for one in running() - before if _is_of(one, module)]


def _is_of(thread: Thread, module: str) -> bool:
    codes = (getattr(thread, "_target", None), type(thread))
    homes = [str(getattr(code, "__module__", "")) for code in codes]
    return any(home == module or home.startswith(f"{module}.") for home in homes)


def wait_for_none(threads: list[Thread]) -> None:
    """Let the process end without them, as without threads that were started as daemons."""
    locks: set[object] = getattr(threading, "_shutdown_locks", set())  # what CPython waits for at its end
    for one in threads:
        one._daemonic = True  # type: ignore[attr-defined]  # noqa: SLF001  (its setter refuses)
        locks.discard(getattr(one, "_tstate_lock", None))
