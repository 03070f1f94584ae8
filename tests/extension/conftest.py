"""Plugins made of a few lines, written to a folder and found as if they had been installed."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from core.extension.discovery import Found
from core.extension.manifest import parse
from tests.registries import kept

_numbers = count(1)
MakePlugin = Callable[..., Found]


def manifest_text(name: str, **further: str) -> str:
    """A manifest that is in order, with further lines."""
    lines = {"title": '"场地"', "version": '"1.0"', "sdk": '">=1,<2"', **further}
    return "\n".join([f'name = "{name}"', *(f"{key} = {value}" for key, value in lines.items())])


@pytest.fixture
def make_plugin(tmp_path: Path) -> Iterator[MakePlugin]:
    """``make_plugin("venue", init="…", revisions={"0001": "…"}, schema_serial="1")`` writes a package and finds it."""
    sys.path.insert(0, str(tmp_path))
    made: list[str] = []

    def make(name: str, *, init: str = "", revisions: dict[str, str] | None = None, **manifest: str) -> Found:
        module = f"sample_{name}_{next(_numbers)}"
        folder = tmp_path / module
        (folder / "migrations").mkdir(parents=True)
        (folder / "__init__.py").write_text(textwrap.dedent(init), "utf-8")
        (folder / "plugin.toml").write_text(manifest_text(name, **manifest), "utf-8")
        before = "None"
        for number, body in (revisions or {}).items():
            text = f'revision = "{number}"\ndown_revision = {before}\n' + textwrap.dedent(body)
            (folder / "migrations" / f"{number}_step.py").write_text(text, "utf-8")
            before = f'"{number}"'
        made.append(module)
        return Found(name, module, f"sample-{name} 1.0", folder, parse((folder / "plugin.toml").read_text("utf-8")))

    yield make
    sys.path.remove(str(tmp_path))
    for module in made:
        for loaded in [known for known in sys.modules if known == module or known.startswith(f"{module}.")]:
            del sys.modules[loaded]


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left(app: Flask) -> Iterator[None]:
    """What this module's plugins told the process is forgotten after it."""
    del app
    with kept():
        yield
