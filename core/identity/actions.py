"""The verbs of accounts: create, sign in, change the password, end sessions."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from core import clock
from core.audit.actions import record
from core.database import tenant_id, transaction
from core.identity import passwords
from core.identity.models import Account
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.models import TenantState

#: Wrong attempts before an account waits, and for how long: each further one doubles the wait up to the last.
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session holds: the account and the number its sessions must have been made under."""

    account_id: UUID
    epoch: int


def normal_login(text: str) -> str:
    """A login as it is stored and compared: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def create_account(*, login: str, display_name: str, password: str) -> UUID:
    """Make an account of the bound tenant; returns its id.

    :raises Refused: empty or taken login, weak password.
    """
    name = normal_login(login)
    if not name or len(name) > 100:
        raise Refused([Finding("ID.01", Severity.BLOCK, "login", "登录名不能为空，最长100个字。", code="E_REQUIRED")])
    passwords.check_new(password, login=name)
    with transaction() as session:
        if session.scalar(select(Account.id).where(Account.login == name)):
            raise Refused([Finding("ID.02", Severity.BLOCK, "login", f"登录名“{name}”已有人使用。", code="E_DUP")])
        account = Account(
            login=name, display_name=display_name.strip() or name, password_hash=passwords.digest(password)
        )
        session.add(account)
        session.flush()
        record(kind="identity.account.created", subject="account", subject_id=account.id, detail={"login": name})
        return account.id


def sign_in(*, login: str, password: str) -> SignedIn | None:
    """The account if login and password are right, else ``None``; unknown and wrong are told apart by nothing.

    After :data:`FREE_ATTEMPTS` wrong passwords an account looks at none for a while; the right person waits at most
    :data:`LONGEST_WAIT`, so that somebody else's guessing cannot lock them out for good.
    """
    name = normal_login(login)
    with transaction() as session:
        account = session.scalar(select(Account).where(Account.login == name).with_for_update())
        now = clock.now()
        held = account is not None and account.held_until is not None and account.held_until > now
        usable = account is not None and account.state == "active" and not held
        right = passwords.matches(account.password_hash if account and usable else None, password)
        if account is None:
            record(kind="identity.sign_in.refused", detail={"login": name[:100]})
            return None
        if not right:
            if not held:
                account.failures += 1
                over = account.failures - FREE_ATTEMPTS
                if over >= 0:
                    account.held_until = now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
            record(kind="identity.sign_in.refused", subject="account", subject_id=account.id, detail={"held": held})
            return None
        account.failures, account.held_until, account.last_sign_in_at = 0, None, now
        if passwords.outdated(account.password_hash):
            account.password_hash = passwords.digest(password)
        record(kind="identity.signed_in", subject="account", subject_id=account.id, actor=account.display_name)
        return SignedIn(account.id, account.session_epoch)


def change_password(*, account_id: UUID, old: str, new: str) -> SignedIn:
    """Set a new password; every session of the account made before is over.

    :raises Refused: the old password is wrong, or the new one weak.
    """
    with transaction() as session:
        account = session.get_one(Account, (tenant_id(), account_id), with_for_update=True)
        if not passwords.matches(account.password_hash, old):
            raise Refused([Finding("PW.02", Severity.BLOCK, "old", "原密码不对。", code="E_FORMAT")])
        passwords.check_new(new, login=account.login)
        account.password_hash = passwords.digest(new)
        account.session_epoch += 1
        record(kind="identity.password.changed", subject="account", subject_id=account.id)
        rights_changed()
        return SignedIn(account.id, account.session_epoch)


def rights_changed() -> None:
    """Say, inside the changing transaction, that what workers remember of accounts and grants is out of date."""
    with transaction() as session:
        session.execute(update(TenantState).values(access_version=TenantState.access_version + 1))
