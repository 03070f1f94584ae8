"""Plugins as their authors make and install them: a folder, a distribution, and the kit in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.extension.scaffold import make

ROOT = Path(__file__).parents[2]


@dataclass
class Author:
    """A plugin in the making.

    :param folder: of the distribution. :param site: where it is installed.
    """

    name: str
    folder: Path
    site: Path

    def change(self, path: str, *changes: tuple[str, str]) -> None:
        """Replace pieces of a file; each must be there."""
        place = self.folder / path
        text = place.read_text("utf-8")
        for old, new in changes:
            assert old in text, (path, old)
            text = text.replace(old, new, 1)
        place.write_text(text, "utf-8")

    def add(self, path: str, text: str) -> None:
        """Write a further file, or add to one."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8") as file:
            file.write(text)

    def pytest(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pytest as the author does, in an environment that holds the product and the plugin."""
        environment = {**os.environ, "PYTHONPATH": f"{self.site}{os.pathsep}{self.folder}"}
        for name in [one for one in environment if one.startswith(("PYTEST", "COV_", "DANGJIAN"))]:
            del environment[name]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=900)

    def kit(self, *arguments: str) -> "Judgement":
        """Run the conformance kit; with ``--dangjian-checks=…`` only some of it."""
        report = self.folder / "report"
        ran = self.pytest(f"--dangjian-plugin={self.name}", f"--dangjian-report={report}", *arguments)
        assert (report / "report.json").is_file(), ran.stdout + ran.stderr
        return Judgement(ran, json.loads((report / "report.json").read_text("utf-8")), report / "report.md")


@dataclass
class Judgement:
    """What the kit said."""

    ran: subprocess.CompletedProcess[str]
    report: dict[str, Any]
    markdown: Path

    @property
    def outcomes(self) -> dict[str, str]:
        """Check → outcome."""
        return {one["code"]: one["outcome"] for one in self.report["results"]}

    @property
    def failed(self) -> set[str]:
        """The checks that failed."""
        return {code for code, outcome in self.outcomes.items() if outcome == "failed"}

    def said(self, code: str) -> str:
        """What a check said."""
        return "\n".join(next(one["said"] for one in self.report["results"] if one["code"] == code))


@pytest.fixture
def author(tmp_path: Path) -> Callable[[str], Author]:
    """``author("kiosk")`` makes a plugin by the scaffold and installs it."""

    def new(name: str) -> Author:
        folder, site = tmp_path / f"{name}-src", tmp_path / f"{name}-site"
        make(name, title="便民窗口", folder=folder)
        # what an installer writes for a distribution that is used where it lies
        info = site / f"dangjian_{name}-1.0.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dangjian-{name}\nVersion: 1.0.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[dangjian.plugins]\n{name} = dangjian_{name}\n", "utf-8")
        return Author(name, folder, site)

    return new
