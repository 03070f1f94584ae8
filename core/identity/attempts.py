"""Waiting after wrong attempts, such that nobody can make somebody else wait.

Attempts are counted for each account *and network*: who guesses from elsewhere holds up that network alone. A second
count, over all networks together, guards against guessing from many of them; while it holds, networks from which the
account has signed in before are still looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.database import tenant_id, uuid7
from core.database.session import TenantSession
from core.identity.models import Account, AccountHold

#: Wrong attempts before a network waits, and for how long: each further one doubles the wait up to the last.
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: Wrong attempts from everywhere before networks the account is not known from have to wait.
FREE_EVERYWHERE = 50


def wait_after(failures: int, free: int) -> timedelta | None:
    """How long to wait after so many failures, of which ``free`` cost nothing."""
    over = failures - free
    return min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else None


@dataclass(slots=True)
class Attempt:
    """One attempt at an account, its count locked until the transaction ends: attempts are judged one after the other."""

    session: TenantSession
    account: Account
    hold: AccountHold
    now: datetime

    @property
    def held(self) -> bool:
        """Whether nothing is looked at from here at this moment."""
        here = self.hold.held_until is not None and self.hold.held_until > self.now
        everywhere = self.account.held_until is not None and self.account.held_until > self.now
        return here or (everywhere and self.hold.succeeded_at is None)

    def failed(self) -> None:
        """Count a wrong attempt that was looked at."""
        self.hold.failures += 1
        self.hold.at = self.now
        wait = wait_after(self.hold.failures, FREE_ATTEMPTS)
        if wait is not None:
            self.hold.held_until = self.now + wait
        self.session.flush()
        raised = update(Account).where(Account.id == self.account.id).values(failures=Account.failures + 1)
        failures = self.session.execute(raised.returning(Account.failures)).scalar_one()
        wait = wait_after(failures, FREE_EVERYWHERE)
        if wait is not None:
            self.session.execute(
                update(Account).where(Account.id == self.account.id).values(held_until=self.now + wait)
            )

    def succeeded(self) -> None:
        """Forget the failures from here, and remember that the account is known from here.

        What was counted from everywhere is forgotten when the session begins, with the record of who signed in.
        """
        self.hold.failures, self.hold.held_until = 0, None
        self.hold.succeeded_at = self.hold.at = self.now


def begin(session: TenantSession, account: Account, *, kind: str, network: str, now: datetime) -> Attempt:
    """Begin an attempt. :param kind: ``password`` or ``second``."""
    values = {"tenant_id": tenant_id(), "id": uuid7(), "account_id": account.id, "kind": kind, "network": network}
    session.execute(insert(AccountHold).values(**values).on_conflict_do_nothing())
    hold = session.scalars(
        select(AccountHold)
        .where(AccountHold.account_id == account.id, AccountHold.kind == kind, AccountHold.network == network)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return Attempt(session, account, hold, now)


def forget(session: TenantSession, account_id: UUID) -> None:
    """Drop what is counted against an account, as a new password does."""
    session.execute(update(AccountHold).where(AccountHold.account_id == account_id).values(failures=0, held_until=None))
    session.execute(update(Account).where(Account.id == account_id).values(failures=0, held_until=None))
