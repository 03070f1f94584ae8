"""Who comes with a personal token: the owner's rights, bounded by the token's scopes."""

from collections.abc import Callable
from dataclasses import replace

from flask import g, request

from core import clock
from core.access.actor import Actor
from core.database.read import settle_preface
from core.identity import tokens

Recall = Callable[[str], Actor | None]


def offered() -> bool:
    """Whether the request shows a token instead of a session (programs only: pages know no tokens)."""
    return "HTTP_AUTHORIZATION" in request.environ and request.path.startswith("/api/")


def bearer(recall: Recall) -> Actor | None:
    """The owner of the token that was shown, or nobody: unknown, revoked, expired, another tenant's, account disabled.

    :param recall: the account with its grants, remembered until the tenant's rights change.
    """
    kind, _, text = request.headers["Authorization"].partition(" ")
    digest = tokens.digest_of(text.strip()) if kind.lower() == "bearer" else None
    if digest is None:
        return None
    found = _remembered(digest)
    if found is None or found.expires_at <= clock.now():
        return None
    owner = recall(str(found.account_id))
    if owner is None:
        return None
    _note_use(digest, found)
    g.by_token = True
    known = g.tenant.known
    key = ("bearer", digest, owner.account_id)
    if key not in known:
        known[key] = replace(owner, scopes=found.scopes)
    who: Actor = known[key]
    return who


def _remembered(digest: bytes) -> tokens.Known | None:
    known, key = g.tenant.known, ("token", digest)
    if key not in known:
        found = tokens.known_by(digest)
        if found is None:
            return None  # not kept: guesses must not fill the memory
        known[key] = found
    remembered: tokens.Known = known[key]
    return remembered


def _note_use(digest: bytes, found: tokens.Known) -> None:
    now = clock.now()
    if found.last_used_at is not None and now - found.last_used_at < tokens.COARSE:
        return
    settle_preface()  # what is remembered must be true before anything is written
    tokens.used(found)
    g.tenant.known[("token", digest)] = replace(found, last_used_at=now)
