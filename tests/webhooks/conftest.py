"""A receiver of webhooks on loopback, and an installation that may speak to it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from core.outbound import client


@dataclass
class Receiver:
    """A real HTTP server that keeps what it is sent and answers what it is told to."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowing(app: Flask) -> Iterator[Flask]:
    """The application of an operator who allows unencrypted addresses on loopback."""
    before = app.extensions["dangjian.settings"]
    app.extensions["dangjian.settings"] = replace(before, outbound_allow="127.0.0.0/8", outbound_http=True)
    yield app
    app.extensions["dangjian.settings"] = before
    app.extensions.pop(client.RESOLVER, None)
