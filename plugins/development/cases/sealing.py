"""Facts of class P3: kept encrypted under the tenant's keys, opened only for who may read them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.sdk import Model, keyring
from plugins.development.models.case import Act, Case


def plain(facts: Mapping[str, Any]) -> str:
    """Facts as text, the same for the same facts."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if facts else ""


def seal(facts: Mapping[str, Any], model: type[Model], column: str, row: UUID) -> bytes | None:
    """The ciphertext of facts at their place; nothing of nothing."""
    kept = {name: value for name, value in facts.items() if value not in (None, "", [], {})}
    if not kept:
        return None
    return keyring(fresh=True).encrypt(plain(kept), table=str(model.__tablename__), column=column, row=row)


def seal_text(text: str, model: type[Model], column: str, row: UUID) -> bytes | None:
    """The ciphertext of a text at its place."""
    if not text:
        return None
    return keyring(fresh=True).encrypt(text, table=str(model.__tablename__), column=column, row=row)


def unseal_text(data: bytes | None, model: type[Model], column: str, row: UUID) -> str:
    """The text again; empty for nothing."""
    return keyring().decrypt(bytes(data), table=str(model.__tablename__), column=column, row=row) if data else ""


def sealed_of(act: Act) -> dict[str, Any]:
    """An act's sealed facts in clear. Only for who may read them; the view is to be recorded."""
    text = unseal_text(act.sealed, Act, "sealed", act.id)
    return dict(json.loads(text)) if text else {}


def private_of(case: Case) -> dict[str, Any]:
    """A case's private facts in clear: family, résumé, address."""
    text = unseal_text(case.private_cipher, Case, "private_cipher", case.id)
    return dict(json.loads(text)) if text else {}
