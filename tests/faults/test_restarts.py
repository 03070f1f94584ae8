"""The product under load while its servers die: what was acknowledged is there, what was not says so plainly."""

import http.client
import http.cookiejar
import json
import shutil
import signal
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from tenants.demo.names import id_number
from tenants.demo.small import SCHOOL, units_workbook
from tests.conftest import token_of
from tests.runtime.test_up import Up, dangjian, eventually, up

PASSWORD = "一句很长的测试口令 2026"
CLIENTS, SECONDS = 4, 6


class Browser:
    """One signed-in client of the served school."""

    def __init__(self, served: Up) -> None:
        self.base = f"http://127.0.0.1:{served.port}/t/school"
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = self.ask("/sign-in")[1]
        given = {"login": "admin", "password": PASSWORD, "csrf_token": token_of(page)}
        status, page = self.ask("/sign-in", urllib.parse.urlencode(given).encode())
        assert status == 200
        self.token = page.split('"X-CSRFToken":"', 1)[1].split('"', 1)[0]

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Status and text; 0 when the connection broke."""
        wanted = urllib.request.Request(self.base + path, data, {n.replace("_", "-"): v for n, v in headers.items()})
        try:
            try:
                with self.opener.open(wanted, timeout=20) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()
        except (OSError, http.client.HTTPException):  # a worker may die in the midst of its answer, too
            return 0, ""

    def create(self, branch: str, serial: int) -> tuple[int, str]:
        """Enrol an invented member."""
        birth = date(1960, 1, 1) + timedelta(days=serial % 7000)
        person = {
            "name": "陈建国",
            "sex": "1",
            "id_no": id_number(birth, serial // 7000 * 2 + 1, 77),
            "birth": birth.isoformat(),
            "ethnic": "汉族",
            "education": "大学本科",
            "person_type": "正式党员",
            "unit": branch,
            "join_date": "2005-07-01",
            "regular_date": "2006-07-01",
            "post": "专业技术人员",
            "phone": f"199{serial:08d}",
            "address": "书院路1号",
        }
        body = json.dumps(person).encode()
        return self.ask("/api/v1/people", body, Content_Type="application/json", X_CSRFToken=self.token)

    def branch_id(self) -> str:
        """Some branch's id."""
        items: list[dict[str, Any]] = json.loads(self.ask("/api/v1/units/tree")[1])["items"]
        return str(next(item["id"] for item in items if item["type"] == "branch"))

    def total(self) -> int:
        """Members by the roster."""
        return int(json.loads(self.ask("/api/v1/people?limit=1")[1])["total"])


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Up, Path]]:
    """A school, served from a data directory of its own."""
    folder = Path(tempfile.mkdtemp(prefix="dj-"))
    data, book = folder / "data", folder / "党组织.xlsx"
    book.write_bytes(units_workbook(SCHOOL))
    made = dangjian("tenant", "create", "school", "--title", SCHOOL.title, "--root", SCHOOL.root, "--admin", "admin",
                    "--password", PASSWORD, data=data)  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert dangjian("org", "import", str(book), "--tenant", "school", "--json", data=data).returncode == 0
    with up(data) as running:
        yield running, data
    shutil.rmtree(folder, ignore_errors=True)


def load(served: Up, strike: Any, first: int) -> tuple[int, list[tuple[int, str]]]:
    """Clients that enrol members without pause while ``strike`` is dealt; what was acknowledged, and the rest."""
    said: list[tuple[int, str]] = []
    browsers = [Browser(served) for _ in range(CLIENTS)]
    branch = browsers[0].branch_id()
    over = time.monotonic() + SECONDS

    def work(client: int) -> None:
        serial = first + client * 2000
        while time.monotonic() < over:
            said.append(browsers[client].create(branch, serial))
            serial += 1

    threads = [threading.Thread(target=work, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS / 3)
    strike()
    for thread in threads:
        thread.join()
    return sum(status == 201 for status, _ in said), [one for one in said if one[0] != 201]


def total(served: Up) -> int:
    """Members by the roster, once the server answers again after what was done to it."""
    eventually(lambda: served.get("/readyz") == 200, within=90)
    return Browser(served).total()


def plain(text: str) -> bool:
    """An error answer that a program or person can read, without a trace of the inside."""
    return not any(word in text for word in ("Traceback", "psycopg", "sqlalchemy", "core."))


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0]))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("blow", "first"), [(signal.SIGQUIT, 0), (signal.SIGKILL, 10_000)], ids=["immediate", "kill -9"]
)
def test_no_acknowledged_member_is_lost_when_postgresql_dies_under_load(served, blow, first):
    running, data = served
    before = total(running)
    done, rest = load(running, lambda: postmaster(data).send_signal(blow), first)
    assert done > 5
    assert {status for status, _ in rest} <= {0, 500, 503}
    assert all(plain(text) for _, text in rest)
    # One that was committed while its answer was lost may be there besides; never fewer than were acknowledged.
    assert done <= total(running) - before <= done + len(rest)


@pytest.mark.timeout(120)
def test_a_killed_web_worker_costs_its_own_requests_and_no_data(served):
    running, _ = served
    before = total(running)
    workers = running.children()["gunicorn"].children()
    done, rest = load(running, lambda: workers[0].send_signal(signal.SIGKILL), 20_000)
    assert done > 5
    assert {status for status, _ in rest} <= {0, 502, 503}
    assert done <= total(running) - before <= done + len(rest)
