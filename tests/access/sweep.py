"""Every route and method × every role template × (own unit, other unit, other tenant), and what was surprising."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from core.access.gate import PUBLIC, SIGNED_IN, declared
from core.access.permissions import PERMISSIONS
from core.access.roles import ROLES
from core.database import bound
from core.database.schema import metadata
from core.extension.discovery import discover
from core.identity.models import Account
from core.organization.models import Unit
from core.people.models import Person
from core.tenancy.request import UNTENANTED
from tenants.provision import add_account
from tests.access.matrix import ARGUMENTS, NOT_ASKED, OWN_MAY_BE_ABSENT, WHOLE_TENANT, WORDS
from tests.conftest import PASSWORD, sign_in
from tests.isolation.people_of import LEFT, Marked, _fill, marked_tenant
from tests.isolation.web import UNKNOWN, ask, comparable, everything

READING = ("GET",)
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
Rows = dict[str, UUID]
#: Tables whose rows are the tenant's, whatever unit somebody works in.
SHARED = {"identity_provider", "webhook_endpoint", "access_role", "document_template", "disposal_list"}
#: Enough of the roles for what everybody may do who is signed in.
SOME = ("tenant_admin", "branch_secretary", "member")


@dataclass
class World:
    """Two tenants with a row of every table in each of two units; in ours an account of every template on the first."""

    app: Flask
    judge: Engine
    ours: Marked
    theirs: Marked
    #: by role: its client and its account
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    #: somebody else's account on the first unit, for what is done to accounts
    target: UUID = UNKNOWN
    #: rows of the first unit, by role; those of the second, and of the other tenant
    own: dict[str, Rows] = field(default_factory=dict)
    sibling: Rows = field(default_factory=dict)
    foreign: Rows = field(default_factory=dict)
    #: what must never be read by somebody of the first unit: names and ids of the second
    hidden: list[re.Pattern[str]] = field(default_factory=list)

    def ask(self, role: str, method: str, path: str) -> TestResponse:
        """One request of the account with that role; it signs in anew when its session has ended."""
        for _ in range(2):
            headers = {"X-CSRFToken": self.tokens[role]} if method in CHANGING else {}
            answer = ask(self.clients[role], self.ours.host, method, path, headers=headers)
            gone = answer.status_code == 303 and "/sign-in" in (answer.location or "")
            if not gone and answer.status_code != 401:
                return answer
            self.enter(role)
        return answer

    def enter(self, role: str) -> None:
        """Sign the role's account in, however many wrong passwords the sweep has typed into its forms."""
        with self.judge.begin() as connection:
            connection.execute(update(Account).values(failures=0, held_until=None))
            for name in ("account_hold", "account_recovery_code"):
                connection.execute(delete(metadata().tables[f"core.{name}"]))
        client = self.clients[role] = sign_in(self.app, self.ours.tenant, role)
        page = ask(client, self.ours.host, "GET", "/account/password").text
        self.tokens[role] = re.search(r'"X-CSRFToken":"([^"]+)"', page)[1]  # type: ignore[index]

    def renew(self, role: str) -> None:
        """Fresh rows for a role, after a request has changed its own."""
        ask(self.clients[role], self.ours.host, "GET", "/account/password")  # takes along what was to be said once
        unit = self.ours.branches[0]
        self.own[role] = _rows(
            self.judge, self.ours, {"unit": unit, "account": self.accounts[role], "target": self.target}
        )


def build(app: Flask, judge: Engine) -> World:
    """The world, with every account signed in."""
    ours, theirs = marked_tenant(app, judge), marked_tenant(app, judge)
    world = World(app, judge, ours, theirs)
    with app.app_context(), bound(tenant_id=ours.tenant.id):
        for role in ROLES:
            world.accounts[role] = add_account(
                login=role, name=f"{ours.mark}{role}", password=PASSWORD, role=role, unit_id=ours.branches[0]
            )
        target = add_account(
            login="target", name=f"{ours.mark}同事", password=PASSWORD, role="group_leader", unit_id=ours.branches[0]
        )
        beside = add_account(
            login="beside",
            name=f"{ours.mark}隔壁",
            password=PASSWORD,
            role="branch_secretary",
            unit_id=ours.branches[1],
        )
    world.target = target
    for role in ROLES:
        world.enter(role)
        world.renew(role)
    world.sibling = _rows(judge, ours, {"unit": ours.branches[1], "account": beside, "target": beside})
    other = theirs.tenant.admin_id
    world.foreign = _rows(judge, theirs, {"unit": theirs.branches[1], "account": other, "target": other})
    with judge.connect() as connection:
        names = connection.scalars(select(Person.name).where(Person.unit_id == ours.branches[1])).all()
        unit = connection.scalars(select(Unit.name).where(Unit.id == ours.branches[1])).one()
    for text in (*names, unit, str(ours.branches[1]), str(world.sibling["person"]), theirs.mark):
        world.hidden.append(re.compile(re.escape(text) + r"(?!\d)"))
    return world


def _rows(judge: Engine, made: Marked, rows: Rows) -> Rows:
    """A row of every table, bound to a unit and an account."""
    for table in metadata().sorted_tables:
        if table.schema != "core" or table.name in {"unit", *LEFT} - {"access_grant"}:
            continue
        fixed: dict[str, Any] = {"unit_id": rows["unit"], "group_id": None} if table.name == "person" else {}
        if table.name == "access_grant":
            fixed = {"account_id": rows["target"], "role": "linked_leader", "delegated_by": None, "valid_to": None}
        with judge.begin() as connection:
            try:
                with connection.begin_nested():
                    _fill(connection, made, table, rows, fixed)
            except IntegrityError:  # only one of it for this unit or account: the first stays
                rows.setdefault(table.name, UUID(int=0))
    return rows


@dataclass(frozen=True)
class Route:
    """One rule with one of its methods, and values for its parameters that are words."""

    rule: Rule
    method: str
    permission: str
    words: tuple[tuple[str, str], ...]
    #: its parameters that name rows, with their tables
    rows: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return " ".join([self.method, str(self.rule), *(word for _, word in self.words)])

    def path(self, app: Flask, rows: Rows | None) -> str:
        """The address with these rows; ``None``: with ids that nobody has. The first parameter alone is exchanged."""
        values: dict[str, Any] = {name: (rows or {}).get(table, UNKNOWN) for name, table in self.rows}
        with app.test_request_context("/", base_url="http://nobody.dangjian.test"):
            return url_for(self.rule.endpoint, **values, **dict(self.words))


def of_a_plugin(endpoint: str) -> bool:
    """Whether a plugin brought it: plugins are switched on by tenants, and each sweeps its own routes."""
    return endpoint.startswith("p_")


def core_permissions() -> list[str]:
    """The permissions of the core, which is what the matrix declares; a plugin's begin with its name."""
    plugins = {found.name for found in discover()}
    return sorted(name for name in PERMISSIONS if name.split(".")[0] not in plugins)


def routes(app: Flask) -> tuple[list[Route], list[str]]:
    """All routes of tenants, and those that cannot be addressed, with what is missing."""
    found: list[Route] = []
    missing: list[str] = []
    tables = {"target", *(table.name for table in metadata().sorted_tables)}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        permission = declared(app.view_functions[rule.endpoint])
        if rule.endpoint in {*UNTENANTED, *NOT_ASKED} or permission == "operator" or of_a_plugin(rule.endpoint):
            continue
        choices: list[list[tuple[str, str]]] = []
        named: list[tuple[str, str]] = []
        for name, converter in rule._converters.items():
            table = ARGUMENTS.get(name, name.removesuffix("_id"))
            if isinstance(converter, AnyConverter):
                choices.append([(name, word) for word in sorted(converter.items)])
            elif type(converter).__name__ == "UUIDConverter":
                named.append((name, table))
                if table not in tables:
                    missing.append(f"{rule}: which table's row is {name}? (tests/access/matrix.py ARGUMENTS)")
            else:
                word = WORDS.get((rule.endpoint, name)) or WORDS.get((rule.endpoint.split(".")[0], name))
                if word is None and permission != PUBLIC:
                    missing.append(f"{rule}: what is a value of {name}? (tests/access/matrix.py WORDS)")
                choices.append([(name, word or "none")])
        for method in sorted((rule.methods or set()) & {*READING, *CHANGING}):
            found += [
                Route(rule, method, str(permission), words, tuple(named)) for words in itertools.product(*choices)
            ]
    return found, missing


def surprises(world: World, route: Route) -> Iterator[str]:
    """What a route answers otherwise than its permission says."""
    if route.permission == PUBLIC:
        return
    for role in SOME if route.permission == SIGNED_IN and route.method in CHANGING else ROLES:
        try:
            yield from _surprises(world, route, role)
        except Exception as error:  # noqa: BLE001 - whatever a page raises is a surprise, not the sweep's end
            yield f"{route} as {role} raises {type(error).__name__}: {str(error)[:80]}"


def _surprises(world: World, route: Route, role: str) -> Iterator[str]:
    holds = route.permission == SIGNED_IN or route.permission in ROLES[role].permissions
    if not holds:
        answer = world.ask(role, route.method, route.path(world.app, world.own[role]))
        if answer.status_code != 403:
            yield f"{route} as {role}, without {route.permission}: {answer.status}"
    elif route.rows:
        yield from _of_others(world, route, role)
        yield from _own(world, route, role)
    else:
        yield from _list(world, route, role)


def _of_others(world: World, route: Route, role: str) -> Iterator[str]:
    """Rows of the other unit and the other tenant are answered like rows that do not exist."""
    unknown = world.ask(role, route.method, route.path(world.app, None))
    absent = (400, 403, 404, 415, 422, 428) if _excused(route) else (400, 404, 415, 422, 428)
    if unknown.status_code not in absent:
        yield f"{route} as {role}, an unknown id: {unknown.status}"
    others = [("another tenant's", world.foreign)]
    if route.permission not in WHOLE_TENANT and not {table for _, table in route.rows} & SHARED:
        others.append(("another unit's", world.sibling))
    expected = _without_ids(unknown, {})
    for whose, rows in others:
        answer = world.ask(role, route.method, route.path(world.app, rows))
        if _without_ids(answer, rows) != expected:
            yield f"{route} as {role}, {whose} row: {answer.status} instead of {unknown.status}"


def _without_ids(answer: TestResponse, rows: Rows) -> str:
    said = re.sub(r"(?im)^(x-ratelimit|ratelimit|retry-after)[^:\n]*:.*\n?", "", comparable(answer, UNKNOWN))
    for row in rows.values():
        said = said.replace(str(row), "ID").replace(row.hex, "ID")
    return said


def _own(world: World, route: Route, role: str) -> Iterator[str]:
    """A row of the own unit is not refused, and shows nothing of others."""
    answer = world.ask(role, route.method, route.path(world.app, world.own[role]))
    absent = _excused(route)
    if answer.status_code >= 500 or (answer.status_code in (401, 403, 404, 405) and not absent):
        yield f"{route} as {role}, the own row: {answer.status}"
    if route.permission not in WHOLE_TENANT:
        yield from _leaks(world, route, role, answer)
    if route.method in CHANGING and answer.status_code < 400:
        world.renew(role)


def _excused(route: Route) -> bool:
    """Whether a refusal of the own row is right: the route asks for more than its permission, as the matrix says."""
    endpoint = route.rule.endpoint
    named = endpoint in OWN_MAY_BE_ABSENT or endpoint.split(".")[0] + "." in OWN_MAY_BE_ABSENT
    return named or route.permission == SIGNED_IN or route.permission in WHOLE_TENANT


def _list(world: World, route: Route, role: str) -> Iterator[str]:
    """What names no row shows nothing of others."""
    answer = world.ask(role, route.method, route.path(world.app, None))
    if answer.status_code >= 500 or (answer.status_code in (401, 403, 404, 405) and not _excused(route)):
        yield f"{route} as {role}: {answer.status}"
    if route.permission not in WHOLE_TENANT:
        yield from _leaks(world, route, role, answer)


def _leaks(world: World, route: Route, role: str, answer: TestResponse) -> Iterator[str]:
    said = everything(answer)
    for pattern in world.hidden:
        if pattern.search(said):
            yield f"{route} as {role} shows {pattern.pattern}"


def short(permission: str) -> str:
    """The templates that hold a permission, by short name, without the administrator."""
    return " ".join(
        one.short for one in ROLES.values() if one.code != "tenant_admin" and one.code in PERMISSIONS[permission].roles
    )
