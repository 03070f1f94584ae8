"""``dangjian up`` as a person runs it: starts, prints addresses, keeps all going, stops all, resumes."""

import http.cookiejar
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.runtime.processes import processes_in

ROOT = Path(__file__).parents[2]
PASSWORD = "一句很长的测试口令 2026"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DANGJIAN_")}
    return kept | {"PYTHONPATH": str(ROOT), "DANGJIAN_LOG_LEVEL": "WARNING"} | given


def dangjian(*arguments: str, data: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "core.cli", "--data", str(data), *arguments], env=clean_environment(**environment), cwd="/",
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=180,
    )  # fmt: skip


class Up:
    """A running ``dangjian up --json``."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "up", "--json", "--data", str(data), "--port", str(self.port)],
            env=clean_environment(), cwd="/", stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.said: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.seconds = time.monotonic() - began

    def children(self) -> dict[str, psutil.Process]:
        names = ("gunicorn", "worker", "schedule")
        return {
            name: child
            for child in psutil.Process(self.process.pid).children()
            for name in names
            if name in child.cmdline()
        }

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return int(answer.status)


def visit(running: Up, slug: str) -> "tuple[urllib.request.OpenerDirector, str]":
    """A browser in which the tenant's administrator has signed in, and the tenant's address."""
    base = f"http://127.0.0.1:{running.port}/t/{slug}"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    token = browser.open(f"{base}/sign-in").read().decode().split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"login": "admin", "password": PASSWORD, "csrf_token": token}
    browser.open(f"{base}/sign-in", urllib.parse.urlencode(form).encode()).read()
    return browser, base


@contextmanager
def up(data: Path) -> Iterator[Up]:
    running = Up(data)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(120)
        if running.process.stdout is not None:
            running.process.stdout.close()


def eventually(check: Any, *, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            if check():
                return
        except (OSError, KeyError, psutil.Error):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """One data directory for all: each test finds what the one before left."""
    folder = Path(tempfile.mkdtemp(prefix="dj-"))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def running(place: Path) -> Iterator[Up]:
    """The product, running on that directory."""
    with up(place) as found:
        yield found


def test_ctrl_c_stops_everything(place: Path) -> None:
    with up(place) as first:
        assert first.said["ready"] is True
        assert first.get("/readyz") == 200
        mine = psutil.Process(first.process.pid).children(recursive=True)
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(60) == 0
    eventually(lambda: not any(child.is_running() and child.status() != "zombie" for child in mine))
    eventually(lambda: not processes_in(place / "postgres" / "cluster", "postgres"))
    assert not processes_in(place / "valkey", "valkey-server")


def test_the_second_start_resumes_within_ten_seconds(running: Up) -> None:
    others = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # on a busy machine each gets its share only
    assert running.seconds < 10.0 * others
    assert running.get("/readyz") == 200


def test_a_web_worker_takes_at_most_90_mib_of_memory_of_its_own(running: Up, place: Path) -> None:
    """After use: signed in, the pages and verbs that most requests ask for; as many workers as are set up by default."""
    made = dangjian(
        "tenant", "create", "use", "--title", "用过的单位", "--root", "中共用过县委员会", "--admin", "admin",
        "--password", PASSWORD, data=place,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    visitor, base = visit(running, "use")
    for path in (
        "/",
        "/people/",
        "/units/",
        "/api/v1/people?limit=50",
        "/api/v1/units/tree",
        "/notices/",
        "/settings/",
    ) * 8:
        visitor.open(base + path).read()
    workers = running.children()["gunicorn"].children()
    assert len(workers) == 2
    for worker in workers:
        assert worker.memory_full_info().pss < 90 * 1024 * 1024


def test_a_second_up_on_the_same_data_and_a_taken_port_are_refused_in_words(
    running: Up, place: Path, tmp_path: Path
) -> None:
    second = dangjian("up", "--port", str(free_port()), data=place)
    assert second.returncode == 1
    assert "已有一个 dangjian up" in second.stderr
    taken = dangjian("up", "--json", "--port", str(running.port), data=tmp_path / "other")
    assert taken.returncode == 3
    assert "--port" in json.loads(taken.stdout)["error"]
    assert not (tmp_path / "other" / "postgres").exists()


def test_commands_join_what_runs(running: Up, place: Path) -> None:
    found = dangjian("doctor", "--json", data=place)
    assert json.loads(found.stdout)["healthy"], found.stdout
    assert running.get("/readyz") == 200


@pytest.mark.faults
def test_whatever_dies_is_started_again(running: Up, place: Path) -> None:
    eventually(lambda: len(running.children()) == 3)
    victims = running.children()
    for victim in victims.values():
        victim.kill()
    eventually(lambda: all(running.children()[name].pid != victim.pid for name, victim in victims.items()))
    os.kill(int((place / "postgres" / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
    eventually(lambda: running.get("/readyz") == 200)


@pytest.mark.faults
def test_a_killed_supervisor_leaves_no_process_and_the_next_start_goes_on(running: Up, place: Path) -> None:
    children = list(running.children().values())
    running.process.kill()
    running.process.wait()
    eventually(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))
    with up(place) as again:
        assert again.get("/readyz") == 200
