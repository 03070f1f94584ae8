"""A right that is taken away is gone with the next request, in every worker (reliability A6, ASVS 8.3.2)."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from core import clock
from core.access.models import Grant
from core.database import bound, transaction
from core.identity.actions import rights_changed
from core.identity.models import Account, AccountSession
from tenants.provision import add_account, set_state
from tests.conftest import PASSWORD, make_tenant, sign_in
from tests.served import Browser, Served

MEMBERS = "/api/v1/people"


@pytest.fixture(scope="module")
def web(settings, app):
    with Served(settings) as running:
        yield running


@pytest.fixture
def officer(app, tenant):
    """An account besides the administrator's."""
    with app.app_context(), bound(tenant_id=tenant.id):
        return add_account(
            login="zuzhi", name="组织员", password=PASSWORD, role="committee_officer", unit_id=tenant.root_unit_id
        )


def change(app, tenant, *statements):
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        for statement in statements:
            session.execute(statement)
        rights_changed()


REMOVALS = {
    "grant deleted": lambda officer: [delete(Grant).where(Grant.account_id == officer)],
    "grant ended": lambda officer: [update(Grant).where(Grant.account_id == officer).values(valid_to=clock.today())],
    "grant not begun": lambda officer: [
        update(Grant).where(Grant.account_id == officer).values(valid_from=clock.today() + timedelta(days=1))
    ],
    "another role": lambda officer: [update(Grant).where(Grant.account_id == officer).values(role="linked_leader")],
    "a role that no longer exists": lambda officer: [
        update(Grant).where(Grant.account_id == officer).values(role="abolished")
    ],
    "account disabled": lambda officer: [update(Account).where(Account.id == officer).values(state="disabled")],
    "account deleted": lambda officer: [delete(Account).where(Account.id == officer)],
    "sessions ended": lambda officer: [delete(AccountSession).where(AccountSession.account_id == officer)],
}


@pytest.mark.parametrize("removal", REMOVALS)
def test_the_next_request_is_refused(app, tenant, officer, removal):
    base = f"http://{tenant.slug}.dangjian.test"
    client = sign_in(app, tenant, "zuzhi")
    other = sign_in(app, tenant)
    assert client.get(MEMBERS, base_url=base).status_code == 200
    change(app, tenant, *REMOVALS[removal](officer))
    assert client.get(MEMBERS, base_url=base).status_code in (401, 403)
    assert other.get(MEMBERS, base_url=base).status_code == 200, "and nobody else is"


def test_a_right_that_is_given_holds_on_the_next_request(app, tenant, officer):
    base = f"http://{tenant.slug}.dangjian.test"
    client = sign_in(app, tenant, "zuzhi")
    change(app, tenant, update(Grant).where(Grant.account_id == officer).values(role="linked_leader"))
    assert client.get(MEMBERS, base_url=base).status_code == 403
    change(app, tenant, update(Grant).where(Grant.account_id == officer).values(role="auditor"))
    assert client.get(MEMBERS, base_url=base).status_code == 200


@pytest.mark.parametrize("removal", ["grant deleted", "account disabled", "sessions ended"])
def test_in_every_worker(web, app, tenant, officer, removal):
    """Each worker has served the account and remembers it; each asked for the first time afterwards refuses."""
    client = Browser(web, tenant.slug).sign_in("zuzhi")
    workers = web.workers()
    assert len(workers) == 2
    for worker in workers:
        with web.only(worker):
            assert client.get(MEMBERS).status == 200
    change(app, tenant, *REMOVALS[removal](officer))
    for worker in workers:
        with web.only(worker):
            assert client.get(MEMBERS).status in (401, 403)


def test_a_changed_password_ends_the_other_sessions_in_every_worker(web, tenant):
    here, elsewhere = Browser(web, tenant.slug).sign_in(), Browser(web, tenant.slug).sign_in()
    workers = web.workers()
    for worker in workers:
        with web.only(worker):
            assert elsewhere.get("/").status == 200
    new = PASSWORD + " new"
    assert here.post("/account/password", old=PASSWORD, new=new, again=new).status == 303
    for worker in workers:
        with web.only(worker):
            assert here.get("/").status == 200
            assert elsewhere.get("/").status == 303
            assert elsewhere.get(MEMBERS).status == 401


def test_a_suspended_tenant_sleeps_and_wakes_in_every_worker(web, app, tenant):
    """A worker that has seen it asleep must see it awake again."""
    client = Browser(web, tenant.slug).sign_in()
    for state, status in (("suspended", 404), ("active", 200), ("suspended", 404), ("active", 200)):
        for worker in web.workers():
            with web.only(worker):
                client.get("/")
        with app.app_context():
            set_state(slug=tenant.slug, state=state)
        for worker in web.workers():
            with web.only(worker):
                assert client.get("/").status == status


def test_rights_that_change_all_the_time_break_no_request(app, tenant, officer):
    """Each change makes every worker forget; a request that meets many in a row is still answered."""
    base = f"http://{tenant.slug}.dangjian.test"
    client = sign_in(app, tenant, "zuzhi")
    over = threading.Event()
    changes = [0]

    def disturb() -> None:
        while not over.is_set():
            change(app, tenant)
            changes[0] += 1

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        statuses = {client.get("/", base_url=base).status_code for _ in range(60)}
    finally:
        over.set()
        thread.join()
    assert statuses <= {200, 503}
    assert changes[0] > 20


def test_a_request_that_keeps_finding_itself_out_of_date_ends_in_503(app, tenant, monkeypatch):
    from core.tenancy import memory
    from core.tenancy import request as tenancy

    def never(_memory):
        def look(_found):
            raise memory.Stale

        return look

    client = sign_in(app, tenant)
    monkeypatch.setattr(tenancy, "check", never)
    assert client.get("/", base_url=f"http://{tenant.slug}.dangjian.test").status_code == 503


def test_a_grant_in_one_tenant_is_none_in_another(app, tenant, other_tenant, officer):
    third = make_tenant(app)
    for stranger in (other_tenant, third):
        client = app.test_client()
        cookie = sign_in(app, tenant, "zuzhi").get_cookie("dangjian", domain=f"{tenant.slug}.dangjian.test")
        client.set_cookie("dangjian", cookie.value, domain=f"{stranger.slug}.dangjian.test")
        assert client.get(MEMBERS, base_url=f"http://{stranger.slug}.dangjian.test").status_code == 401
