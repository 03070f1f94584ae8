"""The reference of extension points says what the code says, and every point has a plugin that uses it or a reason."""

import pytest

from core.extension import reference
from core.extension.hooks import Hooks
from core.extension.points import points_of

#: Points nobody in the tree implements, and why.
UNUSED = {
    "register_identity_providers": "how one signs in is the installation's affair; the core's own kinds use the same registry",
    "register_importers": "no plugin of the tree takes workbooks yet; the core's own kinds use the same registry",
    "on_enable": "tables and defaults are in place without it",
    "on_purge": "nothing of the plugins in the tree lies outside the database and the file store",
    "export_tenant": "the core exports the plugins' tables by itself",
    "import_tenant": "as export_tenant",
}


def test_the_pages_are_up_to_date() -> None:
    assert reference.main([]) == 0, "run: python -m core.extension.reference --write"


@pytest.mark.parametrize("name", points_of(Hooks))
def test_every_point_is_documented_with_its_signature(name: str) -> None:
    page = reference.hooks()
    assert f"## {name}\n" in page
    assert f"def {reference.signature(name)}:" in page


@pytest.mark.parametrize("name", points_of(Hooks))
def test_every_point_is_used_or_says_why_not(name: str) -> None:
    assert reference.uses(name) or UNUSED.get(name)
