"""The chain's head outside the database: one file a tenant in the data directory, a line for each head written down.

Without it, somebody who owns the database could remove the newest links with their events, and nothing would show. A
line is JSON, signed with the tenant's key; the file is only ever appended to. Copy it elsewhere as often as you like.
"""

import json
import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from core import clock
from core.audit.chain import moment, sign, signed
from core.audit.sealing import HEAD, key
from core.database import tenant_id
from core.database.read import row

log = logging.getLogger(__name__)
#: A head is written down at most this often.
EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of a tenant's chain, as it was at a moment."""

    tenant: int
    number: int
    hash: str  #: hexadecimal
    at: str  #: when it was written down, UTC
    signature: str  #: hexadecimal

    @property
    def line(self) -> str:
        """One line of the file."""
        return json.dumps(
            {
                "tenant": self.tenant,
                "number": self.number,
                "hash": self.hash,
                "at": self.at,
                "signature": self.signature,
            }
        )


def head() -> Head | None:
    """The newest link of the bound tenant; None when nothing was sealed yet."""
    found = row(HEAD)
    if found is None:
        return None
    number, hash_, at = found[0], bytes(found[2]).hex(), moment(clock.now())
    return Head(tenant_id(), number, hash_, at, sign(key(), *_parts(number, hash_, at)).hex())


def _parts(number: int, hash_: str, at: str) -> tuple[bytes, ...]:
    return b"head", str(number).encode(), hash_.encode(), at.encode()


def place() -> Path:
    """The bound tenant's file."""
    folder: Path = current_app.extensions["dangjian.settings"].data_dir
    return folder / "audit" / f"{tenant_id()}.heads"


def anchor(*, every: timedelta = EVERY) -> Head | None:
    """Write the head down, unless that was done less than ``every`` ago or it is there already.

    :returns: what was written; None when there was nothing to write.
    """
    file, now = place(), head()
    if now is None:
        return None
    last = _last(file)
    if last is not None and (last.number == now.number or clock.now() - _moment(last.at) < every):
        return None
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a") as out:
        out.write(now.line + "\n")
        out.flush()
        os.fsync(out.fileno())
    log.info("audit head of tenant %s: link %s %s", now.tenant, now.number, now.hash)
    return now


def anchors() -> list[Head]:
    """Every head written down for the bound tenant on this host, oldest first; unreadable lines are left out."""
    try:
        lines = place().read_text().splitlines()
    except FileNotFoundError:
        return []
    return [found for line in lines if (found := _read(line)) is not None]


def ours(head_: Head) -> bool:
    """Whether the signature of a head is this installation's."""
    try:
        signature = bytes.fromhex(head_.signature)
    except ValueError:
        return False
    return signed(key(), signature, *_parts(head_.number, head_.hash, head_.at))


def _read(line: str) -> Head | None:
    try:
        said = json.loads(line)
        return Head(
            int(said["tenant"]), int(said["number"]), str(said["hash"]), str(said["at"]), str(said["signature"])
        )
    except (ValueError, TypeError, KeyError):
        return None


def _last(file: Path) -> Head | None:
    """The last line alone: the file may be years long."""
    try:
        with file.open("rb") as data:
            data.seek(max(0, file.stat().st_size - 1000))
            lines = data.read().decode().splitlines()
    except FileNotFoundError:
        return None
    return _read(lines[-1]) if lines else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")
