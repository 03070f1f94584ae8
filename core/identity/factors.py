"""The second factor: an authenticator app (TOTP), and recovery codes for the day the phone is lost.

The cryptography is Flask-Security's: its :class:`Totp` (passlib's) makes, encrypts and checks secrets and makes the
recovery codes. What it leaves to the application, remembering the last accepted time step, is done here.
"""

import hmac
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select, update

from core import clock
from core.audit.actions import record
from core.config import Settings
from core.database import transaction
from core.database.bulk import insert_columns, new_ids
from core.database.session import TenantSession
from core.identity.contact import locked
from core.identity.models import Account, AccountPasskey, AccountRecoveryCode
from core.identity.sessions import rights_changed
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring

#: Recovery codes are made by so many.
CODES = 10
#: A code is accepted this many seconds before and after its own half minute.
WINDOW = 30
_PLACE = {"table": "account", "column": "totp_cipher"}


if TYPE_CHECKING:
    from flask_security.totp import Totp


@cache
def _replay_proof() -> "type[Totp]":
    """Flask-Security's TOTP, which accepts each time step of a user at most once; imported with all it brings along."""
    from flask_security.totp import Totp

    class ReplayProofTotp(Totp):
        """Asks and tells the account which time step was accepted last."""

        def get_last_counter(self, user: Any) -> int | None:
            return cast(Counted, user).totp_counter

        def set_last_counter(self, user: Any, tmatch: Any) -> None:
            cast(Counted, user).totp_counter = int(tmatch.counter)

    return ReplayProofTotp


@dataclass
class Counted:
    """Whoever has a TOTP: what Flask-Security calls the user."""

    totp_counter: int | None = None


def totp(issuer: str) -> "Totp":
    """The TOTP engine; secrets are wrapped under a key made of the installation's master key."""
    settings: Settings = current_app.extensions["dangjian.settings"]
    key = hmac.digest(settings.master_key_bytes, b"totp", "sha256").hex()
    return _replay_proof()({"1": key}, issuer)


def begin_totp(*, account_id: UUID) -> None:
    """Make a new secret for an account's authenticator app; it counts only once :func:`confirm_totp` has seen a code.

    :raises Refused: there is one in use already.
    """
    with transaction() as session:
        account = locked(session, account_id)
        if account.totp_confirmed_at is not None:
            raise Refused([_no("MF.01", "", "已经绑定了身份验证器。要换手机，请先停用原来的。", "E_STATE")])
        secret = totp("dangjian").generate_totp_secret()
        account.totp_cipher = keyring().encrypt(secret, **_PLACE, row=account.id)
        account.totp_counter = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody needs to set up an authenticator app.

    :param uri: ``otpauth://…``, shown as a QR code.
    :param key: the same secret to be typed.
    """

    uri: str
    key: str


def enrolment(*, account_id: UUID, issuer: str) -> Enrolment | None:
    """The secret that waits for its confirmation; ``None`` when there is none."""
    with transaction() as session:
        account = session.scalars(select(Account).where(Account.id == account_id)).one()
        if account.totp_cipher is None or account.totp_confirmed_at is not None:
            return None
        secret, engine = _secret(account), totp(issuer)
        return Enrolment(engine.get_totp_uri(account.login, secret), engine.get_totp_pretty_key(secret))


def confirm_totp(*, account_id: UUID, code: str) -> list[str]:
    """Take an authenticator app into use after its first right code.

    :returns: new recovery codes, shown once; empty when the account has some already.
    :raises Refused: nothing to confirm, or a wrong code.
    """
    with transaction() as session:
        account = locked(session, account_id)
        if account.totp_cipher is None or account.totp_confirmed_at is not None:
            raise Refused([_no("MF.02", "code", "没有等待确认的身份验证器，请重新开始绑定。", "E_STATE")])
        if not totp_matches(account, code):
            message = "验证码不对。请核对手机时间是否准确，再输入当前显示的6位数字。"
            raise Refused([_no("MF.03", "code", message, "E_FORMAT")])
        account.totp_confirmed_at = clock.now()
        record(kind="identity.totp.enrolled", subject="account", subject_id=account.id)
        rights_changed()
        left = select(func.count()).select_from(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account.id)
        return [] if session.scalar(left) else make_recovery_codes(account_id=account.id)


def totp_matches(account: Account, code: str) -> bool:
    """Whether a code is right and new; a right one is used up. The account's row must be locked."""
    if account.totp_cipher is None:
        return False
    digits = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    user = Counted(account.totp_counter)
    if len(digits) != 6 or not totp("dangjian").verify_totp(digits, _secret(account), cast(Any, user), window=WINDOW):
        return False
    account.totp_counter = user.totp_counter
    return True


def make_recovery_codes(*, account_id: UUID) -> list[str]:
    """Make new recovery codes; earlier ones are worth nothing from now on.

    :returns: the codes, to be shown once: only their keyed hashes are kept.
    """
    codes: list[str] = totp("dangjian").generate_recovery_codes(CODES)
    with transaction() as session:
        session.execute(delete(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account_id))
        digests = [_digest(account_id, code) for code in codes]
        insert_columns(AccountRecoveryCode, {"id": new_ids(CODES), "digest": digests}, {"account_id": account_id})
        record(kind="identity.recovery_codes.made", subject="account", subject_id=account_id)
    return codes


def recovery_code_matches(session: TenantSession, account: Account, code: str) -> bool:
    """Whether a recovery code is one of the account's; a right one is used up."""
    spent = delete(AccountRecoveryCode).where(
        AccountRecoveryCode.account_id == account.id, AccountRecoveryCode.digest == _digest(account.id, code)
    )
    return bool(session.execute(spent).rowcount)  # type: ignore[attr-defined]


def drop_totp(*, account_id: UUID) -> None:
    """Take the authenticator app out of use; recovery codes go with the last factor."""
    with transaction() as session:
        account = locked(session, account_id)
        account.totp_cipher = account.totp_confirmed_at = account.totp_counter = None
        drop_codes_without_factor(session, account)
        record(kind="identity.totp.dropped", subject="account", subject_id=account.id)
        rights_changed()


def reset(*, account_id: UUID) -> None:
    """Take every second factor from an account, as an administrator does for somebody who lost all of them."""
    with transaction() as session:
        values = {"totp_cipher": None, "totp_confirmed_at": None, "totp_counter": None}
        session.execute(update(Account).where(Account.id == account_id).values(**values))
        for model in (AccountPasskey, AccountRecoveryCode):
            session.execute(delete(model).where(model.account_id == account_id))
        record(kind="identity.second_factor.reset", subject="account", subject_id=account_id)
        rights_changed()


def has_second(session: TenantSession, account: Account) -> bool:
    """Whether an account has a second factor in use."""
    if account.totp_confirmed_at is not None:
        return True
    passkey = select(AccountPasskey.id).where(AccountPasskey.account_id == account.id).limit(1)
    return session.scalar(passkey) is not None


def drop_codes_without_factor(session: TenantSession, account: Account) -> None:
    """Recovery codes stand in for a factor: with the last one they go."""
    session.flush()
    if not has_second(session, account):
        session.execute(delete(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account.id))


def _secret(account: Account) -> str:
    return keyring().decrypt(account.totp_cipher or b"", **_PLACE, row=account.id)


def _digest(account_id: UUID, code: str) -> bytes:
    plain = "".join(sign for sign in code.lower() if sign.isascii() and sign.isalnum())
    return keyring().blind(f"{account_id.hex}|{plain}", purpose="account.recovery")


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)
