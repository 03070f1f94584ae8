"""The wizard in the browser's eyes."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import bound, db, transaction, uuid7
from core.jobs.run import run_due
from core.organization.models import Unit
from core.organization.paths import path_of
from core.people.actions.writing import log
from core.people.models import Person
from core.spreadsheets.opening import open_workbook
from tenants.provision import NewTenant
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.importing.conftest import branch, member, roster
from tests.spreadsheets import workbooks as make


@pytest.fixture
def units(app: Flask, tenant: NewTenant) -> dict[str, Any]:
    """Two branches, by name."""
    made = {}
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        for at, name in enumerate(("兴田村", "银洋村"), 1):
            path, path_end = path_of(path_of("", 0)[0], at)
            made[name] = uuid7()
            session.add(
                Unit(
                    id=made[name], name=branch(name), short_name=name, type="branch", parent_id=tenant.root_unit_id,
                    path=path, path_end=path_end, depth=1,
                )
            )  # fmt: skip
    return made


class Wizard:
    """A signed-in browser at the wizard."""

    def __init__(self, app: Flask, tenant: NewTenant, login: str = "admin") -> None:
        self.app, self.tenant = app, tenant
        self.client: FlaskClient = sign_in(app, tenant, login)
        self.base = f"http://{tenant.slug}.dangjian.test"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, base_url=self.base, headers=headers)

    def post(self, path: str, **form: Any) -> Any:
        token = token_of(self.get("/imports/new/people").text)
        return self.client.post(path, base_url=self.base, data={"csrf_token": token, **form})

    def upload(self, data: bytes, name: str = "花名册.xlsx", kind: str = "people") -> str:
        answer = self.post(f"/imports/new/{kind}", file=(io.BytesIO(data), name))
        assert answer.status_code == 303, answer.text
        self.work()
        return str(answer.location)

    def work(self) -> None:
        with self.app.app_context(), bound(tenant_id=self.tenant.id):
            run_due()
            db.session.remove()

    def columns(self, run: str, **more: Any) -> Any:
        """Send the proposed columns back as they are."""
        page = self.get(run).text
        chosen = re.findall(r'<select[^>]*name="(column-\d+)">(.*?)</select>', page, re.DOTALL)
        form: dict[str, Any] = {}
        for name, options in chosen:
            found = re.search(r'value="([^"]*)" selected', options)
            form[name] = found[1] if found else ""
        form["sheet"] = re.findall(r'name="sheet" value="([^"]*)" checked', page)
        answer = self.post(f"{run}/columns", mode="both", **form, **more)
        self.work()
        return answer


@pytest.fixture
def wizard(app: Flask, tenant: NewTenant, units: dict[str, Any]) -> Wizard:
    """The administrator at the wizard."""
    del units
    return Wizard(app, tenant)


def test_from_upload_to_undo(wizard: Wizard) -> None:
    run = wizard.upload(roster(member(1), member(2), member(3, 姓名=""), member(4, 性别="女")))
    page = wizard.get(run).text
    assert "各列对应什么" in page
    assert 'value="id_no" selected' in page
    assert wizard.columns(run).status_code == 303
    page = wizard.get(run).text
    assert "还没有写入任何内容" in page
    assert "姓名没有填写" in page
    assert "确认导入 2 名党员" in page
    assert wizard.post(f"{run}/reason", reason="档案与证件不一致", all="1").status_code == 303
    wizard.work()
    assert "确认导入 3 名党员" in wizard.get(run).text
    assert wizard.post(f"{run}/start").status_code == 303
    busy = wizard.get(run, **{"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert 'hx-trigger="every' in busy
    assert "<html" not in busy
    wizard.work()
    page = wizard.get(run).text
    assert "导入完成" in page
    assert 'hx-trigger="every' not in page
    assert "党员总数" in page
    assert wizard.post(f"{run}/undo").status_code == 303
    wizard.work()
    assert "移除 3" in wizard.get(run).text
    assert "花名册.xlsx" in wizard.get("/imports/").text


def test_a_laid_out_register_is_shown_asked_about_and_read_plainly_when_told_so(wizard: Wizard) -> None:
    levels = [["党委", "党总支", "党支部"], ["甲党委", "乙总支", "丙支部"], ["甲党委", "", "丁支部"]]
    run = wizard.upload(make.xlsx(levels), kind="organization")
    page = wizard.get(run).text
    assert "它的上级" in page
    assert "第 3 行中间一级是空的" in page
    assert wizard.columns(run).status_code == 422  # nobody said what the empty level means
    assert wizard.columns(run, outline="none").status_code == 303
    page = wizard.get(run).text
    assert "确认导入 4 个党组织" in page
    assert "一并新建" in page
    assert wizard.post(f"{run}/read", **{"as": "plain"}).status_code == 303
    wizard.work()
    page = wizard.get(run).text
    assert "它的上级" not in page
    assert "重新识别" in page
    assert wizard.post(f"{run}/read", **{"as": "outline"}).status_code == 303
    wizard.work()
    wizard.columns(run, outline="same")
    wizard.post(f"{run}/start")
    wizard.work()
    assert "导入完成" in wizard.get(run).text
    assert wizard.post(f"{run}/read", **{"as": "plain"}).status_code == 422  # what is done is not read anew


def test_files_can_be_downloaded_and_that_is_written_down(wizard: Wizard) -> None:
    data = roster(member(1), member(2, 姓名=""))
    run = wizard.upload(data)
    wizard.columns(run)
    answer = wizard.get(f"{run}/file/errors")
    assert "错误说明" in str(open_workbook(answer.data).sheets[0].contents.rows[1])
    assert "no-store" in answer.headers["Cache-Control"]
    assert wizard.get(f"{run}/file/original").data == data
    from sqlalchemy import select

    from core.audit.models import AuditEvent

    with wizard.app.app_context(), bound(tenant_id=wizard.tenant.id):
        downloads = select(AuditEvent.detail).where(AuditEvent.kind == "people.import.download").order_by(AuditEvent.id)
        taken = db.session.scalars(downloads).all()
        db.session.remove()
    assert [detail["file"] for detail in taken] == ["errors", "original"]


def test_the_template_is_a_workbook_that_is_recognised_and_its_example_is_no_member(wizard: Wizard) -> None:
    data = wizard.get("/imports/template/people").data
    run = wizard.upload(data)
    assert "没有找到数据表格" in wizard.get(run).text


def test_a_renamed_pdf_is_explained_on_the_page(wizard: Wizard) -> None:
    page = wizard.get(wizard.upload(b"%PDF-1.7 ...", "花名册.xlsx")).text
    assert "PDF 文档" in page
    assert "没有完成" in page


def test_no_file_is_told_at_once(wizard: Wizard) -> None:
    answer = wizard.post("/imports/new/people")
    assert answer.status_code == 422
    assert "没有选择文件" in answer.text


def test_two_columns_for_one_field_are_told_on_the_same_page(wizard: Wizard) -> None:
    run = wizard.upload(roster(member(1)))
    answer = wizard.post(
        f"{run}/columns", **{"column-1": "name", "column-2": "name", "column-5": "id_no", "column-8": "branch"}
    )
    assert answer.status_code == 422
    assert "对应了两列" in answer.text


def test_a_kind_nobody_registered_is_not_found(wizard: Wizard) -> None:
    assert wizard.get("/imports/new/unicorns").status_code == 404


def test_a_branch_secretary_imports_into_the_own_branch_and_sees_no_other_run(
    app: Flask, tenant: NewTenant, units: dict[str, Any], wizard: Wizard
) -> None:
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="shuji", name="李书记", password=PASSWORD, role="branch_secretary", unit_id=units["兴田村"])
        db.session.remove()
    others = wizard.upload(roster(member(9)))
    secretary = Wizard(app, tenant, "shuji")
    assert secretary.get(others).status_code == 404
    assert secretary.get(f"{others}/file/original").status_code == 404
    assert others.rsplit("/", 1)[1] not in secretary.get("/imports/").text
    run = secretary.upload(roster(member(1), member(2, 所在党支部=branch("银洋村"))))
    secretary.columns(run)
    page = secretary.get(run).text
    assert "不在您的管理范围内" in page
    assert "确认导入 1 名党员" in page


def test_another_tenants_run_is_not_there(app: Flask, other_tenant: NewTenant, wizard: Wizard) -> None:
    run = wizard.upload(roster(member(1)))
    stranger = Wizard(app, other_tenant)
    assert stranger.get(run).status_code == 404
    assert stranger.post(f"{run}/start").status_code == 404


def test_rows_that_no_page_ever_offered_are_no_rows(wizard: Wizard) -> None:
    run = wizard.upload(roster(member(1), member(4, 性别="女")))
    wizard.columns(run)
    for row in ("abc!花名册", "9" * 5000 + "!花名册", "-1!", "!", "²!花名册", "999999!花名册"):
        answer = wizard.post(f"{run}/reason", reason="档案与证件不一致", row=row)
        assert (answer.status_code, "不需要说明理由" in answer.text) == (422, True), row[:20]


def test_what_would_change_stands_on_the_page_before_it_is_written_and_after(wizard: Wizard) -> None:
    for data in (roster(member(1), member(2)), roster(member(1, 学历="大学专科", 联系电话="13912345678"), member(2))):
        run = wizard.upload(data)
        assert wizard.columns(run).status_code == 303
        page = wizard.get(run).text
        if "已有记录的变化" in page:
            assert "导入会改动 1 行的 2 处内容：" in page
            assert all(text in page for text in ("大学本科", "大学专科", "138****0001", "139****5678"))
            assert "13912345678" not in page
            assert "大学专科" not in wizard.get(f"{run}?field=联系电话").text
            book = wizard.get(f"{run}/file/changes")
            assert open_workbook(book.data).sheets[0].contents.rows[0][0] == "已有记录的变化"
            listed = wizard.get(f"/api/v1{run.removeprefix(wizard.base)}/changes?field=联系电话").json
            assert [(one["title"], one["old"], one["new"]) for one in listed["items"]] == [
                ("联系电话", "138****0001", "139****5678")
            ]
        wizard.post(f"{run}/start")
        wizard.work()
    assert "改动了 1 行的 2 处内容：" in wizard.get(run).text


def test_the_page_warns_where_an_old_workbook_would_overwrite_what_was_changed_here_since(wizard: Wizard) -> None:
    run = wizard.upload(roster(member(1)))
    wizard.columns(run)
    wizard.post(f"{run}/start")
    wizard.work()
    with wizard.app.app_context(), bound(tenant_id=wizard.tenant.id), transaction() as session:
        person = session.scalars(select(Person)).one()
        log(person.id, {"education": (person.education, "10")})
        person.education = "10"
    run = wizard.upload(roster(member(1)))
    page = wizard.get(run).text
    assert "新增和补空缺：已有的只补空缺，不改已有内容" in page
    wizard.columns(run)
    page = wizard.get(f"{run}?since=1").text
    assert "有 1 行的内容在上次导入以后有人在系统中改过，这份表格可能更旧" in page
    assert "上次导入以后改过</th>" in page
    assert "大学本科" in page
