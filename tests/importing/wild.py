"""Workbooks as units really keep them: a university with faculties, its people, and the ways they write them down."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.database.read import rows
from core.importing.command import ImportResult, run_import
from core.organization.models import Unit
from core.people.identity_number import check_character
from core.people.models import Person
from tests.spreadsheets import workbooks as make

UNITS = [
    ["党组织全称", "党组织类别", "上级党组织", "党组织代码"],
    ["中共清源大学机械学院委员会", "党委", "中共清源大学委员会", "350500000001"],
    ["中共清源大学医学院委员会", "党委", "中共清源大学委员会", "350500000002"],
    ["中共清源大学机关总支部委员会", "党总支", "中共清源大学委员会", "350500000003"],
    ["中共清源大学机械学院教工第一支部委员会", "党支部", "中共清源大学机械学院委员会", "350500000011"],
    ["中共清源大学机械学院学生第一支部委员会", "党支部", "中共清源大学机械学院委员会", "350500000012"],
    ["中共清源大学医学院学生第一支部委员会", "党支部", "中共清源大学医学院委员会", "350500000021"],
    ["中共清源大学财务处支部委员会", "党支部", "中共清源大学机关总支部委员会", "350500000031"],
    ["中共清源大学离退休支部委员会", "党支部", "中共清源大学机关总支部委员会", "350500000032"],
    ["机械学院教工第一党支部第一党小组", "党小组", "中共清源大学机械学院教工第一支部委员会", ""],
]  # fmt: skip
STAFF, STUDENTS, FINANCE = (UNITS[at][0] for at in (4, 5, 7))


def id_no(serial: int = 1, *, birth: date = date(1980, 1, 1), sex: str = "男") -> str:
    """A valid number of an invented person."""
    digits = f"350525{birth:%Y%m%d}{serial // 5 % 100:02d}{serial % 5 * 2 + (sex == '男')}"
    return digits + check_character(digits)


def found_university() -> None:
    """Make the university's units in the bound tenant."""
    done = run_import("organization", make.xlsx(UNITS), "组织.xlsx")
    assert not done.refused, done.refused


def imported(data: bytes, kind: str = "people", **options: Any) -> ImportResult:
    """Import into the bound tenant; the name never tells the format."""
    return run_import(kind, data, "我们的表.xlsx", **options)


def people(*names: str) -> list[tuple[Any, ...]]:
    """Columns of everybody in the bound tenant, by name."""
    branch = Unit.name
    columns = [branch if name == "branch" else getattr(Person, name) for name in names]
    return rows(select(*columns).select_from(Person).outerjoin(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id)).order_by(Person.id_no_masked, Person.name))  # fmt: skip


def units(*names: str) -> list[tuple[Any, ...]]:
    """Columns of every unit of the bound tenant, by path."""
    return rows(select(*(getattr(Unit, name) for name in names)).order_by(Unit.path))


def books(sheets: dict[str, Sequence[Sequence[Any]]], **options: Any) -> bytes:
    """A workbook of several sheets."""
    return make.xlsx(sheets, **options)


__all__ = ["io"]
