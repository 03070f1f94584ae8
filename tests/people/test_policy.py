"""The store's defaults are the rules' defaults, and a tenant's own value reaches the rules."""

from datetime import timedelta
from io import BytesIO

import xlsxwriter

from core import clock
from core.calendar_arithmetic import add_months
from core.importing.command import run_import
from core.people.policy import KEYS, policy
from core.people.rules.policy import DEFAULT_POLICY
from core.policy.actions import set_value
from tenants.demo.names import id_number


def test_every_key_of_the_store_has_the_default_of_the_rules():
    assert {name: key.default for name, key in KEYS.items()} == {name: getattr(DEFAULT_POLICY, name) for name in KEYS}


def test_a_tenants_own_value_holds_from_its_day_on(inside):
    today = clock.today()
    tomorrow = today + timedelta(days=1)
    set_value(key="roster.phone.shared_max", value=4, effective_from=tomorrow, reason="家庭共用电话较多", as_of=today)
    assert policy(as_of=today).phone_shared_max == 2
    assert policy(as_of=tomorrow).phone_shared_max == 4


def test_an_import_is_judged_by_the_tenants_own_value(inside):
    import_units(inside)
    today = clock.today()
    born = add_months(today, -20 * 12)
    book = members_book(born=born, joined=add_months(born, 19 * 12))
    assert run_import("people", book, "党员.xlsx", dry_run=True).refused == []
    set_value(key="member.min_age", value=20, effective_from=today, reason="上级规定", as_of=today)
    (refused,) = run_import("people", book, "党员.xlsx", dry_run=True).refused
    assert refused["rule"] == "R2.05"
    assert "20" in refused["message"]


def import_units(tenant):
    rows = [("中共清源县委机关支部委员会", "党支部", "中共清源县委员会")]
    assert run_import("organization", book_of(("组织名称", "类别", "上级党组织"), rows), "党组织.xlsx").created == 1


def members_book(*, born, joined):
    headings = ("姓名", "性别", "公民身份号码", "出生日期", "人员类别", "所在党支部", "加入党组织日期")
    row = (
        "李志强",
        "男",
        id_number(born, 1, 5),
        born.isoformat(),
        "预备党员",
        "中共清源县委机关支部委员会",
        joined.isoformat(),
    )
    return book_of(headings, [row])


def book_of(headings, rows):
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([headings, *rows]):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()
