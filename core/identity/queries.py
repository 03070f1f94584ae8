"""Reads of accounts for those who look after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select

from core.database import transaction
from core.identity.addresses import email_of, normal_login, phone_of
from core.identity.models import Account, AccountPasskey, AccountSession
from core.tenancy.keys import keyring

#: Accounts on a page.
PAGE = 50


class Row(NamedTuple):
    """An account in the list."""

    id: UUID
    login: str
    display_name: str
    state: str
    second: bool
    last_sign_in_at: datetime | None
    person_id: UUID | None


def account_page(*, wanted: str = "", state: str = "", page: int = 1, size: int = PAGE) -> tuple[list[Row], int]:
    """A page of accounts by login, and how many there are.

    :param wanted: part of a login or name, or a whole e-mail address or phone number.
    :param state: invited, active or disabled; anything else: all.
    """
    passkey = select(AccountPasskey.id).where(
        AccountPasskey.tenant_id == Account.tenant_id, AccountPasskey.account_id == Account.id
    )
    second = or_(Account.totp_confirmed_at.is_not(None), passkey.exists()).label("second")
    columns = (Account.id, Account.login, Account.display_name, Account.state, second)
    statement = select(*columns, Account.last_sign_in_at, Account.person_id)
    statement = _narrowed(statement, wanted, state)
    with transaction() as database:
        total = database.scalar(_narrowed(select(func.count()).select_from(Account), wanted, state)) or 0
        found = database.execute(statement.order_by(Account.login).offset((page - 1) * size).limit(size)).all()
    return [Row(*row) for row in found], total


def _narrowed(statement, wanted: str, state: str):  # type: ignore[no-untyped-def]
    if state in ("invited", "active", "disabled"):
        statement = statement.where(Account.state == state)
    if not wanted:
        return statement
    ways = [
        Account.login.contains(normal_login(wanted), autoescape=True),
        Account.display_name.contains(wanted, autoescape=True),
    ]
    email, phone = email_of(wanted), phone_of(wanted)
    if email is not None:
        ways.append(Account.email_index == keyring().blind(email, purpose="account.email"))
    if phone is not None:
        ways.append(Account.phone_index == keyring().blind(phone, purpose="account.phone"))
    return statement.where(or_(*ways))


def sessions_of(account_id: UUID) -> Sequence[AccountSession]:
    """The sessions of an account that hold, last used first."""
    own = select(AccountSession).where(AccountSession.account_id == account_id)
    with transaction() as database:
        return database.scalars(own.order_by(AccountSession.seen_at.desc())).all()


def account_by_login(login: str) -> Account | None:
    """The account with a login name."""
    with transaction() as database:
        return database.scalars(select(Account).where(Account.login == normal_login(login))).one_or_none()


def account_of_person(person_id: UUID) -> Account | None:
    """The account of a person of the roster."""
    with transaction() as database:
        return database.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
