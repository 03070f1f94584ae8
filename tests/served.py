"""The application as production serves it: gunicorn with its own settings file, two workers, a real port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from core.config import Settings
from tests.conftest import PASSWORD

ROOT = Path(__file__).parents[1]


class Reply:
    """An answer: status, headers and text."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.text = status, headers, body.decode("utf-8", "replace")


class Served:
    """``with Served(settings) as web: web.get(tenant, "/")``."""

    def __init__(self, settings: Settings, *, workers: int = 2, threads: int = 4) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "DANGJIAN_DATA_DIR": str(settings.data_dir),
            "DANGJIAN_DATABASE_URL": settings.database_url,
            "DANGJIAN_SECRET_KEY": settings.secret_key,
            "DANGJIAN_MASTER_KEY": settings.master_key,
            "DANGJIAN_BASE_DOMAIN": settings.base_domain,
            "DANGJIAN_PORT": str(self.port),
            "DANGJIAN_WEB_CONCURRENCY": str(workers),
            "DANGJIAN_THREADS": str(threads),
            "PYTHONPATH": str(ROOT),
        }
        self._log = Path(settings.data_dir) / f"gunicorn-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Served":
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "core/runtime/gunicorn.conf.py"],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.ask("GET", "x.invalid", "/healthz").status == 200:
                    return self
            except OSError:
                pass
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__()
                raise AssertionError(self._log.read_text()[-3000:])
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            for worker in self.workers():
                worker.resume()
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    @property
    def log(self) -> str:
        """What the server has written."""
        return self._log.read_text(errors="replace")

    def workers(self) -> list[psutil.Process]:
        """The living worker processes."""
        if self._process is None:
            return []
        return [
            child for child in psutil.Process(self._process.pid).children() if child.status() != psutil.STATUS_ZOMBIE
        ]

    @contextmanager
    def only(self, worker: psutil.Process) -> Iterator[None]:
        """Let this worker alone answer: the others stand still meanwhile."""
        others = [other for other in self.workers() if other.pid != worker.pid]
        for other in others:
            other.suspend()
        try:
            yield
        finally:
            for other in others:
                other.resume()

    def ask(self, method: str, host: str, path: str, *, form: dict[str, str] | None = None, **headers: str) -> Reply:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = None if form is None else urlencode(form)
            kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request(
                method, path, body, {"Host": host, **kind, **{k.replace("_", "-"): v for k, v in headers.items()}}
            )
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def send(self, raw: bytes) -> bytes:
        """Bytes as they are, and whatever comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            return received


class Browser:
    """Somebody's cookies at one tenant of a served application."""

    def __init__(self, web: Served, slug: str) -> None:
        self.web, self.host, self.cookie = web, f"{slug}.dangjian.test", ""

    def ask(self, method: str, path: str, **more: Any) -> Reply:
        """One request with the cookie, which the answer may change."""
        answer = self.web.ask(method, self.host, path, Cookie=self.cookie, **more)
        for set_ in answer.headers.get_all("Set-Cookie", []):
            if set_.startswith("dangjian="):
                self.cookie = set_.split(";", 1)[0]
        return answer

    def get(self, path: str, **more: Any) -> Reply:
        """Read a page."""
        return self.ask("GET", path, **more)

    def post(self, path: str, **form: str) -> Reply:
        """Send a form with the page's token."""
        return self.ask("POST", path, form={**form, "csrf_token": self.token()})

    def token(self) -> str:
        """The session's token, from any page."""
        page = self.get("/sign-in")
        if page.status == 303:
            page = self.get("/account/password")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    def sign_in(self, login: str = "admin", password: str = PASSWORD) -> "Browser":
        """Sign in, and be sure of it."""
        answer = self.post("/sign-in", login=login, password=password)
        assert answer.status == 303, answer.text
        return self
