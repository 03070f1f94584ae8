"""What a session remembers never crosses tenants: one tenant in its life, and keys that hold the tenant."""

import random

import pytest
from sqlalchemy import select

from core.database import TenantModel, TenantSwitch, bound, db, transaction
from core.database.read import rows
from core.database.schema import metadata
from core.database.scope import bind_for_request
from core.organization.models import CoveredUnit, Unit
from tests.isolation.checks import own
from tests.isolation.ground import a_unit

metadata()


def test_every_mapped_class_is_known_by_its_tenant_first():
    for mapper in TenantModel.registry.mappers:
        if issubclass(mapper.class_, TenantModel):
            assert mapper.primary_key[0].name == "tenant_id", mapper


def test_get_after_a_switch_finds_the_other_tenants_own_row(bare, superuser, pair):
    """The same id stands for another row there, and a session kept by force refuses."""
    shared = sorted(set(own(superuser, pair[0])) & set(own(superuser, pair[1])))[0]
    with bare.app_context():
        names = []
        for tenant in pair:
            with bound(tenant_id=tenant):
                unit = db.session.get(Unit, (tenant, shared))
                names.append((unit.tenant_id, unit.name))
        assert [tenant for tenant, _ in names] == list(pair)
        assert names[0][1] != names[1][1]


@pytest.mark.parametrize("ends", ["commit", "rollback", "expire_all", "expunge_all"])
def test_a_session_serves_one_tenant_in_its_life_however_its_transaction_ended(bare, pair, ends):
    with bare.app_context():
        try:
            bind_for_request(pair[0])
            assert {unit.tenant_id for unit in db.session.scalars(select(Unit))} == {pair[0]}
            getattr(db.session, ends)()
            bind_for_request(pair[1])
            with pytest.raises(TenantSwitch):
                db.session.scalars(select(Unit)).all()
            with pytest.raises(TenantSwitch):
                db.session.execute(select(CoveredUnit.id))
        finally:
            bind_for_request(None)
            db.session.remove()


def test_get_with_another_tenants_key_finds_nothing(bare, superuser, pair):
    theirs = next(iter(own(superuser, pair[1])))
    with bare.app_context(), bound(tenant_id=pair[0]):
        assert db.session.get(Unit, (pair[1], theirs)) is None


def _add(session, values):
    session.add(Unit(**values))


def _merge(session, values):
    session.merge(Unit(**values))


def _give_away(session, values):
    session.scalars(select(CoveredUnit)).first().tenant_id = values["tenant_id"]


def _in_bulk(session, values):
    session.bulk_insert_mappings(Unit, [values])


@pytest.mark.parametrize("act", [_add, _merge, _give_away, _in_bulk])
def test_a_row_of_another_tenant_is_not_taken_in(bare, pair, act):
    def change() -> None:
        with transaction() as session:
            act(session, a_unit(pair[1], 930, name="x"))

    with bare.app_context(), bound(tenant_id=pair[0]), pytest.raises(Exception, match=r"row-level security|tenant"):
        change()


def test_many_requests_with_failures_in_between_see_their_own_only(bare, superuser, pair):
    """Sessions, fast reads, exceptions and half-done writes in random order, as a worker meets them."""
    dice = random.Random(20261122)
    expected = {tenant: own(superuser, tenant) for tenant in pair}
    for _ in range(400):
        tenant = dice.choice(pair)
        with bare.app_context():
            bind_for_request(tenant)
            try:
                acts = dice.sample(["session", "fast", "write", "raise", "nested"], k=dice.randint(1, 4))
                for act in acts:
                    if act == "session":
                        assert {u.id for u in db.session.scalars(select(Unit))} == set(expected[tenant])
                    elif act == "fast":
                        assert {i for (i,) in rows(select(Unit.id))} == set(expected[tenant])
                    elif act == "write":
                        db.session.scalars(select(CoveredUnit)).first().nature = "x"
                        db.session.flush()
                    elif act == "nested":
                        with db.session.begin_nested():
                            assert db.session.scalars(select(Unit.tenant_id).distinct()).all() == [tenant]
                    else:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
            bind_for_request(None)
