"""The page of one's own tokens: scopes in groups, only those one holds, and what was ticked stays ticked."""

import re

from core.database import bound
from tests.conftest import PASSWORD, add_account, sign_in, token_of


def host(tenant):
    """The tenant's own address."""
    return f"http://{tenant.slug}.dangjian.test"


def groups_of(text):
    """The groups of scopes: title → names."""
    return {
        found[1]: re.findall(r'name="scopes" value="([^"]+)"', found[2])
        for found in re.finditer(
            r"<fieldset class=\"field\" data-checks>\s*<legend>([^<]+)</legend>(.*?)</fieldset>", text, re.S
        )
    }


def test_scopes_stand_under_the_part_they_belong_to_each_with_a_box_for_all(app, tenant):
    text = sign_in(app, tenant).get("/account/tokens", base_url=host(tenant)).text
    found = groups_of(text)
    assert found["党员"]
    assert all(name.startswith("people.") for name in found["党员"])
    assert all(name.startswith("organization.") for name in found["党组织"])
    assert text.count("data-checks-all") == len(found)


def test_only_scopes_that_one_holds_are_offered(app, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="s", name="书记", password=PASSWORD, role="branch_secretary", unit_id=tenant.root_unit_id)
    found = groups_of(sign_in(app, tenant, "s").get("/account/tokens", base_url=host(tenant)).text)
    assert "people.member.view" in found["党员"]
    assert "audit.view" not in {name for names in found.values() for name in names}


def test_a_refused_token_keeps_what_was_ticked(app, tenant):
    client = sign_in(app, tenant)
    sent = {
        "csrf_token": token_of(client.get("/account/tokens", base_url=host(tenant)).text),
        "title": "",
        "days": "30",
    }
    answer = client.post(
        "/account/tokens", base_url=host(tenant), data={**sent, "scopes": ["people.member.view", "audit.view"]}
    )
    assert answer.status_code == 422
    ticked = re.findall(r'name="scopes" value="([^"]+)" checked', answer.text)
    assert sorted(ticked) == ["audit.view", "people.member.view"]
