"""A passkey in software: answers WebAuthn's questions as an authenticator does, with a P-256 key of its own."""

import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftwareKey:
    """One key on one device."""

    def __init__(self, host: str, origin: str) -> None:
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags: int) -> bytes:
        self.count += 1
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def make(self, options: dict[str, Any], *, verified: bool = True) -> dict[str, Any]:
        """The answer to ``navigator.credentials.create``."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = self._data(PRESENT | ATTESTED | (VERIFIED if verified else 0))
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def prove(self, options: dict[str, Any], *, verified: bool = True) -> dict[str, Any]:
        """The answer to ``navigator.credentials.get``."""
        data = self._data(PRESENT | (VERIFIED if verified else 0))
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        named = bytes_to_base64url(self.id)
        shown = {name: bytes_to_base64url(value) for name, value in response.items()}
        return {"id": named, "rawId": named, "type": "public-key", "response": shown}
