"""Requests that do not end: noticed, interrupted where Python allows it, and reported so that the worker is replaced.

Threads can't be killed. What can be done, in this order (measured in docs/decisions/0002-worker-model.md):

1. An exception is raised inside the thread. A loop in Python ends with it, and the client gets an answer.
2. A thread that is inside C (a wait, a regular expression) sees no exception. The owner is told: it takes no new
   connections, lets the other requests finish, and ends the process.

Only the application's own time counts: waiting for the client's bytes, in either direction, is the server's matter.
"""

import ctypes
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class RequestTooLong(BaseException):
    """Raised inside a thread whose request has used up its time. Not an Exception, lest the request swallow it."""


class _Watch:
    """The time that one request has used."""

    __slots__ = ("interrupted", "path", "since", "thread", "used")

    def __init__(self, path: str) -> None:
        self.path = path
        self.thread = threading.get_ident()
        self.used = 0.0
        self.since: float | None = time.monotonic()
        self.interrupted: float | None = None

    def elapsed(self) -> float:
        since = self.since
        return self.used + (time.monotonic() - since if since is not None else 0.0)

    def pause(self) -> None:
        if self.since is not None:
            self.used, self.since = self.elapsed(), None

    def resume(self) -> None:
        self.since = time.monotonic()


class Watchdog:
    """Watches the requests of one process.

    :param limit: seconds of its own that a request may use.
    :param grace: seconds from the interruption until a request counts as stuck.
    :param on_stuck: called once, in the watching thread, with the path of the first stuck request.
    """

    def __init__(self, *, limit: float, grace: float = 2.0, on_stuck: Callable[[str], None]) -> None:
        self.limit = limit
        self.grace = grace
        self._on_stuck = on_stuck
        self._watched: dict[int, _Watch] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin watching, in a thread of its own (after the process has forked)."""
        threading.Thread(target=self._watch, name="request-watchdog", daemon=True).start()

    def active(self) -> int:
        """How many requests run that are not stuck."""
        with self._lock:
            return sum(1 for watch in self._watched.values() if not self._is_stuck(watch))

    def guarded(self, application: Application) -> Application:
        """The application, each of its requests watched."""

        def serve(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            watch = _Watch(environ.get("PATH_INFO", ""))
            environ["wsgi.input"] = _Input(environ["wsgi.input"], watch)
            with self._lock:
                self._watched[watch.thread] = watch
            try:
                answer = application(environ, start_response)
            except BaseException:
                self.release()
                raise
            if isinstance(answer, environ.get("wsgi.file_wrapper", ())):  # a file the server sends by itself
                self.release()
                return cast("Iterable[bytes]", answer)
            return _Answer(answer, watch, self)

        return serve

    def release(self) -> None:
        """The present thread's request is over."""
        with self._lock:
            watch = self._watched.pop(threading.get_ident(), None)
            if watch is not None and watch.interrupted is not None:
                # an exception not delivered yet must not hit the thread's next request
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(watch.thread), None)

    def _is_stuck(self, watch: _Watch) -> bool:
        return watch.interrupted is not None and time.monotonic() - watch.interrupted > self.grace

    def _watch(self) -> None:
        step = min(0.5, self.limit / 4)
        while True:
            time.sleep(step)
            stuck = None
            with self._lock:
                for watch in self._watched.values():
                    if watch.interrupted is None and watch.elapsed() > self.limit:
                        watch.interrupted = time.monotonic()
                        raised = ctypes.py_object(RequestTooLong)
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(watch.thread), raised)
                    elif self._is_stuck(watch):
                        stuck = watch.path
            if stuck is not None:
                self._on_stuck(stuck)
                return


class _Answer:
    """The application's answer: its making counts, its sending does not."""

    def __init__(self, parts: Iterable[bytes], watch: _Watch, watchdog: Watchdog) -> None:
        self._parts = parts
        self._watch = watch
        self._watchdog = watchdog
        watch.pause()

    def __iter__(self) -> Iterator[bytes]:
        watch = self._watch
        parts = iter(self._parts)
        while True:
            watch.resume()
            try:
                part = next(parts)
            except StopIteration:
                return
            finally:
                watch.pause()
            yield part

    def close(self) -> None:
        self._watch.resume()
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self._watchdog.release()


class _Input:
    """The request's body: waiting for the client to send it does not count."""

    def __init__(self, stream: Any, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def _waiting(self, read: Callable[..., Any], *arguments: Any) -> Any:
        self._watch.pause()
        try:
            return read(*arguments)
        finally:
            self._watch.resume()

    def read(self, *size: int) -> bytes:
        return bytes(self._waiting(self._stream.read, *size))

    def readline(self, *size: int) -> bytes:
        return bytes(self._waiting(self._stream.readline, *size))

    def readlines(self, *hint: int) -> list[bytes]:
        return list(self._waiting(self._stream.readlines, *hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
