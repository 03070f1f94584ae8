"""The tutorial's commands, run as they are written, lead from nothing to a plugin that answers in a tenant."""

import json
import os
import re
import shutil
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
import venv
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.runtime.test_up import free_port
from tests.sdk.conftest import ROOT

PAGE = ROOT / "docs" / "plugins" / "tutorial.md"
#: The last command stays in front until it is stopped.
STAYS = "dangjian up"
PASSWORD = re.compile(r"--password (\S+)")


def commands() -> list[str]:
    """The tutorial's shell commands, in order."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def environment(folder: Path) -> dict[str, str]:
    """A virtual environment of its own that sees the product's libraries, with the product's commands in it."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    site = next((folder / "lib").glob("python*")) / "site-packages"
    (site / "product.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n{ROOT}\n", "utf-8")
    for name, module in (("dangjian", "core.cli"), ("pytest", "pytest"), ("pip", "pip")):
        command = folder / "bin" / name
        command.write_text(f'#!/bin/sh\nexec {python} -m {module} "$@"\n', "utf-8")
        command.chmod(0o755)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DANGJIAN", "PYTEST", "COV_", "PYTHON"))
    }
    # a build machine without network: pip takes what is installed
    pip = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_DEPS": "1"}
    return {**kept, **pip, "PATH": f"{folder / 'bin'}{os.pathsep}{kept['PATH']}", "VIRTUAL_ENV": str(folder)}


class Browser:
    """Somebody at the tenant's address, which need not be known to any name server."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}/t/demo"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        data = urlencode(form).encode() if form else None
        try:
            with self.opener.open(urllib.request.Request(f"{self.base}{path}", data), timeout=60) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_from_nothing_to_a_plugin_that_answers_in_a_tenant(tmp_path):
    steps = commands()
    assert steps[-1] == STAYS
    held = environment(tmp_path / "venv")
    folder = tmp_path / "work"
    folder.mkdir()
    for step in steps[:-1]:
        ran = subprocess.run(step, shell=True, cwd=folder, env=held, capture_output=True, text=True, timeout=900)
        assert ran.returncode == 0, f"{step}\n{ran.stdout}\n{ran.stderr}"
    port = free_port()
    up = subprocess.Popen(
        [shutil.which("dangjian", path=held["PATH"]), "up", "--json", "--port", str(port)],
        cwd=folder, env={**held, "DANGJIAN_LOG_LEVEL": "WARNING"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert up.stdout is not None
        json.loads(up.stdout.readline())
        browser = Browser(port)
        password = PASSWORD.search(" ".join(steps))[1]
        until = time.monotonic() + 120
        while browser.ask("/sign-in")[0] != 200 and time.monotonic() < until:
            time.sleep(0.2)
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.ask("/sign-in")[1])[1]
        browser.ask("/sign-in", {"login": "admin", "password": password, "csrf_token": token})
        status, page = browser.ask("/p/hall/entries")
        assert (status, "活动登记" in page) == (200, True), page[:2000]
    finally:
        up.terminate()
        up.wait(timeout=60)
