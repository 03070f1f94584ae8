"""A closed-loop load generator on plain sockets: some connections, each sending its next request when it has the answer.

It costs some 50 µs a request itself, on the same processors as the servers. So requests a second are for comparing two
contenders in one run; processor time per request is read from the servers' own clocks and does not contain it.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_END_OF_HEAD = b"\r\n\r\n"


class UnexpectedAnswer(Exception):
    """A server answered with another status than the operation's, or not in HTTP."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent.

    :param target: path with query, below the tenant's prefix.
    :param headers: in addition to Host.
    :param body: sent as it is; its length is added.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    host: str = "127.0.0.1"

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body or self.method != "GET":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + _END_OF_HEAD + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case) and body of one answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One kept-alive connection; opened again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket, if one is open."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, request: bytes) -> Answer:
        """Send one request and read its answer.

        :raises UnexpectedAnswer: when what comes back is not an answer with a length.
        """
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        answer = self._read(self._socket)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _read(self, source: socket.socket) -> Answer:
        got = b""
        while _END_OF_HEAD not in got:
            got += self._some(source)
        head, _, body = got.partition(_END_OF_HEAD)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if "content-length" not in headers:
            raise UnexpectedAnswer(f"no Content-Length in {head!r}")
        parts, missing = [body], int(headers["content-length"]) - len(body)
        while missing > 0:
            parts.append(self._some(source))
            missing -= len(parts[-1])
        return Answer(int(first.split()[1]), headers, b"".join(parts))

    @staticmethod
    def _some(source: socket.socket) -> bytes:
        got = source.recv(262_144)
        if not got:
            raise UnexpectedAnswer("the server closed the connection in the middle of an answer")
        return got


@dataclass(slots=True)
class Measured:
    """What one burst of requests gave: how long each took, in seconds, and how long it all took."""

    elapsed: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were answered."""
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return self.requests / self.elapsed

    def percentile_ms(self, share: float) -> float:
        """The latency that ``share`` of the requests did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def burst(port: int, requests: Iterator[Request], *, status: int, connections: int, seconds: float) -> Measured:
    """Send requests from ``connections`` connections at once for ``seconds``.

    :raises UnexpectedAnswer: when one answer has another status than ``status``.
    """
    measured, lock, failures = Measured(), threading.Lock(), list[Exception]()
    ends = time.perf_counter() + seconds

    def take() -> bytes:
        with lock:
            return next(requests).encoded()

    threads = [
        threading.Thread(target=_guarded, args=(port, take, status, ends, measured.latencies, failures))
        for _ in range(connections)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.elapsed = time.perf_counter() - started
    if failures:
        raise failures[0]
    return measured


def _guarded(
    port: int, take: Callable[[], bytes], status: int, ends: float, latencies: list[float], failures: list[Exception]
) -> None:
    try:
        with Connection(port) as connection:
            while time.perf_counter() < ends and not failures:
                request = take()
                began = time.perf_counter()
                answer = connection.send(request)
                latencies.append(time.perf_counter() - began)
                if answer.status != status:
                    raise UnexpectedAnswer(f"{answer.status} for {request[:120]!r}: {answer.body[:300]!r}")
    except (OSError, UnexpectedAnswer) as error:
        failures.append(error)
