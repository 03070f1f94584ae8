"""Checks of what the host calls: hooks that fail cost nobody a page; jobs and subscribers bear repetition."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.clock import now, today
from core.database import db, uuid7
from core.events.registry import EVENTS, Event
from core.extension.calls import Implementation
from core.extension.points import Call
from core.sdk.kit.contract import check
from core.sdk.kit.ground import Ground, Place
from core.sdk.kit.states import changed, state
from core.sdk.kit.telling import told
from core.sdk.kit.visiting import Client

#: Runs of a job or subscriber that the database may break off.
_ATTEMPTS = 3
#: Parts of a contribution that the host calls while a page is made.
_CALLED = frozenset({"render", "rows", "count", "check", "load", "wanted", "call", "find", "search"})


class Provoked(RuntimeError):
    """Raised by the kit in a hook's stead."""


def _raise(*_: Any, **__: Any) -> Any:
    raise Provoked("raised by the conformance kit")


@contextmanager
def _failing(ground: Ground) -> Iterator[None]:
    """Every hook and every contributed function of the plugin raises."""
    held, plugin = ground.host, ground.plugin
    plain, brought = held.calls.implementations, plugin.brought

    def implementations(hook: str, enabled: frozenset[str]) -> tuple[Implementation, ...]:
        found = plain(hook, enabled)
        boot = held.points[hook].call is Call.BOOT
        return tuple(
            replace(one, function=_raise, arguments=()) if one.plugin == ground.name and not boot else one
            for one in found
        )

    plugin.brought = {hook: tuple(map(_broken, given)) for hook, given in brought.items()}
    held.kept.clear()
    try:
        with patch.object(held.calls, "implementations", implementations):
            yield
    finally:
        plugin.brought = brought
        held.forget()


def _broken(one: Any) -> Any:
    if not is_dataclass(one) or isinstance(one, type):
        return one
    names = [field.name for field in fields(one) if field.name in _CALLED and callable(getattr(one, field.name))]
    return replace(one, **dict.fromkeys(names, _raise)) if names else one


def _core_pages(ground: Ground, place: Place) -> list[str]:
    """The core's pages that show lists, and those of a unit and a member."""
    paths = [
        str(rule)
        for rule in ground.app.url_map.iter_rules()
        if not rule.arguments and "GET" in (rule.methods or ()) and not rule.endpoint.startswith("p_")
    ]
    return [
        *sorted(set(paths)),
        *(f"/units/{unit}" for unit in (place.root_unit_id, *place.branches)),
        *(f"/people/{person}" for person in place.ids["person"]),
    ]


def _statuses(client: Client, paths: list[str]) -> dict[str, int]:
    return {path: client.get(path).status_code for path in paths}


@check(
    "failing",
    "This is the host's promise: report it to us, with the hook that breaks it.",
)
def failing(ground: Ground) -> list[str]:
    """When each of its hooks fails, every page of the core answers as before."""
    ours, _ = ground.pair
    paths = [one for one in _core_pages(ground, ours) if "sign-out" not in one]
    client = ground.client(ours)
    before = {path: status for path, status in _statuses(client, paths).items() if status < 400}
    with _failing(ground):
        after = _statuses(client, list(before))
    ground.host.calls.breaker.forget(ground.name)
    return [
        f"{path} answers {after[path]} instead of {status}" for path, status in before.items() if after[path] != status
    ]


@check(
    "jobs",
    "A job is done at least once: let it look whether its effect is there, or call current_job().done() beside it.",
)
def jobs(ground: Ground) -> list[str]:
    """Its jobs leave the same state when they run twice."""
    ours, _ = ground.pair
    found = []
    for job in ground.plugin.brought.get("register_jobs", ()):
        for payload in _payloads(ground, ours, job.name, daily=job.daily):
            try:
                states = _twice(ground, ours, partial(job.run, dict(payload)))
            except Exception as error:  # noqa: BLE001  (whatever a plugin's job raises)
                found.append(f"{job.name} failed with {payload}: {told(error, ground.found)}")
            else:
                found += [f"{job.name} run again changes {table} again" for table in changed(*states)]
    return found


def _twice(ground: Ground, place: Place, act: Callable[[], None]) -> list[dict[str, str]]:
    """The states after each of two runs.

    A run that the database breaks off (a lock, a limit of time on a busy machine) is begun again, as the product does.
    """
    states = []
    for _ in range(2):
        for attempt in range(_ATTEMPTS):
            try:
                with ground.inside(place):
                    act()
                break
            except OperationalError:
                _let_go(ground)
                if attempt == _ATTEMPTS - 1:
                    raise
        states.append(state(ground, place, moments=False))
    return states


def _let_go(ground: Ground) -> None:
    """Leave nothing of a run that was broken off."""
    with ground.app.app_context():
        db.session.remove()


def _payloads(ground: Ground, place: Place, name: str, *, daily: bool) -> list[dict[str, Any]]:
    """What a job is given: the day for a daily one, and what has been posted for it."""
    with ground.judge.connect() as connection:
        query = text("SELECT DISTINCT payload FROM core.outbox WHERE kind = :name AND tenant_id = :t LIMIT 3")
        posted = [dict(one) for one in connection.execute(query, {"name": name, "t": place.id}).scalars()]
    return [*([{"as_of": today().isoformat()}] if daily else []), *posted]


@check(
    "events",
    "Remember event.id where it matters, or write what is so rather than one more of it (upsert, not insert).",
)
def events(ground: Ground) -> list[str]:
    """Its subscribers leave the same state when they are told of an event twice."""
    ours, _ = ground.pair
    found = []
    for one in ground.plugin.brought.get("register_subscribers", ()):
        for name in sorted(one.names if one.names is not None else EVENTS):
            try:
                states = _twice(ground, ours, partial(one.call, _event(name, ours)))
            except Exception as error:  # noqa: BLE001  (whatever a plugin's subscriber raises)
                found.append(f"{one.key} failed at {name}: {told(error, ground.found)}")
            else:
                found += [f"{one.key} told of {name} again changes {table} again" for table in changed(*states)]
    return found


def _event(name: str, place: Place) -> Event:
    """An event of that name about a member or unit of the tenant, with a value for each of its fields."""
    member = name.startswith(("member", "person", "people"))
    subject: UUID = place.ids["person"][0] if member else place.branches[0]
    kind = EVENTS.get(name)
    data = {one: _field(one, place) for one in (kind.fields if kind else ())}
    subject_kind = "person" if member else "unit"
    return Event(uuid7(), now(), name, subject_kind, subject, None, None, "", today(), None, data)


def _field(name: str, place: Place) -> Any:
    if name.endswith(("person_id", "member_id")):
        return str(place.ids["person"][0])
    if name.endswith("_id"):
        return str(place.branches[0])
    if name.endswith(("_on", "_at", "date", "from", "to")):
        return date(2026, 7, 1).isoformat()
    return ""
