"""Everything by keyboard: the palette, the list, the shortcuts; and large type on a small screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import findings_of_axe
from tests.browser.conftest import Place

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_member_is_found_and_opened_without_the_mouse(page: Page, place: Place) -> None:
    page.goto(place.url("/people/"))
    name = page.locator("main table tbody a").first.inner_text()
    page.goto(place.url("/"))
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    assert findings_of_axe(page) == []
    page.keyboard.type(name)
    chosen = page.locator("#palette [role=option][aria-selected=true]")
    expect(chosen).to_contain_text(name, timeout=30_000)  # the first search of a busy machine
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people/[0-9a-f-]{36}"))
    expect(page.locator("h1")).to_contain_text(name)

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_rows_pages_and_the_overlay_by_single_keys(page: Page, place: Place) -> None:
    page.goto(place.url("/people/"))
    names = page.locator("main table tbody .col-name a")
    page.keyboard.press("j")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert findings_of_axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(place.url("/units/"))


def test_letters_typed_into_a_field_are_letters(page: Page, place: Place) -> None:
    page.goto(place.url("/people/"))
    page.keyboard.press("/")
    page.keyboard.type("gjk?x")
    assert page.evaluate("document.activeElement.value") == "gjk?x"
    expect(page.locator("#keys")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/people/", "/units/", "/me", "/feedback/new", "/people/new"])
def test_large_type_on_the_smallest_phone_cuts_nothing(phone: Page, place: Place, path: str) -> None:
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.context.add_cookies([{"name": "large", "value": "1", "url": place.url("/")}])
    phone.goto(place.url(path))
    phone.evaluate("document.documentElement.classList.add('type-large')")
    assert phone.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 20
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert too_small(phone) == []
    phone.evaluate("document.documentElement.classList.remove('type-large')")
    assert too_small(phone) == []


def too_small(phone: Page) -> list[str]:
    """Controls that are lower than a thumb needs: 44 pixels."""
    found: list[str] = phone.evaluate(
        """[...document.querySelectorAll('.thumb a, .thumb button, main .btn, .top .btn-icon, main .form-control, main .form-select')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90))"""
    )
    return found


def test_the_bar_of_the_phone_leads_on_to_everything_else(phone: Page, place: Place) -> None:
    phone.goto(place.url("/"))
    more = phone.locator(".thumb button")
    more.click()
    expect(phone.locator("#side")).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
    phone.keyboard.press("Escape")
    expect(more).to_be_focused()
