"""The field keys of the bound tenant: made with the tenant, unwrapped once per worker, rotated, destroyed."""

import os
from collections import OrderedDict
from threading import Lock
from time import monotonic

from flask import current_app
from sqlalchemy import func, select, update

from core.database import tenant_id, transaction
from core.database.crypto import FieldKey, Keyring, unwrap, wrap
from core.database.read import rows
from core.tenancy.models import FieldKeyRow, TenantState

_KEYS = (
    select(FieldKeyRow.number, FieldKeyRow.wrapped).where(FieldKeyRow.retired_at.is_(None)).order_by(FieldKeyRow.number)
)
_INDEX = select(TenantState.index_key)
_rings: OrderedDict[int, tuple[float, Keyring]] = OrderedDict()
#: As many as there are tenants remembered: a few hundred bytes each.
_RINGS_KEPT = 2000
#: Seconds after which a worker reads a tenant's keys again, and so encrypts under a key that another one has added.
RING_AGE = 300.0
_lock = Lock()
#: Number under which the blind index's key is wrapped; data keys count from 1.
INDEX_NUMBER = 0


def master_key() -> bytes:
    """The installation's master key, 32 bytes. :raises SettingError: when it is not set."""
    key: bytes = current_app.extensions["dangjian.settings"].master_key_bytes
    return key


def make_index_key(tenant: int) -> bytes:
    """A new tenant's blind-index key, wrapped."""
    return wrap(os.urandom(32), master=master_key(), tenant=tenant, number=INDEX_NUMBER)


def keyring(*, fresh: bool = False) -> Keyring:
    """The bound tenant's keys.

    :param fresh: read them again, as a writer does before it encrypts under a key another worker may have added.
    :raises Unreadable: when the master key is not the one they were wrapped under.
    """
    tenant = tenant_id()
    read_at, ring = (0.0, None) if fresh else _rings.get(tenant, (0.0, None))
    if ring is None or monotonic() - read_at > RING_AGE:
        master = master_key()
        keys = tuple(
            FieldKey(number, unwrap(wrapped, master=master, tenant=tenant, number=number))
            for number, wrapped in rows(_KEYS)
        )
        index = unwrap(rows(_INDEX)[0][0], master=master, tenant=tenant, number=INDEX_NUMBER)
        ring = Keyring(tenant, keys, index)
        with _lock:
            _rings[tenant] = monotonic(), ring
            while len(_rings) > _RINGS_KEPT:
                _rings.popitem(last=False)
    return ring


def add_key() -> int:
    """Make a new data key for the bound tenant; what is written from now on is encrypted under it."""
    with transaction() as session:
        tenant = tenant_id()
        session.execute(select(TenantState.id).with_for_update())
        number = (session.scalar(select(func.max(FieldKeyRow.number))) or 0) + 1
        wrapped = wrap(os.urandom(32), master=master_key(), tenant=tenant, number=number)
        session.add(FieldKeyRow(number=number, wrapped=wrapped))
    keyring(fresh=True)
    return int(number)


def retire_keys_below(number: int) -> None:
    """Destroy the data keys under a number, once nothing is left that they encrypt."""
    with transaction() as session:
        session.execute(
            update(FieldKeyRow)
            .where(FieldKeyRow.number < number, FieldKeyRow.retired_at.is_(None))
            .values(retired_at=func.now(), wrapped=b"")
        )
    keyring(fresh=True)


def forget_keys() -> None:
    """Drop all unwrapped keys of this process."""
    with _lock:
        _rings.clear()
