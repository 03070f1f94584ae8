"""What people do: sign in, walk the tree, find somebody, read, change the language, leave."""

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from core.people.pinyin import search_keys
from tests.browser.chromium import watched
from tests.browser.conftest import Place
from tests.conftest import PASSWORD, make_tenant

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_said_plainly_and_the_name_stays(browser: Browser, place: Place) -> None:
    with watched(browser, "desk") as (page, complaints):
        page.goto(place.url("/people"))
        page.get_by_label("账号").fill("admin")
        page.get_by_label("密码").fill("不是这个口令")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("密码")
        assert page.get_by_label("账号").input_value() == "admin"
        assert page.get_by_label("密码").input_value() == ""
        assert complaints == []


def test_after_signing_in_one_is_where_one_wanted_to_go(browser: Browser, place: Place) -> None:
    with watched(browser, "hand") as (page, complaints):
        page.goto(place.url("/people"))
        page.get_by_label("账号").fill("admin")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_label("密码").press("Enter")
        page.wait_for_url(re.compile("/people/?$"))
        page.get_by_role("navigation", name="常用").get_by_role("link", name="首页").click()
        page.locator(".top-account summary").click()
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url(re.compile("/sign-in"))
        page.goto(place.url("/people"))
        expect(page).to_have_url(re.compile("/sign-in"))
        assert complaints == []


def test_the_tree_leads_to_a_branch_and_its_members(page: Page, place: Place) -> None:
    page.goto(place.url("/units/"))
    general = page.get_by_role("treeitem", name=re.compile("高中部总支部"))
    general.focus()
    page.keyboard.press("ArrowRight")
    branch = page.get_by_role("treeitem", name=re.compile("语文组支部"))
    branch.wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("支部委员会")
    page.get_by_role("navigation", name="页签").get_by_role("link", name=re.compile("党员")).click()
    expect(page.locator("#results")).to_be_visible()
    assert 0 < page.locator("#results tbody tr").count() <= 50


def test_somebody_is_found_by_initials_from_any_page(page: Page, place: Place) -> None:
    page.goto(place.url("/people"))
    name = page.locator("#results tbody tr .col-name a").nth(3).inner_text()
    initials = min(search_keys(name), key=len)
    page.goto(place.url("/units/"))
    page.keyboard.press("/")
    page.keyboard.type(initials)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"q={initials}"))
    expect(page.locator("#results")).to_contain_text(name)


def test_a_filter_changes_list_and_address_and_its_chip_takes_it_back(page: Page, place: Place) -> None:
    page.goto(place.url("/people"))
    before = page.locator(".list-count").inner_text()
    page.locator(".filters").get_by_label("性别").select_option(label="女")
    page.wait_for_url(re.compile("sex="))
    expect(page.locator(".list-count")).not_to_have_text(before)
    page.locator(".chips .chip", has_text="性别").click()
    expect(page.locator(".list-count")).to_have_text(before)


def test_a_member_is_read_and_the_number_stays_covered(page: Page, place: Place) -> None:
    page.goto(place.url("/people"))
    row = page.locator("#results tbody tr .col-name a").first
    name = row.inner_text()
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert not re.search(r"\d{17}[\dX]", page.content())


def test_english_is_chosen_in_the_account_menu_and_taken_back(browser: Browser, place: Place, signed_in: Path) -> None:
    with watched(browser, "desk", storage_state=str(signed_in)) as (page, complaints):
        page.goto(place.url("/people"))
        page.locator(".top-account summary").click()
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("navigation", name="Main navigation")).to_contain_text("Members")
        page.locator(".top-account summary").click()
        page.get_by_role("button", name="中文").click()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        assert complaints == []


def test_the_roster_prints_as_a_table_with_who_and_when(page: Page, place: Place, tmp_path: Path) -> None:
    page.goto(place.url("/people"))
    page.emulate_media(media="print")
    expect(page.locator(".print-head")).to_contain_text("制表日期")
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator(".filters")).to_be_hidden()
    page.pdf(path=str(tmp_path / "roster.pdf"), prefer_css_page_size=True)
    assert (tmp_path / "roster.pdf").read_bytes().startswith(b"%PDF")


def test_a_page_of_another_tenant_is_not_found_with_this_session(
    browser: Browser, place: Place, signed_in: Path, app: Flask
) -> None:
    other = make_tenant(app, "邻县智慧党建", "中共邻县委员会")
    with watched(browser, "desk", storage_state=str(signed_in)) as (page, complaints):
        page.goto(f"{place.address}/t/{other.slug}/people")
        expect(page).to_have_url(re.compile(f"/t/{other.slug}/sign-in"))
        page.goto(f"{place.address}/t/no-such-unit/people")
        assert "清源" not in page.content()
        assert complaints == []
