"""``dangjian p development import``: a register of running cases brought in by the operator's command."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from core.cli import main
from core.database import bound, db
from core.extension import actions
from tests.plugins.development.test_documents_printing import inside
from tests.plugins.development.test_importing_runs import cases, register, short
from tests.tenants.test_commands import call  # noqa: F401 - a fixture

COUNTS = ("rows", "created", "updated", "unchanged")


@pytest.fixture
def file(tmp_path):
    """A register of somebody who applied, and of somebody in a branch that there is not."""
    path = tmp_path / "登记表.xlsx"
    head = {**short("递交入党申请书时间", "谈话时间"), "出生年月": "1996-05-04"}
    path.write_bytes(register({}, {"姓名": "赵云", "所在党支部": "没有的党支部"}, head=head))
    return str(path)


def test_a_dry_run_says_what_an_import_then_does(app, served, tenant, call, file):  # noqa: F811
    words = ("p", "development", "import", file, "--tenant", tenant.slug)
    status, dry = call(*words, "--dry-run")
    assert status == 0, dry
    assert (dry["run_id"], [dry[name] for name in COUNTS]) == (None, [2, 1, 0, 0])
    assert [(one["row"], one["field"]) for one in dry["refused"]] == [(4, "branch")]
    assert dry["totals"]["open"] == 0
    assert inside(app, tenant, cases) == {}
    said = CliRunner().invoke(main, list(words)).stdout
    assert "导入完成：新增 1、更新 0、无变化 0、退回 1 行。" in said
    assert dry["refused"][0]["message"] in said
    assert "现有正在办理的事项 1、入党申请人 1、" in said
    assert inside(app, tenant, lambda: {name: one.state for name, one in cases().items()}) == {"林晓": "applicant"}


def test_a_tenant_that_does_not_use_the_plugin_gets_no_cases(app, served, tenant, call, file):  # noqa: F811
    with app.app_context(), bound(tenant_id=tenant.id):
        actions.disable(name="development")
        db.session.remove()
    status, said = call("p", "development", "import", file, "--tenant", tenant.slug)
    assert status == 1
    assert "没有启用插件“发展党员”" in said["error"]
    assert f"dangjian plugin enable development --tenant {tenant.slug}" in said["error"]
    assert inside(app, tenant, cases) == {}


def test_in_a_process_of_its_own_the_command_is_found_and_says_what_it_lacks(file):
    words = ["p", "development", "import", file]
    alone = subprocess.run(
        [sys.executable, "-c", f"from core.cli import main; main({words!r})"], capture_output=True, text=True
    )
    assert alone.returncode == 2, alone.stderr
    assert "--tenant" in alone.stderr
