"""A bound on what parsing a file from outside may take."""

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What a file within the limits may need beyond what the process has already.
HEADROOM = 2 * 1024**3


@contextmanager
def bounded_memory(headroom: int = HEADROOM) -> Iterator[None]:
    """Let the process's address space grow by ``headroom`` bytes at most while the block runs.

    Beyond it Python raises ``MemoryError`` and the parser aborts the process: in a job, the worker goes and comes
    back, the machine does not suffer.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    wanted = now + headroom
    if soft != resource.RLIM_INFINITY:
        wanted = min(wanted, soft)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def without_collecting() -> Iterator[None]:
    """Leave the cycle collector out while many small objects are made: an import makes no cycles worth collecting."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
