"""Which function does which job: filled by the decorators below when the parts are imported."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.schedule import Schedule
    from core.policy.findings import Refused

Handler = Callable[[dict[str, Any]], None]
#: What a job declares that acts for the product itself, not for a person.
SYSTEM = "system"
#: A permission's name, :data:`SYSTEM`, or a function that tells it by the payload.
Asked = str | Callable[[dict[str, Any]], str | None]
#: Whether a job takes long; a function tells it by the payload, the tenant bound.
Slow = bool | Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of job."""

    name: str
    handler: Handler
    timeout: int  #: seconds after which a run is ended
    max_attempts: int  #: runs before it counts as failed for good
    permission: Asked | None = None  #: what the account must hold, when the job runs, for whom it was posted
    refused: "Callable[[dict[str, Any], Refused], None] | None" = None  #: called when it no longer holds it
    slow: "Slow" = False  #: whether it takes more than some seconds


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


def job(
    name: str,
    *,
    permission: Asked | None = None,
    timeout: int = 600,
    max_attempts: int = 5,
    refused: "Callable[[dict[str, Any], Refused], None] | None" = None,
    slow: Slow = False,
) -> Callable[[Handler], Handler]:
    """Register the handler of jobs posted as ``name``.

    :param permission: :data:`SYSTEM`, or what the account must still hold when the job runs for which it was posted; a
        function tells it by the payload (``None``: the job is about nothing any more). The application refuses to
        start while a job declares none.
    :param refused: told when the account no longer holds it; the job has failed for good then.
    :param slow: whether it takes more than some seconds: such jobs have a lane of their own, and nothing waits behind them
        but each other.

    It is called with the payload, the tenant bound. It may run more than once; where its effect must not, it calls
    :meth:`core.jobs.JobContext.done` inside the transaction that has the effect.

    :raises ValueError: when the name is taken.
    """

    def register(handler: Handler) -> Handler:
        if name in KINDS and KINDS[name].handler is not handler:
            raise ValueError(f"job {name} is registered twice")
        KINDS[name] = Kind(name, handler, timeout, max_attempts, permission, refused, slow)
        return handler

    return register


def hang(made: Kind, *, every_day: bool = False) -> None:
    """Put in a kind that somebody else made; it replaces one of the same name."""
    KINDS[made.name] = made
    if every_day and made.name not in DAILY:
        DAILY.append(made.name)


def daily(name: str, *, timeout: int = 600) -> Callable[[Handler], Handler]:
    """Register a job that every active tenant gets once a day, with the payload ``{"as_of": "2026-11-22"}``.

    It acts for the product itself (:data:`SYSTEM`), in the slow lane: no person waits for it.
    """

    def register(handler: Handler) -> Handler:
        job(name, timeout=timeout, permission=SYSTEM, slow=True)(handler)
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


def undeclared(known: Collection[str]) -> list[str]:
    """Jobs that declare no permission, or one that is not among the known ones."""
    nothing = "nothing: write @job(..., permission=SYSTEM) or a permission"
    return sorted(
        f"{one.name} ({one.permission or nothing})"
        for one in KINDS.values()
        if one.permission is None or (isinstance(one.permission, str) and one.permission not in (SYSTEM, *known))
    )


def kind(name: str) -> Kind:
    """The registered kind. :raises UnknownJob: when there is none."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownJob(f"no handler is registered for the job {name!r}") from None
