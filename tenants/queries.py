"""Reads of the hosting side: which tenants there are, and one tenant's counts."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.database import bound
from core.database.read import rows
from core.database.system import system_engine
from core.organization.models import Unit
from core.people.figures import figures
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.models import Tenant, TenantDomain

_BY_TYPE = (
    select(Unit.type, func.count())
    .where(Unit.parent_id.is_not(None), Unit.type != "group", Unit.state == "active")
    .group_by(Unit.type)
)
_ROOT = select(Unit.name, Unit.path, Unit.path_end).where(Unit.parent_id.is_(None))


def tenants() -> list[dict[str, Any]]:
    """All tenants by slug: id, slug, title, state, domains, created_at."""
    with system_engine().connect() as connection:
        domains: dict[int, list[str]] = {}
        for owner, host in connection.execute(select(TenantDomain.owner_id, TenantDomain.host)):
            domains.setdefault(owner, []).append(host)
        found = connection.execute(
            select(Tenant.id, Tenant.slug, Tenant.title, Tenant.state, Tenant.created_at).order_by(Tenant.slug)
        ).all()
        connection.commit()
    return [
        {**row._asdict(), "domains": domains.get(row.id, []), "created_at": row.created_at.isoformat()} for row in found
    ]


def tenant_id_of(slug: str) -> int:
    """The id of a tenant. :raises Refused: when there is none with that slug."""
    with system_engine().connect() as connection:
        found = connection.execute(select(Tenant.id).where(Tenant.slug == slug)).scalar_one_or_none()
        connection.commit()
    if found is None:
        message = f"没有代号为“{slug}”的租户。用 dangjian tenant list 查看全部租户。"
        raise Refused([Finding("TN.05", Severity.BLOCK, "slug", message, code="E_REQUIRED")])
    return int(found)


def tenant(slug: str, *, as_of: date | None = None) -> dict[str, Any]:
    """One tenant: what it is, its units by type (the root and groups not counted) and its member figures.

    :param as_of: the day on which members' ages are taken; today if not given.
    :raises Refused: unknown slug.
    """
    day = as_of or clock.today()
    found = tenant_id_of(slug)
    row = next(row for row in tenants() if row["id"] == found)
    with bound(tenant_id=found):
        by_type: dict[str, int] = dict(rows(_BY_TYPE))
        root, path, path_end = rows(_ROOT)[0]
        counted = figures(((path, path_end),), as_of=day)
    always = dict.fromkeys(("branch", "committee", "general_branch"), 0)
    units = {"total": sum(by_type.values()), **dict(sorted((always | by_type).items()))}
    return {**row, "root": root, "as_of": day.isoformat(), "organisations": units, "members": asdict(counted)}
