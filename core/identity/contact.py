"""E-mail address and phone number of an account: encrypted, found by a blind index, one account's alone."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from core.audit.actions import record
from core.database import transaction
from core.database.session import TenantSession
from core.identity import links
from core.identity.addresses import (
    email_of,
    email_or_refuse,
    masked_email,
    masked_phone,
    normal_login,
    phone_of,
    phone_or_refuse,
)
from core.identity.models import Account
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring


def set_email(*, account_id: UUID, email: str) -> None:
    """Set (or with an empty text remove) an account's e-mail address.

    :raises Refused: unusable, or another account's.
    """
    with transaction() as database:
        keep_email(database, locked(database, account_id), email)
        links.end(database, account_id=account_id, kind="email")
        record(kind="identity.email.set", subject="account", subject_id=account_id)


def set_phone(*, account_id: UUID, phone: str) -> None:
    """Set (or with an empty text remove) an account's phone number.

    :raises Refused: unusable, or another account's.
    """
    with transaction() as database:
        keep_phone(database, locked(database, account_id), phone)
        record(kind="identity.phone.set", subject="account", subject_id=account_id)


def confirm_email(*, token: str) -> str:
    """Take an e-mail address into use by the link that was sent to it; returns it masked.

    :raises core.identity.links.BadLink: the link does not work.
    """
    with transaction() as database:
        opened = links.look(token, lock=True)
        if opened.kind != "email" or opened.address is None:
            raise links.BadLink(links.Fault.WRONG)
        links.use(database, opened)
        keep_email(database, locked(database, opened.account_id), opened.address)
        record(kind="identity.email.set", subject="account", subject_id=opened.account_id)
        return masked_email(opened.address)


def email_free(*, account_id: UUID, email: str) -> str:
    """The stored form of an address that the account may take. :raises Refused: unusable, or another account's."""
    found = email_or_refuse(email)
    with transaction() as database:
        taken = (Account.email_index == _blind(found, "email")) & (Account.id != account_id)
        free(database, taken, "ID.07", "email", "这个电子邮箱已登记在另一个账号上。")
    return found


def addresses_of(account: Account) -> tuple[str | None, str | None]:
    """An account's e-mail address and phone number in clear, to be masked or mailed to."""
    return _opened(account, "email"), _opened(account, "phone")


def masked_addresses(account: Account) -> tuple[str | None, str | None]:
    """An account's e-mail address and phone number as they are shown."""
    email, phone = addresses_of(account)
    return email and masked_email(email), phone and masked_phone(phone)


def keep_email(database: TenantSession, account: Account, text: str) -> None:
    """Write an account's e-mail address; an empty text removes it. :raises Refused: unusable, or another account's."""
    if not text.strip():
        account.email_cipher = account.email_index = None
        return
    found = email_or_refuse(text)
    taken = (Account.email_index == _blind(found, "email")) & (Account.id != account.id)
    free(database, taken, "ID.07", "email", "这个电子邮箱已登记在另一个账号上。")
    account.email_cipher = keyring().encrypt(found, table="account", column="email_cipher", row=account.id)
    account.email_index = _blind(found, "email")


def keep_phone(database: TenantSession, account: Account, text: str) -> None:
    """Write an account's phone number; an empty text removes it. :raises Refused: unusable, or another account's."""
    if not text.strip():
        account.phone_cipher = account.phone_index = None
        return
    found = phone_or_refuse(text)
    taken = (Account.phone_index == _blind(found, "phone")) & (Account.id != account.id)
    free(database, taken, "ID.08", "phone", "这个手机号已登记在另一个账号上。")
    account.phone_cipher = keyring().encrypt(found, table="account", column="phone_cipher", row=account.id)
    account.phone_index = _blind(found, "phone")


def find(database: TenantSession, text: str) -> Account | None:
    """The account by login name, e-mail address or phone number: a login name is never either of the others."""
    name = normal_login(text)
    ways: list[ColumnElement[bool]] = [Account.login == name]
    email, phone = email_of(text), phone_of(text)
    if email is not None:
        ways.append(Account.email_index == _blind(email, "email"))
    if phone is not None:
        ways.append(Account.phone_index == _blind(phone, "phone"))
    found = database.scalars(select(Account).where(or_(*ways))).all()
    return min(found, key=lambda account: account.login != name, default=None)


def _blind(value: str, what: str) -> bytes:
    return keyring().blind(value, purpose=f"account.{what}")


def _opened(account: Account, what: str) -> str | None:
    sealed: bytes | None = getattr(account, f"{what}_cipher")
    if sealed is None:
        return None
    return keyring().decrypt(sealed, table="account", column=f"{what}_cipher", row=account.id)


def free(database: TenantSession, taken: ColumnElement[bool], rule: str, field: str, message: str) -> None:
    """Refuse what another account has. :raises Refused: naming the field."""
    if database.scalar(select(Account.id).where(taken).limit(1)) is not None:
        raise Refused([_no(rule, field, message, "E_DUP")])


def locked(database: TenantSession, account_id: UUID) -> Account:
    """The account, its row locked until the transaction ends, as it is now."""
    return database.scalars(
        select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)
