"""A time budget for one call into a plugin, in a thread that can't be killed.

One watching thread per process looks at the running calls; in a thread whose call is over its budget it raises
:class:`OverBudget`. That ends anything written in Python. A call that is stuck inside C sees nothing of it: then the
request's own watchdog replaces the worker (docs/decisions/0002-worker-model.md), and the breaker keeps the next
requests from calling it again.
"""

import ctypes
import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: How often the watching thread looks while calls run.
STEP = 0.02


class OverBudget(BaseException):
    """Raised inside a call that has used up its time. Not an Exception, lest the plugin swallow it."""


class _Watcher:
    """The running calls of this process, and the thread that watches them."""

    def __init__(self) -> None:
        #: call → (thread, end on the monotonic clock); set and popped without the lock, which a dict allows
        self.calls: dict[int, tuple[int, float]] = {}
        self.lock = threading.Lock()
        self.wake = threading.Event()
        self.numbers = itertools.count()
        self.pid = 0

    def start(self) -> None:
        """Start the thread, once per process: a fork leaves its parent's threads behind."""
        with self.lock:
            if self.pid == os.getpid():
                return
            self.pid = os.getpid()
            self.calls.clear()
            threading.Thread(target=self._watch, name="plugin-budget", daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.wake.wait()
            time.sleep(STEP)
            with self.lock:
                if not self.calls:
                    self.wake.clear()
                    if self.calls:  # one began between the look and the clearing
                        self.wake.set()
                    continue
                now = time.monotonic()
                for call in [call for call, (_, last) in tuple(self.calls.items()) if last < now]:
                    thread, _ = self.calls.pop(call, (0, 0.0))
                    if thread:  # it has not ended meanwhile
                        over = ctypes.py_object(OverBudget)
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), over)


_watcher = _Watcher()


def _forked() -> None:
    """A child has no watching thread yet, and perhaps a lock that nobody there will release."""
    _watcher.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_forked)


def number() -> int:
    """A number for a call, taken before it begins: whatever breaks off its very beginning, it can be ended by it."""
    return next(_watcher.numbers)


def begin(call: int, seconds: float) -> None:
    """Begin a call that may take so much time. Inside a ``try`` whose ``finally`` has :func:`end`.

    The end of an outer call's budget may strike in here: a number left behind would end whatever this thread does later.
    """
    watcher = _watcher
    if not watcher.pid:
        watcher.start()
    watcher.calls[call] = (threading.get_ident(), time.monotonic() + seconds)
    if not watcher.wake.is_set():
        watcher.wake.set()


def end(call: int) -> None:
    """End a call. What was raised in it but not delivered yet must not hit what the thread does next."""
    if _watcher.calls.pop(call, None) is None:
        # Over the budget: the watching thread holds the lock until it has raised, so nothing comes after this.
        with _watcher.lock:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), None)


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Give the block so much time; 0 for as much as it wants.

    :raises OverBudget: inside the block, when it takes longer.
    """
    if seconds <= 0:
        yield
        return
    call = number()
    try:
        begin(call, seconds)
        yield
    finally:
        end(call)
