"""Servers of the tests on loopback: real sockets, each behaving in one bad or good way."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def listening(serve: Callable[[socket.socket], None], *, host: str = "127.0.0.1") -> Iterator[int]:
    """Run ``serve`` on each connection; yields the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family)
    server.bind((host, 0))
    server.listen()
    closed = threading.Event()

    def accept() -> None:
        while not closed.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection)
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        closed.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def head(connection: socket.socket) -> str:
    """The request's head."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            break
        received += chunk
    return received.decode("latin-1")
