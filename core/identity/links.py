"""Links that let somebody in once: invitations, resets, confirmations of an address.

The secret is random, signed (itsdangerous, as Flask-Security signs its tokens), and kept nowhere: the database has its
SHA-256. A link ends with its use, with a newer one of its kind, with a changed password, and after a short time.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from core import clock
from core.audit.actions import record
from core.audit.kinds import declare as declare_kind
from core.database import transaction, uuid7
from core.database.session import TenantSession
from core.identity.models import Account, AccountLink
from core.tenancy.keys import keyring

#: How long each kind lives.
LIFE = {"invite": timedelta(hours=72), "reset": timedelta(minutes=60), "email": timedelta(hours=24)}
for _kind, _title in (("invite", "生成开通链接"), ("reset", "生成重设密码链接"), ("email", "生成邮箱确认链接")):
    declare_kind(f"identity.link.{_kind}", _title)
_PLACE = {"table": "account_link", "column": "address_cipher"}


class Fault(StrEnum):
    """Why a link does not work."""

    WRONG = "wrong"  #: not one of ours, or cut short on its way
    USED = "used"
    REPLACED = "replaced"  #: a newer link, a changed password or an administrator ended it
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that works.

    :param address: the e-mail address it confirms, for the kind ``email``.
    """

    id: UUID
    account_id: UUID
    kind: str
    login: str
    name: str
    address: str | None


class BadLink(Exception):
    """A link that does not work."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="dangjian.link")


def make(*, account_id: UUID, kind: str, address: str | None = None) -> str:
    """Make a link's token; earlier ones of its kind for the account end.

    :param address: the e-mail address it is to confirm.
    """
    secret, made, now = secrets.token_urlsafe(32), uuid7(), clock.now()
    with transaction() as session:
        end(session, account_id=account_id, kind=kind)
        sealed = keyring().encrypt(address, **_PLACE, row=made) if address else None
        session.add(
            AccountLink(
                id=made,
                account_id=account_id,
                kind=kind,
                digest=_digest(secret),
                address_cipher=sealed,
                expires_at=now + LIFE[kind],
            )
        )
        record(kind=f"identity.link.{kind}", subject="account", subject_id=account_id)
    return str(_signer().dumps(secret))


def look(token: str, *, lock: bool = False) -> Opened:
    """What a token opens. :raises BadLink: saying why it opens nothing."""
    try:
        secret = str(_signer().loads(token))
    except BadSignature:
        raise BadLink(Fault.WRONG) from None
    with transaction() as session:
        statement = select(AccountLink).where(AccountLink.digest == _digest(secret))
        link = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
        account = session.get(Account, (link.tenant_id, link.account_id)) if link is not None else None
        if link is None or account is None:
            raise BadLink(Fault.WRONG)
        if link.used_at is not None:
            raise BadLink(Fault.USED)
        if link.ended_at is not None or account.state == "disabled":
            raise BadLink(Fault.REPLACED)
        if link.expires_at <= clock.now():
            raise BadLink(Fault.EXPIRED)
        sealed = link.address_cipher
        address = keyring().decrypt(sealed, **_PLACE, row=link.id) if sealed is not None else None
        return Opened(link.id, account.id, link.kind, account.login, account.display_name, address)


def use(session: TenantSession, opened: Opened) -> None:
    """Use a link up."""
    session.execute(update(AccountLink).where(AccountLink.id == opened.id).values(used_at=clock.now()))


def end(session: TenantSession, *, account_id: UUID, kind: str | None = None) -> None:
    """Put an end to an account's open links (of one kind)."""
    statement = update(AccountLink).where(
        AccountLink.account_id == account_id, AccountLink.used_at.is_(None), AccountLink.ended_at.is_(None)
    )
    if kind is not None:
        statement = statement.where(AccountLink.kind == kind)
    session.execute(statement.values(ended_at=clock.now()))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
