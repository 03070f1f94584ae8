"""A walk over every screen that can be reached by links from the home page, each looked at as a person would."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Error, Page

from tests.browser.chromium import SIZES, findings_of_axe, keep, watched
from tests.browser.conftest import Place

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
    "/p/care/",
    "/p/development/",
    "/p/development/ballots",
    "/p/development/ballots/ID",
    "/p/development/ballots/ID/roll",
    "/p/development/cases/ID",
    "/p/development/cases/ID/acts/ID",
    "/p/development/cases/ID/acts/ID/correct",
    "/p/development/cases/ID/do/branch_meeting",
    "/p/development/cases/ID/documents",
    "/p/development/cases/ID/edit",
    "/p/development/cases/ID/record",
    "/p/development/forms",
    "/p/development/g/ID",
    "/p/development/letters",
    "/p/development/new",
    "/p/development/notices/ID",
    "/p/development/overview",
    "/p/development/plan",
    "/p/development/pool",
    "/p/development/queue",
    "/p/development/reports",
    "/p/development/reports/ID/list",
    "/p/development/reports/ID/print",
    "/p/development/reports/monthly",
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
#: Ids, dotted codes, the codes of role templates, and what a plugin's papers and reports are called: one screen each,
#: whatever they name.
_ID = re.compile(
    r"/[0-9a-f]{8}-[0-9a-f-]{27}|/[a-z_]+\.[a-z0-9_.]+(?=$|/)|(?<=/roles/template)/[a-z_]+"
    r"|(?<=/documents)/d\d\d_[a-z_]+|(?<=/reports)/[a-z]+(?=/list|/print)|(?<=/g)/[\w-]{16,}"
)
MOST = 300


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
    """What the links lead to: pattern to one address of it, in the order found; the addresses that fail; and what is
    wrong, by pattern."""

    found: dict[str, str] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)


def walk(browser: Browser, signed_in: Path, place: Place, size: str) -> Screens:
    """Every screen that the links lead to, looked at in one size."""
    reached = Screens()
    waiting = [place.url("/")]
    asked: set[str] = set()
    with watched(browser, size, storage_state=str(signed_in)) as (page, complaints):
        width, height = SIZES[size]
        while waiting and len(reached.found) < MOST:
            url = waiting.pop(0)
            pattern = pattern_of(url, place)
            if pattern in asked:
                continue
            asked.add(pattern)
            page.set_viewport_size({"width": width, "height": height})
            if not opened(page, url, reached):
                continue
            pattern = pattern_of(page.url, place)
            asked.add(pattern)
            if pattern in reached.found:
                continue  # the address led on to a screen that was seen
            reached.found[pattern] = url
            waiting += links(page, place)
            keep(page, f"{name_of(pattern)}-{size}")
            found = complaints_of(page) + complaints
            complaints.clear()
            if found:
                reached.wrong[pattern] = found
    return reached


def opened(page: Page, url: str, reached: Screens) -> bool:
    """Go there; whether it is a page."""
    try:
        answer = page.goto(url)
    except Error as error:
        if "Download is starting" in str(error):
            return False
        raise
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return False
    if answer.status >= 400:
        reached.failed[url] = answer.status
    return answer.status < 400


def name_of(pattern: str) -> str:
    """A file name for a screen."""
    return pattern.strip("/").replace("/", "-").replace("?", "-") or "home"


def all_is_well(screens: Screens) -> None:
    """Every screen was found and is clean, and no link fails."""
    assert screens.failed == {}
    assert set(EXPECTED) - set(screens.found) == set()
    assert len(screens.found) < MOST, "the walk ended before every screen was seen"
    assert screens.wrong == {}
