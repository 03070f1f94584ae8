"""What happened is told after the change is certain, to those who wait for it, at least once and written once."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from core.audit.actions import Origin, acting
from core.database import bound, db, transaction, uuid7
from core.events.actions import awaited, emit
from core.events.models import EventRow
from core.events.registry import EVENTS, declare, subscribe
from core.identity.models import Account
from core.jobs.models import Outbox
from core.jobs.run import run_due
from core.tenancy.models import TenantState

MOVED = declare("test.moved", "有人走动了", {"to": "去处", "on": "日期"})


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def moved(subject=None, **data):
    emit(MOVED, subject="person", subject_id=subject or uuid7(), unit_path="/1.", data=data)


def test_an_event_nobody_waits_for_is_not_written(inside):
    with transaction():
        moved(to="乙支部")
    assert not awaited(MOVED)
    assert count(EventRow) == 0
    assert count(Outbox) == 0


def test_a_subscriber_is_told_with_everything_after_the_change_is_committed(inside, subscribers):
    told = []
    subscribe(MOVED, key="test")(told.append)
    subject = uuid7()
    with acting(Origin(actor="书记")), transaction():
        moved(subject, to="乙支部", on=date(2026, 7, 1))
        assert told == []
    run_due()
    (event,) = told
    assert (event.name, event.subject, event.subject_id, event.unit_path) == (MOVED, "person", subject, "/1.")
    assert event.data == {"to": "乙支部", "on": "2026-07-01"}
    assert event.actor == "书记"
    run_due()
    assert len(told) == 1


def test_a_change_that_is_rolled_back_is_not_told(inside, subscribers):
    told = []
    subscribe(MOVED, key="test")(told.append)

    def fail():
        with transaction():
            moved(to="乙支部")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    run_due()
    assert told == []
    assert count(EventRow) == 0


def test_a_subscriber_of_other_events_is_not_bothered(inside, subscribers):
    declare("test.other", "别的", {})
    subscribe("test.other", key="test")(pytest.fail)
    with transaction():
        moved(to="乙支部")
    run_due()
    assert count(EventRow) == 0


def test_a_subscriber_that_fails_is_told_again_and_the_others_only_once(inside, subscribers):
    first, second = [], []

    @subscribe(MOVED, key="fails")
    def fails(event):
        first.append(event.id)
        if len(first) == 1:
            raise OSError("away")

    subscribe(MOVED, key="works")(lambda event: second.append(event.id))
    with transaction():
        moved(to="乙支部")
    run_due()
    with transaction() as session:
        session.execute(update(Outbox).values(available_at=func.now()))
    run_due()
    assert first == [second[0], second[0]]
    assert len(second) == 1


def test_what_a_subscriber_writes_happens_once_although_it_is_told_twice(inside, subscribers):
    told = []

    @subscribe(MOVED, key="writes")
    def writes(event):
        with transaction() as session:
            session.execute(update(TenantState).values(next_unit=TenantState.next_unit + 1))
        told.append(event.id)
        if len(told) == 1:
            raise OSError("killed before its end")

    before = db.session.scalar(select(TenantState.next_unit))
    with transaction():
        moved(to="乙支部")
    run_due()
    with transaction() as session:
        session.execute(update(Outbox).values(available_at=func.now()))
    run_due()
    assert len(told) == 2
    assert db.session.scalar(select(TenantState.next_unit)) == before + 1


def test_another_tenants_events_are_not_told_here(app, tenant, other_tenant, subscribers):
    told = []
    subscribe(MOVED, key="test")(told.append)
    with app.app_context(), bound(tenant_id=tenant.id):
        with transaction():
            moved(to="乙支部")
        db.session.remove()
    with app.app_context(), bound(tenant_id=other_tenant.id):
        assert run_due() == 0
        assert count(EventRow) == 0
        db.session.remove()
    assert told == []


def test_an_unknown_event_or_field_is_an_error_of_the_program(inside):
    with pytest.raises(KeyError), transaction():
        emit("test.unheard", subject="person", subject_id=uuid7())
    with pytest.raises(ValueError, match="no field id_no"), transaction():
        moved(id_no="110101199003074514")


def test_an_event_is_declared_once_with_the_same_fields():
    assert declare(MOVED, "有人走动了", {"to": "去处", "on": "日期"}) == MOVED
    with pytest.raises(ValueError, match="other fields"):
        declare(MOVED, "有人走动了", {"from": "来处"})
    with pytest.raises(ValueError, match="is named"):
        declare("moved", "有人走动了", {})


def test_no_declared_event_has_a_field_for_what_is_sealed(app):
    from core.people.actions.writing import HIDDEN

    forbidden = {*HIDDEN, "name", "password", "secret"}
    assert {name: set(kind.fields) & forbidden for name, kind in EVENTS.items() if set(kind.fields) & forbidden} == {}


def test_old_events_are_cleared_and_new_ones_kept(inside, subscribers):
    from core.events.jobs import clear

    subscribe(MOVED, key="test")(lambda _event: None)
    with transaction():
        moved(to="乙支部")
        moved(to="丙支部")
    with transaction() as session:
        old = session.scalar(select(EventRow.id).limit(1))
        kept = session.scalar(select(EventRow.id).where(EventRow.id != old))
        run_due()
    db.session.remove()
    _age(old)
    clear({})
    assert list(db.session.scalars(select(EventRow.id))) == [kept]


def _age(event: UUID) -> None:
    """The application may not change an event; what is old was written long ago."""
    row = db.session.get_one(EventRow, (db.session.scalar(select(Account.tenant_id).limit(1)), event))
    values = {column.key: getattr(row, column.key) for column in EventRow.__table__.columns}
    with transaction() as session:
        session.delete(row)
        session.flush()
        session.expunge_all()
        values["at"] = values["at"].replace(year=values["at"].year - 1)
        session.add(EventRow(**values))
