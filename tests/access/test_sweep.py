"""The whole URL map × role templates × (own unit, other unit, other tenant), held to the declared matrix."""

import pytest
from sqlalchemy import bindparam, select

from core.access import guard
from core.access.gate import within
from core.access.permissions import PERMISSIONS
from core.identity.models import Account
from core.organization.models import Unit
from core.people.models import Person
from tests.access.matrix import HOLDERS, WHOLE_TENANT
from tests.access.sweep import build, core_permissions, routes, short, surprises
from tests.isolation.conftest import superuser  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def world(app, superuser):  # noqa: F811
    """Two tenants with rows of everything; a list without its ranges ends its request meanwhile."""
    guard.install()
    yield build(app, superuser)
    guard.remove()


def test_the_templates_hold_what_the_matrix_says(app):
    assert {name: short(name) for name in core_permissions()} == dict(sorted(HOLDERS.items()))


def test_the_matrix_names_only_permissions_that_exist(app):
    assert set(WHOLE_TENANT) <= set(PERMISSIONS)


def test_every_route_can_be_addressed(app):
    found, missing = routes(app)
    assert "\n".join(missing) == ""
    assert len(found) > 100


def test_a_list_without_ranges_is_noticed_and_others_pass():
    listed = select(Person.id)
    assert guard.verdict(listed) == "person"
    assert guard.verdict(select(Unit.id).where(Unit.type == "branch")) == "unit"
    assert guard.verdict(listed.where(Person.name == bindparam("name"))) == "person"
    assert guard.verdict(listed.join(Unit, Unit.id == Person.unit_id)) in ("person", "unit")
    assert guard.verdict(listed.join(Unit, Unit.id == Person.unit_id).where(within(Unit.path, 2))) is None
    assert guard.verdict(listed.where(Person.id == bindparam("person"))) is None
    assert guard.verdict(listed.execution_options(whole_tenant="a number")) is None
    assert guard.verdict(select(Account.id)) is None


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_route_surprises(app, world):
    found, _missing = routes(app)
    assert "\n".join(said for route in found for said in surprises(world, route)) == ""
