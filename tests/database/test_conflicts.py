"""Two at one record in one moment: who locks it sees what it is now, and who is outrun is told so in words."""

from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from core.database import bound, db, tenant_id, transaction
from core.organization.models import Unit
from tests.conftest import sign_in


@pytest.fixture
def elsewhere(app, tenant, inside):
    """Changes the tenant's unit as another request would, and comes back when that is done."""

    def change(name: str) -> None:
        def work() -> None:
            with app.app_context(), bound(tenant_id=tenant.id):
                with transaction() as session:
                    session.scalars(select(Unit)).one().short_name = name
                db.session.remove()

        thread = Thread(target=work)
        thread.start()
        thread.join(20)

    return change


@pytest.mark.parametrize(
    "lock",
    [
        lambda session, unit: session.get(Unit, (tenant_id(), unit), with_for_update=True),
        lambda session, unit: session.get_one(Unit, (tenant_id(), unit), with_for_update=True),
        lambda session, unit: session.get(Unit, (tenant_id(), unit), with_for_update=True, populate_existing=True),
        lambda session, unit: session.get(Unit, (tenant_id(), unit), with_for_update={"read": True}),
        lambda session, unit: session.scalars(select(Unit).where(Unit.id == unit).with_for_update()).one(),
    ],
    ids=["get", "get_one", "anew", "shared", "select"],
)
def test_a_row_read_before_is_locked_as_it_is_now(elsewhere, lock):
    with transaction() as session:
        read = session.scalars(select(Unit)).one()
        elsewhere("先改的")
        held = lock(session, read.id)
        assert held is read
        assert held.short_name == "先改的"
        held.short_name = "后改的"
    with transaction() as session:
        assert session.scalars(select(Unit.short_name)).one() == "后改的"


def test_nobody_is_locked_for_an_id_of_nobody(inside):
    with transaction() as session:
        other = session.scalars(select(Unit)).one()
        session.expunge(other)
        assert session.get(Unit, (tenant_id() + 1, other.id), with_for_update=True) is None


def test_what_was_written_over_what_somebody_else_wrote_is_refused(elsewhere):
    def write() -> None:
        with transaction() as session:
            read = session.scalars(select(Unit)).one()
            elsewhere("先改的")
            read.short_name = "后改的"

    with pytest.raises(StaleDataError):
        write()
    with transaction() as session:
        assert session.scalars(select(Unit.short_name)).one() == "先改的"


@pytest.mark.parametrize(
    ("asks", "address", "kind"),
    [
        ("core.people.pages.listing.page_of_members", "/people/", "text/html"),
        ("core.people.api.reading.members", "/api/v1/people", "application/problem+json"),
    ],
)
def test_who_is_outrun_is_told_so_in_words(app, tenant, monkeypatch, asks, address, kind):
    def outrun(_asked: object) -> None:
        raise StaleDataError("UPDATE statement on table 'unit' expected to update 1 row(s); 0 were matched.")

    client = sign_in(app, tenant)
    monkeypatch.setattr(asks, outrun)
    answer = client.get(address, base_url=f"http://{tenant.slug}.dangjian.test")
    assert (answer.status_code, answer.mimetype) == (409, kind)
    assert "记录刚刚被他人修改" in answer.text
