"""Tenants are made whole or not at all."""

import pytest
from sqlalchemy import select

from core.database import bound
from core.database.read import rows
from core.database.system import system_engine
from core.organization.models import Unit
from core.policy.findings import Refused
from core.tenancy.models import Tenant
from tenants.provision import add_account_at, add_domain, create_tenant, set_state
from tenants.queries import tenant
from tests.conftest import PASSWORD

GOOD = {"title": "单位", "root": "中共甲县委员会", "admin": "admin", "admin_name": "管", "password": PASSWORD}


def test_a_new_tenant_has_its_root_and_counts_nothing_yet(app, tenant):
    from tenants.queries import tenant as show

    with app.app_context():
        found = show(tenant.slug)
    assert found["root"] == "中共清源县委员会"
    assert found["organisations"] == {"total": 0, "branch": 0, "committee": 0, "general_branch": 0}
    assert found["members"]["total"] == 0


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"slug": "Bad Slug"}, "TN.01"),
        ({"slug": "www"}, "TN.01"),
        ({"slug": "x" * 41}, "TN.01"),
        ({"slug": "half-a", "root": " "}, "TN.02"),
        ({"slug": "half-b", "password": "short"}, "PW.01"),
    ],
)
def test_an_unusable_wish_leaves_nothing_behind(app, change, rule):
    with app.app_context():
        with pytest.raises(Refused) as refused:
            create_tenant(**{"slug": "half", **GOOD, **change})
        assert refused.value.findings[0].rule == rule
        with system_engine().connect() as connection:
            assert not connection.scalars(select(Tenant.id).where(Tenant.slug.in_(["half", change["slug"]]))).all()


def test_a_slug_that_is_the_products_own_is_told_to_be(app):
    with app.app_context(), pytest.raises(Refused, match="系统保留的代号"):
        create_tenant(slug="static", **GOOD)


def test_a_slug_and_a_host_belong_to_one_tenant(app, tenant, other_tenant):
    with app.app_context():
        with pytest.raises(Refused, match="已被使用"):
            create_tenant(slug=tenant.slug, **GOOD)
        add_domain(slug=tenant.slug, host=f"{tenant.slug}.example.org")
        with pytest.raises(Refused, match="已被使用"):
            add_domain(slug=other_tenant.slug, host=f"{tenant.slug}.example.org")


def test_an_account_is_granted_a_known_role_on_a_known_unit(app, tenant):
    with app.app_context():
        given = {"slug": tenant.slug, "login": "li", "name": "李", "password": PASSWORD}
        with pytest.raises(Refused, match="没有角色"):
            add_account_at(role="emperor", unit=None, **given)
        with pytest.raises(Refused, match="没有找到"):
            add_account_at(role="auditor", unit="中共无此支部", **given)
        assert add_account_at(role="auditor", unit="中共清源县委员会", **given)


def test_states_are_the_three_known_ones(app, tenant):
    with app.app_context():
        set_state(slug=tenant.slug, state="suspended")
        with pytest.raises(Refused):
            set_state(slug=tenant.slug, state="gone")
        with bound(tenant_id=tenant.id):
            assert rows(select(Unit.name))


def test_an_unknown_tenant_is_named(app):
    with app.app_context(), pytest.raises(Refused, match="没有代号"):
        tenant("nobody")
