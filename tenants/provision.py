"""The verbs of hosting: make a tenant, suspend it, give it a host name of its own."""

import os
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access.models import Grant
from core.access.roles import ROLES
from core.audit.actions import record
from core.database import bound, transaction, uuid7
from core.database.crypto import wrap
from core.database.system import system_engine
from core.identity.actions import create_account, rights_changed
from core.organization.models import Unit, UnitVersion
from core.organization.paths import path_of
from core.policy.findings import Finding, Refused, Severity
from core.policy.platform import copy_values
from core.tenancy.keys import make_index_key, master_key
from core.tenancy.models import FieldKeyRow, Tenant, TenantDomain, TenantState
from core.tenancy.names import RESERVED, plain_host, valid_slug
from tenants.queries import tenant_id_of

STATES = ("active", "read_only", "suspended")


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What was made."""

    id: int
    slug: str
    root_unit_id: UUID
    admin_id: UUID


def _refuse(rule: str, field: str, message: str, code: str) -> Refused:
    return Refused([Finding(rule, Severity.BLOCK, field, message, code=code)])


def create_tenant(*, slug: str, title: str, root: str, admin: str, admin_name: str, password: str) -> NewTenant:
    """Make a tenant with its keys, its root unit and its first administrator.

    :param root: full name of the root unit, such as 中共清源县委员会.
    :raises Refused: unusable or taken slug, missing title or root, weak password. Nothing is left behind then.
    """
    if slug in RESERVED:
        raise _refuse("TN.01", "slug", f"“{slug}”是系统保留的代号，请换一个。", "E_DUP")
    if not valid_slug(slug):
        raise _refuse("TN.01", "slug", "租户代号只能用小写字母、数字和连字符，1到40位，首尾不能是连字符。", "E_FORMAT")
    if not title.strip() or not root.strip():
        raise _refuse("TN.02", "title", "单位名称和最高党组织全称都不能为空。", "E_REQUIRED")
    tenant = _claim(slug, title.strip())
    try:
        with bound(tenant_id=tenant):
            return _furnish(tenant, slug, root.strip(), admin, admin_name, password)
    except BaseException:
        with system_engine().begin() as connection:
            connection.execute(delete(Tenant).where(Tenant.id == tenant))
        raise


def _claim(slug: str, title: str) -> int:
    try:
        with system_engine().begin() as connection:
            made = connection.execute(insert(Tenant).values(slug=slug, title=title).returning(Tenant.id)).scalar_one()
    except IntegrityError as error:
        raise _refuse("TN.03", "slug", f"租户代号“{slug}”已被使用。", "E_DUP") from error
    return int(made)


def _furnish(tenant: int, slug: str, root: str, admin: str, admin_name: str, password: str) -> NewTenant:
    today = clock.today()
    with transaction() as session:
        path, path_end = path_of("", 0)
        unit = Unit(
            name=root,
            short_name=short_name(root),
            type="committee",
            path=path,
            path_end=path_end,
            depth=0,
            state="active",
        )
        session.add(TenantState(id=uuid7(), index_key=make_index_key(tenant)))
        wrapped = wrap(os.urandom(32), master=master_key(), tenant=tenant, number=1)
        session.add(FieldKeyRow(number=1, wrapped=wrapped))
        session.add(unit)
        session.flush()
        session.execute(update(TenantState).values(root_unit_id=unit.id))
        session.add(
            UnitVersion(
                unit_id=unit.id,
                valid_from=FOUNDING,
                name=unit.name,
                short_name=unit.short_name,
                type=unit.type,
                state="active",
            )
        )
        account = create_account(login=admin, display_name=admin_name, password=password)
        session.add(Grant(account_id=account, unit_id=unit.id, role="tenant_admin", valid_from=today))
        record(kind="tenant.created", subject="unit", subject_id=unit.id, detail={"slug": slug})
        copy_values()
        return NewTenant(tenant, slug, unit.id, account)


#: From when on a root unit is shown in as-of views: the founding of the Party.
FOUNDING = date(1921, 7, 23)


def short_name(name: str) -> str:
    """A unit's short name when none is given: the full name without 中共 in front."""
    return name.removeprefix("中共") or name


def set_state(*, slug: str, state: str) -> None:
    """Make a tenant active, read-only or suspended; holds from its next request on.

    :raises Refused: unknown tenant or state.
    """
    if state not in STATES:
        raise _refuse(
            "TN.04", "state", "状态只能是 active（启用）、read_only（只读）或 suspended（停用）。", "E_FORMAT"
        )
    with system_engine().begin() as connection:
        found = connection.execute(
            update(Tenant).where(Tenant.slug == slug).values(state=state).returning(Tenant.id)
        ).scalar_one_or_none()
    if found is None:
        raise _refuse("TN.05", "slug", f"没有代号为“{slug}”的租户。", "E_REQUIRED")
    with bound(tenant_id=found):
        rights_changed()


def add_domain(*, slug: str, host: str) -> None:
    """Give a tenant a host name of its own.

    :raises Refused: unknown tenant, unusable or taken host.
    """
    name = plain_host(host)
    if name is None or ":" in host:
        raise _refuse("TN.06", "host", f"“{host}”不是可用的域名。", "E_FORMAT")
    with system_engine().begin() as connection:
        owner = connection.execute(select(Tenant.id).where(Tenant.slug == slug)).scalar_one_or_none()
        if owner is None:
            raise _refuse("TN.05", "slug", f"没有代号为“{slug}”的租户。", "E_REQUIRED")
        try:
            with connection.begin_nested():
                connection.execute(insert(TenantDomain).values(host=name, owner_id=owner))
        except IntegrityError as error:
            raise _refuse("TN.07", "host", f"域名“{name}”已被使用。", "E_DUP") from error


def add_account(
    *, login: str, name: str, password: str, role: str, unit_id: UUID, person_id: UUID | None = None
) -> UUID:
    """Make an account of the bound tenant with one role on one unit; returns its id.

    :param person_id: the member whose account it is.
    """
    with transaction() as session:
        account = create_account(login=login, display_name=name, password=password, person_id=person_id)
        session.add(Grant(account_id=account, unit_id=unit_id, role=role, valid_from=clock.today()))
        rights_changed()
        return account


def add_account_at(*, slug: str, login: str, name: str, role: str, unit: str | None, password: str) -> UUID:
    """Make an account of a tenant with one role on a unit given by its full name (the root when ``None``).

    :raises Refused: unknown tenant, role or unit; what :func:`create_account` refuses.
    """
    if role not in ROLES:
        known = "、".join(f"{r.code}（{r.title}）" for r in ROLES.values())
        raise _refuse("TN.08", "role", f"没有角色“{role}”。可用的角色：{known}。", "E_FORMAT")
    with bound(tenant_id=tenant_id_of(slug)), transaction() as session:
        place = Unit.parent_id.is_(None) if unit is None else Unit.name == unit
        found = session.scalars(select(Unit.id).where(place)).all()
        if len(found) != 1:
            raise _refuse("TN.09", "unit", f"没有找到全称为“{unit}”的党组织，或有多个同名。", "E_REQUIRED")
        return add_account(login=login, name=name, password=password, role=role, unit_id=found[0])
