"""For whom background work acts: every job carries its account, and its rights are asked again when it runs."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from core import clock
from core.access.actor import Actor, Range
from core.access.gate import ACCOUNT, GRANTS, holding_of
from core.access.models import Grant
from core.audit.actions import acting_for, origin
from core.database.read import flush, rows
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


_STOOD_FOR = select(Grant.account_id, Grant.delegated_by).where(
    or_(Grant.account_id == bindparam("account"), Grant.delegated_by == bindparam("account")),
    Grant.delegated_by.is_not(None),
    or_(
        and_(Grant.valid_from <= bindparam("on"), Grant.valid_to > bindparam("on")),
        and_(Grant.valid_from <= bindparam("today"), Grant.valid_to > bindparam("today")),
    ),
)


def acted_for(account: UUID, on: date) -> set[UUID]:
    """The accounts that count as this one: those it acts for by delegation, and those that act for it, today or on a day."""
    found = rows(_STOOD_FOR, account=account, on=on, today=clock.today())
    return {one for pair in found for one in pair} - {account}


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
    acting_for[:] = [acted_for]
