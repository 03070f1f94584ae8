"""Closed months of the sample, and a day that was put right afterwards, which the report shows beside the closed numbers."""

from datetime import date, timedelta

from sqlalchemy import select

from core.sdk import Unit, acting, tenant_id, today, transaction
from plugins.development.cases import correcting
from plugins.development.models.case import Act
from plugins.development.reports import months
from plugins.development.sample.hands import officer, secretary
from plugins.development.sample.registers import case_of, root

#: How many months are closed.
_MONTHS = 3


def load() -> None:
    """Close the last months, the earliest first; then an application turns out to have come before this month began."""
    begun = today().replace(day=1)
    firsts: list[date] = []
    for _ in range(_MONTHS):
        firsts.insert(0, ((firsts[0] if firsts else begun) - timedelta(days=1)).replace(day=1))
    with acting(officer(root().path, 0)):
        for first in firsts:
            months.close(first=first, today=today())
    _put_right(begun)


def _put_right(begun: date) -> None:
    case = case_of("林晓峰")
    if case is None or case.applied_on is None or case.applied_on < begun:
        return
    with transaction() as session:
        wrong = session.scalars(select(Act).where(Act.case_id == case.id, Act.kind == "application")).one()
    on = begun - timedelta(days=2)
    data = {**wrong.data, "signed": (on - timedelta(days=1)).isoformat()}
    with transaction() as session:
        path = session.get_one(Unit, (tenant_id(), case.unit_id)).path
    with acting(secretary(path)):
        correcting.correct(act_id=wrong.id, act_on=on, data=data, reason="核对原件，收到申请书的日期登记有误。")
