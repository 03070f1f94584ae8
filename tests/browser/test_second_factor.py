"""Second factors in a real browser: a virtual authenticator makes passkeys and signs in with them."""

import re
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page

from tenants.provision import NewTenant
from tests.browser.chromium import findings_of_axe, keep, watched
from tests.conftest import PASSWORD, make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Office:
    """One tenant under a name that passkeys work with."""

    def __init__(self, address: str, tenant: NewTenant) -> None:
        self.base = f"{address.replace('127.0.0.1', 'localhost')}/t/{tenant.slug}"

    def sign_in(self, page: Page) -> None:
        page.goto(self.base + "/sign-in")
        page.locator("[name=login]").fill("admin")
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()

    def sign_out(self, page: Page) -> None:
        page.goto(self.base + "/account/")
        page.locator("summary", has_text="王管理").click()
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url(self.base + "/sign-in")


@pytest.fixture
def office(app: Flask, address: str) -> Office:
    return Office(address, make_tenant(app))


@pytest.fixture(params=["desk", "hand"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page with an authenticator that always finds its owner's finger."""
    with watched(browser, request.param) as (page, complaints):
        page.size = request.param  # type: ignore[attr-defined]
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page
        assert complaints == []


def seen(page: Page, name: str) -> None:
    """The screen is clean, and kept to be looked at."""
    assert findings_of_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    keep(page, f"{name}-{page.size}")  # type: ignore[attr-defined]


def test_a_passkey_is_added_and_signs_in_without_a_password_and_as_the_second_step(office: Office, page: Page) -> None:
    office.sign_in(page)
    page.goto(office.base + "/account/second-factor")
    form = page.locator("form[data-passkey-add]")
    form.get_by_label("名称").fill("办公室电脑")
    form.get_by_label("登录密码").fill(PASSWORD)
    form.get_by_role("button", name="添加通行密钥").click()
    page.get_by_role("heading", name="请保存恢复码").wait_for()
    assert page.locator("[data-codes] li").count() == 10
    seen(page, "passkey-codes")
    page.get_by_role("link", name="已保存，继续").click()
    page.get_by_text("办公室电脑").first.wait_for()
    seen(page, "second-factor-set")
    office.sign_out(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(office.base + "/")
    office.sign_out(page)
    office.sign_in(page)
    page.get_by_role("button", name="用通行密钥验证").click()
    page.wait_for_url(office.base + "/")


def test_a_wrong_password_makes_no_passkey_and_says_so(office: Office, browser: Browser) -> None:
    with watched(browser, "desk") as (page, complaints):
        office.sign_in(page)
        page.goto(office.base + "/account/second-factor")
        form = page.locator("form[data-passkey-add]")
        form.get_by_label("登录密码").fill("wrong")
        form.get_by_role("button", name="添加通行密钥").click()
        page.get_by_text("原密码不对").wait_for()
        assert [one for one in complaints if "422" not in one] == []


def test_an_authenticator_app_is_set_up_and_asked_for(office: Office, page: Page) -> None:
    office.sign_in(page)
    page.goto(office.base + "/account/second-factor/app")
    seen(page, "app-setup")
    totp = TOTP(key=page.locator("code.link-once").inner_text())
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    page.get_by_label("应用显示的6位数字").fill(totp.generate(time.time() - 30).token)
    page.get_by_label("登录密码").fill(PASSWORD)
    page.get_by_role("button", name="确认绑定").click()
    page.get_by_role("heading", name="请保存恢复码").wait_for()
    seen(page, "recovery-codes")
    office.sign_out(page)
    office.sign_in(page)
    page.get_by_role("heading", name="再验证一步").wait_for()
    seen(page, "second-step")
    page.get_by_label("身份验证器显示的6位数字").fill(totp.generate(time.time()).token)
    page.get_by_role("button", name="验证", exact=True).click()
    page.wait_for_url(re.compile(r"/t/[^/]+/$"))
