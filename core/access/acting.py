"""For whom background work acts: every job carries its account, and its rights are asked again when it runs."""

from uuid import UUID

from core import clock
from core.access.actor import Actor, Range
from core.access.gate import ACCOUNT, GRANTS, holding_of
from core.audit.actions import origin
from core.database.read import flush
from core.jobs import current_job, outbox, run


def actor_of(account: UUID) -> Actor | None:
    """An active account with its grants, read anew; ``None`` for one unknown or disabled."""
    accounts, grants = flush((ACCOUNT, {"account": account}), (GRANTS, {"account": account}))
    if not accounts:
        return None
    return Actor(accounts[0][0], accounts[0][1], tuple(map(holding_of, grants)))


def rights_of(permission: str, account: UUID) -> tuple[Range, ...]:
    """Where an account holds a permission today; nowhere when it is disabled or gone."""
    found = actor_of(account)
    return found.ranges(permission, clock.today()) if found else ()


def account() -> UUID | None:
    """The account that acts now: of the request, else of the job that is running (a job that posts again)."""
    try:
        return origin().actor_id or current_job().actor_id
    except LookupError:
        return None


def connect() -> None:
    """Let jobs know of accounts and their rights."""
    outbox.acting_account[:] = [account]
    run.rights_of[:] = [rights_of]
