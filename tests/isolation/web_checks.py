"""The quick checks of what pages say, for the mutants: what leaked, in words; nothing when all is well."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import delete
from werkzeug.test import EnvironBuilder, run_wsgi_app

from core.access.models import Grant
from core.database import bound, transaction
from core.database.crypto import Unreadable
from core.identity.actions import rights_changed
from core.tenancy.keys import keyring
from core.tenancy.memory import kept
from tenants.provision import add_account, set_state
from tests.conftest import PASSWORD, sign_in, token_of
from tests.isolation.people_of import Marked
from tests.isolation.web import ask, everything

PAGES = ("/", "/settings/", "/api/v1/people", "/api/v1/dashboard")
SHARED = "http://10.1.2.3"
Leaks = Iterator[str]


def own_pages_and_no_others(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """Both tenants' administrators read the same addresses, in turn, in one worker."""
    clients = [(sign_in(app, one.tenant), one, other) for one, other in ((ours, theirs), (theirs, ours))]
    for page in PAGES:
        for client, one, other in clients:
            answer = ask(client, one.host, "GET", page)
            if answer.status_code != 200:
                yield f"{page}: {answer.status}"
            if other.mark in everything(answer):
                yield f"{page} shows the other's mark"
        if page != "/api/v1/dashboard" and ours.mark not in everything(ask(clients[0][0], ours.host, "GET", page)):
            yield f"{page} without the own mark"


def a_session_is_its_tenants(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """The cookie of one tenant, sent to the other."""
    cookie: Any = sign_in(app, theirs.tenant).get_cookie("dangjian", domain=f"{theirs.tenant.slug}.dangjian.test")
    client = app.test_client()
    client.set_cookie("dangjian", cookie.value, domain=f"{ours.tenant.slug}.dangjian.test")
    for page in PAGES:
        if ask(client, ours.host, "GET", page).status_code not in (303, 401):
            yield f"{page} for the other's session"


def kept_bytes_are_the_tenants(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """The same name means other bytes in another tenant, at the same data version."""
    from flask import g

    from core.tenancy.memory import recall

    for one in (ours, theirs):
        with app.test_request_context("/", base_url=one.host), bound(tenant_id=one.tenant.id):
            g.tenant = recall("slug", one.tenant.slug)
            g.data_version = 1
            if kept(("isolation",), one.mark.encode) != one.mark.encode():
                yield "kept bytes of another tenant"


def keys_are_the_tenants(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """What one tenant's keys encrypted, the other's do not open; equal values have other blind indexes."""
    place = {"table": "person", "column": "id_no", "row": ours.branches[0]}
    with app.app_context():
        with bound(tenant_id=ours.tenant.id):
            sealed, index = keyring().encrypt("350525", **place), keyring().blind("350525", purpose="id_no")
            if keyring().decrypt(sealed, **place) != "350525":
                yield "the own value cannot be read"
        with bound(tenant_id=theirs.tenant.id):
            if keyring().blind("350525", purpose="id_no") == index:
                yield "the same blind index in two tenants"
            try:
                keyring().decrypt(sealed, **place)
                yield "another tenant's value can be read"
            except Unreadable:
                pass


def hosts_lead_to_their_tenant_or_nowhere(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """Each tenant's own host; a handful of other spellings."""
    for one in (ours, theirs):
        if one.mark not in ask(app.test_client(), one.host, "GET", "/sign-in").text:
            yield "a tenant's own host does not lead to it"
    good = f"{ours.tenant.slug}.dangjian.test"
    for host in ("never-was.dangjian.test", f"{good}.", f"x@{good}", f"{good}:x", "dangjian.test", "127.0.0.1", ""):
        environ = EnvironBuilder(path="/sign-in", environ_overrides={"HTTP_HOST": host}).get_environ()
        body, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        if not status.startswith("404") or any(one.mark.encode() in b"".join(body) for one in (ours, theirs)):
            yield f"host {host!r} answers {status}"
    if ask(app.test_client(), ours.host, "GET", f"/t/{theirs.tenant.slug}/sign-in").status_code != 404:
        yield "a prefix of another tenant on one tenant's host"


def cookies_stay_below_their_prefix(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """On a shared address the browser is told to send each cookie to its tenant alone."""
    client = app.test_client()
    path = f"/t/{ours.tenant.slug}"
    page = client.get(f"{path}/sign-in", base_url=SHARED)
    form = {"login": "admin", "password": PASSWORD, "csrf_token": token_of(page.text)}
    answer = client.post(f"{path}/sign-in", base_url=SHARED, data=form)
    if f"Path={path}" not in answer.headers.get("Set-Cookie", ""):
        yield "a cookie for the whole host"


def nobody_is_led_away(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """Where one comes to after signing in."""
    client = sign_in(app, ours.tenant)
    for target in ("//evil.test", "https://evil.test", "/\\evil.test"):
        answer = ask(client, ours.host, "GET", "/sign-in", query_string={"next": target})
        if "evil.test" in (answer.location or ""):
            yield f"a redirect to {target}"


def states_and_rights_hold_at_once(app: Flask, ours: Marked, theirs: Marked) -> Leaks:
    """A removed grant and a suspended tenant, on the next request."""
    login = f"short-{uuid4().hex}"
    with app.app_context(), bound(tenant_id=ours.tenant.id):
        account = add_account(login=login, name="短", password=PASSWORD, role="auditor", unit_id=ours.branches[0])
    client = sign_in(app, ours.tenant, login)
    if ask(client, ours.host, "GET", "/api/v1/people").status_code != 200:
        yield "a grant does not hold"
    with app.app_context(), bound(tenant_id=ours.tenant.id), transaction() as session:
        session.execute(delete(Grant).where(Grant.account_id == account))
        rights_changed()
    if ask(client, ours.host, "GET", "/api/v1/people").status_code != 403:
        yield "a removed grant still holds"
    with app.app_context():
        set_state(slug=theirs.tenant.slug, state="suspended")
    try:
        if ask(app.test_client(), theirs.host, "GET", "/sign-in").status_code != 404:
            yield "a suspended tenant answers"
    finally:
        with app.app_context():
            set_state(slug=theirs.tenant.slug, state="active")


WEB = (
    own_pages_and_no_others, a_session_is_its_tenants, kept_bytes_are_the_tenants, keys_are_the_tenants,
    hosts_lead_to_their_tenant_or_nowhere, cookies_stay_below_their_prefix, nobody_is_led_away, states_and_rights_hold_at_once,
)  # fmt: skip


def web_leaks(checks: Any, app: Flask, ours: Marked, theirs: Marked) -> list[str]:
    """The first thing that leaks past these checks, or a check that a mutant broke altogether."""
    for check in checks:
        try:
            for leak in check(app, ours, theirs):
                return [f"{check.__name__}: {leak}"]
        except (AssertionError, Unreadable, IndexError) as error:
            return [f"{check.__name__}: {type(error).__name__}"]
    return []
