"""Opening an account for a member: by the secretary of the member's own branch, once, linked to the roster."""

import re

import pytest
from sqlalchemy import select

from core.database import bound, db
from core.identity.models import Account
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.people.conftest import enrol


@pytest.fixture
def people(app, served):
    """One member of each branch, and the secretary of the green one."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        served.members = {
            "陈建国": enrol(served.green_branch, "陈建国").id,
            "林小红": enrol(served.blue_branch, "林小红").id,
        }
        add_account(
            login="shuji", name="绿书记", password=PASSWORD, role="branch_secretary", unit_id=served.green_branch
        )
        db.session.remove()
    return served


def test_a_secretary_opens_accounts_of_the_own_branch_only(app, people):
    base = f"http://{people.tenant.slug}.dangjian.test"
    client = sign_in(app, people.tenant, "shuji")
    own, other = people.members["陈建国"], people.members["林小红"]
    assert "开通账号" in client.get(f"/people/{own}", base_url=base).text
    page = client.get(f"/people/{own}/account", base_url=base)
    given = {"login": "chenjianguo", "phone": "13800138000", "csrf_token": token_of(page.text)}
    assert client.post(f"/people/{other}/account", base_url=base, data=given).status_code == 404
    made = client.post(f"/people/{own}/account", base_url=base, data=given)
    assert made.status_code == 200
    path = re.search(r"data-link>https?://[^/]+(/link/[^<]+)<", made.text).group(1)
    assert "登录名是 chenjianguo" in app.test_client().get(path, base_url=base).text
    again = client.post(f"/people/{own}/account", base_url=base, data={**given, "login": "another"})
    assert "data-link" not in again.text
    with app.app_context(), bound(tenant_id=people.tenant.id):
        accounts = db.session.scalars(select(Account).where(Account.person_id == own)).all()
        assert [(one.login, one.display_name, one.state) for one in accounts] == [("chenjianguo", "陈建国", "invited")]
        db.session.remove()
