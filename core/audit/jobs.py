"""What is done without being asked: sealing every minute, the nightly verification, the removal of what is over."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from core.audit.anchors import anchor
from core.audit.checking import check
from core.audit.retention import remove_old
from core.audit.sealing import horizon, seal
from core.database import bound, db
from core.jobs.registry import daily, scheduled
from core.jobs.schedule import Schedule

log = logging.getLogger(__name__)
_TENANTS = text("SELECT id FROM platform.tenant ORDER BY id")


def _tenants(schedule: Schedule) -> list[int]:
    with schedule.system.connect() as connection:
        return [tenant for (tenant,) in connection.execute(_TENANTS)]


@scheduled("audit.seal", every=timedelta(minutes=1))
def seal_all(schedule: Schedule) -> None:
    """Seal every tenant's events, and write heads down outside the database."""
    until = horizon()
    for tenant in _tenants(schedule):
        with bound(tenant_id=tenant):
            try:
                seal(until=until)
                anchor()
            except Exception:  # one tenant's fault must not leave the others unsealed
                log.exception("audit of tenant %s not sealed", tenant)
        db.session.remove()


@daily("audit.check", timeout=3600)
def check_daily(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the record has no day)
    """Verify the tenant's whole record."""
    check()


@scheduled("audit.remove", every=timedelta(hours=12))
def remove_all(schedule: Schedule) -> None:
    """Remove what has been kept for its time, tenant by tenant."""
    for tenant in _tenants(schedule):
        with bound(tenant_id=tenant):
            try:
                found = remove_old()
            except Exception:
                log.exception("audit of tenant %s not cleared", tenant)
            else:
                if found is not None:
                    log.info("audit of tenant %s: %s events removed up to link %s", tenant, found.removed, found.upto)
        db.session.remove()
