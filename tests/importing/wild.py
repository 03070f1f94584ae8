"""Workbooks as units really keep them: a university with faculties, its people, and the ways they write them down."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from core.database import bound, db
from core.database.read import rows
from core.importing.command import ImportResult, run_import
from core.importing.models import ImportFinding
from core.organization.models import Unit
from core.people.identity_number import check_character
from core.people.models import Person
from tests.conftest import make_tenant
from tests.spreadsheets import workbooks as make

ROOT = "中共清源大学委员会"
UNITS = [
    ["党组织全称", "党组织类别", "上级党组织", "党组织代码"],
    ["中共清源大学机械学院委员会", "党委", ROOT, "350500000001"],
    ["中共清源大学医学院委员会", "党委", ROOT, "350500000002"],
    ["中共清源大学机关总支部委员会", "党总支", ROOT, "350500000003"],
    ["中共清源大学机械学院教工第一支部委员会", "党支部", "中共清源大学机械学院委员会", "350500000011"],
    ["中共清源大学机械学院学生第一支部委员会", "党支部", "中共清源大学机械学院委员会", "350500000012"],
    ["中共清源大学医学院学生第一支部委员会", "党支部", "中共清源大学医学院委员会", "350500000021"],
    ["中共清源大学财务处支部委员会", "党支部", "中共清源大学机关总支部委员会", "350500000031"],
    ["中共清源大学离退休支部委员会", "党支部", "中共清源大学机关总支部委员会", "350500000032"],
    ["机械学院教工第一党支部第一党小组", "党小组", "中共清源大学机械学院教工第一支部委员会", ""],
]
STAFF, STUDENTS, FINANCE, RETIRED = (UNITS[at][0] for at in (4, 5, 7, 8))
#: The least a roster needs, and one row of it.
HEADINGS = ["姓名", "身份证号", "入党时间", "转正时间", "所在支部"]


def id_no(serial: int = 1) -> str:
    """A valid number of an invented man, born ``serial`` days after the year 1979."""
    digits = f"350525{date(1979, 12, 31) + timedelta(serial):%Y%m%d}{serial:02d}1"
    return digits + check_character(digits)


def member(serial: int = 1, name: str = "张三", branch: str = STAFF) -> list[Any]:
    """A row under :data:`HEADINGS`."""
    return [name, id_no(serial), "2001-06-30", "2002-06-30", branch]


@contextmanager
def university(app: Flask) -> Iterator[None]:
    """Work inside a fresh tenant that has the university's units."""
    made = make_tenant(app, "清源大学智慧党建", ROOT)
    with app.app_context(), bound(tenant_id=made.id):
        run_import("organization", make.xlsx(UNITS), "组织.xlsx")
        yield
        db.session.remove()


def imported(data: bytes, kind: str = "people", **options: Any) -> ImportResult:
    """Import into the bound tenant; the name never tells the format."""
    return run_import(kind, data, "我们的表.xlsx", **options)


def people(*names: str) -> list[tuple[Any, ...]]:
    """Columns of everybody in the bound tenant (``branch``: the unit's name), the oldest first."""
    columns = [Unit.name if name == "branch" else getattr(Person, name) for name in names]
    joined = (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id)
    return rows(select(*columns).select_from(Person).outerjoin(Unit, joined).order_by(Person.birth))


def count_people() -> int:
    """How many people the bound tenant has."""
    return rows(select(func.count()).select_from(Person))[0][0]


def parents() -> list[tuple[str, str]]:
    """(unit, its superior) of every unit below the root, by path."""
    found = rows(select(Unit.id, Unit.name, Unit.parent_id).order_by(Unit.path))
    names = {unit: name for unit, name, _ in found}
    return [(name, names[parent]) for _, name, parent in found if parent]


def notes(result: ImportResult, field: str) -> list[str]:
    """What an import said of a field in rows it kept."""
    found = select(ImportFinding.message).where(
        ImportFinding.run_id == result.run_id, ImportFinding.field == field, ImportFinding.refused.is_(False)
    )
    return [row[0] for row in rows(found.order_by(ImportFinding.position))]


def refusals(result: ImportResult) -> dict[int, tuple[str, str]]:
    """Row → (field, rule) of what was refused."""
    return {row["row"]: (row["field"], row["rule"]) for row in result.refused}
