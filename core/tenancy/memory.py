"""What a worker remembers of a tenant, and how it knows, on every request, that it is still true.

The tenant's row, its accounts, grants and rules of signing in are kept per process. Each request's first flush to the database carries a
look at the tenant's counters (:data:`STATE`); when the access counter is not the one remembered, everything kept is
dropped and the request is dispatched anew (:class:`Stale`). So a change of rights holds from the next request on, in
every worker, and costs no round trip.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import g
from sqlalchemy import select, text, update

from core.database import before_change_commits, bound, db, tenant_id, transaction
from core.database.read import Row, rows, settle_preface
from core.database.session import TenantSession
from core.database.single import execute
from core.tenancy.models import TenantState

#: The counters that ride in front of every request's first flush.
STATE = select(TenantState.access_version, TenantState.data_version)
_BY_SLUG = text("SELECT id, slug, title, state FROM platform.tenant_by_slug(:name)")
_BY_HOST = text("SELECT id, slug, title, state FROM platform.tenant_by_host(:name)")
_CHANGED = "UPDATE core.tenant_state SET data_version = data_version + 1 WHERE tenant_id = %(tenant_id)s"
#: The number of a tenant that does not exist: counters begin with 1.
NOBODY = 0
_KEPT_TENANTS = 2000
_KEPT_BYTES = 8 * 1024 * 1024


@before_change_commits.append
def _count_change(_session: TenantSession) -> None:
    """Raise the data counter, last in the transaction: its row is held for as short a time as can be."""
    execute(_CHANGED, changes=TenantState)
    g.pop("data_version", None)  # what this request reads from here on is newer than what it saw first


class Stale(BaseException):
    """What this worker remembered of the tenant is out of date: dispatch the request anew.

    Not an :class:`Exception`, so that no handler in between takes it for a failure of its own.
    """


@dataclass
class TenantMemory:
    """What is remembered of one tenant."""

    id: int
    slug: str
    title: str
    state: str
    #: the access counter under which the rest was read
    version: int
    #: things derived from rows the access counter guards, such as accounts with their grants
    known: dict[Any, Any] = field(default_factory=dict)

    def data_version(self, found: list[Row]) -> int | None:
        """The tenant's data counter as :data:`STATE` found it; ``None`` when this memory is out of date."""
        return found[0][1] if found and found[0][0] == self.version else None


_memories: OrderedDict[tuple[str, str], TenantMemory] = OrderedDict()
_lock = Lock()


def recall(kind: str, name: str) -> TenantMemory | None:
    """The tenant with that slug (``kind`` "slug") or own host name ("host"); ``None`` when there is none."""
    key = (kind, name)
    memory = _memories.get(key)
    if memory is None:
        memory = _load(kind, name)
        if memory is None or memory.state == "suspended":
            return memory  # not kept: nobody is served there, so no request would ever find it out of date
        with _lock:
            _memories[key] = memory
            while len(_memories) > _KEPT_TENANTS:
                _memories.popitem(last=False)
    return memory


def _load(kind: str, name: str) -> TenantMemory | None:
    found = _ask(kind, name)
    if found is None:
        return None
    with bound(tenant_id=found.id):
        state = rows(STATE)
    # The counter is read first: what changes after it is told by the counter, what changed before it is seen now.
    found = _ask(kind, name)
    # A tenant whose making was cut off has no counters yet: nobody can be served there.
    return TenantMemory(found.id, found.slug, found.title, found.state, state[0][0]) if found and state else None


def _ask(kind: str, name: str) -> Any:
    with db.engine.connect() as connection:
        found = connection.execute(_BY_SLUG if kind == "slug" else _BY_HOST, {"name": name}).one_or_none()
        connection.commit()
    return found


def forget(tenant: int) -> None:
    """Drop what is remembered of a tenant."""
    with _lock:
        for key in [key for key, memory in _memories.items() if memory.id == tenant]:
            del _memories[key]


@contextmanager
def imagined(memory: TenantMemory) -> Iterator[None]:
    """Take a tenant that does not exist for one that does, by its slug, for as long as nobody else is served."""
    _memories["slug", memory.slug] = memory
    try:
        yield
    finally:
        forget(memory.id)


def outdate() -> None:
    """Say, inside the changing transaction, that what workers remember of the tenant is no longer true."""
    with transaction() as session:
        session.execute(update(TenantState).values(access_version=TenantState.access_version + 1))


def check(memory: TenantMemory) -> Callable[[list[Row]], None]:
    """The function that looks at :data:`STATE` and ends the request when the memory is out of date."""

    def look(found: list[Row]) -> None:
        version = memory.data_version(found)
        if version is None:
            forget(memory.id)
            raise Stale
        g.data_version = version

    return look


def data_version() -> int:
    """The tenant's data counter, as this request saw it first."""
    settle_preface()
    version: int | None = g.get("data_version")
    if version is None:
        version = g.data_version = rows(STATE)[0][1]
    return version


class Shelf:
    """Bytes by tenant and name, the least recently made ones dropped beyond a size."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[Any, tuple[int, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, version: int) -> bytes | None:
        """The bytes made at that data version, if any."""
        found = self._held.get(key)
        return found[1] if found is not None and found[0] == version else None

    def put(self, key: Any, version: int, made: bytes) -> None:
        """Keep bytes in place of older ones of the same name; a key begins with the tenant."""
        if key[0] == NOBODY:
            return
        with self._lock:
            before = self._held.pop(key, None)
            self._size += len(made) - (len(before[1]) if before else 0)
            self._held[key] = (version, made)
            while self._size > self._most and len(self._held) > 1:
                self._size -= len(self._held.popitem(last=False)[1][1])


_shelf = Shelf(_KEPT_BYTES)


def kept(name: tuple[Any, ...], make: Callable[[], bytes]) -> bytes:
    """Bytes that are the same until the tenant's data change: made once per data version and worker.

    :param name: what they are, with everything they depend on besides the data (unit, filters, language, today's date).
    """
    key, version = (tenant_id(), name), data_version()
    found = _shelf.get(key, version)
    if found is None:
        found = make()
        _shelf.put(key, version, found)
    return found
