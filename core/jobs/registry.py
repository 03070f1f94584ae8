"""Which function does which job: filled by the decorators below when the parts are imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.schedule import Schedule

Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of job."""

    name: str
    handler: Handler
    timeout: int  #: seconds after which a run is ended
    max_attempts: int  #: runs before it counts as failed for good


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something the schedule process itself does every so often, outside any tenant."""

    name: str
    every: timedelta
    call: "Callable[[Schedule], None]"


class UnknownJob(LookupError):
    """No handler is registered under this name."""


KINDS: dict[str, Kind] = {}
DAILY: list[str] = []
PERIODIC: dict[str, Periodic] = {}


def job(name: str, *, timeout: int = 600, max_attempts: int = 5) -> Callable[[Handler], Handler]:
    """Register the handler of jobs posted as ``name``.

    It is called with the payload, the tenant bound. It may run more than once; where its effect must not, it calls
    :meth:`core.jobs.JobContext.done` inside the transaction that has the effect.

    :raises ValueError: when the name is taken.
    """

    def register(handler: Handler) -> Handler:
        if name in KINDS and KINDS[name].handler is not handler:
            raise ValueError(f"job {name} is registered twice")
        KINDS[name] = Kind(name, handler, timeout, max_attempts)
        return handler

    return register


def daily(name: str, *, timeout: int = 600) -> Callable[[Handler], Handler]:
    """Register a job that every active tenant gets once a day, with the payload ``{"as_of": "2026-11-22"}``."""

    def register(handler: Handler) -> Handler:
        job(name, timeout=timeout)(handler)
        if name not in DAILY:
            DAILY.append(name)
        return handler

    return register


def scheduled(name: str, *, every: timedelta) -> "Callable[[Callable[[Schedule], None]], Callable[[Schedule], None]]":
    """Register a function that the schedule process calls ``every`` so often."""

    def register(call: "Callable[[Schedule], None]") -> "Callable[[Schedule], None]":
        if name in PERIODIC and PERIODIC[name].call is not call:
            raise ValueError(f"schedule {name} is registered twice")
        PERIODIC[name] = Periodic(name, every, call)
        return call

    return register


def kind(name: str) -> Kind:
    """The registered kind. :raises UnknownJob: when there is none."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownJob(f"no handler is registered for the job {name!r}") from None
