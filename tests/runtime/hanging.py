"""A WSGI application whose requests hang in every way that was met, for tests/runtime/test_web_worker.py."""

import os
import re
import time
from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:  # noqa: C901
    """Serve the path's misbehaviour; any other path is answered with the worker's process number."""
    match environ["PATH_INFO"]:
        case "/loop":
            while True:
                pass
        case "/swallow":
            while True:
                try:
                    while True:
                        time.sleep(0)
                except Exception:  # noqa: BLE001
                    continue
        case "/sleep":
            time.sleep(60)
        case "/regex":
            re.match("(a+)+$", "a" * 40 + "b")
        case "/exit":
            os._exit(3)
        case "/generator":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return _endless()
        case "/body":
            size = len(environ["wsgi.input"].read())
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(size).encode()]
        case "/slow":
            time.sleep(0.4)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


def _endless() -> Iterable[bytes]:
    yield b"begun"
    while True:
        pass
