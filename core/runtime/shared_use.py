"""One embedded server, many processes: who starts it, and who stops it.

Both questions are answered by file locks, which the kernel drops when a process dies however it dies: *starting* is
held while a server is looked for and started, *using* is held (shared) by everyone who uses it. Whoever leaves last
stops the server.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SharedUse:
    """The two locks of one embedded server, in the folder that holds its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._using: int | None = None

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Nobody else starts or stops the server while this is held."""
        lock = self._open("starting.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def join(self) -> None:
        """Count this process among the users (inside :meth:`starting`)."""
        if self._using is None:
            self._using = self._open("using.lock")
            fcntl.flock(self._using, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Stop counting this process (inside :meth:`starting`). True when nobody is left and the server may stop."""
        if self._using is None:
            return False
        try:
            fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            last = False
        else:
            last = True
        os.close(self._using)
        self._using = None
        return last

    def _open(self, name: str) -> int:
        return os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
