"""Texts about illness, disputes and needs: kept encrypted under the tenant's keys, opened only for who may read them."""

from uuid import UUID

from core.sdk import Model, keyring


def seal(text: str | None, model: type[Model], column: str, row: UUID) -> bytes | None:
    """The ciphertext of a text at its place; nothing of nothing."""
    plain = (text or "").strip()
    if not plain:
        return None
    return keyring(fresh=True).encrypt(plain, table=str(model.__tablename__), column=column, row=row)


def unseal(data: bytes | None, model: type[Model], column: str, row: UUID) -> str:
    """The text again; empty for nothing."""
    if data is None:
        return ""
    return keyring().decrypt(bytes(data), table=str(model.__tablename__), column=column, row=row)


def unsealed(data: bytes | None, model: type[Model], column: str, row: UUID, *, full: bool) -> str:
    """The text again, or stars for who did not ask for it in clear."""
    return unseal(data, model, column, row) if full else "******" if data else ""
