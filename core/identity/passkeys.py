"""Passkeys: WebAuthn by py_webauthn, its options chosen as Flask-Security's util lays them out.

A challenge travels in the signed session cookie and is answered at most once: what was answered is written down.
The relying party is the host of the page, so that a passkey of one tenant's host is unknown on every other.
The library, with its parsers of certificates, is imported where a passkey is made or proved.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.audit.actions import record
from core.database import tenant_id, transaction, uuid7
from core.identity import factors
from core.identity.models import Account, AccountPasskey, AccountRecoveryCode, SpentChallenge
from core.identity.sessions import rights_changed
from core.policy.findings import Finding, Refused, Severity

#: How long a challenge may be answered.
LIFE = timedelta(minutes=5)
#: Nobody needs more keys than this.
MOST = 20


@dataclass(frozen=True, slots=True)
class Site:
    """The relying party: the host of the page, and the origin its scripts run under."""

    host: str
    origin: str
    title: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge as the session cookie carries it.

    :param purpose: ``register``, ``sign-in`` or ``second``.
    :param at: seconds since the epoch.
    """

    challenge: str
    purpose: str
    at: int

    def of_cookie(self) -> list[object]:
        """What the cookie holds."""
        return [self.challenge, self.purpose, self.at]


def asked_of(cookie: object, *, purpose: str) -> Asked:
    """The challenge a cookie holds. :raises Refused: none for this purpose, or too old."""
    if isinstance(cookie, list) and len(cookie) == 3 and cookie[1] == purpose:
        found = Asked(*cookie)
        if 0 <= clock.now().timestamp() - found.at <= LIFE.total_seconds():
            return found
    raise Refused([_no("MF.10", "", "操作已超时，请重新开始。", "E_STATE")])


def _ask(purpose: str) -> Asked:
    from webauthn.helpers import bytes_to_base64url, generate_challenge

    return Asked(bytes_to_base64url(generate_challenge()), purpose, int(clock.now().timestamp()))


def registration(*, account_id: UUID, site: Site) -> tuple[str, Asked]:
    """What a browser needs to make a passkey: options as JSON, and the challenge to remember.

    :raises Refused: the account has :data:`MOST` keys.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    with transaction() as session:
        account = session.scalars(select(Account).where(Account.id == account_id)).one()
        known = session.scalars(select(AccountPasskey.credential).where(AccountPasskey.account_id == account_id)).all()
    if len(known) >= MOST:
        raise Refused([_no("MF.11", "", f"通行密钥最多{MOST}个，请先删除不用的。", "E_STATE")])
    asked = _ask("register")
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.title,
        user_name=account.login,
        user_id=account_id.bytes,
        user_display_name=account.display_name,
        challenge=base64url_to_bytes(asked.challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
    )
    return webauthn.options_to_json(options), asked


def register(*, account_id: UUID, answer: dict[str, Any], name: str, asked: Asked, site: Site) -> list[str]:
    """Take a new passkey into use.

    :returns: new recovery codes, shown once; empty when the account has some already.
    :raises Refused: the answer is not one to this challenge, on this host, by a verified user.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = webauthn.verify_registration_response(
            credential=json.dumps(answer),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Refused([_no("MF.12", "", "通行密钥没有添加成功，请重试。", "E_FORMAT")]) from error
    with transaction() as session:
        _spend(asked)
        taken = session.scalar(select(AccountPasskey.id).where(AccountPasskey.credential == made.credential_id))
        if taken is not None:
            raise Refused([_no("MF.13", "", "这个通行密钥已经添加过。", "E_DUP")])
        passkey = AccountPasskey(
            account_id=account_id,
            name=" ".join(name.split())[:60] or "通行密钥",
            credential=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
        )
        session.add(passkey)
        session.flush()
        record(kind="identity.passkey.added", subject="account", subject_id=account_id, detail={"name": passkey.name})
        rights_changed()
        left = select(func.count()).select_from(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account_id)
        return [] if session.scalar(left) else factors.make_recovery_codes(account_id=account_id)


def assertion(*, site: Site, purpose: str, account_id: UUID | None = None) -> tuple[str, Asked]:
    """What a browser needs to prove a passkey: options as JSON, and the challenge to remember.

    :param account_id: whose keys are asked for, at the second step; ``None`` lets the person choose any.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

    allowed: list[PublicKeyCredentialDescriptor] = []
    if account_id is not None:
        with transaction() as session:
            known = session.scalars(select(AccountPasskey.credential).where(AccountPasskey.account_id == account_id))
            allowed = [PublicKeyCredentialDescriptor(id=credential) for credential in known]
    asked = _ask(purpose)
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=base64url_to_bytes(asked.challenge),
        allow_credentials=allowed,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options), asked


def prove(*, answer: dict[str, Any], asked: Asked, site: Site, account_id: UUID | None = None) -> UUID | None:
    """The account whose passkey answered; ``None`` for any answer that proves nothing.

    Runs inside the caller's transaction, which also begins the session.

    :param account_id: whose key it has to be, at the second step.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        credential = base64url_to_bytes(str(answer.get("rawId") or answer.get("id") or ""))
    except ValueError:
        return None
    with transaction() as session:
        passkey = session.scalars(
            select(AccountPasskey).where(AccountPasskey.credential == credential).with_for_update()
        ).one_or_none()
        if passkey is None or account_id not in (None, passkey.account_id):
            return None
        try:
            proved = webauthn.verify_authentication_response(
                credential=json.dumps(answer),
                expected_challenge=base64url_to_bytes(asked.challenge),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return None
        if not _spend(asked, strict=False):
            return None
        passkey.sign_count, passkey.used_at = proved.new_sign_count, clock.now()
        return passkey.account_id


def _spend(asked: Asked, *, strict: bool = True) -> bool:
    """Write down that a challenge was answered. :raises Refused: (when strict) it was before."""
    digest = hashlib.sha256(asked.challenge.encode()).digest()
    with transaction() as session:
        values = {"tenant_id": tenant_id(), "id": uuid7(), "digest": digest}
        statement = insert(SpentChallenge).values(**values).on_conflict_do_nothing().returning(SpentChallenge.id)
        fresh = session.execute(statement).scalar_one_or_none() is not None
    if strict and not fresh:
        raise Refused([_no("MF.10", "", "操作已超时，请重新开始。", "E_STATE")])
    return fresh


def remove(*, account_id: UUID, passkey_id: UUID) -> bool:
    """Remove a passkey of an account; false when it has no such one."""
    with transaction() as session:
        gone = delete(AccountPasskey).where(AccountPasskey.id == passkey_id, AccountPasskey.account_id == account_id)
        if not session.execute(gone).rowcount:  # type: ignore[attr-defined]
            return False
        account = session.scalars(select(Account).where(Account.id == account_id)).one()
        factors.drop_codes_without_factor(session, account)
        record(kind="identity.passkey.removed", subject="account", subject_id=account_id)
        rights_changed()
    return True


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)
