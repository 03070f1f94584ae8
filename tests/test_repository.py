"""The repository keeps the promises it makes about itself: shape of the code, pinned requirements, words, files."""

import ast
import hashlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("run", "build", "dev")}
#: Of the text at apache.org/licenses/LICENSE-2.0, white space squeezed.
APACHE_2 = "1533979938dda1522969069f24f3701e"

MODULE_LINES = 400
FUNCTION_LINES = 60
CLOCK = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|time\.time|clock\.(today|now))\(")


def tracked(*patterns: str) -> list[Path]:
    """The files under version control, and those that would be added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / line for line in sorted(set(listed.splitlines())) if (ROOT / line).is_file()]


@cache
def product_modules() -> tuple[Path, ...]:
    """What people read and change: migrations, once written, are neither."""
    found = tracked("core/*.py", "plugins/*.py", "tenants/*.py")
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """Names of all modules that a file imports, also inside functions."""
    names = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- shape ---------------------------------------------------------------------------------------------------------


def test_there_is_code_to_look_at() -> None:
    assert len(product_modules()) > 50


def test_no_module_is_longer_than_its_cap() -> None:
    long = {shown(path): lines for path in product_modules() if (lines := path.read_text().count("\n")) > MODULE_LINES}
    assert long == {}


def test_no_function_is_longer_than_its_cap() -> None:
    long = [
        f"{shown(path)}:{node.name} has {lines} lines"
        for path in product_modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


def test_modules_are_named_after_what_they_hold() -> None:
    hollow = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common", "base"}
    assert [shown(path) for path in product_modules() if path.stem in hollow or path.parent.name in hollow] == []


def is_rules(path: Path) -> bool:
    return path.name == "rules.py" or "rules" in path.parts


def test_rules_know_no_web_no_database_no_clock() -> None:
    impure = {
        "flask",
        "flask_babel",
        "sqlalchemy",
        "flask_sqlalchemy",
        "psycopg",
        "redis",
        "rq",
        "os",
        "pathlib",
        "core.clock",
    }
    rules = [path for path in product_modules() if is_rules(path)]
    assert rules
    broken = [
        f"{shown(path)} imports {name}"
        for path in rules
        for name in imported(path)
        if {name, name.split(".")[0]} & impure
    ]
    broken += [f"{shown(path)} reads the clock" for path in rules if CLOCK.search(path.read_text())]
    assert broken == []


def test_the_core_knows_neither_plugins_nor_the_hosting_side() -> None:
    core = [path for path in product_modules() if path.relative_to(ROOT).parts[0] == "core"]
    assert [
        f"{shown(path)} imports {name}"
        for path in core
        for name in imported(path)
        if name.split(".")[0] in {"plugins", "tenants"}
    ] == []


def test_plugins_know_the_sdk_and_nothing_else_of_ours() -> None:
    broken = []
    for path in product_modules():
        place = path.relative_to(ROOT).parts
        if place[0] != "plugins" or len(place) < 3:
            continue
        for name in imported(path):
            parts = name.split(".")
            past_sdk = parts[0] == "core" and parts[:2] != ["core", "sdk"] and name != "core"
            other = parts[0] == "plugins" and len(parts) > 1 and parts[1] != place[1]
            if past_sdk or other or parts[0] == "tenants":
                broken.append(f"{shown(path)} imports {name}")
    assert broken == []


def test_every_part_of_the_core_has_its_layer() -> None:
    contracts = {contract["name"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
    by_part = contracts["By part: each knows only what stands below it"]["layers"]
    layered = {name.strip(" ()") for layer in by_part for name in layer.split(":")}
    # What serves every part and knows none of them: the shells, the programs beside the product, SQL of the migrations.
    beside = {"web", "api", "runtime", "health", "translations"}
    parts = {path.relative_to(ROOT).parts[1].removesuffix(".py") for path in tracked("core/*.py")} - {"__init__"}
    assert parts - layered - beside == set()


# --- words ---------------------------------------------------------------------------------------------------------


def identifiers(tree: ast.Module) -> Iterator[str]:
    """Names that a module defines: classes, functions, arguments, attributes and variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words_of(name: str) -> set[str]:
    return set(re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_"))


def unwanted_words() -> dict[str, str]:
    """Of the glossary's last table: a word we do not use → the one we use."""
    section = (ROOT / "docs/glossary.md").read_text().partition("## Words we do not use")[2]
    return dict(re.findall(r"^\| `(\w+)` \| `(\w+)`", section, re.MULTILINE))


def test_the_code_speaks_the_words_of_the_glossary() -> None:
    unwanted = unwanted_words()
    assert len(unwanted) > 5
    terms = set(
        re.findall(r"[a-z0-9_]+", (ROOT / "docs/glossary.md").read_text().partition("## Words we do not use")[0])
    )
    strayed = {
        f"{shown(path)}: {name} (say {unwanted[word]})"
        for path in product_modules()
        if path.name != "cli.py"  # its verbs are given: dangjian org import
        for name in identifiers(tree_of(path))
        if name.lower() not in terms
        for word in words_of(name) & unwanted.keys()
    }
    assert strayed == set()


def test_each_term_of_the_glossary_has_one_english_word() -> None:
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| [^|]*\|$", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    terms = [term for term, _ in rows if re.search(r"[一-鿿]", term) and term != "中文"]
    assert len(terms) > 100
    assert {term for term in terms if terms.count(term) > 1} == set()


def test_nothing_is_said_of_the_machine_it_was_written_on() -> None:
    private = re.compile(
        r"(?<!\w)/work/|/opt/wheels|/opt/pypi|/root/\w|(?<!\w)/home/\w+/|\bpypi\.org|pythonhosted|npmjs\.(org|com)|npmmirror|tsinghua\.edu|aliyun\.com/(pypi|simple)"
    )
    told = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".png", ".xlsx", ".xls", ".ods", ".woff2", ".ico"}:
            continue
        told += [f"{shown(path)}: {found.group()}" for found in private.finditer(path.read_text(errors="replace"))]
    assert told == []


def test_no_work_is_left_for_another_day() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [
        path
        for path in tracked("core", "plugins", "tenants", "migrations", "deploy", "docs", "*.md")
        if path.suffix not in {".json", ".png", ".xlsx"}
    ]
    assert [shown(path) for path in files if left.search(path.read_text(errors="replace"))] == []


def test_no_test_is_skipped() -> None:
    skipping = re.compile(r"pytest\.(skip|importorskip|xfail)\(|mark\.(skip|skipif|xfail)\b|unittest\.skip")
    assert [
        shown(path) for path in tracked("tests/*.py") if path != Path(__file__) and skipping.search(path.read_text())
    ] == []


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=[\"']|javascript:",
        re.IGNORECASE,
    )
    templates = tracked("core/*.html", "plugins/*.html", "tenants/*.html")
    assert templates
    assert {
        f"{shown(path)}: {found.group()}" for path in templates for found in inline.finditer(path.read_text())
    } == set()


# --- files ---------------------------------------------------------------------------------------------------------


def requirements(name: str) -> dict[str, str]:
    """Package → version of one lock."""
    text = LOCKS[name].read_text()
    return {found[0]: found[1] for found in re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_direct_requirement_is_pinned_and_locked(name: str) -> None:
    lines = [line.partition("#")[0].strip() for line in LOCKS[name].with_suffix(".in").read_text().splitlines()]
    locked = requirements(name)
    for line in filter(None, lines):
        pinned = re.fullmatch(r"([a-z0-9._-]+)(\[[a-z,]+\])?==(\S+)", line)
        assert pinned, f"{line} has no exact version"
        assert locked.get(pinned[1]) == pinned[3], f"{line}: run `make lock`"


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_hashes_and_no_address(name: str) -> None:
    text = LOCKS[name].read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block.splitlines()[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []
    assert "//" not in text
    assert re.search(r"^--", text, re.MULTILINE) is None


def test_the_locks_agree_with_one_another() -> None:
    versions: dict[str, set[str]] = {}
    for name in LOCKS:
        for package, version in requirements(name).items():
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_the_browser_assets_are_locked_without_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"integrity"' in text
    assert '"resolved"' not in text


def test_the_licence_is_there_in_full() -> None:
    text = " ".join((ROOT / "LICENSE").read_text().split())
    assert hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() == APACHE_2
    assert PYPROJECT["project"]["license"] == "Apache-2.0"


def test_help_lists_every_verb_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    shown_by_help = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(phony[1].split()) == set(re.findall(r"^\s+make ([a-z-]+)\s", shown_by_help, re.MULTILINE))
    assert {"help", "setup", "demo", "test", "lint", "bench", "docs"} <= set(phony[1].split())


def test_tools_are_configured_in_one_place() -> None:
    others = {
        "setup.cfg",
        "setup.py",
        "tox.ini",
        "pytest.ini",
        "mypy.ini",
        ".ruff.toml",
        "ruff.toml",
        ".flake8",
        ".importlinter",
        ".djlintrc",
        ".coveragerc",
    }
    assert {shown(path) for path in tracked()} & others == set()


def test_the_build_machine_runs_lint_and_test() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert {"make lint", "make test"} <= set(script.read_text().splitlines())
