"""What the browser tests look at: a school with branches and members, read in from two workbooks; and its plugins."""

from core.audit.actions import Origin, acting
from core.database import bound
from core.importing.command import run_import
from tenants.demo import fill_plugins
from tenants.demo.small import SCHOOL, members_workbook, units_workbook
from tenants.provision import NewTenant


def fill(tenant: NewTenant) -> None:
    """Read the school's units and members into ``tenant``."""
    with bound(tenant_id=tenant.id), acting(Origin(actor="演示数据")):
        run_import("organization", units_workbook(SCHOOL), "党组织一览表.xlsx")
        run_import("people", members_workbook(SCHOOL), "党员名单.xlsx")


def equip(tenant_id: int) -> None:
    """Switch the tenant's plugins on, with the sample data they bring."""
    fill_plugins(tenant_id)
