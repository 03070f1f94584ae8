"""Field encryption: authenticated, bound to its place, with per-tenant keys that can be rotated and destroyed.

A ciphertext is ``key number (2 bytes) ‖ nonce (12) ‖ AES-256-GCM(data)`` with ``tenant|table|column|row`` as
associated data, so that a value moved to another row, column or tenant does not decrypt (reliability B8 P1).
The blind index is HMAC-SHA-256 under a key of its own per tenant: an unkeyed hash of identity numbers can be
reversed in minutes (P2).
"""

import hmac
import os
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class Unreadable(ValueError):
    """A ciphertext was moved, changed, or its key has been destroyed."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    """One data key of a tenant.

    :param number: its number within the tenant; the highest one encrypts.
    :param secret: 32 random bytes.
    """

    number: int
    secret: bytes


def wrap(secret: bytes, *, master: bytes, tenant: int, number: int) -> bytes:
    """A tenant's key encrypted under the installation's master key (32 bytes)."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(master).encrypt(nonce, secret, f"field-key|{tenant}|{number}".encode())


def unwrap(wrapped: bytes, *, master: bytes, tenant: int, number: int) -> bytes:
    """Undo :func:`wrap`.

    :raises Unreadable: when the master key is not the one it was wrapped under.
    """
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], f"field-key|{tenant}|{number}".encode())
    except InvalidTag as error:
        raise Unreadable("the master key does not open this tenant's field keys") from error


@dataclass(frozen=True)
class Keyring:
    """The keys of one tenant, unwrapped, for as long as a worker remembers them.

    :param tenant: the tenant's id.
    :param keys: data keys by number, newest last.
    :param index_secret: key of the blind index; it does not rotate, or nothing could be looked up.
    """

    tenant: int
    keys: tuple[FieldKey, ...]
    index_secret: bytes = field(repr=False)

    @cached_property
    def _ciphers(self) -> dict[int, AESGCM]:
        return {key.number: AESGCM(key.secret) for key in self.keys}

    @property
    def newest(self) -> int:
        """Number of the key that encrypts."""
        return self.keys[-1].number

    def encrypt(self, text: str, *, table: str, column: str, row: UUID) -> bytes:
        """The ciphertext of a text at its place."""
        number = self.newest
        nonce = os.urandom(NONCE)
        place = f"{self.tenant}|{table}|{column}|{row.hex}".encode()
        return number.to_bytes(2, "big") + nonce + self._ciphers[number].encrypt(nonce, text.encode(), place)

    def decrypt(self, data: bytes, *, table: str, column: str, row: UUID) -> str:
        """The text of a ciphertext at its place.

        :raises Unreadable: when it is not there by right: moved, changed, or its key is gone.
        """
        cipher = self._ciphers.get(int.from_bytes(data[:2], "big"))
        if cipher is None:
            raise Unreadable("the key of this value has been destroyed")
        place = f"{self.tenant}|{table}|{column}|{row.hex}".encode()
        try:
            return cipher.decrypt(data[2 : 2 + NONCE], data[2 + NONCE :], place).decode()
        except InvalidTag as error:
            raise Unreadable(f"{table}.{column} does not belong to row {row}") from error

    def blind(self, normalised: str, *, purpose: str) -> bytes:
        """The 16-byte blind index of a normalised value; the same value has another one for another purpose."""
        return hmac.digest(self.index_secret, f"{purpose}|{normalised}".encode(), "sha256")[:16]
