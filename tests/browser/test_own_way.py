"""An applicant's own way on the phone: what comes next, a thought report handed in, the branch that receives it."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from core.database import bound
from core.sdk import Origin, acting, transaction
from plugins.development.cases import opening
from plugins.development.models.case import Case
from tests.browser.chromium import findings_of_axe, keep, watched
from tests.browser.conftest import Place
from tests.conftest import PASSWORD, add_account

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOGIN = "applicant"
LAST_OF_TRAINING = 6
REPORT = "这一季度我认真学习了党章和新修订的发展党员工作细则，参加了学校组织的志愿服务，对入党的条件有了更清楚的认识。"


@pytest.fixture(scope="module")
def applicant(app: Flask, equipped: Place) -> str:
    """Somebody on the way whose branch gave them an account; their name."""
    with app.app_context(), bound(tenant_id=equipped.tenant_id), acting(Origin(actor="演示数据")):
        with transaction() as session:
            case = session.scalars(
                select(Case)
                .where(Case.state == "activist", Case.side == "", Case.step < LAST_OF_TRAINING)
                .order_by(Case.applied_on)
                .limit(1)
            ).one()
            case_id, name, unit_id = case.id, case.name, case.unit_id
        account = add_account(login=LOGIN, name=name, password=PASSWORD, role="applicant", unit_id=unit_id)
        opening.link_account(case_id=case_id, account_id=account)
    return name


def clean(page: Page, name: str) -> None:
    """Nothing is wrong with the screen as it stands."""
    keep(page, name)
    assert findings_of_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_applicant_sees_the_next_step_and_hands_in_a_thought_report(
    browser: Browser, place: Place, applicant: str
) -> None:
    with watched(browser, "hand") as (page, complaints):
        page.goto(place.url("/"))
        page.locator("[name=login]").fill(LOGIN)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(place.url("/"))
        clean(page, "own-home-hand")
        page.get_by_role("link", name="我的入党历程").click()
        page.get_by_role("heading", name="我的入党历程").wait_for()
        assert page.locator(".stepper [aria-current=step]").inner_text().startswith("2")
        clean(page, "own-way-hand")
        page.get_by_role("link", name="思想汇报").first.click()
        page.get_by_label("主题").fill("学习党章的体会")
        page.get_by_label("正文").fill(REPORT)
        clean(page, "own-letter-hand")
        page.get_by_role("button", name="递交给党支部").click()
        page.get_by_text("等待党支部收下").wait_for()
        clean(page, "own-handed-in-hand")
        assert complaints == []


def test_the_branch_finds_the_report_and_opens_its_form(
    browser: Browser, signed_in: Path, place: Place, applicant: str
) -> None:
    with watched(browser, "desk", storage_state=str(signed_in)) as (page, complaints):
        page.goto(place.url("/p/development/letters"))
        page.get_by_role("link", name=f"{applicant} · 思想汇报").click()
        page.get_by_text("参加了学校组织的志愿服务").wait_for()
        clean(page, "letter-desk")
        page.get_by_role("link", name="收下并登记").click()
        page.get_by_role("heading", name="思想汇报", exact=True).wait_for()
        clean(page, "letter-received-desk")
        assert complaints == []
