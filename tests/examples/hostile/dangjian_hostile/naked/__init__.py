"""Has a page that asks for no permission."""

from collections.abc import Sequence

from core.sdk import Pages, implements

pages = Pages(__name__)


@pages.get("/open")
def opened() -> str:
    """For everybody, by oversight."""
    return "全部党员"


@implements
def register_pages() -> Sequence[Pages]:
    """The page."""
    return (pages,)
