"""A request that hangs is contained: the others are served all the while, and the server stays up."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pace import slowness

ROOT = Path(__file__).parents[2]
LIMIT = 1.0
#: Seconds after which each has ended, also on a machine busy with something else; by themselves they take minutes.
ENDED = 25.0
CONF = f"""
import runpy
conf = runpy.run_path({str(ROOT / "core/runtime/gunicorn.conf.py")!r})
worker_class, worker_tmp_dir, on_starting = conf["worker_class"], conf["worker_tmp_dir"], conf["on_starting"]
control_socket_disable, logger_class = conf["control_socket_disable"], conf["logger_class"]
threads, workers, timeout, graceful_timeout, keepalive, loglevel = 4, 2, 3, 3, 2, "critical"
raw_env = ["DANGJIAN_REQUEST_TIMEOUT={LIMIT}"]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A gunicorn with our worker class and the product's own hooks."""
    conf = tmp_path_factory.mktemp("web") / "conf.py"
    conf.write_text(CONF)
    number = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", str(conf), "-b", f"127.0.0.1:{number}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*command, "tests.runtime.hanging:application"], env=environment) as server:
        deadline = time.monotonic() + 60
        while get(number, "/")[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield number
        assert server.poll() is None, "the server must outlive every request"
        server.terminate()


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body; status 0 when the connection was cut."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except (OSError, http.client.HTTPException):
        return 0, b""


def serves(port: int, *, seconds: float, lost: int = 0) -> list[float]:
    """Ask for an ordinary page all the while; each must be answered, but for ``lost``. Returns the times it took."""
    took = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        begin = time.monotonic()
        if get(port, "/")[0] != 200:
            lost -= 1
            assert lost >= 0
            deadline += time.monotonic() - begin
            continue
        took.append(time.monotonic() - begin)
        time.sleep(0.02)
    return took


@pytest.mark.faults
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/loop", 503),  # interrupted in Python; the worker lives on
        ("/swallow", 503),  # what catches every Exception doesn't catch this
        ("/generator", 200),  # begun, then cut
        ("/sleep", 0),  # inside C: the worker is replaced
        ("/regex", 0),  # inside C and holding the interpreter: gunicorn kills the worker
    ],
)
def test_a_hanging_request_ends_and_the_others_do_not_notice(port: int, path: str, status: int) -> None:
    answer: list[tuple[int, bytes]] = []
    hanging = threading.Thread(target=lambda: answer.append(get(port, path)))
    hanging.start()
    # What a worker had accepted in the instant before its interpreter was taken dies with it, as it would of a crash.
    took = serves(port, seconds=LIMIT, lost=path == "/regex")
    hanging.join(ENDED)
    assert not hanging.is_alive(), f"{path} is still running after {ENDED} s"
    assert answer[0][0] in (status, 0)
    assert sorted(took)[len(took) // 2] < 0.25 * slowness(time.perf_counter)
    assert serves(port, seconds=0.3)


@pytest.mark.faults
def test_the_stuck_workers_other_requests_are_finished_first(port: int) -> None:
    stuck = [threading.Thread(target=get, args=(port, "/sleep")) for _ in range(2)]  # one a worker, most likely
    for thread in stuck:
        thread.start()
    answers: list[int] = []
    deadline = time.monotonic() + LIMIT + 4
    while time.monotonic() < deadline:
        answers.append(get(port, "/slow")[0])
    for thread in stuck:
        thread.join(10)
    assert set(answers) == {200}


@pytest.mark.faults
def test_a_request_that_ends_its_process_does_not_end_the_server(port: int) -> None:
    assert get(port, "/exit")[0] == 0
    assert serves(port, seconds=1.0)


def test_a_slow_client_is_not_taken_for_a_hanging_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\n")
        for _ in range(8):
            time.sleep(LIMIT / 4)
            client.sendall(b"a")
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(4096):
                received += part
    assert received.startswith(b"HTTP/1.1 200")
    assert received.rstrip().endswith(b"8\r\n0") or received.rstrip().endswith(b"8")
