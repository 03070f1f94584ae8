"""The documentation holds: its links lead somewhere, and the commands it names exist."""

import re
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = CODE.sub("", page.read_text())
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        todo += [
            (page.parent / target.partition("#")[0]).resolve()
            for target in re.findall(r"\]\(([^)\s:]+)\)", page.read_text())
        ]
    assert set(PAGES) - seen == set()


def test_every_make_verb_that_is_named_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        verb
        for page in PAGES
        for code in CODE.findall(page.read_text())
        for verb in re.findall(r"\bmake ([a-z-]+)", code)
    }
    assert named
    assert named - verbs == set()


def has_command(words: list[str]) -> bool:
    """Whether the product's command line knows these words, up to the first argument or option."""
    from core.cli import main

    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            return True
        found = command.get_command(click.Context(command), word)
        if found is None:
            return False
        command = found
    return True


def test_every_command_that_is_named_exists() -> None:
    named = set()
    for page in PAGES:
        for code in CODE.findall(page.read_text()):
            for words in re.findall(r"(?:^|[\s`/])dangjian((?: [a-z][a-z-]*)+)", code):
                named.add(words.strip())
    assert named
    assert {words for words in named if not has_command(words.split())} == set()
