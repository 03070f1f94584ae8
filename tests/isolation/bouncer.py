"""A real pgbouncer in transaction mode in front of the embedded server."""

import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from core.config import Settings
from core.runtime.system_user import server_user

PROGRAM = Path("/usr/sbin/pgbouncer")
PORT = 6432


class Bouncer:
    """``with Bouncer(settings, folder) as bouncer: … bouncer.settings`` (the same database, reached through it)."""

    def __init__(self, settings: Settings, folder: Path, *, pool_size: int = 3) -> None:
        self.folder = folder
        self.direct = make_url(settings.database_url)
        through = self._through(self.direct).render_as_string(hide_password=False)
        self.settings = replace(settings, database_url=through, database_prepare=False)
        self._pool_size = pool_size
        self._process: subprocess.Popen[bytes] | None = None

    def _through(self, url: URL) -> URL:
        return url.set(query={"host": str(self.folder), "port": str(PORT)})

    def __enter__(self) -> "Bouncer":
        user = server_user()
        self.folder.mkdir(parents=True, exist_ok=True)
        host, port, name = self.direct.query["host"], self.direct.query["port"], self.direct.database
        (self.folder / "users.txt").write_text(f'"{self.direct.username}" "{self.direct.password}"\n')
        (self.folder / "pgbouncer.ini").write_text(
            f"[databases]\n{name} = host={host} port={port} dbname={name}\n"
            f"[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {self.folder}\nauth_type = plain\n"
            f"auth_file = {self.folder}/users.txt\npool_mode = transaction\ndefault_pool_size = {self._pool_size}\n"
            f"max_client_conn = 200\nlogfile = {self.folder}/log\npidfile = {self.folder}/pid\n"
        )
        options = {} if user is None else user.process_options
        if user is not None:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, user.uid, user.gid)
        self._process = subprocess.Popen(  # type: ignore[call-overload]
            [str(PROGRAM), str(self.folder / "pgbouncer.ini")], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **options,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return self

    def connect(self) -> psycopg.Connection:
        """A bare connection through the pool, in autocommit and without prepared statements."""
        url = self._through(self.direct).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True, prepare_threshold=None)

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
