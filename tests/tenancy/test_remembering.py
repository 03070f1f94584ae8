"""Numbers that are remembered are those that would be counted, on the very next request."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import g
from sqlalchemy import Column, Integer, MetaData, Table, func, select, text

from core.database import bound, db, tenant_id, transaction
from core.database.read import scalar
from core.database.session import UNRECORDED, is_watched
from core.organization.models import Unit
from core.tenancy.memory import data_version, outdate, recall
from core.tenancy.remembering import remembered
from tests.conftest import NewTenant

ALL, DAY = (("", "~"),), date(2026, 7, 1)
_COUNT = select(func.count()).select_from(Unit).where(Unit.remark == "数")


class Counting:
    """Counts units by their remark, and how often it was asked to."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> dict[str, int]:
        self.made += 1
        return {"tenant": tenant_id(), "units": scalar(_COUNT)}

    def shown(self, ranges=ALL, as_of=DAY, of=()) -> int:
        found = remembered("tests.units", self, ranges=ranges, as_of=as_of, of=of)
        assert found["tenant"] == tenant_id()
        return found["units"]


@pytest.fixture
def asking(app):
    """``with asking(tenant):`` is a request of its own, as the worker that serves it sees it."""

    @contextmanager
    def request(tenant: NewTenant) -> Iterator[None]:
        with app.test_request_context("/"), bound(tenant_id=tenant.id):
            g.tenant = recall("slug", tenant.slug)
            yield
            db.session.remove()

    return request


def rename(remark: str) -> None:
    with transaction() as session:
        session.scalars(select(Unit)).first().remark = remark


def test_a_number_is_counted_once_until_the_data_change(asking, tenant):
    count = Counting()
    for _ in range(2):
        with asking(tenant):
            assert (count.shown(), count.shown(), count.made) == (0, 0, 1)
    with asking(tenant):
        rename("数")
        assert count.shown() == 1, "the request that changed it sees it too"
    with asking(tenant):
        assert (count.shown(), count.made) == (1, 2)


def test_other_tenants_places_days_and_questions_have_numbers_of_their_own(asking, tenant, other_tenant):
    count = Counting()
    with asking(tenant):
        rename("数")
    with asking(tenant):
        assert count.shown() == 1
        for number, other in enumerate(({"ranges": (("a", "b"),)}, {"as_of": date(2026, 7, 2)}, {"of": ("women",)}), 2):
            count.shown(**other)
            assert count.made == number
    with asking(other_tenant):
        assert count.shown() == 0
    assert count.made == 5


def test_a_change_of_rights_or_rules_makes_it_anew(asking, tenant):
    count = Counting()
    with asking(tenant):
        count.shown()
        outdate()
        version = g.tenant.version
    with asking(tenant):
        g.tenant.version = version + 1  # as the worker finds it at the next request
        count.shown()
    assert count.made == 2


def test_what_a_transaction_has_changed_but_not_committed_is_never_kept(asking, tenant):
    count = Counting()
    with asking(tenant):
        with pytest.raises(ZeroDivisionError), transaction() as session:  # noqa: PT012
            session.scalars(select(Unit)).first().remark = "数"
            assert count.shown() == 1
            raise ZeroDivisionError
        assert count.shown() == 0
    with asking(tenant):
        assert count.shown() == 0


def test_outside_requests_it_is_counted_each_time(inside):
    count = Counting()
    assert (count.shown(), count.shown(), count.made) == (0, 0, 2)


def test_what_is_given_back_is_nobody_elses(asking, tenant):
    with asking(tenant):
        for _ in range(2):
            found = remembered("tests.list", lambda: {"of": [1]}, ranges=ALL, as_of=DAY)
            assert found == {"of": [1]}
            found["of"].append(2)
        with pytest.raises(TypeError):
            remembered("tests.day", lambda: DAY, ranges=ALL, as_of=DAY)


def test_every_table_of_a_plugin_counts_but_those_that_are_to_tell_nothing():
    tables = MetaData()
    one, secret, ours = (
        Table(name, tables, Column("tenant_id", Integer), schema=schema, info=info)
        for name, schema, info in (("a", "p_venue", {}), ("b", "p_venue", {UNRECORDED: True}), ("c", "core", {}))
    )
    assert (is_watched(one), is_watched(secret), is_watched(ours), is_watched(None)) == (True, False, False, False)


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("UPDATE core.unit SET remark = 'p_venue' WHERE false", 0),
        ("SELECT 1 AS p_venue", 0),
        ("WITH p_venue AS (SELECT 1 AS n) DELETE FROM core.outbox USING p_venue WHERE p_venue.n = 0", 1),
    ],
)
def test_a_statement_in_plain_text_counts_where_it_changes_a_plugins_table(asking, tenant, statement, counts):
    with asking(tenant):
        before = data_version()
        with transaction() as session:
            session.execute(text(statement))
        g.pop("data_version", None)
        assert data_version() == before + counts
