"""The ground holds: a tenant's rows are read by both paths, and by nobody who is not bound."""

from decimal import Decimal

import pytest
from sqlalchemy import Float, Integer, Numeric, cast, func, literal, select

from core.database import Unbound, db, transaction
from core.database.read import row, rows
from core.organization.models import Unit
from core.tenancy.models import TenantState
from tests.conftest import sign_in

NAMES = select(Unit.name)


def test_both_paths_read_the_root_unit(inside):
    assert rows(NAMES) == [("中共清源县委员会",)]
    assert db.session.scalars(NAMES).all() == ["中共清源县委员会"]


def test_numbers_with_decimals_come_as_their_columns_say(inside):
    one = literal(3, Integer)
    wanted = select(
        cast(one, Numeric(10, 2)).label("exact"), cast(one, Numeric(asdecimal=False)).label("near"),
        cast(one, Float).label("float"), func.sum(Unit.depth).label("sum"), func.avg(Unit.depth).label("mean"),
    )  # fmt: skip
    exact, near, floating, total, mean = row(wanted.select_from(Unit))
    assert (exact, type(exact)) == (Decimal("3.00"), Decimal)
    assert (near, type(near), floating, type(floating)) == (3.0, float, 3.0, float)
    assert total == mean


def test_an_unbound_read_is_refused(app):
    with app.app_context():
        with pytest.raises(Unbound):
            rows(NAMES)
        with pytest.raises(Unbound):
            db.session.scalars(NAMES).all()


def test_a_change_raises_the_data_counter_and_a_refused_one_does_not(inside):
    before = row(select(TenantState.data_version))[0]
    with transaction() as session:
        session.scalars(select(Unit)).one().remark = "改了"
    assert row(select(TenantState.data_version))[0] == before + 1
    with pytest.raises(ZeroDivisionError), transaction() as session:  # noqa: PT012
        session.scalars(select(Unit)).one().remark = "又改"
        session.flush()
        raise ZeroDivisionError
    assert row(select(TenantState.data_version, Unit.remark).join(Unit, Unit.tenant_id == TenantState.tenant_id)) == (
        before + 1,
        "改了",
    )


def test_statements_built_anew_share_one_compilation_and_keep_their_own_values(inside):
    for wanted, found in (("中共清源县委员会", 1), ("没有", 0), ("中共清源县委员会", 1)):
        assert len(rows(select(Unit.id).where(Unit.name == wanted))) == found


def test_signing_in_opens_the_session_and_a_wrong_password_does_not(app, tenant):
    client = sign_in(app, tenant)
    assert client.get("/sign-in", base_url=f"http://{tenant.slug}.dangjian.test").status_code == 303
