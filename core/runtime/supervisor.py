"""``dangjian up``: web, worker and schedule as child processes, started again when they die, ended in order."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from core.config import Settings, variable
from core.runtime.console import MISCONFIGURED, CommandError
from core.runtime.services import Services

GUNICORN_CONF = Path(__file__).with_name("gunicorn.conf.py")
#: A child that lived this long has recovered: its next death counts as the first.
_RECOVERED_SECONDS = 30.0
_LONGEST_WAIT = 10.0
_WEB_ALONE_SECONDS = 15.0
_END_SECONDS = 35.0
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    started: float = 0.0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches us alone, and we end them in order."""
        self.process = subprocess.Popen(
            self.command, env=dict(self.environment), stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  (we have no threads)
        )  # fmt: skip
        self.started = time.monotonic()

    def keep_alive(self, note: Callable[[str], None]) -> None:
        """Start it again if it died, waiting longer each time it dies soon."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.deaths = 1 if now - self.started > _RECOVERED_SECONDS else self.deaths + 1
            wait = 0.0 if self.deaths == 1 else min(_LONGEST_WAIT, 0.2 * 2**self.deaths)
            note(f"{self.name} 已退出（状态 {self.process.returncode}），{wait:.1f} 秒后重新启动")
            self.process, self.not_before = None, now + wait
        if self.process is None and now >= self.not_before:
            self.start()

    def end(self) -> None:
        """Ask it to finish what it does; insist after half a minute."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _die_with_parent() -> None:
    """In the child: end with the supervisor even when that is killed (Linux; elsewhere the children live on)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """The processes of one installation on one machine."""

    def __init__(self, running: Services, note: Callable[[str], None]) -> None:
        self._running = running
        self._note = note
        self._stop = False
        settings = running.settings
        # each process gets the addresses of the roles it acts as, and no other: migrations are over by now
        # (web acts as the system role on the operators' pages alone)
        whole = environment(replace(settings, database_owner_url="", database_admin_url=""))
        worker = {name: value for name, value in whole.items() if name != variable("database_system_url")}
        dangjian = [sys.executable, "-m", "core.cli"]
        self.children = [
            Child("web", [sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_CONF)], whole),
            *(Child(f"worker-{number}", [*dangjian, "worker"], worker) for number in range(1, settings.workers + 1)),
            Child("schedule", [*dangjian, "schedule"], whole),
        ]

    def run(self, when_ready: Callable[[], None]) -> None:
        """Keep everything running until SIGINT or SIGTERM.

        :param when_ready: called once, when the web server answers for the first time.
        """
        before = {number: signal.signal(number, self._request_stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            begun, ready = time.monotonic(), False
            while not self._stop:
                for name in self._running.ensure():
                    self._note(f"{name} 曾中断，已重新启动")
                # the web server first: it is what somebody waits for
                others_too = ready or time.monotonic() - begun > _WEB_ALONE_SECONDS
                for child in self.children if others_too else self.children[:1]:
                    child.keep_alive(self._note)
                if not ready and answers(self._running.settings):
                    ready = True
                    when_ready()
                time.sleep(0.5 if ready else 0.05)
        finally:
            for child in self.children:
                child.end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _request_stop(self, number: int, frame: object) -> None:  # noqa: ARG002  (a signal handler's shape)
        self._stop = True


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a child exactly these settings."""
    given = {variable(name): _text(getattr(settings, name)) for name in settings.__dataclass_fields__}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DANGJIAN_")}
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, *filter(None, [kept.get("PYTHONPATH")])])
    return kept | {name: value for name, value in given.items() if value} | {"PYTHONPATH": path}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def answers(settings: Settings) -> bool:
    """Whether the web server is ready to serve."""
    try:
        with urlopen(f"{address(settings)}/readyz", timeout=2) as answer:  # noqa: S310  (our own address)
            return int(answer.status) == 200
    except (URLError, OSError):
        return False


def address(settings: Settings) -> str:
    """The web server's own address, as reached from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"


@contextmanager
def sole(settings: Settings) -> Iterator[None]:
    """One ``up`` per data directory, and a port that is free. :raises CommandError: otherwise."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(settings.data_dir / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"数据目录 {settings.data_dir} 上已有一个 dangjian up 在运行。") from None
        _check_port(settings)
        yield
    finally:
        os.close(lock)


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CommandError(
                f"不能在 {settings.host}:{settings.port} 上监听：{error.strerror}。可用 --port 换一个端口。",
                status=MISCONFIGURED,
            ) from error
