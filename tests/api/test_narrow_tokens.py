"""A token that may do one thing does not turn it into the rest: not by links, not by grants, not by delegating."""

from datetime import timedelta

import pytest

from core import clock
from core.access.own import DELEGATE, EDIT
from core.database import bound, db
from core.identity import tokens
from core.identity.models import Account
from core.identity.pages.site import MANAGE
from tests.api.conftest import Ground, Program, lay_ground
from tests.conftest import PASSWORD, add_account


@pytest.fixture(scope="module")
def there(app) -> Ground:
    """The county, with a deputy beside the secretary."""
    ground = lay_ground(app)
    with app.app_context(), bound(tenant_id=ground.county.tenant.id):
        add_account(
            login="deputy",
            name="副书记",
            password=PASSWORD,
            role="deputy_secretary",
            unit_id=ground.county.green_branch,
        )
        db.session.remove()
    return ground


def narrow(ground, login, *scopes) -> Program:
    """A program with a token for a few things."""
    with ground.app.app_context(), bound(tenant_id=ground.county.tenant.id):
        account = db.session.query(Account.id).filter(Account.login == login).scalar()
        token = tokens.issue(account_id=account, title="窄", scopes=list(scopes), days=1, held=set(scopes)).token
        db.session.remove()
    return Program(ground.app, ground.slug, token)


def id_of(ground, login):
    items = ground.program().get("/accounts?limit=100").json["items"]
    return next(one["id"] for one in items if one["login"] == login)


@pytest.mark.parametrize("login", ["admin", "secretary", "auditor"])
def test_who_looks_after_accounts_by_a_token_comes_into_none_that_may_do_more(there, login):
    program, account = narrow(there, "admin", MANAGE), id_of(there, login)
    for path, body in (("link", None), ("reset-second-factor", None), ("contact", {"email": "evil@example.org"})):
        refused = program.ask("POST", f"/accounts/{account}/{path}", body)
        assert refused.status_code == 403, (path, refused.text)
        assert "link" not in refused.json


def test_it_opens_accounts_that_may_do_nothing_yet_and_renews_their_links(there):
    program = narrow(there, "admin", MANAGE)
    made = program.ask("POST", "/accounts", {"login": "neu", "name": "新同志"})
    assert made.status_code == 201, made.text
    assert program.ask("POST", f"/accounts/{made.json['id']}/link").json["link"]


def test_no_token_however_wide_renews_the_way_into_its_owners_account(there):
    assert there.program().ask("POST", f"/accounts/{id_of(there, 'admin')}/link").status_code == 403
    assert there.program().ask("POST", f"/accounts/{id_of(there, 'secretary')}/link").status_code == 200


def test_a_token_grants_no_more_than_it_may_do_itself(there):
    body = {
        "account_id": id_of(there, "auditor"), "role": "branch_secretary", "unit_id": str(there.county.green_branch),
        "valid_to": (clock.today() + timedelta(days=5)).isoformat(), "reason": "县组〔2026〕5号",
    }  # fmt: skip
    refused = narrow(there, "admin", EDIT).ask("POST", "/grants", body)
    assert (refused.status_code, refused.json["rule"]) == (422, "AC.05")
    assert there.program().ask("POST", "/grants", body).status_code == 201


def test_nor_puts_it_into_a_role_what_it_may_not_do(there):
    body = {"title": "全部", "permissions": ["people.member.view", "people.member.edit"]}
    refused = narrow(there, "admin", EDIT, "access.role.edit").ask("POST", "/roles", body)
    assert refused.status_code in (403, 422), refused.text
    assert there.program().ask("POST", "/roles", body).status_code == 201


def test_nor_does_it_delegate_an_office_that_it_holds_in_part(there):
    body = {
        "to": id_of(there, "deputy"), "role": "branch_secretary", "unit_id": str(there.county.green_branch),
        "valid_to": (clock.today() + timedelta(days=5)).isoformat(), "reason": "外出学习",
    }  # fmt: skip
    refused = narrow(there, "secretary", DELEGATE).ask("POST", "/delegations", body)
    assert (refused.status_code, refused.json["rule"]) == (422, "AC.08"), refused.text
