"""What the product imports is what it asks to be installed: a development environment must not hide a missing library."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = {"core", "plugins", "tenants", "migrations", "_typeshed"}
#: File → what it may import unpinned. pytest itself loads these two (its entry point, and what that brings in) where a
#: plugin's author runs the conformance kit; the running product imports neither.
KIT = {"core/pytest_plugin.py": {"pytest"}, "core/sdk/kit/collecting.py": {"pytest"}}


def imported() -> dict[str, str]:
    """Top-level module → one file that imports it."""
    found: dict[str, str] = {}
    for package in ("core", "tenants", "plugins"):
        for file in (ROOT / package).rglob("*.py"):
            here = file.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                else:
                    continue
                tops = {name.split(".")[0] for name in names} - KIT.get(here, set())
                found.update(dict.fromkeys(tops, here))
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names and name not in OURS}


def test_every_imported_library_is_among_the_pinned_requirements_of_the_running_product():
    locks = "".join((ROOT / "requirements" / f"{name}.txt").read_text("utf-8") for name in ("run", "build"))
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", locks, re.MULTILINE)}
    providers = packages_distributions()
    missing = {
        module: file
        for module, file in imported().items()
        if not {name.lower().replace("_", "-") for name in providers.get(module, ())} & pinned
    }
    assert not missing
