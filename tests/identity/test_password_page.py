"""The account's own password: changed with the old one, ending every other session."""

import pytest

from tests.conftest import PASSWORD, sign_in, token_of

NEW = "换成另一句更长的口令 2026"


def change(client, base, **data):
    page = client.get("/account/password", base_url=base)
    given = {"old": PASSWORD, "new": NEW, "again": NEW, "csrf_token": token_of(page.text), **data}
    return client.post("/account/password", base_url=base, data=given)


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(app, tenant):
    base = f"http://{tenant.slug}.dangjian.test"
    here, elsewhere = sign_in(app, tenant), sign_in(app, tenant)
    assert change(here, base).status_code == 303
    assert here.get("/", base_url=base).status_code == 200
    assert elsewhere.get("/", base_url=base).status_code == 303
    assert sign_in(app, tenant, password=NEW)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"old": "wrong"}, "原密码不对"),
        ({"again": "不同"}, "不一样"),
        ({"new": "短", "again": "短"}, "至少12位"),
        ({"new": "admin-admin-admin", "again": "admin-admin-admin"}, "不能包含登录名"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(app, tenant, data, said):
    base = f"http://{tenant.slug}.dangjian.test"
    client = sign_in(app, tenant)
    answer = change(client, base, **data)
    assert answer.status_code == 422
    assert said in answer.text
    assert sign_in(app, tenant)
