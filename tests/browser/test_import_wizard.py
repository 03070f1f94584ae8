"""The import wizard walked through in the browser: every step is clean, on a desk and in a hand."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from core.database import bound, db
from core.jobs.run import run_due
from core.people.identity_number import check_character
from core.spreadsheets.opening import open_workbook
from core.spreadsheets.writing import ListColumn, write_list
from core.tenancy.memory import recall
from tenants.demo.small import SCHOOL, members_workbook
from tests.browser.chromium import findings_of_axe, keep
from tests.browser.conftest import Place, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def worker(app: Flask, place: Place) -> Iterator[None]:
    """Somebody who does the tenant's jobs while the browser waits."""
    over = threading.Event()
    with app.app_context():
        tenant = recall("slug", place.slug)
    assert tenant is not None

    def work() -> None:
        while not over.wait(0.2):
            with app.app_context(), bound(tenant_id=tenant.id):
                run_due()
                db.session.remove()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def faulty_roster(tmp_path: Path) -> Path:
    """The school's roster with somebody new, a doubted row and two broken ones."""
    rows = open_workbook(members_workbook(SCHOOL)).sheets[0].contents.rows
    at = next(index for index, row in enumerate(rows) if "姓名" in row)
    head, members = rows[at], [list(row) for row in rows[at + 1 : at + 9] if row[0] != ""]
    name, number = (
        head.index("姓名"),
        next(i for i, title in enumerate(head) if "身份证" in str(title) or "号码" in str(title)),
    )
    members[0][head.index("党支部")] = "没有的支部"
    members[1][number] = str(members[1][number])[:-1] + "Q"
    members[2][name], members[2][number] = "新来的", _unused(str(members[2][number]))
    file = tmp_path / "新党员.xlsx"
    file.write_bytes(write_list([ListColumn(str(title)) for title in head], members, title="党员花名册"))
    return file


def _unused(number: str) -> str:
    """A number with the same birthday and sex that nobody has."""
    digits = number[:14] + f"{97 if int(number[16]) % 2 else 98}".zfill(3)
    return digits + check_character(digits)


def clean(page: Page, name: str) -> None:
    """Nothing for axe to complain about; kept as a picture."""
    keep(page, name)
    assert findings_of_axe(page) == []


@pytest.mark.parametrize("size", ["desk", "hand"])
def test_the_wizard_step_by_step(
    browser: Browser, signed_in: Path, place: Place, worker: None, tmp_path: Path, size: str
) -> None:
    del worker
    with visit(browser, signed_in, size) as page:
        page.goto(place.url("/imports/new/people"))
        clean(page, f"import-upload-{size}")
        page.get_by_label("表格文件").set_input_files(faulty_roster(tmp_path))
        page.get_by_role("button", name="上传并识别").click()
        page.get_by_text("各列对应什么").wait_for()
        clean(page, f"import-columns-{size}")
        page.get_by_role("button", name="检查每一行").click()
        page.get_by_text("还没有写入任何内容").first.wait_for()
        page.get_by_text("找不到").first.wait_for()
        clean(page, f"import-preview-{size}")
        page.get_by_role("button", name="确认导入").click()
        page.get_by_text("导入完成").wait_for()
        clean(page, f"import-result-{size}")
        page.get_by_role("button", name="撤销这次导入").click()
        page.get_by_role("dialog").get_by_role("button", name="撤销", exact=True).click()
        page.get_by_text("已撤销：").wait_for()
        clean(page, f"import-undone-{size}")
        page.goto(place.url("/imports/"))
        clean(page, f"import-list-{size}")
