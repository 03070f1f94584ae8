"""The product behind a real nginx, both on the loopback address, from the files in deploy/."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.app import create_app
from core.config import Settings
from core.database.migrate import upgrade
from core.runtime.services import services
from core.runtime.supervisor import GUNICORN_CONF, environment
from tenants.provision import create_tenant

DEPLOY = Path(__file__).parents[2] / "deploy"
SLUG = "qingyuan"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert alive(), "it ended instead of listening"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def backend() -> Iterator[int]:
    """Port of the product under production's gunicorn.conf.py, told of one proxy, with one tenant."""
    folder = Path(tempfile.mkdtemp(prefix="dj-"))
    port = free_port()
    given = Settings(data_dir=folder, base_domain="dangjian.example", proxy_count=1, port=port, log_level="WARNING")
    with services(given) as running:
        settings = replace(running.settings, web_concurrency=2)
        upgrade(settings.database_owner_url)
        with create_app(settings).app_context():
            create_tenant(
                slug=SLUG, title="清源县智慧党建", root="中共清源县委员会", admin="admin", admin_name="管理员",
                password="a long enough password 1",
            )  # fmt: skip
        command = [sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_CONF)]
        with subprocess.Popen(command, env=environment(settings), cwd="/") as gunicorn:
            wait_for(port, lambda: gunicorn.poll() is None)
            yield port
            gunicorn.terminate()
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Proxy:
    """A running nginx."""

    http: int
    https: int
    folder: Path


def nginx(folder: Path, main: Path) -> "subprocess.Popen[bytes]":
    """Run nginx on a configuration; as root its workers are nobody, who must reach the folder."""
    folder.chmod(0o755)
    return subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")], env=dict(os.environ)
    )


@pytest.fixture(scope="session")
def plain(backend: int) -> Iterator[Proxy]:
    """``deploy/nginx/loopback.conf``, its ports replaced."""
    folder = Path(tempfile.mkdtemp(prefix="dj-nginx-"))
    port = free_port()
    shutil.copy(DEPLOY / "nginx" / "dangjian-proxy.conf", folder)
    text = (DEPLOY / "nginx" / "loopback.conf").read_text()
    main = folder / "loopback.conf"
    main.write_text(
        text.replace("127.0.0.1:8000", f"127.0.0.1:{backend}").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    )
    with nginx(folder, main) as process:
        wait_for(port, lambda: process.poll() is None)
        yield Proxy(port, 0, folder)
        process.terminate()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def tls(backend: int) -> Iterator[Proxy]:
    """``deploy/nginx/dangjian.conf``, the site itself, with a certificate made for the test and other ports."""
    folder = Path(tempfile.mkdtemp(prefix="dj-nginx-"))
    http, https = free_port(), free_port()
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = "subjectAltName=DNS:dangjian.example,DNS:*.dangjian.example"
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*make, *files, "-subj", "/CN=dangjian.example", "-addext", names], check=True, capture_output=True)
    (folder / "error.log").touch()
    site = (DEPLOY / "nginx" / "dangjian.conf").read_text()
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{backend}"),
        ("listen 80", f"listen 127.0.0.1:{http}"),
        ("listen 443", f"listen 127.0.0.1:{https}"),
        ("/etc/dangjian/tls/", f"{folder}/"),
        ("/var/cache/nginx/dangjian", f"{folder}/cache"),
        ("/var/log/nginx/dangjian.log", f"{folder}/access.log"),
        ("/etc/nginx/dangjian-proxy.conf", str(DEPLOY / "nginx" / "dangjian-proxy.conf")),
    ):
        assert old in site
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/nginx.pid; worker_processes 1; events {{}} http {{ {temporary} include {folder}/site.conf; }}"
    )
    with nginx(folder, main) as process:
        wait_for(https, lambda: process.poll() is None)
        yield Proxy(http, https, folder)
        process.terminate()
    shutil.rmtree(folder, ignore_errors=True)
