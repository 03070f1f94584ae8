"""The demonstration: a county with its two workbooks, a school and a hospital, and accounts to look around with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.audit.actions import Origin, acting
from core.database import bound
from core.database.read import rows, scalar
from core.extension.actions import enable
from core.extension.host import host
from core.extension.samples import load_samples
from core.importing.command import run_import
from core.importing.models import ImportRun
from core.organization.models import Unit
from core.people.models import Person
from core.tenancy.memory import recall
from tenants.demo.elders import load_elders
from tenants.demo.notices import load_notices
from tenants.demo.offices import fill_offices
from tenants.demo.small import SMALL, SmallTenant, members_workbook, units_workbook
from tenants.provision import NewTenant, add_account, create_tenant

DATA = Path(__file__).parent / "data"
COUNTY, COUNTY_TITLE, COUNTY_ROOT = "qingyuan", "清源县智慧党建", "中共清源县委员会"
#: The demonstration's one password: it is printed, and nobody's real one.
PASSWORD = "qingyuan-demo-2026"  # noqa: S105
#: Somebody who is on the way to membership; sample data of plugins look for an account of this name.
APPLICANT = "许建民"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to look around with."""

    tenant: str
    login: str
    role: str
    where: str


_BRANCHES = select(Unit.id, Unit.short_name).where(Unit.type == "branch").order_by(Unit.path).limit(1)
#: Neither the first by name nor the last: those count votes or stand by applicants in the sample data.
_MEMBER: Any = (
    select(Person.id, Person.name)
    .where(Person.unit_id == bindparam("branch", type_=Uuid), Person.standing == "formal")
    .order_by(Person.name, Person.id)
    .offset(4)
    .limit(1)
)
#: Imports of a demonstration's workbook that came to an end.
_READ_IN = (
    select(ImportRun.id)
    .where(
        ImportRun.kind == bindparam("kind"), ImportRun.file_name == bindparam("name"), ImportRun.actor_id.is_(None),
        ImportRun.state.in_(("applied", "undoing", "undone")),
    )
    .limit(1)
)  # fmt: skip
_ROOT = select(Unit.id).where(Unit.parent_id.is_(None))
_TOWN = select(Unit.id, Unit.short_name).where(Unit.type == "committee", Unit.depth == 1).order_by(Unit.path).limit(1)


def load(progress: Progress) -> list[DemoAccount]:
    """Make what is not there yet; returns the accounts, whether made now or before.

    :param progress: called with (what, done, total) while a workbook is read in.
    """
    accounts = [
        DemoAccount(COUNTY, "admin", "单位管理员", COUNTY_ROOT),
        DemoAccount(COUNTY, "officer", "县委组织员", COUNTY_ROOT),
        DemoAccount(COUNTY, "town", "乡镇党委组织员", "一个乡镇党委"),
        DemoAccount(COUNTY, "secretary", "党支部书记", "一个党支部"),
        DemoAccount(COUNTY, "member", "党员", "一个党支部"),
        DemoAccount(COUNTY, "applicant", "入党积极分子", "一个党支部"),
        DemoAccount(COUNTY, "auditor", "巡察（只读）", COUNTY_ROOT),
    ]
    county = _tenant(COUNTY, COUNTY_TITLE, COUNTY_ROOT)
    _fill(county, _file("党组织花名册.xlsx"), _file("党员花名册.xlsx"), COUNTY_TITLE, progress, _county_accounts)
    fill_plugins(county)
    fill_offices(county)
    for small in SMALL:
        _fill_small(small, progress)
        accounts.append(DemoAccount(small.slug, "admin", "单位管理员", small.root))
    return accounts


def fill_plugins(tenant: int) -> None:
    """Switch on every plugin of this installation that brings sample data, once, and let it fill the county."""
    with bound(tenant_id=tenant), acting(Origin(actor="演示数据")):
        held = host()
        fresh = [
            plugin.name
            for plugin in held.loaded()
            if plugin.brought.get("register_sample_data") and held.usable(plugin.name) and not held.on(plugin.name)
        ]
        for name in fresh:
            enable(name=name)
        load_samples(frozenset(fresh))


def _fill_small(small: SmallTenant, progress: Progress) -> None:
    units, members = units_workbook(small), members_workbook(small)
    made = _tenant(small.slug, small.title, small.root)
    _fill(made, ("党组织一览表.xlsx", units), ("党员名单.xlsx", members), small.title, progress, lambda: None)


def _file(name: str) -> tuple[str, bytes]:
    return name, (DATA / name).read_bytes()


def _tenant(slug: str, title: str, root: str) -> int:
    known = recall("slug", slug)
    if known is not None:
        return known.id
    made: NewTenant = create_tenant(
        slug=slug, title=title, root=root, admin="admin", admin_name="管理员", password=PASSWORD
    )
    return made.id


def _fill(
    tenant: int,
    units: tuple[str, bytes],
    members: tuple[str, bytes],
    title: str,
    progress: Progress,
    accounts: Callable[[], None],
) -> None:
    """Read both workbooks in, once: what has been changed since, or undone, stays so. One interrupted goes on."""
    with bound(tenant_id=tenant), acting(Origin(actor="演示数据")):
        for kind, (name, content) in (("organization", units), ("people", members)):
            if not rows(_READ_IN, kind=kind, name=name):
                run_import(kind, content, name, progress=partial(progress, f"{title}：{name}"))
        accounts()


def _county_accounts() -> None:
    root: UUID = scalar(_ROOT)
    town, branch = rows(_TOWN)[0], rows(_BRANCHES)[0]
    member = rows(_MEMBER, branch=branch[0])[0]
    for login, name, role, unit, person in (
        ("officer", "林组织", "committee_officer", root, None),
        ("town", "陈委员", "committee_officer", town[0], None),
        ("secretary", "黄书记", "branch_secretary", branch[0], None),
        ("member", member[1], "member", branch[0], member[0]),
        ("applicant", APPLICANT, "applicant", branch[0], None),
        ("auditor", "吴巡察", "auditor", root, None),
    ):
        if not _known(login):
            add_account(login=login, name=name, password=PASSWORD, role=role, unit_id=unit, person_id=person)
    load_elders()
    load_notices()


def _known(login: str) -> bool:
    from core.identity.models import Account

    return scalar(select(Account.id).where(Account.login == login)) is not None
