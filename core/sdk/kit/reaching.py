"""Checks over every route: another tenant's data, who may what, and that nothing answers where the plugin is off."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from core.access.gate import PUBLIC, SIGNED_IN
from core.access.roles import ROLES
from core.extension import actions
from core.sdk.kit.contract import check
from core.sdk.kit.ground import Ground, Place
from core.sdk.kit.states import changed, state
from core.sdk.kit.visiting import CHANGING, UNKNOWN, Client, Route, everything, routes

#: Ids tried at most for one parameter: rows of the tables that its name says, else of some others.
_IDS, _OTHERS = 6, 4


def ids_for(place: Place, route: Route) -> list[UUID]:
    """Rows of a tenant that a route's id could mean; an unknown one where there are none."""
    if not route.uuids:
        return [UNKNOWN]
    wanted = {name.removesuffix("_id") for name in route.uuids}
    named: list[UUID] = []
    others: list[UUID] = []
    for table, ids in place.ids.items():
        last = table.rpartition(".")[2]
        mine = last in wanted or any(last.endswith(f"_{one}") for one in wanted)
        (named if mine else others).extend(ids[:2])
    return named[:_IDS] or others[:_OTHERS] or [UNKNOWN]


def _asked(ground: Ground, client: Client, place: Place, *methods: str) -> Iterator[tuple[Route, str, int]]:
    """Every route with a place's ids: (route, all its answer says, status)."""
    for route in routes(ground.app, ground.name, *methods):
        for row in ids_for(place, route):
            ways: list[dict[str, object]] = [{}]
            if route.method in CHANGING:
                fields = {"unit": str(row), "unit_id": str(row), "person_id": str(row), "id": str(row)}
                ways = [{"data": fields}, {"json": fields, "headers": {"If-Match": "*"}}]
            elif not route.uuids:
                ways = [{}, {"query_string": {"unit": str(row), "person": str(row), "id": str(row)}}]
            for way in ways:
                answer = client.open(route.path(ground.app, row), method=route.method, **way)  # type: ignore[arg-type]
                yield route, everything(answer), answer.status_code


def _made_up(ground: Ground) -> bool:
    """Whether the last view stumbled over a word that the kit made up where the plugin keeps one of its codes."""
    last = ground.raised[-1] if ground.raised else ""
    return any(place.mark in last for place in ground.pair)


@check(
    "leaks",
    "Read through core.sdk (rows, transaction): the tenant is seen to. Keep nothing of a tenant in the process "
    "(module variables, caches) and no id of another's row unasked.",
)
def leaks(ground: Ground) -> list[str]:
    """No answer of any route shows one tenant anything of another's."""
    ours, theirs = ground.pair
    found, strangers = [], ground.client(theirs)
    for route in routes(ground.app, ground.name, "GET"):  # whatever the process remembers of them, it remembers now
        strangers.get(route.path(ground.app, ids_for(theirs, route)[0]))
    client, before = ground.client(ours), state(ground, theirs)
    secret = {theirs.mark, theirs.slug}
    shown = 0
    for place in (ours, theirs):
        for route, said, status in _asked(ground, client, place, "GET"):
            if any(word in said for word in secret):
                found.append(f"{route} shows what is another tenant's")
            shown += status == 200
            if status >= 500 and not _made_up(ground):
                found.append(f"{route} answers {status}: {ground.raised[-1]}")
    for route, said, status in _asked(ground, client, theirs, *CHANGING):
        if any(word in said for word in secret):
            found.append(f"{route} shows what is another tenant's")
        if status >= 500 and not _made_up(ground):
            found.append(f"{route} answers {status}: {ground.raised[-1]}")
    if not shown and any(routes(ground.app, ground.name, "GET")):
        found.append("no page of it answers its own tenant's administrator: nothing could be judged")
    found += [f"a request of one tenant changed {table} of another" for table in changed(before, state(ground, theirs))]
    return sorted(set(found))


@check(
    "matrix",
    "Ask for the permission that the page needs in @requires; a wider one is asked for inside with need().",
)
def matrix(ground: Ground) -> list[str]:
    """Each role gets exactly what its permissions say, on every route."""
    ours, _ = ground.pair
    found = []
    asked = list(routes(ground.app, ground.name, "GET", *CHANGING))
    nobody = ground.anybody(ours)
    for route in asked:
        status = nobody.open(route.path(ground.app, UNKNOWN), method=route.method).status_code
        open_to_all = route.permission == PUBLIC
        if not open_to_all and status not in (303, 400, 401):
            found.append(f"{route} answers {status} to somebody who is not signed in")
    for role in _different(ground, {route.permission for route in asked}):
        client, held = ground.client(ours, role), ROLES[role].permissions
        for route in asked:
            allowed = route.permission in (PUBLIC, SIGNED_IN) or route.permission in held
            if allowed and role != "tenant_admin":
                continue  # what it is shown there depends on where it stands; that it may come in is in its role
            status = client.open(route.path(ground.app, UNKNOWN), method=route.method).status_code
            if not allowed and status != 403:
                found.append(f"{route} answers {status} to the role {role}, which does not hold {route.permission}")
            if role == "tenant_admin" and status == 403:
                found.append(f"{route} refuses the administrator")
    return found


def _different(ground: Ground, asked: set[str]) -> list[str]:
    """A role for each set of the asked permissions that roles hold; the administrator first."""
    found: dict[frozenset[str], str] = {}
    for role in ("tenant_admin", *ROLES):
        mine = ROLES[role].permissions & asked
        if ground.host.plugin_of(role) in (None, ground.name):
            found.setdefault(frozenset(mine), role)
    return list(found.values())


@check(
    "off",
    "Serve everything through register_pages and register_api: the host guards these.",
)
def off(ground: Ground) -> list[str]:
    """Where it is switched off, every address of it answers 404, signed in or not."""
    place = ground.place()
    clients = {"somebody signed in": ground.client(place), "somebody not signed in": ground.anybody(place)}
    with ground.inside(place):
        actions.disable(name=ground.name)
    addresses = [
        (route.path(ground.app, UNKNOWN), route.method) for route in routes(ground.app, ground.name, "GET", *CHANGING)
    ]
    static = (ground.found.folder or Path()) / "static"
    addresses += [
        (f"/p/{ground.name}/static/{path.relative_to(static)}", "GET") for path in static.rglob("*") if path.is_file()
    ]
    return [
        f"{method} {path} answers {answer.status_code} to {who}"
        for path, method in addresses
        for who, client in clients.items()
        if (answer := client.open(path, method=method)).status_code not in (404, 405)
    ]
