"""The e-mail addresses of accounts, opened only where a message is sent."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from core.database import db
from core.identity.models import Account
from core.tenancy.keys import keyring


def addresses_of(accounts: Iterable[UUID]) -> dict[UUID, str]:
    """Account → e-mail address, of those that are active and have one."""
    wanted = select(Account.id, Account.email_cipher).where(
        Account.id.in_(list(accounts)), Account.state == "active", Account.email_cipher.is_not(None)
    )
    keys = keyring()
    return {
        account: keys.decrypt(sealed, table="account", column="email_cipher", row=account)
        for account, sealed in db.session().execute(wanted)
        if sealed is not None
    }
