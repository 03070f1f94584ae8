"""A small unit with officers, for the tests of who may do what."""

from datetime import date

import pytest
from sqlalchemy import select

from core.access.acting import actor_of
from core.database import bound, transaction
from core.organization.models import Unit
from core.organization.paths import path_of
from tenants.provision import add_account
from tests.conftest import PASSWORD

TODAY = date(2026, 11, 22)


class People:
    """Accounts by login, and units by name, of one tenant."""

    def __init__(self, app, tenant):
        self.app, self.tenant = app, tenant
        self.units = {"root": tenant.root_unit_id}
        self.accounts = {"admin": tenant.admin_id}

    def unit(self, name, under="root", kind="branch"):
        """A unit directly below another."""
        with self.app.app_context(), bound(tenant_id=self.tenant.id), transaction() as session:
            parent = session.scalars(select(Unit).where(Unit.id == self.units[under])).one()
            path, end = path_of(parent.path, len(self.units))
            unit = Unit(
                name=name,
                short_name=name,
                type=kind,
                parent_id=parent.id,
                path=path,
                path_end=end,
                depth=parent.depth + 1,
            )
            session.add(unit)
            session.flush()
            self.units[name] = unit.id
        return self.units[name]

    def account(self, login, role, unit):
        """Somebody with a role on a unit."""
        with self.app.app_context(), bound(tenant_id=self.tenant.id):
            self.accounts[login] = add_account(
                login=login, name=login, password=PASSWORD, role=role, unit_id=self.units[unit]
            )
        return self.accounts[login]

    def actor(self, login):
        """The account with what it holds now (inside the tenant)."""
        return actor_of(self.accounts[login])


@pytest.fixture
def people(app, tenant):
    """A committee with two branches: officers of each kind."""
    made = People(app, tenant)
    made.unit("一支部")
    made.unit("二支部")
    made.account("co", "committee_officer", "root")
    made.account("bs1", "branch_secretary", "一支部")
    made.account("bs2", "branch_secretary", "二支部")
    made.account("bd1", "deputy_secretary", "一支部")
    return made


@pytest.fixture
def at_work(app, people):
    """Inside the tenant, as an action runs."""
    with app.app_context(), bound(tenant_id=people.tenant.id):
        yield people
