"""Personal access tokens: made once, shown once, kept as a hash; dead at their end, when revoked, and with their account.

``dj_`` + 32 characters (190 random bits) + 6 characters of checksum, so that a token found in a file is known for one and
a mistyped one needs no look into the database.
"""

import secrets
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, bindparam, func, select, update

from core import clock
from core.audit.actions import record
from core.database import tenant_id, transaction
from core.database.read import row, rows
from core.identity.actions import rights_changed
from core.identity.token_models import ApiToken
from core.policy.findings import Finding, Refused, Severity
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.values import SetValue, resolve

#: For how many days a token may be made.
LONGEST_DAYS = PolicyKey(
    "identity.token.max_days", 365, "天", Direction.MAX, "本平台默认", Tag.DESIGN, "个人访问令牌的最长有效期"
)
registry.declare([LONGEST_DAYS])

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIX: Final = "dj_"
_RANDOM, _CHECK = 32, 6
#: Characters by which an owner knows a token again.
_START: Final = 9
#: Living tokens of one account at most.
_MOST: Final = 50
#: How exactly the last use is kept: one write an hour, whatever the traffic.
COARSE: Final = timedelta(hours=1)

_BY_DIGEST = select(
    ApiToken.id, ApiToken.account_id, ApiToken.scopes, ApiToken.expires_at, ApiToken.last_used_at
).where(ApiToken.digest == bindparam("digest", type_=LargeBinary), ApiToken.revoked_at.is_(None))
_OWN = (
    select(
        ApiToken.id, ApiToken.title, ApiToken.start, ApiToken.scopes, ApiToken.expires_at, ApiToken.created_at,
        ApiToken.last_used_at, ApiToken.revoked_at,
    )
    .where(ApiToken.account_id == bindparam("account", type_=Uuid))
    .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A living token as a worker remembers it until the tenant's rights change."""

    id: UUID
    account_id: UUID
    scopes: frozenset[str]
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Owned:
    """A token as its owner sees it; the token itself is not to be had again."""

    id: UUID
    title: str
    start: str
    scopes: tuple[str, ...]
    expires_at: datetime
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def living(self) -> bool:
        """Whether it can still be used."""
        return self.revoked_at is None and self.expires_at > clock.now()


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. ``token`` is shown once and never again."""

    id: UUID
    token: str
    start: str
    expires_at: datetime


def _checksum(text: str) -> str:
    number, found = zlib.crc32(text.encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        found = _ALPHABET[digit] + found
    return found


def _new() -> str:
    body = _PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return body + _checksum(body)


def digest_of(token: str) -> bytes | None:
    """The hash under which a token is kept; ``None`` for a text that is no token of ours."""
    body, check = token[:-_CHECK], token[-_CHECK:]
    if len(token) != len(_PREFIX) + _RANDOM + _CHECK or not token.isascii() or not token.startswith(_PREFIX):
        return None
    return sha256(token.encode()).digest() if secrets.compare_digest(_checksum(body), check) else None


def known_by(digest: bytes) -> Known | None:
    """The token with that hash in the bound tenant, unless it was revoked."""
    found = row(_BY_DIGEST, digest=digest)
    return Known(found[0], found[1], frozenset(found[2]), found[3], found[4]) if found else None


def tokens_of(account_id: UUID) -> list[Owned]:
    """An account's tokens, the newest first."""
    return [Owned(one[0], one[1], one[2], tuple(one[3]), *one[4:]) for one in rows(_OWN, account=account_id)]


def longest_days() -> int:
    """For how many days a token may be made in the bound tenant today."""
    held = [SetValue(*one) for one in rows(TENANT_VALUES)]
    return int(str(resolve(LONGEST_DAYS, held, as_of=clock.today()).value))


def issue(*, account_id: UUID, title: str, scopes: Collection[str], days: int, held: Collection[str]) -> Issued:
    """Make a token for an account.

    :param scopes: names of permissions; each must be among ``held``, what the account may do somewhere today.
    :param days: until its end, at most what the policy allows.
    :raises Refused: no title, no scope or one that is not held, too long a life, too many tokens.
    """
    wanted = sorted(set(scopes))
    with transaction() as session:
        living = session.scalar(
            select(func.count())
            .select_from(ApiToken)
            .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > func.now())
        )
        found = _faults(title.strip(), wanted, days, frozenset(held), int(living or 0))
        if found:
            raise Refused(found)
        text = _new()
        made = ApiToken(
            account_id=account_id,
            title=title.strip(),
            start=text[:_START],
            digest=digest_of(text),
            scopes=wanted,
            expires_at=clock.now() + timedelta(days=days),
        )
        session.add(made)
        session.flush()
        detail: dict[str, Any] = {"title": made.title, "start": made.start, "scopes": wanted, "days": days}
        record(kind="identity.token.issued", subject="api_token", subject_id=made.id, detail=detail)
        return Issued(made.id, text, made.start, made.expires_at)


def _faults(title: str, scopes: list[str], days: int, held: frozenset[str], living: int) -> list[Finding]:
    found, longest = [], longest_days()
    if not title or len(title) > 60:
        found.append(_finding("title", "请填写令牌的用途，最长60个字，例如“与人事系统对接”。", "E_REQUIRED"))
    if not scopes:
        found.append(_finding("scopes", "请至少选择一项权限范围。", "E_REQUIRED"))
    beyond = [name for name in scopes if name not in held]
    if beyond:
        message = f"您的账号没有这些权限，不能给令牌：{'、'.join(name[:60] for name in beyond[:5])}。"
        found.append(_finding("scopes", message, "E_SCOPE"))
    if not 1 <= days <= longest:
        found.append(_finding("days", f"有效期须为1到{longest}天。", "E_RANGE"))
    if living >= _MOST:
        found.append(_finding("", f"一个账号最多有{_MOST}个有效的令牌，请先撤销不用的。", "E_CAP"))
    return found


def revoke(*, account_id: UUID, token_id: UUID) -> bool:
    """End one of an account's tokens from the next request on; whether there was such a living one."""
    with transaction() as session:
        token = session.get(ApiToken, (tenant_id(), token_id), with_for_update=True)
        if token is None or token.account_id != account_id or token.revoked_at is not None:
            return False
        token.revoked_at = clock.now()
        record(kind="identity.token.revoked", subject="api_token", subject_id=token_id, detail={"start": token.start})
        rights_changed()
        return True


def used(known: Known) -> None:
    """Note that a token is used, to the hour."""
    with transaction() as session:
        session.execute(
            update(ApiToken)
            .where(
                ApiToken.id == known.id,
                func.coalesce(ApiToken.last_used_at, ApiToken.created_at - COARSE) <= clock.now() - COARSE,
            )
            .values(last_used_at=clock.now())
        )


def _finding(field: str, message: str, code: str) -> Finding:
    return Finding("ID.20", Severity.BLOCK, field, message, code=code)
