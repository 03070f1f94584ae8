"""Sealing stored files anew under the newest key, a few at a time, so that old keys can be destroyed.

The object is written before its row says so: a file whose process was killed in between is opened with the newest key
(:func:`core.files.actions.bytes_of` tries the others when the row's does not fit) and sealed once more next time.
"""

import logging

from sqlalchemy import select

from core.audit.actions import record
from core.database import tenant_id, transaction
from core.database.crypto import Keyring, Unreadable
from core.files import objects
from core.files.actions import bytes_of
from core.files.models import StoredFile
from core.files.sealing import seal
from core.tenancy.sealed import RESEALERS

log = logging.getLogger(__name__)
_BATCH = 20


def reseal_files(ring: Keyring) -> int:
    """Seal a batch of files anew, in one transaction. :returns: how many.

    A file whose bytes are gone or open with no key was lost before: it is written down and keeps no key alive.
    """
    with transaction() as session:
        found = session.scalars(
            select(StoredFile)
            .where(StoredFile.key_number < ring.newest, StoredFile.purged_at.is_(None))
            .order_by(StoredFile.id)
            .limit(_BATCH)
            .with_for_update()
        ).all()
        lost = []
        for one in found:
            try:
                content = bytes_of(one.id, one.key_number)
            except (FileNotFoundError, Unreadable):
                lost.append(str(one.id))
            else:
                objects.put(objects.key_of(tenant_id(), one.id), seal(content, ring, file_id=one.id))
            one.key_number = ring.newest
        if lost:
            log.error("%s files cannot be opened any more: %s", len(lost), ", ".join(lost))
            record(kind="files.damaged", detail={"files": lost})
    return len(found)


RESEALERS.append(reseal_files)
