"""A tenant with a few branches, and rosters to import into it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.database import db, transaction, uuid7
from core.importing.command import ImportResult, run_import
from core.jobs.run import run_due
from core.organization.models import Unit
from core.organization.paths import path_of
from core.people.identity_number import check_character
from core.people.models import Person
from tenants.provision import NewTenant
from tests.spreadsheets import workbooks as make

AS_OF = date(2026, 10, 31)
HEAD = ["序号", "姓名", "性别", "民族", "出生日期", "公民身份号码", "学历", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期",
        "工作岗位", "联系电话", "家庭住址", "党员分类"]  # fmt: skip
BRANCHES = ("兴田村", "银洋村", "玉水村")


def branch(name: str) -> str:
    """The full name of a branch of the tenant."""
    return f"中共清源县青溪镇{name}支部委员会"


def id_no(serial: int, *, born: str = "19800101", male: bool = True) -> str:
    """A sound identity number."""
    digits = f"350525{born}{serial:02d}{(serial * 2 + (1 if male else 0)) % 10}"
    return digits + check_character(digits)


def member(serial: int, **changes: Any) -> list[Any]:
    """A row of the roster with nothing wrong; ``changes`` by heading."""
    row = dict(
        zip(
            HEAD,
            [serial, "张" + "伟芳娜秀英敏静丽强磊"[serial % 10] + "国民安平福康宁和顺达"[serial // 10 % 10], "男", "汉族",
             "1980-01-01", id_no(serial), "大学本科", "正式党员", branch("兴田村"), "2001-06-30", "2002-06-30", "工人",
             f"138000000{serial:02d}", f"青溪镇{serial}号", "农村"],
            strict=True,
        )
    )  # fmt: skip
    row.update(changes)
    return list(row.values())


def roster(*rows: list[Any], head: list[str] = HEAD) -> bytes:
    """A workbook of rows with the usual headings."""
    return make.xlsx([["党员花名册"], head, *rows])


def imported(data: bytes, **given: Any) -> ImportResult:
    """Import a roster as a command does."""
    given.setdefault("as_of", AS_OF)
    return run_import("people", data, "花名册.xlsx", **given)


def people() -> dict[str, Any]:
    """Everybody on the roster by name."""
    db.session.remove()
    return {person.name: person for person in db.session.scalars(select(Person))}


@pytest.fixture
def branches(inside: NewTenant) -> Iterator[dict[str, Unit]]:
    """Three branches below the tenant's root."""
    made = {}
    with transaction() as session:
        for at, name in enumerate(BRANCHES, 1):
            path, path_end = path_of(path_of("", 0)[0], at)
            made[name] = Unit(
                id=uuid7(), name=branch(name), short_name=f"{name}党支部", type="branch", parent_id=inside.root_unit_id,
                path=path, path_end=path_end, depth=1,
            )  # fmt: skip
            session.add(made[name])
    yield made
    db.session.remove()


@pytest.fixture
def work(inside: NewTenant) -> Any:
    """Do the tenant's due jobs."""
    del inside
    return run_due
