"""No change without a record: a request that changes data and recorded nothing is recorded here, by its tables.

Verbs record what they do in their own words. This is the net below them: what a new verb, or a plugin's, forgets to
record leaves a row of the kind ``audit.change`` all the same, and the tests name the verb (tests/audit/test_sweep.py).
"""

from typing import Any

from flask import has_request_context, request

from core.audit.actions import record
from core.audit.models import AuditEvent
from core.database.session import UNRECORDED, TenantSession, before_write_commits

#: Tables that follow from an act or keep a machine going: writing to them alone is no act of a person.
QUIET = frozenset(
    {
        "account_hold",
        "account_session",
        "audit_check",
        "audit_seal",
        "calendar_feed",
        "deadline",
        "deadline_touched",
        "event",
        "form_sent",
        "idempotency",
        "mail_message",
        "message",
        "notice_receipt",
        "outbox",
        "person_key",
        "plugin_fault",
        "plugin_use",
        "policy_use",
        "reminder_run",
        "reveal_count",
        "spent_challenge",
        "tenant_state",
        "unit_figures",
        "webhook_delivery",
    }
)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def watch(_session: TenantSession, tables: set[Any]) -> None:
    """Record the change if nobody has. Called just before a writing transaction commits."""
    if AuditEvent.__table__ in tables or not has_request_context() or request.method in _READING:
        return
    spoken_of = (table for table in tables if table is not None and not table.info.get(UNRECORDED))
    changed = sorted({table.name for table in spoken_of} - QUIET)
    if changed:
        detail: dict[str, object] = {"tables": changed, "endpoint": request.endpoint}
        detail |= {f"asked_{name}": str(value)[:80] for name, value in (request.view_args or {}).items()}
        record(kind="audit.change", detail=detail)


if watch not in before_write_commits:
    before_write_commits.append(watch)
