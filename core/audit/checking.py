"""A verification as a matter of record: its result is kept, shown on the page, and a fault is told at once."""

import logging
from collections.abc import Callable

from core.audit.actions import record
from core.audit.anchors import anchor
from core.audit.models import AuditCheck
from core.audit.standing import note
from core.audit.verifying import Report, verify
from core.database import transaction
from core.database.single import insert_row

log = logging.getLogger(__name__)
#: Called with the report of a verification that found faults, inside the transaction that keeps it: the parts above
#: tell whom it concerns.
on_fault: list[Callable[[Report], None]] = []


def check() -> Report:
    """Verify the bound tenant's record and keep the result."""
    report = verify()
    with transaction():
        insert_row(
            AuditCheck,
            ok=report.ok,
            number=report.number,
            events=report.events,
            seconds=report.seconds,
            faults=report.faults,
        )
        if not report.ok:
            record(kind="audit.check.failed", detail={"faults": report.faults[:10], "count": len(report.faults)})
            for tell in on_fault:
                tell(report)
    note(report.faults)
    if report.ok:
        anchor()
    else:
        log.error("the audit record is not whole: %s", "; ".join(report.faults[:5]))
    return report
