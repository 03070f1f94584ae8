"""The import of a county's roster, validation included, against reading the file and one set-based insert of its rows."""

import re
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from python_calamine import CalamineWorkbook

from core.app import create_app
from core.config import Settings
from core.database import bound, uuid7
from core.importing.command import run_import
from tenants.provision import create_tenant

WORKBOOKS = Path(__file__).resolve().parent.parent / "tenants/demo/data"
UNITS, MEMBERS = "党组织花名册.xlsx", "党员花名册.xlsx"
ROOT = "中共清源县委员会"
#: What the product may take, in floors.
LIMIT = 4.0
_COLUMNS = {
    "name": "姓名", "sex": "性别", "ethnic": "民族", "birth": "出生日期", "id_no": "公民身份号码", "education": "学历",
    "standing": "人员类别", "unit": "所在党支部", "join_date": "加入党组织日期", "regular_date": "转为正式党员日期", "post": "工作岗位",
    "phone": "联系电话", "address": "家庭住址", "classes": "党员分类",
}  # fmt: skip
_INSERT = """
    INSERT INTO core.person (
        tenant_id, id, name, name_key, pinyin, initials, sex, ethnic, id_no_masked, birth, education, standing, unit_id, join_date,
        regular_date, post, phone_masked, remark
    )
    SELECT %(tenant)s, r.id, r.name, r.name, r.name, r.name, CASE r.sex WHEN '女' THEN '2' ELSE '1' END, r.ethnic, r.id_no, r.birth,
           r.education, CASE r.standing WHEN '预备党员' THEN 'probationary' ELSE 'formal' END, u.id, r.join_date, r.regular_date, r.post,
           r.phone, r.address
    FROM unnest(
        %(ids)s::uuid[], %(name)s::text[], %(sex)s::text[], %(ethnic)s::text[], %(id_no)s::text[], %(birth)s::date[],
        %(education)s::text[], %(standing)s::text[], %(unit)s::text[], %(join_date)s::date[], %(regular_date)s::date[], %(post)s::text[],
        %(phone)s::text[], %(address)s::text[]
    ) AS r (id, name, sex, ethnic, id_no, birth, education, standing, unit, join_date, regular_date, post, phone, address)
    JOIN core.unit u ON u.tenant_id = %(tenant)s AND u.name = r.unit
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """Seconds that the floor and the product took (the best of some runs), and what the product made of the file."""

    floor: float
    product: float
    created: int
    refused: int

    @property
    def ratio(self) -> float:
        """The product's time, in floors."""
        return self.product / self.floor


def measure(settings: Settings, *, rounds: int) -> Imported:
    """Import the roster into new tenants, by hand and by the product in turns.

    Each import gets a tenant of its own, because the second import of a file changes nothing.
    """
    app = create_app(settings)
    floors, products = [], []
    result: Any = None
    units, members = ((WORKBOOKS / name).read_bytes() for name in (UNITS, MEMBERS))
    with app.app_context():
        for turn in range(rounds):
            for by_hand in (True, False):
                tenant = _tenant(f"import-{turn}-{'floor' if by_hand else 'product'}", units)
                began = time.perf_counter()
                if by_hand:
                    floor(settings.database_url, tenant, WORKBOOKS / MEMBERS)
                    floors.append(time.perf_counter() - began)
                else:
                    with bound(tenant_id=tenant):
                        result = run_import("people", members, MEMBERS)
                    products.append(time.perf_counter() - began)
    return Imported(min(floors), min(products), result.created, len(result.refused))


def _tenant(slug: str, units: bytes) -> int:
    made = create_tenant(
        slug=slug, title="清源县", root=ROOT, admin="admin", admin_name="管理员", password="bench-only-2026 党建"
    )
    with bound(tenant_id=made.id):
        run_import("organization", units, UNITS)
    return made.id


def floor(url: str, tenant: int, workbook: Path) -> int:
    """Read the file and insert its rows in one statement, checking nothing; how many were inserted."""
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()
    heading = next(i for i, row in enumerate(rows) if "姓名" in row)
    place = {name: rows[heading].index(title) for name, title in _COLUMNS.items()}
    data = [row for row in rows[heading + 1 :] if row[place["name"]]]
    columns: dict[str, list[Any]] = {name: [row[i] for row in data] for name, i in place.items()}
    for name in ("birth", "join_date", "regular_date"):
        columns[name] = [_day(value) for value in columns[name]]
    ids: list[UUID] = [uuid7() for _ in data]
    with psycopg.connect(url) as connection:
        connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        return connection.execute(_INSERT, {**columns, "ids": ids, "tenant": tenant}).rowcount


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    digits = [int(part) for part in re.findall(r"\d+", str(value))]
    if len(digits) == 1 and digits[0] > 10_000_000:
        digits = [digits[0] // 10_000, digits[0] // 100 % 100, digits[0] % 100]
    return date(*digits[:3]) if len(digits) >= 3 else date(1900, 1, 1)
