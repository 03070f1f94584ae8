"""What plugins have counted, remembered by each worker until the tenant's data change.

A page shows many numbers, and each costs a statement or several; between two changes they stay the same. One place keeps
them, so that nobody keeps them wrongly: by the tenant, by where the viewer may look, by the day, and under the counters of
:mod:`core.tenancy.memory`, which ride in front of every request and rise with each change, whichever worker makes it.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any

import orjson
from flask import g, has_request_context

from core.database import current_tenant, db, tenant_id
from core.tenancy.memory import Shelf, data_version

#: Bytes of all tenants in a worker: a shelf apart from the core's, which no plugin can fill up.
_MOST = 4 * 1024 * 1024
#: A value that is longer is made each time.
_LONGEST = 256 * 1024
_shelf = Shelf(_MOST)


def remembered(
    name: str,
    make: Callable[[], Any],
    *,
    ranges: Sequence[tuple[str, str]],
    as_of: date,
    of: tuple[Hashable, ...] = (),
) -> Any:
    """What ``make`` gives, made once until the tenant's data change: for numbers of pages that are opened often.

    A change of organisations, of members, of their to-dos, of rights, rule values and settings, or of any plugin's tables
    is seen by the next request of every worker. What rests on anything else (the time of day, accounts, notices, files, a
    table whose changes may not be recorded) must not be remembered. Asked outside a request, or inside a transaction that
    has changed something, it is made anew and not kept.

        def _figures(held, until):
            return remembered("venue.figures", lambda: {"booked": …, "free": …}, ranges=held, as_of=until)

    :param name: what it is, with the plugin's name in front.
    :param make: gives numbers, texts, lists and mappings of texts to such; no words in the viewer's language.
    :param ranges: the path ranges it is made of: what the viewer may see of it, cut to what was asked for.
    :param as_of: the day it holds for.
    :param of: everything else that it depends on besides the data.
    :returns: what was made, as JSON gives it back (a tuple is a list then); nobody else holds the same object.
    :raises TypeError: it is none of that.
    """
    if not _settled():
        return orjson.loads(_dumped(make()))
    key = (tenant_id(), g.tenant.version, name, tuple(ranges), as_of, of)
    version = data_version()  # read before the numbers are: a change in between is told by it at the next request
    found = _shelf.get(key, version)
    if found is None:
        found = _dumped(make())
        if len(found) <= _LONGEST:
            _shelf.put(key, version, found)
    return orjson.loads(found)


def _dumped(made: Any) -> bytes:
    return orjson.dumps(made, option=orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME)


def _settled() -> bool:
    """Whether what would be read now is what the counters tell of."""
    if not has_request_context() or "tenant" not in g or g.tenant.id != current_tenant():
        return False
    if not db.session.registry.has():
        return True
    session = db.session()
    return not (session.info.get("written") or session.new or session.dirty or session.deleted)
