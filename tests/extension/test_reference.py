"""The reference of extension points says what the code says, and every point has a plugin that uses it or a reason."""

import pytest

from core.extension import reference
from core.extension.hooks import Hooks
from core.extension.points import points_of


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
    assert "nobody in the tree (the core exports" in reference.used_by("export_tenant")
