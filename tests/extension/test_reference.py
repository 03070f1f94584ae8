"""The reference of extension points says what the code says, and every point has a plugin that uses it or a reason."""

import re

import pytest

from core.extension import reference
from core.extension.hooks import Hooks
from core.extension.points import Call, points_of


def test_the_pages_are_up_to_date() -> None:
    assert reference.main([]) == 0, "run: python -m core.extension.reference --write"


@pytest.mark.parametrize("name", points_of(Hooks))
def test_every_point_is_documented_with_its_signature(name: str) -> None:
    page = reference.hooks()
    assert f"## {name}\n" in page
    assert f"def {reference.signature(name)}:" in page


@pytest.mark.parametrize("name", points_of(Hooks))
def test_every_point_is_used_or_says_why_not(name: str) -> None:
    assert bool(reference.uses(name)) != bool(reference.UNUSED.get(name)), (
        "a reason stands exactly where nobody uses it"
    )


def test_where_only_the_example_uses_a_point_the_page_says_so() -> None:
    assert "alone, the example of a third party's plugin" in reference.used_by("register_hooks")
    assert "plugins/care/__init__.py" in reference.used_by("export_tenant")


def test_every_point_but_the_named_ones_is_used_by_a_plugin_that_is_no_demo() -> None:
    ours = {name for name in points_of(Hooks) if any(path.startswith("plugins/") for path in reference.uses(name))}
    examples = {name for name in points_of(Hooks) if reference.uses(name)} - ours
    assert set(points_of(Hooks)) - ours - examples == set(reference.UNUSED)
    for name in examples:
        assert "alone, the example" in reference.used_by(name)


def test_every_point_that_is_called_while_the_product_runs_is_called_in_a_test() -> None:
    """Those of the start are called whenever a test starts the product with the plugins that bring something there."""
    folders = [reference.ROOT / "tests" / one for one in ("extension", "plugins", "examples", "sdk")]
    said = "\n".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("test_*.py"))
    later = {name for name, one in points_of(Hooks).items() if one.call is not Call.BOOT}
    by_effect = {name for name in later if any(one.startswith(reference.EXAMPLES) for one in reference.uses(name))}
    assert {name for name in later - by_effect if not re.search(rf"\b{name}\b", said)} == set()
