"""Subscribers of the tests, taken away again."""

from collections.abc import Iterator

import pytest

from core.events import registry


@pytest.fixture
def subscribers() -> Iterator[dict[str, registry.Subscriber]]:
    """The subscribers; what a test adds is gone afterwards."""
    before = dict(registry.SUBSCRIBERS)
    yield registry.SUBSCRIBERS
    registry.SUBSCRIBERS.clear()
    registry.SUBSCRIBERS.update(before)
