"""A county with members, and three programs that speak for three roles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from core.access.roles import permissions_of
from core.database import bound, db
from core.identity import tokens
from core.identity.models import Account
from tests.conftest import PASSWORD, add_account, make_tenant
from tests.people.conftest import County, enrol, found_county

ROLES = {"admin": "tenant_admin", "secretary": "branch_secretary", "auditor": "auditor"}


@dataclass
class Program:
    """A program with a token: asks one tenant's API."""

    app: Flask
    slug: str
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        address = path if path.startswith("/t/") else f"/t/{self.slug}/api/v1{path}"
        return self.app.test_client().open(address, method=method, json=data, headers=given)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)


@dataclass
class Ground:
    """The county, with a token for each role."""

    app: Flask
    county: County
    tokens: dict[str, str]

    @property
    def slug(self) -> str:
        return self.county.tenant.slug

    def program(self, role: str | None = "admin", token: str | None = None) -> Program:
        return Program(self.app, self.slug, token or (self.tokens[role] if role else None))


def token_for(login: str, role: str) -> str:
    """A token of an account of the bound tenant with all its role's permissions as scopes."""
    account = db.session.query(Account.id).filter(Account.login == login).scalar()
    held = permissions_of(role)
    return tokens.issue(account_id=account, title="测试", scopes=held, days=30, held=held).token


def lay_ground(app: Flask) -> Ground:
    """A new tenant with a county in it."""
    tenant = make_tenant(app)
    with app.app_context():
        with bound(tenant_id=tenant.id):
            county = found_county(tenant)
            county.members = {
                "陈建国": enrol(county.green_branch, "陈建国", class_tags=["农村"]).id,
                "王秀英": enrol(county.blue_branch, "王秀英", sex="2", phone="13812345678").id,
                "李大钊": enrol(county.green_branch, "李大钊").id,
            }
            for login, role, unit in (
                ("secretary", "branch_secretary", county.green_branch),
                ("auditor", "auditor", county.root),
            ):
                add_account(login=login, name=login, password=PASSWORD, role=role, unit_id=unit)
            made = {login: token_for(login, role) for login, role in ROLES.items()}
        db.session.remove()
    return Ground(app, county, made)


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    """A ground of the test's own."""
    return lay_ground(app)


@pytest.fixture(scope="module")
def shared_ground(app: Flask) -> Ground:
    """A ground for a whole file."""
    return lay_ground(app)
