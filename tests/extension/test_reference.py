"""The reference of extension points says what the code says, and every point has a plugin that uses it or a reason."""

import re

import pytest

from core.events.registry import EVENTS
from core.extension import reference
from core.extension.hooks import Hooks
from core.extension.manifest import Manifest
from core.extension.points import Call, points_of


def test_the_pages_are_up_to_date() -> None:
    assert reference.main([]) == 0, "run: python -m core.extension.reference --write"


@pytest.mark.parametrize("name", points_of(Hooks))
def test_every_point_is_documented_with_its_signature(name: str) -> None:
    page = reference.hooks()
    assert f"## {name}\n" in page
    assert f"def {reference.signature(name)}:" in page


@pytest.mark.parametrize("name", points_of(Hooks))
def test_every_point_is_used_by_a_plugin_that_is_no_demo_and_the_page_names_it(name: str) -> None:
    ours = [path for path in reference.uses(name) if path.startswith("plugins/")]
    assert ours, "implement it in one of plugins/* where it is of use, or take the point away"
    assert all(f"[`{path}`]" in reference.used_by(name) for path in ours)


def test_every_point_that_is_called_while_the_product_runs_is_called_in_a_test() -> None:
    """Those of the start are called whenever a test starts the product with the plugins that bring something there."""
    folders = [reference.ROOT / "tests" / one for one in ("extension", "plugins", "examples", "sdk")]
    said = "\n".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("test_*.py"))
    later = {name for name, one in points_of(Hooks).items() if one.call is not Call.BOOT}
    by_effect = {name for name in later if any(one.startswith(reference.EXAMPLES) for one in reference.uses(name))}
    assert {name for name in later - by_effect if not re.search(rf"\b{name}\b", said)} == set()


def test_the_page_of_the_manifest_has_every_key_and_the_events_that_there_are() -> None:
    import core.app  # noqa: F401  (what declares the product's events)

    page = (reference.DOCS / "manifest.md").read_text("utf-8")
    keys = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    told = set(re.findall(r"^\| `(\w+(?:\.\w+)+)` \|", page, re.MULTILINE))
    parts = {name.partition(".")[0] for name in told}
    assert keys == set(Manifest.__dataclass_fields__)
    assert told == {name for name in EVENTS if name.partition(".")[0] in parts}
