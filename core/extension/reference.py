"""The reference of extension points, written from :mod:`core.extension.hooks` and :mod:`core.extension.places`.

``python -m core.extension.reference --write`` writes ``docs/plugins/hooks.md`` and ``slots.md``; without it, whether they
are up to date is the exit status.
"""

import inspect
import re
import sys
from functools import cache
from pathlib import Path

from core.extension.hooks import Hooks
from core.extension.places import PAGES, POSITIONS
from core.extension.points import Call, points_of

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs/plugins"
#: Where implementations in the tree are looked for: the plugins of the product, then the example.
EXAMPLES = "tests/examples/"
USES = (ROOT / "plugins", ROOT / EXAMPLES / "venue")
_NAMES = {r"\bc\.": "", r"\bSource\b": "SearchSource"}
_POLICIES = {
    Call.BOOT: "once, when the application starts; a failure sets the plugin aside and the application starts without it",
    Call.SLOT: "while a page is drawn, inside a savepoint; a failure leaves a remark",
    Call.VETO: "before a change, inside its transaction and a savepoint; only a returned Veto stops the change",
    Call.FILTER: "adds to an answer of the core; a failure leaves the answer as it was",
    Call.EVENT: "after the commit, through the outbox, at least once",
    Call.LIFECYCLE: "at a step of the plugin's own life; a failure stops the step, which can be run again",
    Call.GOVERNANCE: "what is asked of everybody who holds data; a failure is reported to whoever asked",
}


@cache
def _implemented() -> dict[str, list[str]]:
    """Extension point → the modules of the tree that implement it, as paths below the root."""
    found: dict[str, list[str]] = {}
    for file in sorted(file for folder in USES for file in folder.rglob("*.py")):
        for name in re.findall(r"^@implements\ndef (\w+)\(", file.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, []).append(file.relative_to(ROOT).as_posix())
    return found


def uses(name: str) -> list[str]:
    """The modules of the tree that implement an extension point, as paths below the root."""
    return _implemented().get(name, [])


def used_by(name: str) -> str:
    """Who implements an extension point in the tree, in words."""
    found = uses(name)
    said = ", ".join(f"[`{path}`](../../{path})" for path in found)
    return said or "nobody in the tree"


def signature(name: str) -> str:
    """The signature of an extension point as a plugin writes it."""
    source = inspect.getsource(getattr(Hooks, name))
    written = re.search(r"def (.*?):\s*(#[^\n]*)?\n", source, re.DOTALL)
    assert written  # noqa: S101  (it is a function of a class)
    plain = re.sub(r"\(self(, )?", "(", " ".join(written[1].split()))
    for ours, theirs in _NAMES.items():  # as a plugin imports them from core.sdk
        plain = re.sub(ours, theirs, plain)
    return plain


def hooks() -> str:
    """The page of extension points."""
    parts = [
        "# Extension points",
        (
            "Generated from `core/extension/hooks.py` by `python -m core.extension.reference --write`; a test fails when it is"
            " out of date.\n\nAn implementation carries `@implements` and the name of its point; it may leave out parameters. What"
            " the classes are made of stands in [What a plugin may import](sdk.md)."
        ),
        "| call | when, and what becomes of a failure |\n| --- | --- |\n"
        + "\n".join(f"| {call.value} | {said} |" for call, said in _POLICIES.items()),
    ]
    for name, point in points_of(Hooks).items():
        budget = f"{point.budget_ms} ms" if point.budget_ms else "no limit"
        says = inspect.getdoc(getattr(Hooks, name)) or ""
        parts.append(
            f"## {name}\n\n```python\n@implements\ndef {signature(name)}:\n    {point.example}\n```\n\n{_prose(says)}\n\n"
            f"Call: {point.call.value}. Budget: {budget}. Since: {point.since}."
            + (f" **Deprecated** {point.deprecated}." if point.deprecated else "")
            + f" Used by: {used_by(name)}."
        )
    return "\n\n".join(parts) + "\n"


def _prose(text: str) -> str:
    plain = re.sub(r":(?:class|func|data|meth):`~?([^`]+)`", r"`\1`", text).replace("``", "`")
    return re.sub(r":param (\w+):", r"- `\1`:", plain)


def slots() -> str:
    """The page of slots."""
    rows = "\n".join(
        f"| {page} | {subject} | " + " | ".join(f"`{page}:{position}`" for position in POSITIONS) + " |"
        for page, subject in PAGES.items()
    )
    heads = " | ".join(POSITIONS)
    return (
        "# Slots\n\nGenerated from `core/extension/places.py` by `python -m core.extension.reference --write`.\n\n"
        "Every page has the same places: under its heading, after its content (where it has tabs, on the first), beside it (below"
        " it on a phone), among its actions.\n\n"
        f"| page | what `render` is given | {heads} |\n| --- | --- | {' | '.join('---' for _ in POSITIONS)} |\n{rows}\n\n"
        "What `render` gives is Markup, plain text (which is escaped), or `None` for nothing. It is cleaned: no script, no"
        " style, no frames, addresses of this site only, at most 200 000 characters. It has 300 ms; a failure leaves a"
        " remark in its place, and each slot has a breaker of its own.\n\n"
        '```python\nSlot(place="unit:side", render=of_unit, permission="venue.room.view")\n```\n'
    )


def pages() -> dict[Path, str]:
    """The generated pages and what they should hold."""
    return {DOCS / "hooks.md": hooks(), DOCS / "slots.md": slots()}


def main(arguments: list[str]) -> int:
    """Write the pages, or say whether they are up to date."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--write" in arguments:
        for path in stale:
            path.write_text(pages()[path], "utf-8")
        return 0
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
