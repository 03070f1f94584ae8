"""The whole URL map × role templates × (own unit, other unit, other tenant), held to the declared matrix."""

import pytest

from core.access.permissions import PERMISSIONS
from tests.access.matrix import HOLDERS, WHOLE_TENANT
from tests.access.sweep import build, routes, short, surprises
from tests.isolation.conftest import superuser  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def world(app, superuser):  # noqa: F811
    return build(app, superuser)


def test_the_templates_hold_what_the_matrix_says(app):
    assert {name: short(name) for name in sorted(PERMISSIONS)} == dict(sorted(HOLDERS.items()))


def test_the_matrix_names_only_permissions_that_exist(app):
    assert set(WHOLE_TENANT) <= set(PERMISSIONS)


def test_every_route_can_be_addressed(app):
    found, missing = routes(app)
    assert missing == []
    assert len(found) > 100


@pytest.mark.timeout(400)
def test_no_route_surprises(app, world):
    found, _missing = routes(app)
    assert [said for route in found for said in surprises(world, route)] == []
