"""Reads of accounts for those who look after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

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


def _rows() -> Any:
    passkey = select(AccountPasskey.id).where(
        AccountPasskey.tenant_id == Account.tenant_id, AccountPasskey.account_id == Account.id
    )
    second = or_(Account.totp_confirmed_at.is_not(None), passkey.exists()).label("second")
    columns = (Account.id, Account.login, Account.display_name, Account.state, second)
    return select(*columns, Account.last_sign_in_at, Account.person_id)


def account_page(*, wanted: str = "", state: str = "", page: int = 1, size: int = PAGE) -> tuple[list[Row], int]:
    """A page of accounts by login, and how many there are.

    :param wanted: part of a login or name, or a whole e-mail address or phone number.
    :param state: invited, active or disabled; anything else: all.
    """
    statement = _narrowed(_rows(), wanted, state)
    with transaction() as database:
        total = database.scalar(_narrowed(select(func.count()).select_from(Account), wanted, state)) or 0
        found = database.execute(statement.order_by(Account.login).offset((page - 1) * size).limit(size)).all()
    return [Row(*row) for row in found], total


def accounts_after(
    *, state: str = "", after: tuple[Any, ...] | None = None, only: UUID | None = None, limit: int
) -> list[Row]:
    """Accounts in order of login, going on behind one.

    :param after: login and id of the account that was last.
    :param only: this account alone.
    """
    statement = _narrowed(_rows(), "", state)
    if after is not None:
        statement = statement.where(tuple_(Account.login, Account.id) > tuple_(*after))
    if only is not None:
        statement = statement.where(Account.id == only)
    with transaction() as database:
        return [Row(*row) for row in database.execute(statement.order_by(Account.login, Account.id).limit(limit))]


def _narrowed(statement: Any, wanted: str, state: str) -> Any:
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


def sessions_of(account_id: UUID, *, after: UUID | None = None, limit: int = 100) -> Sequence[AccountSession]:
    """The sessions of an account that hold, the newest first. :param after: the one that was last."""
    own = select(AccountSession).where(AccountSession.account_id == account_id)
    if after is not None:
        own = own.where(AccountSession.id < after)
    with transaction() as database:
        return database.scalars(own.order_by(AccountSession.id.desc()).limit(limit)).all()


def account_by_login(login: str) -> Account | None:
    """The account with a login name."""
    with transaction() as database:
        return database.scalars(select(Account).where(Account.login == normal_login(login))).one_or_none()


def account_of_person(person_id: UUID) -> Account | None:
    """The account of a person of the roster."""
    with transaction() as database:
        return database.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
