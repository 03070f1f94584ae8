"""Every component in a real browser: nothing breaks the content policy, axe finds nothing, nothing overflows."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.browser.chromium import SIZES, findings_of_axe, keep, launch, watched

PAGES = ("/", "/gallery", "/members", "/sign-in", "/settings", "/error/404", "/refused", "/broken")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("size", SIZES)
def test_a_page_is_clean_on_a_desk_and_in_a_hand(browser: Browser, address: str, path: str, size: str) -> None:
    with watched(browser, size) as (page, complaints):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert findings_of_axe(page) == []
        assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/", "/gallery", "/members"])
def test_large_type_fits_as_well(browser: Browser, address: str, path: str, size: str) -> None:
    with watched(browser, size) as (page, complaints):
        page.context.add_cookies([{"name": "large", "value": "1", "url": address}])
        page.goto(address + path)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 20
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert findings_of_axe(page) == []
        keep(page, f"gallery{path.replace('/', '-')}-large-{size}")
        assert complaints == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(browser, "desk") as (page, complaints):
        yield page
        assert complaints == []


@pytest.mark.browser
def test_the_tree_is_walked_with_the_arrow_keys(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery")
    present = page.locator("[role=treeitem][aria-current]")
    present.focus()
    page.keyboard.press("ArrowDown")
    assert "柳树沟村" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert present.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    assert "第一中学" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowRight")
    page.locator("#tree-5 [role=treeitem]").first.wait_for()
    assert page.locator("#tree-5 [role=treeitem]").count() == 2


@pytest.mark.browser
def test_choosing_rows_opens_the_bar_of_actions(page: Page, address: str) -> None:
    page.goto(f"{address}/members")
    bar = page.locator("[data-bulk-bar]")
    assert bar.is_hidden()
    page.locator("[data-bulk-one]").nth(1).check()
    assert bar.is_visible()
    page.locator("[data-bulk-all]").check()
    assert bar.inner_text().startswith("50")


@pytest.mark.browser
def test_sorting_exchanges_the_list_and_changes_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/members")
    page.evaluate("document.body.dataset.same = '1'")
    page.get_by_role("link", name="出生日期").click()
    page.wait_for_url("**/members?sort=birth")
    page.locator("th[aria-sort=ascending]", has_text="出生日期").wait_for()
    assert page.evaluate("document.body.dataset.same") == "1"
    page.go_back()
    page.locator("th[aria-sort=ascending]", has_text="姓名").wait_for()


@pytest.mark.browser
def test_filtering_is_sent_when_a_choice_changes(page: Page, address: str) -> None:
    page.goto(f"{address}/members")
    page.get_by_label("党籍状态").first.select_option("2")
    page.wait_for_url("**/members?*standing=2*")


@pytest.mark.browser
def test_a_slash_leads_to_the_search_and_escape_closes_a_menu(page: Page, address: str) -> None:
    page.goto(f"{address}/members")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.locator(".top-account summary").click()
    assert page.locator(".top-account").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator(".top-account").get_attribute("open") is None


@pytest.mark.browser
def test_a_dialog_opens_and_closes_and_gives_the_focus_back(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery")
    page.get_by_role("button", name="撤销").click()
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#ask").is_hidden()
    assert "撤销" in page.evaluate("document.activeElement.textContent")


@pytest.mark.browser
def test_a_pasted_chinese_date_is_understood(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text", "2026年7月1日");
            const field = document.getElementById("field-regular_date");
            field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    assert page.locator("#field-regular_date").input_value() == "2026-07-01"


@pytest.mark.browser
def test_a_list_prints_with_its_head_and_without_navigation(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/members")
    page.emulate_media(media="print")
    assert page.locator(".side").is_hidden()
    assert page.locator(".filters").is_hidden()
    assert page.locator(".print-head").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    page.pdf(path=str(tmp_path / "list.pdf"), prefer_css_page_size=True)
    assert (tmp_path / "list.pdf").stat().st_size > 10_000
