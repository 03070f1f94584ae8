"""The two small demonstration tenants, as workbooks such units really keep: other headings, other orders."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import xlsxwriter

from tenants.demo.names import Invented, people

AS_OF = date(2026, 10, 31)


@dataclass(frozen=True, slots=True)
class SmallTenant:
    """A demonstration tenant made of invented rows."""

    slug: str
    title: str
    root: str
    #: general branch → its branches
    tree: dict[str, tuple[str, ...]]
    members: int
    seed: int
    youngest: int
    oldest: int
    domain: str
    place: str


SCHOOL = SmallTenant(
    slug="qingyuan-no1",
    title="清源一中智慧党建",
    root="中共清源县第一中学委员会",
    tree={
        "中共清源县第一中学高中部总支部委员会": ("语文组", "数学组", "理化组"),
        "中共清源县第一中学初中部总支部委员会": ("文科组", "理科组"),
        "": ("行政", "后勤", "离退休教师"),
    },
    members=126,
    seed=11,
    youngest=23,
    oldest=82,
    domain="学校",
    place="清源县书院路1号",
)
HOSPITAL = SmallTenant(
    slug="qingyuan-hospital",
    title="清源县医院智慧党建",
    root="中共清源县医院委员会",
    tree={
        "中共清源县医院临床总支部委员会": ("内科", "外科", "急诊医学科"),
        "": ("门诊", "医技", "机关", "离退休"),
    },
    members=164,
    seed=12,
    youngest=24,
    oldest=85,
    domain="事业单位",
    place="清源县健康路8号",
)
SMALL = (SCHOOL, HOSPITAL)


def _branch(tenant: SmallTenant, name: str) -> str:
    return tenant.root.removesuffix("委员会") + name + "支部委员会"


def branches(tenant: SmallTenant) -> list[str]:
    """Full names of all branches."""
    return [_branch(tenant, name) for names in tenant.tree.values() for name in names]


def units_workbook(tenant: SmallTenant) -> bytes:
    """The tenant's units, with headings unlike the county's."""
    rows: list[tuple[object, ...]] = []
    for above, names in tenant.tree.items():
        if above:
            rows.append((above, "党总支", tenant.root, tenant.domain, "2008.9.1", "2024年6月20日"))
        rows += [
            (_branch(tenant, n), "党支部", above or tenant.root, tenant.domain, "2010-03-15", "2024-07-01")
            for n in names
        ]
    headings = ("组织名称", "组织类别", "上级党组织名称", "单位类别", "批准成立日期", "本届任期开始日期")
    return _workbook("党组织", f"{tenant.title}党组织一览表", headings, rows)


def members_workbook(tenant: SmallTenant) -> bytes:
    """The tenant's members, in an order and under headings of its own."""
    homes = branches(tenant)
    found = people(
        tenant.members,
        seed=tenant.seed,
        youngest=tenant.youngest,
        oldest=tenant.oldest,
        place=tenant.place,
        as_of=AS_OF,
    )
    rows = [_row(member, homes[i * 7 % len(homes)]) for i, member in enumerate(found)]
    headings = (
        "党支部",
        "姓名",
        "身份证号",
        "性别",
        "出生年月日",
        "民族",
        "文化程度",
        "党员类型",
        "入党时间",
        "转正时间",
        "手机",
        "住址",
    )
    return _workbook("党员", f"{tenant.title}党员名单", headings, rows)


def _row(member: Invented, branch: str) -> tuple[object, ...]:
    return (
        branch,
        member.name,
        member.id_no,
        member.sex,
        member.birth,
        "汉族",
        member.education,
        member.person_type,
        member.join_date,
        member.regular_date or "",
        member.phone,
        member.address,
    )


def _workbook(sheet: str, title: str, headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet(sheet)
        page.merge_range(0, 0, 0, len(headings) - 1, title)
        page.write_row(1, 0, headings)
        for at, row in enumerate(rows, start=2):
            page.write_row(at, 0, row)
    return buffer.getvalue()
