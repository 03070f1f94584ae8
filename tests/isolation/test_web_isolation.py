"""Nothing about another tenant, or another unit, can be learned from any answer of any route."""

import pytest
from sqlalchemy import select, text

from core.organization.models import Unit
from core.people.models import Person
from tenants.provision import set_state
from tests.conftest import PASSWORD, sign_in, token_of
from tests.isolation.people_of import branch_secretary, fingerprint, marked_tenant
from tests.isolation.web import CHANGING, UNKNOWN, ask, comparable, everything, names_of, query_names, routes


@pytest.fixture(scope="module")
def tenants(app, superuser):
    """Ours and theirs, each with rows in every table."""
    ours, theirs = marked_tenant(app, superuser), marked_tenant(app, superuser)
    branch_secretary(app, ours)
    return ours, theirs


@pytest.fixture(scope="module")
def ours(tenants):
    return tenants[0]


@pytest.fixture(scope="module")
def theirs(tenants):
    return tenants[1]


@pytest.fixture(scope="module")
def admin(app, ours):
    return sign_in(app, ours.tenant)


@pytest.fixture(scope="module")
def secretary(app, ours):
    return sign_in(app, ours.tenant, "zhibu")


@pytest.fixture
def csrf(ours):
    def token(client) -> dict[str, str]:
        return {"X-CSRFToken": token_of(ask(client, ours.host, "GET", "/account/password").text)}

    return token


#: Parameters of queries that take a row's id.
IDS_IN_QUERIES = {
    "unit",
    "person",
    "id",
    "parent",
    "account",
    "run",
    "branch",
    "group",
    "change",
    "target",
    "under",
    "source",
    "unit_id",
}
#: Tables whose ids appear in addresses today; a route whose parameter is named after another table adds that one.
ADDRESSED = {
    "unit",
    "person",
    "account",
    "unit_change",
    "body",
    "post_holding",
    "import_run",
    "import_file",
    "membership_spell",
}


def one_of_each(app, ids):
    """One id of every table that an address could mean."""
    named = {name.removesuffix("_id") for rule in app.url_map.iter_rules() for name in rule.arguments}
    return {table: found[0] for table, found in ids.items() if table in ADDRESSED | named}


def test_there_are_routes_with_ids_to_ask_for(app):
    """What follows is worth nothing on an empty URL map."""
    assert sum(1 for route in routes(app, "GET", *CHANGING) if route.uuids) >= 3
    assert len(query_names()) > 10


# --- foreign and unknown ids ------------------------------------------------------------------------------------------


def differences(app, client, base, methods, foreign, headers):
    """Routes that answer a foreign id otherwise than one that nobody has."""
    for route in routes(app, *methods):
        if not route.uuids:
            continue
        unknown = ask(client, base, route.method, route.path(app, UNKNOWN), headers=headers)
        expected = comparable(unknown, UNKNOWN)
        assert unknown.status_code in (302, 303, 400, 401, 403, 404, 409, 412, 415, 422, 428), (
            str(route),
            unknown.status,
        )
        for table, row in foreign.items():
            answer = ask(client, base, route.method, route.path(app, row), headers=headers)
            if comparable(answer, row) != expected:
                yield f"{route} for another's {table}: {answer.status} instead of {unknown.status}"


def test_another_tenants_rows_are_answered_like_rows_that_do_not_exist(app, admin, ours, theirs, csrf):
    foreign = one_of_each(app, theirs.ids)
    assert list(differences(app, admin, ours.host, ("GET", *CHANGING), foreign, csrf(admin))) == []


def test_so_is_a_siblings_branch_for_who_works_in_one_branch(app, secretary, ours, csrf):
    hidden = one_of_each(app, {table: [row] for table, row in ours.of_second.items()})
    assert list(differences(app, secretary, ours.host, ("GET", *CHANGING), hidden, csrf(secretary))) == []


def test_a_stranger_learns_nothing_from_ids_that_exist(app, ours):
    known = {"unit": ours.branches[0], "person": ours.ids["person"][0]}
    assert list(differences(app, app.test_client(), ours.host, ("GET",), known, {})) == []


#: Routes whose record is more than a generated row: a file in the store, a rule that is registered, a notice in a certain
#: state, a provider that answers. Their own parts' tests are the positive control.
NEEDING_MORE_THAN_A_ROW = {
    "/api/v1/accounts/<uuid:account_id>/rights",
    "/api/v1/files/<uuid:file_id>",
    "/api/v1/files/<uuid:file_id>/content",
    "/api/v1/prints/<uuid:print_id>/file",
    "/api/v1/todos/<uuid:deadline_id>",
    "/documents/prints/<uuid:print_id>/file",
    "/files/<uuid:file_id>",
    "/notices/<uuid:notice_id>/correct",
    "/notices/<uuid:notice_id>/withdraw",
    "/sign-in/with/<uuid:provider_id>",
    "/sign-in/with/<uuid:provider_id>/back",
    "/todos/<uuid:deadline_id>/snooze",
}


def test_own_rows_are_answered(app, admin, ours):
    """The positive control: each route with one id finds something among the tenant's own rows."""
    heard: dict[str, bool] = {}
    for route in routes(app, "GET"):
        if len(route.uuids) == len(route.rule.arguments) - len(route.words) == 1:
            found = (ask(admin, ours.host, "GET", route.path(app, row)).status_code for row in ours.every_id)
            heard[str(route.rule)] = heard.get(str(route.rule), False) or any(status in (200, 303) for status in found)
    silent = {rule for rule, answered in heard.items() if not answered}
    assert silent - NEEDING_MORE_THAN_A_ROW == set()


@pytest.mark.parametrize("who", ["nobody", "another tenant's administrator", "a forged cookie"])
def test_every_route_asks_for_an_account_of_this_tenant(app, ours, theirs, admin, who):
    client = app.test_client()
    if who == "another tenant's administrator":
        client = sign_in(app, theirs.tenant)
        cookie = client.get_cookie("dangjian", domain=f"{theirs.tenant.slug}.dangjian.test")
        client.set_cookie("dangjian", cookie.value, domain=f"{ours.tenant.slug}.dangjian.test")
    if who == "a forged cookie":
        cookie = admin.get_cookie("dangjian", domain=f"{ours.tenant.slug}.dangjian.test")
        client.set_cookie("dangjian", cookie.value[:-2] + "AA", domain=f"{ours.tenant.slug}.dangjian.test")
    for route in routes(app, "GET"):
        if route.permission == "public":
            continue
        answer = ask(client, ours.host, "GET", route.path(app, UNKNOWN))
        if route.rule.rule.startswith("/api/"):
            assert answer.status_code == 401, str(route)
        else:
            assert answer.status_code == 303, str(route)
            assert "/sign-in" in answer.location
        assert theirs.mark not in everything(answer)


# --- marks ------------------------------------------------------------------------------------------------------------


def sweep(app, client, base, ids):
    """All answers of all GET routes: plain, with ids in the path, and with ids in every query parameter."""
    for route in routes(app, "GET"):
        for row in ids if route.uuids else ids[:1]:
            yield route, ask(client, base, "GET", route.path(app, row))
        path = route.path(app, ids[0])
        yield route, ask(client, base, "GET", path, query_string={name: str(ids[0]) for name in query_names()})
        for name in sorted(names_of(app, route) & IDS_IN_QUERIES):
            yield route, ask(client, base, "GET", path, query_string={name: str(ids[0])})
        for headers in ({"HX-Request": "true", "HX-Request-Type": "partial"}, {"Accept": "application/json"}):
            yield route, ask(client, base, "GET", path, headers=headers)


def test_no_answer_carries_another_tenants_mark(app, admin, ours, theirs):
    own_seen, answers = set(), 0
    ids = [*one_of_each(app, theirs.ids).values(), *one_of_each(app, ours.ids).values()]
    for route, answer in sweep(app, admin, ours.host, ids):
        said = everything(answer)
        answers += 1
        assert theirs.mark not in said, str(route)
        assert theirs.tenant.slug not in said, str(route)
        assert answer.status_code < 500, (str(route), answer.status)
        if ours.mark in said:
            own_seen.add(str(route))
    assert answers > 100
    # the control: the tenant's own mark stands on nearly every page, and in the lists and the workbooks
    shown = {str(route) for route in routes(app, "GET")}
    assert len(own_seen) >= len(shown) * 0.6, shown - own_seen
    assert "GET /api/v1/people" in own_seen


def test_no_answer_shows_a_branch_secretary_the_members_of_another_branch(app, secretary, ours, superuser):
    with superuser.connect() as connection:
        own_name, hidden = (
            connection.scalar(select(Person.name).where(Person.tenant_id == ours.tenant.id, Person.unit_id == branch))
            for branch in ours.branches
        )
    seen = set()
    hidden_ids = one_of_each(app, {table: [row] for table, row in ours.of_second.items()})
    ids = [*hidden_ids.values(), *one_of_each(app, ours.ids).values()]
    for route, answer in sweep(app, secretary, ours.host, ids):
        said = everything(answer)
        assert hidden not in said, str(route)
        assert answer.status_code < 500, (str(route), answer.status)
        if own_name in said:
            seen.add(str(route))
    assert "GET /api/v1/people" in seen


def test_searching_for_another_tenants_words_finds_nothing(app, admin, ours, theirs):
    ask(admin, ours.host, "GET", "/")  # what earlier requests left to be said is said
    for route in routes(app, "GET"):
        if route.uuids or route.rule.endpoint == "audit.export":  # which tells of the asking itself
            continue
        for name in ("q", "name", "search"):
            ask(admin, ours.host, "GET", route.path(app, UNKNOWN))  # what is shown once only is shown now
            answers = [
                ask(admin, ours.host, "GET", route.path(app, UNKNOWN), query_string={name: word})
                for word in (theirs.mark, "m" + "0" * len(theirs.mark[1:]))
            ]
            texts = [
                comparable(answer, UNKNOWN).replace(word, "")
                for answer, word in zip(answers, (theirs.mark, "m" + "0" * 16), strict=True)
            ]
            assert texts[0].count("persons") == texts[1].count("persons")
            assert abs(len(texts[0]) - len(texts[1])) < 64, str(route)


# --- changes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin", "secretary"])
def test_no_request_changes_anything_of_another_tenant(app, request, ours, theirs, superuser, csrf, who):
    """Every changing route, with the other tenant's ids in the path, the form and the JSON; also in the tenant's columns."""
    client = request.getfixturevalue(who)
    before = fingerprint(superuser, theirs.tenant.id)
    headers = csrf(client)
    for route in routes(app, *CHANGING):
        if route.rule.endpoint in ("identity.sign_out",):
            continue
        for table in ("unit", "person", "unit_change", "post_holding", "import_run", "account"):
            if not route.uuids and table not in ("unit", "person"):
                continue
            row = theirs.ids[table][0]
            fields = {name: str(row) for name in query_names()} | {
                "tenant_id": str(theirs.tenant.id), "unit_id": str(row), "parent_id": str(row), "person_id": str(row), "name": "改",
            }  # fmt: skip
            path = route.path(app, row)
            answers = [
                ask(client, ours.host, route.method, path, headers=headers, data=fields),
                ask(client, ours.host, route.method, path, headers={**headers, "If-Match": "*"}, json=fields),
            ]
            for answer in answers:
                assert answer.status_code < 500, (str(route), answer.status)
                assert theirs.mark not in everything(answer), str(route)
    assert fingerprint(superuser, theirs.tenant.id) == before


def test_reading_changes_nothing(app, admin, ours, superuser):
    """GET never writes (reliability A10), except into the record of who looked at what."""
    before = fingerprint(superuser, ours.tenant.id)
    for route in routes(app, "GET"):
        for row in one_of_each(app, ours.ids).values() if route.uuids else [UNKNOWN]:
            ask(admin, ours.host, "GET", route.path(app, row))
    after = fingerprint(superuser, ours.tenant.id)
    assert {table for table in before if before[table] != after[table]} <= {"audit_event"}


def test_a_post_without_the_sessions_token_is_refused_everywhere(app, admin, ours, theirs):
    token = token_of(ask(sign_in(app, theirs.tenant), theirs.host, "GET", "/account/password").text)
    for route in routes(app, *CHANGING):
        for headers in ({}, {"X-CSRFToken": token}):
            answer = ask(admin, ours.host, route.method, route.path(app, UNKNOWN), headers=headers)
            assert answer.status_code == 400, (str(route), answer.status)


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_suspended_tenant_answers_like_one_that_never_was_and_wakes_up_again(app, superuser):
    made = marked_tenant(app, superuser)
    client = sign_in(app, made.tenant)
    never = "http://never-was.dangjian.test"
    assert ask(client, made.host, "GET", "/").status_code == 200
    cookie = client.get_cookie("dangjian", domain=f"{made.tenant.slug}.dangjian.test")
    client.set_cookie("dangjian", cookie.value, domain="never-was.dangjian.test")
    with app.app_context():
        set_state(slug=made.tenant.slug, state="suspended")
    for route in routes(app, "GET"):
        path = route.path(app, UNKNOWN)
        asleep, unborn = ask(client, made.host, "GET", path), ask(client, never, "GET", path)
        assert unborn.status_code == 404
        assert comparable(asleep, UNKNOWN) == comparable(unborn, UNKNOWN), str(route)
    by_path = [
        comparable(ask(client, "http://x.test", "GET", f"/t/{slug}/sign-in"), UNKNOWN).replace(slug, "SLUG")
        for slug in (made.tenant.slug, "never-was")
    ]
    assert by_path[0] == by_path[1]
    with app.app_context():
        set_state(slug=made.tenant.slug, state="active")
    assert ask(client, made.host, "GET", "/").status_code == 200


def test_a_read_only_tenant_shows_everything_and_takes_nothing(app, superuser):
    made = marked_tenant(app, superuser)
    client = sign_in(app, made.tenant)
    with app.app_context():
        set_state(slug=made.tenant.slug, state="read_only")
    headers = {"X-CSRFToken": token_of(ask(client, made.host, "GET", "/account/password").text)}
    before = fingerprint(superuser, made.tenant.id)
    for route in routes(app, *CHANGING):
        if route.permission != "public":
            answer = ask(
                client, made.host, route.method, route.path(app, made.branches[0]), headers=headers, data={"name": "x"}
            )
            assert answer.status_code == 403, (str(route), answer.status)
    after = fingerprint(superuser, made.tenant.id)  # that it was tried is written down
    assert {table for table in before if before[table] != after[table]} <= {"audit_event"}
    assert ask(client, made.host, "GET", "/").status_code == 200
    assert sign_in(app, made.tenant)
    with app.app_context():
        set_state(slug=made.tenant.slug, state="active")
    form = {"old": "falsch", "new": PASSWORD + "x", "again": PASSWORD + "x"}
    assert ask(client, made.host, "POST", "/account/password", headers=headers, data=form).status_code == 422


def test_what_the_database_shows_of_running_statements_holds_no_values(app, admin, ours, superuser):
    """All tenants share one database role, which can read its own running statements (reliability I11)."""
    ask(admin, ours.host, "GET", "/api/v1/people", query_string={"q": ours.mark})
    ask(admin, ours.host, "POST", "/sign-in", data={"login": ours.mark, "password": "x"})
    with superuser.connect() as connection:
        statements = connection.scalars(
            text("SELECT query FROM pg_stat_activity WHERE usename = 'dangjian_app' AND query <> ''")
        ).all()
        assert connection.scalar(select(Unit.name).where(Unit.tenant_id == ours.tenant.id).limit(1))
    assert statements
    assert not [statement for statement in statements if ours.mark in statement]
