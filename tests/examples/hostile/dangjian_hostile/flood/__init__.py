"""Brings widgets without end."""

from collections.abc import Iterator
from itertools import count

from core.sdk import Widget, implements


@implements
def register_widgets() -> Iterator[Widget]:
    """One after the other."""
    return (Widget(key=f"hostile_flood.w{number}", title="卡片", render=lambda: "x") for number in count())
