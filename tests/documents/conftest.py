"""The county of the roster's tests, and people at its browser."""

import pytest

from core.database import bound, db
from tests.people.conftest import county, enrol, served
from tests.people.test_pages import Browser

__all__ = ["browser", "county", "people", "served"]


@pytest.fixture
def people(app, served):
    """Three members of two branches."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        served.members = {
            "陈建国": enrol(served.green_branch, "陈建国", class_tags=["农村"]).id,
            "欧阳<&>芳": enrol(served.green_branch, "欧阳芳", sex="2", remark="<b>&amp;").id,
            "王秀英": enrol(served.blue_branch, "王秀英", sex="2", phone="13812345678").id,
        }
        db.session.remove()
    return served


@pytest.fixture
def browser(app, people):
    """The administrator."""
    return Browser(app, people)
