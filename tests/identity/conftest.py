"""A tenant with an account, and clients that speak to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select, update

from core.database import bound, db, transaction
from core.identity import factors
from core.identity.models import Account
from tenants.provision import NewTenant
from tests.conftest import PASSWORD, token_of


class Browser:
    """A browser at one tenant's host: fills in the token of the page it is on."""

    def __init__(self, app: Flask, tenant: NewTenant, address: str = "203.0.113.5", agent: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        self.base = f"http://{tenant.slug}.dangjian.test"
        self.client.environ_base["REMOTE_ADDR"] = address
        if agent:
            self.client.environ_base["HTTP_USER_AGENT"] = agent

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, base_url=self.base, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None, **more: Any) -> Any:
        token = token_of(self.get(page or "/sign-in/forgotten?").text) if page else self.token()
        if "json" in more:
            return self.client.post(path, base_url=self.base, headers={"X-CSRFToken": token}, **more)
        return self.client.post(path, base_url=self.base, data={**(data or {}), "csrf_token": token}, **more)

    def api(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """A verb of the API with the page's own session."""
        headers = {"X-CSRFToken": self.token()}
        return self.client.open(f"/api/v1{path}", method=method, base_url=self.base, headers=headers, json=data)

    def token(self) -> str:
        """The session's token, from any page that has a form."""
        for path in ("/account/password", "/sign-in"):
            page = self.get(path)
            if page.status_code == 200 and 'name="csrf_token"' in page.text:
                return token_of(page.text)
        raise AssertionError("no page with a form")

    def sign_in(self, login: str = "admin", password: str = PASSWORD) -> Any:
        return self.post("/sign-in", {"login": login, "password": password}, page="/sign-in")

    @property
    def signed_in(self) -> bool:
        return self.get("/account/").status_code == 200


@pytest.fixture
def browser(app: Flask, tenant: NewTenant) -> Callable[..., Browser]:
    """Makes browsers at the tenant."""
    return lambda *given, **more: Browser(app, tenant, *given, **more)


@pytest.fixture
def within(app: Flask, tenant: NewTenant) -> Callable[[], Any]:
    """Work inside the tenant, as a job does."""

    @contextmanager
    def inside() -> Iterator[None]:
        with app.app_context(), bound(tenant_id=tenant.id):
            yield
            db.session.remove()

    return inside


class Phone:
    """An authenticator app that holds the secret of the tenant's administrator."""

    def __init__(self, app: Flask, key: str) -> None:
        self.totp = TOTP(key=key)
        self.step = 0

    def code(self, app: Flask | None = None, at: int = 0) -> str:
        """The code of now, or of ``at`` half minutes from now."""
        import time

        return str(self.totp.generate(time.time() + 30 * at).token)


@pytest.fixture
def phone(app: Flask, tenant: NewTenant, within: Any) -> Phone:
    """The administrator's account with a confirmed app, whose code of the half minute before was used to confirm it."""
    with within():
        who = db.session.scalars(select(Account.id).where(Account.login == "admin")).one()
        factors.begin_totp(account_id=who)
        found = factors.enrolment(account_id=who, issuer="清源县")
        assert found is not None
        made = Phone(app, found.key)
        codes = factors.confirm_totp(account_id=who, code=made.code(at=-1))
        made.recovery = codes  # type: ignore[attr-defined]
    return made


def rewind(within: Any) -> None:
    """Forget the last time step, as if half a minute had passed."""
    with within(), transaction() as session:
        session.execute(update(Account).values(totp_counter=None))
