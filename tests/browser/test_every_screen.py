"""Every screen that can be reached by links from the home page: clean on a desk and in a hand."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.chromium import SIZES, findings_of_axe, watched
from tests.browser.conftest import Place, shoot, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: Screens that must be found, by their pattern; the crawl finds more.
EXPECTED = (
    "/",
    "/account/password",
    "/changes",
    "/changes/new",
    "/corrections",
    "/feedback",
    "/feedback/desk",
    "/feedback/new",
    "/help/",
    "/help/ID",
    "/imports/",
    "/imports/ID",
    "/imports/new/people",
    "/me",
    "/officers",
    "/people/",
    "/people/ID",
    "/people/ID/edit",
    "/people/doubts",
    "/people/export",
    "/people/new",
    "/settings/",
    "/settings/policies",
    "/settings/policies/ID",
    "/terms",
    "/units/",
    "/units/ID",
    "/units/ID/edit",
    "/vacancies",
)
#: Ids, dotted codes, and the codes of role templates: one screen each, whatever they name.
_ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}|/[a-z_]+\.[a-z0-9_.]+(?=$|/)|(?<=/roles/template)/[a-z_]+")
MOST = 260


def pattern_of(url: str, place: Place) -> str:
    """The path with ids left out, and the tab: two units are one screen, two tabs are two."""
    parts = urlsplit(url)
    tab = parse_qs(parts.query).get("tab", [""])[0]
    path = parts.path.removeprefix(f"/t/{place.slug}")
    if path.startswith("/help/") and path != "/help/":
        path = "/help/ID"  # chapters are one screen
    return _ID.sub("/ID", path) + (f"?{tab}" if tab else "")


def links(page: Page, place: Place) -> list[str]:
    """Where the page leads within its tenant, downloads left out."""
    found = page.evaluate("[...document.querySelectorAll('a[href]:not([download])')].map(a => a.href)")
    prefix = place.url("/")
    return [url.split("#")[0] for url in found if url.startswith(prefix)]


def complaints_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands."""
    found = findings_of_axe(page)
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if over > 0:
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".slice(0, 3).map(e => e.outerHTML.slice(0, 120))"
        )
        found.append(f"{over} px too wide: {wide}")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first order")
    lost = page.evaluate(
        """async () => {
            const uses = [...document.querySelectorAll("svg use")].map(u => u.href.baseVal);
            if (!uses.length) return [];
            const sprite = new DOMParser().parseFromString(await (await fetch(uses[0].split("#")[0])).text(), "image/svg+xml");
            return [...new Set(uses.map(u => u.split("#")[1]))].filter(name => !sprite.getElementById(name));
        }"""
    )
    return found + [f"no such icon: {name}" for name in lost]


@dataclass(frozen=True, slots=True)
class Screens:
    """What the links lead to: pattern to one address of it, in the order found; and the addresses that fail."""

    found: dict[str, str] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def screens(browser: Browser, signed_in: Path, place: Place) -> Screens:
    """Every screen that the links lead to."""
    reached = Screens()
    found = reached.found
    waiting = [place.url("/")]
    with visit(browser, signed_in) as page:
        while waiting and len(found) < MOST:
            url = waiting.pop(0)
            pattern = pattern_of(url, place)
            if pattern in found:
                continue
            try:
                answer = page.goto(url)
            except Error as error:
                if "Download is starting" in str(error):
                    continue
                raise
            if answer is None or "text/html" not in answer.headers.get("content-type", ""):
                continue
            if answer.status >= 400:
                reached.failed[url] = answer.status
                continue
            found[pattern] = url
            waiting += links(page, place)
    return reached


def name_of(pattern: str) -> str:
    """A file name for a screen."""
    return pattern.strip("/").replace("/", "-").replace("?", "-") or "home"


def test_the_screens_can_be_found_and_no_link_fails(screens: Screens) -> None:
    assert screens.failed == {}
    assert set(EXPECTED) <= set(screens.found)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_is_clean(browser: Browser, signed_in: Path, screens: Screens, size: str) -> None:
    width, height = SIZES[size]
    wrong: dict[str, list[str]] = {}
    with watched(browser, size, storage_state=str(signed_in)) as (page, complaints):
        for pattern, url in screens.found.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(url)
            shoot(page, f"{name_of(pattern)}-{size}")
            found = complaints_of(page) + complaints
            complaints.clear()
            if found:
                wrong[pattern] = found
    assert wrong == {}
