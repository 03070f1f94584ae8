"""The servers that are compared: each under gunicorn with the same settings, on the same database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from core.config import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
#: Seconds a server may take to answer for the first time.
PATIENCE = 60


class DidNotStart(Exception):
    """A contender did not answer in time, or ended."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A running server."""

    name: str
    port: int
    master: int

    @property
    def workers(self) -> list[int]:
        """Process numbers of the web workers."""
        return processes.children(self.master)

    def memory(self) -> list[float]:
        """Proportional set size of each worker, in MiB."""
        return [processes.proportional_set_mib(pid) for pid in self.workers]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(settings: Settings, port: int, **extra: str) -> dict[str, str]:
    """The environment of a contender: the bench's database and secrets, nothing inherited of the product's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    given = {
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "DATABASE_SYSTEM_URL": settings.database_system_url,
        "DATABASE_OWNER_URL": settings.database_owner_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "MASTER_KEY": settings.master_key,
        "WEB_CONCURRENCY": str(settings.web_concurrency),
        "THREADS": str(settings.threads),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        # No worker may be replaced in the middle of a measurement.
        "MAX_REQUESTS": "0",
        **extra,
    }
    return kept | {PREFIX + name: value for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}


@contextmanager
def serve(name: str, application: str, settings: Settings, configuration: Path, **extra: str) -> Iterator[Contender]:
    """Run one contender for the length of the block.

    :param application: such as ``core.app:create_app()``.
    :param configuration: the product's gunicorn.conf.py, which all contenders share.
    :raises DidNotStart: when it does not answer in time.
    """
    port = free_port()
    log = settings.data_dir / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                str(configuration),
                "--bind",
                f"127.0.0.1:{port}",
                application,
            ],
            cwd=settings.data_dir,
            env=environment(settings, port, **extra),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, settings.web_concurrency, log)
            yield Contender(name, port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, workers: int, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and len(processes.children(process.pid)) >= workers:
                return
        time.sleep(0.1)
    raise DidNotStart(f"{log.stem} does not answer on port {port}:\n{log.read_text(errors='replace')[-3000:]}")
