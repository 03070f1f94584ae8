"""What is measured: six operations, as requests that either contender understands."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from bench.load import Request
from bench.seeding import Seeded
from core.people.identity_number import check_character

_CSRF = "5f0d6a1d9c3e4b2a8f7e6d5c4b3a29181706f5e4"
#: Numbers of members made so far: both contenders draw from it, so that no identity number comes twice.
_made = itertools.count()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    :param limit: processor time per request that the product may take at 20,000 members, in floors; None: shown only.
    :param requests: an endless row of requests for a tenant, given the headers of somebody signed in there.
    :param after_change: whether the tenant's data have changed before each request, so that nothing kept is true.
    """

    name: str
    limit: float | None
    requests: Callable[[Seeded, "Visitor"], Iterator[Request]]
    status: int = 200
    after_change: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in: the headers of every request, and those a change needs on top."""

    headers: tuple[tuple[str, str], ...]
    change: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, tenant: Seeded, secret_key: str) -> "Visitor":
        """The seeded account of a tenant, with the session that its sign-in would have made."""
        app = Flask("bench")
        app.secret_key = secret_key
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        held = {
            "_permanent": True,
            "tenant": tenant.id,
            "account": str(tenant.account),
            "epoch": 1,
            "sid": str(tenant.account),  # the seeded session bears its account's id
            "csrf_token": _CSRF,
        }
        token = URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token").dumps(_CSRF)
        headers = (("Cookie", f"dangjian={signer.dumps(held)}"),)
        change = (("Content-Type", "application/json"), ("X-CSRFToken", str(token)))
        return cls(headers, change)


def _get(path: str, tenant: Seeded, visitor: Visitor) -> Request:
    return Request("GET", f"/t/{tenant.slug}{path}", visitor.headers)


def township_lists(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """Fifty women of one township after another, by name, with the total."""
    for unit in itertools.cycle(tenant.townships):
        yield _get(f"/api/v1/people?unit={unit}&sex=2&sort=name&limit=50", tenant, visitor)


def whole_lists(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """The same of the whole tenant."""
    while True:
        yield _get(f"/api/v1/people?unit={tenant.root}&sex=2&sort=name&limit=50", tenant, visitor)


def single_members(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """One member after another."""
    for person in itertools.cycle(tenant.people):
        yield _get(f"/api/v1/people/{person}", tenant, visitor)


def new_members(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """Members that nobody has, spread over the branches."""
    for n in _made:
        branch = tenant.branches[n % len(tenant.branches)]
        body = json.dumps(new_member(n, branch), ensure_ascii=False).encode()
        yield Request("POST", f"/t/{tenant.slug}/api/v1/people", visitor.headers + visitor.change, body)


def new_member(n: int, branch: UUID) -> dict[str, str]:
    """The n-th invented member, with a number that is right."""
    birth = date(1950, 1, 1) + timedelta(days=n // 400 % 18_000)
    digits = f"350525{birth:%Y%m%d}{n % 400 * 2 + 1:03}"
    joined = date(2010, 1, 1) + timedelta(days=n % 3000)
    return {
        "name": "陈" + "明华丽建国秀英"[n // 2 % 7] + "平春燕海波清水"[n // 14 % 7],
        "sex": "1",
        "ethnic": "01",
        "id_no": digits + check_character(digits),
        "birth": birth.isoformat(),
        "education": "20",
        "person_type": "01",
        "unit": str(branch),
        "join_date": joined.isoformat(),
        "regular_date": (joined + timedelta(days=366)).isoformat(),
        "post": "村民",
        "phone": f"138{n % 100_000_000:08}",
        "address": f"清源县青岭乡第{n}号",
    }


def dashboards(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """The tenant's counts."""
    while True:
        yield _get("/api/v1/dashboard", tenant, visitor)


def trees(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """All units with their counts."""
    while True:
        yield _get("/api/v1/units/tree", tenant, visitor)


def pages(tenant: Seeded, visitor: Visitor) -> Iterator[Request]:
    """The member list of one township after another, as HTML."""
    for unit in itertools.cycle(tenant.townships):
        yield _get(f"/people/?unit={unit}&sex=2", tenant, visitor)


OPERATIONS = (
    Operation("list", 1.4, township_lists),
    Operation("list, whole tenant", 1.4, whole_lists),
    Operation("list, after a change", None, township_lists, after_change=True),
    Operation("one member", 1.4, single_members),
    Operation("create", 2.0, new_members, status=201),
    Operation("dashboard", 0.5, dashboards),
    Operation("tree", 0.5, trees),
    Operation("dashboard, after a change", None, dashboards, after_change=True),
    Operation("tree, after a change", None, trees, after_change=True),
    Operation("HTML list", 1.2, pages),
)
#: What twenty plugins may add to the page they are hung into.
HOOKED = Operation("HTML list with 20 plugins", 1.1, pages)
