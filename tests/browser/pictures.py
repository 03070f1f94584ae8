"""The handbook's pictures: which screen each shows, how it is taken, and what on it makes a picture outdated."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open]")


def _case(page: Page) -> None:
    page.locator("main tbody a").first.click()
    page.wait_for_selector(".stepper")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the screen's address, on a desk or in a hand, and what is done before it is taken."""

    path: str
    size: str = "desk"
    before: Callable[[Page], None] | None = None


#: Every picture of the handbook by its name.
PICTURES = {
    "home": Picture("/"),
    "home-phone": Picture("/", "hand"),
    "palette": Picture("/", before=_palette),
    "me": Picture("/me"),
    "feedback-new": Picture("/feedback/new"),
    "units": Picture("/units/"),
    "terms": Picture("/terms"),
    "members": Picture("/people/"),
    "person-new": Picture("/people/new"),
    "corrections": Picture("/corrections"),
    "change-new": Picture("/changes/new"),
    "imports": Picture("/imports/"),
    "policies": Picture("/settings/policies"),
    "feedback-desk": Picture("/feedback/desk"),
    "development": Picture("/p/development/"),
    "development-case": Picture("/p/development/?q=曾晓梅", before=_case),
    "development-ballots": Picture("/p/development/ballots"),
    "development-plan": Picture("/p/development/plan"),
    "development-report": Picture("/p/development/reports/monthly"),
    "development-mine-phone": Picture("/p/development/mine", "hand"),
}
_COLOURS = 64
#: What a screen says of itself, data left out: its title, the headings of its tables and the labels of its fields.
_SHAPE = """() => [...document.querySelectorAll("main h1, main thead th, main label.form-label, main legend, dialog[open] input")]
    .map(e => (e.getAttribute("aria-label") || e.textContent).trim().replace(/\\s+/g, " ")).filter(Boolean)"""


def take(page: Page, url: str, picture: Picture, file: Path | None = None) -> list[str]:
    """Go to the screen, keep its picture in ``file``, and return what it says of itself."""
    page.goto(url)
    if picture.before is not None:
        picture.before(page)
    if file is not None:
        with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as shot:
            small = shot.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            small.save(file, optimize=True)
    shape: list[str] = page.evaluate(_SHAPE)
    return shape
