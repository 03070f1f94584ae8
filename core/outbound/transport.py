"""The transport under every request that leaves: resolves, judges and connects in one place, and keeps to its limits.

The address is judged where the connection is made, so nothing can change between the look and the step (DNS
rebinding), and whichever library builds the request. The name stays what TLS verifies and what the ``Host`` header says.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

import certifi
import httpcore
import httpx

from core.outbound.addresses import Address, Bounds, Forbidden, NoAnswer, judge, literal, read_url

#: The addresses of a name. :raises OSError: when there are none.
Resolver = Callable[[str, int], Iterable[Address]]


def resolve(host: str, port: int) -> list[Address]:
    """Ask the system for the addresses of a name. :raises OSError: when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(address[4][0]) for address in found]


def resolve_within(resolver: Resolver, host: str, port: int, seconds: float) -> list[Address]:
    """Resolve, but wait no longer than ``seconds``: the system's resolver knows no time limit of ours.

    :raises NoAnswer: there is no such name, or it takes too long.
    """
    answers: SimpleQueue[list[Address] | None] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(resolver(host, port)))
        except (OSError, UnicodeError):
            answers.put(None)

    threading.Thread(target=ask, name="outbound-resolve", daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0.001))
    except Empty:
        raise NoAnswer("查询主机名超时。") from None
    if not found:
        raise NoAnswer("找不到这个主机名。")
    return found


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Certificates of the system (an intranet's authority is installed there) and of the common list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Deadline:
    """The moment at which a whole exchange is over, however slowly it trickles."""

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds

    def left(self) -> float:
        """Seconds left. :raises NoAnswer: none."""
        left = self._at - monotonic()
        if left <= 0:
            raise NoAnswer("对方没有在规定时间内答复。")
        return left


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (the deadline is the limit)
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to judged addresses only."""

    def __init__(self, bounds: Bounds, resolver: Resolver, deadline: _Deadline) -> None:
        self._bounds, self._resolver, self._deadline = bounds, resolver, deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        for address in addresses_of(host, port, self._bounds, self._resolver, self._deadline.left()):
            try:
                stream = self._inner.connect_tcp(
                    str(address), port, min(self._deadline.left(), 5.0), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _Stream(stream, self._deadline)
        raise NoAnswer("连接不上对方。")


def addresses_of(host: str, port: int, bounds: Bounds, resolver: Resolver, seconds: float) -> tuple[Address, ...]:
    """The addresses a host may be spoken to at.

    :raises Forbidden: one of its addresses may not be spoken to. :raises NoAnswer: there is no such name.
    """
    known = literal(host)
    found = [known] if known is not None else resolve_within(resolver, host, port, seconds)
    return judge(found, port, bounds)


class _Body(httpx.SyncByteStream):
    """An answer's body, no longer than allowed."""

    def __init__(self, answer: httpcore.Response, pool: httpcore.ConnectionPool, most: int) -> None:
        self._answer, self._pool, self._most = answer, pool, most

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        try:
            for chunk in self._answer.iter_stream():
                size += len(chunk)
                if size > self._most:
                    raise NoAnswer("对方的答复过长。")
                yield chunk
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NoAnswer(_said(error)) from error

    def close(self) -> None:
        self._answer.close()
        self._pool.close()


class Transport(httpx.BaseTransport):
    """One connection for each request: a kept one would outlive the judgement of its address.

    :param seconds: for the whole exchange, resolving included.
    :param most: bytes of the answer's body.
    """

    def __init__(self, bounds: Bounds, *, seconds: float, most: int, resolver: Resolver = resolve) -> None:
        self._bounds, self._seconds, self._most, self._resolver = bounds, seconds, most, resolver

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        :raises Forbidden: the address may not be spoken to. :raises NoAnswer: nothing usable came back.
        """
        url = read_url(str(request.url), self._bounds)
        request.headers["Accept-Encoding"] = "identity"  # a few packed bytes must not become a gigabyte
        backend = _Backend(self._bounds, self._resolver, _Deadline(self._seconds))
        pool = httpcore.ConnectionPool(ssl_context=tls(), max_connections=1, network_backend=backend)
        try:
            answer = pool.handle_request(_given(request, url))
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            pool.close()
            raise NoAnswer(_said(error)) from error
        except BaseException:
            pool.close()
            raise
        body = _Body(answer, pool, self._most)
        headers = httpx.Headers(answer.headers)
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            body.close()
            raise NoAnswer("对方的答复经过压缩，平台没有要求这样做。")
        return httpx.Response(answer.status, headers=headers, stream=body, extensions={"http_version": b"HTTP/1.1"})


def _given(request: httpx.Request, url: httpx.URL) -> httpcore.Request:
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(method=request.method, url=target, headers=request.headers.raw, content=request.stream)


def _said(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "对方没有在规定时间内答复。"
    if isinstance(error.__context__ or error.__cause__, ssl.SSLError) or "SSL" in str(error):
        return "对方的证书不可信，或安全连接建立失败。"
    if isinstance(error, httpcore.ProtocolError):
        return "对方的答复不是有效的HTTP。"
    return "连接不上对方，或连接中断。"


__all__ = ["Forbidden", "NoAnswer", "Resolver", "Transport", "addresses_of", "resolve"]
