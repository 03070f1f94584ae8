"""What has been kept for its time goes in whole ranges; what archives need stays; the chain still holds."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from core import clock
from core.audit.kinds import KINDS
from core.audit.models import AuditEvent, AuditRemoval
from core.audit.retention import remove_old
from core.audit.verifying import verify
from core.calendar_arithmetic import add_months
from core.database import db
from core.database.read import rows
from core.database.system import system_engine
from core.policy.actions import set_value
from core.policy.findings import Refused
from tests.audit.conftest import sealed, write


@pytest.fixture
def aged(inside, tampering):
    """Sealed events of two years ago, as if they had been recorded and sealed then."""
    write(3)
    write(2, kind="organization.unit.edited")
    tampering("UPDATE core.audit_event SET at = at - interval '2 years' WHERE tenant_id = %s", inside.id)
    from datetime import datetime

    from core.audit.sealing import seal

    seal(until=datetime.now(clock.ZONE) - timedelta(days=700))
    sealed(links=2)
    assert verify().ok
    return inside


def counts():
    found = select(AuditEvent.kind, func.count()).group_by(AuditEvent.kind)
    return dict(rows(found))


def test_within_the_time_nothing_is_removed(aged):
    assert remove_old() is None


def test_past_the_time_the_range_goes_with_a_tombstone_and_the_chain_holds(aged, tampering):
    import core.organization.actions.units  # noqa: F401  (declares its kinds)

    assert KINDS["organization.unit.edited"].keep
    before = counts()
    day = add_months(clock.today(), 36 - 22)  # the old link is past its time then, the new ones are not
    gone = remove_old(as_of=day)
    assert gone.upto == 1
    assert gone.removed == 3 + sum(
        n for kind, n in before.items() if kind.startswith("identity.") and not KINDS[kind].keep
    )
    after = counts()
    assert after["organization.unit.edited"] == before["organization.unit.edited"]
    assert after["audit.removed"] == 1
    assert verify().faults == []
    assert [number for (number,) in rows(select(AuditRemoval.number))] == [1]
    tampering("DELETE FROM core.audit_event WHERE tenant_id = %s AND kind = 'organization.unit.edited'", aged.id)
    assert any("保留的记录有变" in fault for fault in verify().faults)


def test_a_removal_that_nobody_signed_is_found(aged, tampering):
    day = add_months(clock.today(), 36 - 22)
    remove_old(as_of=day)
    tampering("UPDATE core.audit_removal SET kept = kept + 1 WHERE tenant_id = %s", aged.id)
    assert any("不是本平台签署" in fault for fault in verify().faults)


def test_the_database_itself_refuses_to_remove_the_last_half_year(inside):
    sealed(links=1)
    with pytest.raises(DBAPIError, match="180 days"), system_engine().begin() as connection:
        connection.execute(
            text("SELECT core.audit_remove(:t, 1, '{}', 0, ''::bytea, ''::bytea, 'x')"), {"t": inside.id}
        )


def test_the_application_role_may_not_remove(inside):
    with pytest.raises(ProgrammingError, match="permission denied"), db.engine.begin() as connection:
        connection.execute(
            text("SELECT core.audit_remove(:t, 1, '{}', 0, ''::bytea, ''::bytea, 'x')"), {"t": inside.id}
        )


def test_a_tenant_may_keep_longer_but_never_under_six_months(inside):
    given = {"key": "audit.keep", "effective_from": clock.today(), "reason": "本单位规定", "as_of": clock.today()}
    set_value(value=120, **given)
    with pytest.raises(Refused, match="不能小于6"):
        set_value(value=3, **given)
