"""Reads of policy values set for the whole tenant."""

from sqlalchemy import select

from core.policy.models import PolicyValue

#: (key, value, effective_from) of the tenant's own values, oldest first: what ``SetValue`` takes.
TENANT_VALUES = (
    select(PolicyValue.key, PolicyValue.value, PolicyValue.effective_from)
    .where(PolicyValue.unit_id.is_(None))
    .order_by(PolicyValue.effective_from, PolicyValue.set_at)
)
