"""The arithmetic of the audit chain: what an event's text is, what a range's digest is, what a link's hash is. Pure.

A link is ``SHA-256(number ‖ from ‖ to ‖ count ‖ digest ‖ previous)``, and signed with a key that is derived from the
installation's master key: whoever owns the database alone can neither change an event nor make up a chain of his own.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: What the first link follows.
NOTHING = bytes(32)


class Hash(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def digest(self) -> bytes:
        """The hash of all of them."""


@dataclass(frozen=True, slots=True)
class Link:
    """A sealed range: events with ``from_at <= at < to_at``.

    :param number: 1, 2, 3 ….
    :param digest: SHA-256 over its events.
    :param previous: hash of the link before, :data:`NOTHING` for the first.
    """

    number: int
    from_at: datetime
    to_at: datetime
    count: int
    digest: bytes
    previous: bytes

    @property
    def hash(self) -> bytes:
        """The link's own hash."""
        head = f"{self.number}|{moment(self.from_at)}|{moment(self.to_at)}|{self.count}|".encode()
        return hashlib.sha256(head + self.digest + self.previous).digest()


def moment(at: datetime) -> str:
    """A moment as the chain writes it: UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def begin() -> Hash:
    """A digest of no events yet."""
    return hashlib.sha256()


def take(digest: Hash, text: str) -> None:
    """Add one event's canonical text; its length goes in front, so that two events never read as one."""
    data = text.encode()
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


def digest_of(texts: Iterable[str]) -> tuple[int, bytes]:
    """How many events there are, and their digest."""
    digest, count = begin(), 0
    for text in texts:
        take(digest, text)
        count += 1
    return count, digest.digest()


def signing_key(master: bytes, *, tenant: int) -> bytes:
    """The key a tenant's links are signed with: 32 bytes out of the master key."""
    return HKDF(SHA256(), 32, None, f"dangjian audit chain|{tenant}".encode()).derive(master)


def sign(key: bytes, *parts: bytes) -> bytes:
    """The signature of some bytes; each part's length goes in front."""
    return hmac.digest(key, b"".join(len(part).to_bytes(8, "big") + part for part in parts), "sha256")


def signed(key: bytes, signature: bytes, *parts: bytes) -> bool:
    """Whether a signature is ours."""
    return hmac.compare_digest(sign(key, *parts), bytes(signature))
