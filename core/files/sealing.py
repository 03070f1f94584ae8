"""Sealing of files with personal data: a key of its own for each file, in parts whose order cannot be changed.

``salt (16) ‖ part ‖ part ‖ …``; a part is AES-256-GCM over one mebibyte under a key derived (HKDF-SHA-256) from the
tenant's data key, the salt and the file's id. The nonce is the part's number with a mark on the last one, so that parts
that are moved, doubled or cut off do not open. Destroying the tenant's keys destroys the files.
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.database.crypto import Keyring, Unreadable

PART = 1024 * 1024
_SALT, _TAG = 16, 16


def _cipher(ring: Keyring, number: int, salt: bytes, file_id: UUID) -> AESGCM:
    secret = next((key.secret for key in ring.keys if key.number == number), None)
    if secret is None:
        raise Unreadable("the key of this file has been destroyed")
    info = f"file|{ring.tenant}|{file_id.hex}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def seal(content: bytes, ring: Keyring, *, file_id: UUID) -> bytes:
    """The sealed bytes, under the newest key."""
    salt = os.urandom(_SALT)
    cipher = _cipher(ring, ring.newest, salt, file_id)
    view, starts = memoryview(content), range(0, max(len(content), 1), PART)
    parts = [
        cipher.encrypt(_nonce(i, last=i == len(starts) - 1), bytes(view[start : start + PART]), None)
        for i, start in enumerate(starts)
    ]
    return b"".join((salt, *parts))


def unseal(sealed: bytes, ring: Keyring, *, number: int, file_id: UUID) -> bytes:
    """The bytes in clear.

    :raises Unreadable: changed, of another file or tenant, or their key is gone.
    """
    cipher = _cipher(ring, number, sealed[:_SALT], file_id)
    view, starts = memoryview(sealed)[_SALT:], range(0, max(len(sealed) - _SALT, 1), PART + _TAG)
    try:
        return b"".join(
            cipher.decrypt(_nonce(i, last=i == len(starts) - 1), bytes(view[start : start + PART + _TAG]), None)
            for i, start in enumerate(starts)
        )
    except InvalidTag as error:
        raise Unreadable(f"the bytes of file {file_id} are not what was kept") from error
