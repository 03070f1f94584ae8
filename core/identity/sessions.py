"""Sessions as the server keeps them: a row for each, remembered by the worker under the tenant's access counter.

The cookie (signed by Flask) names the row. Ending a row raises the access counter, so the session is dead on the next
request in every worker; a request that meets a session the worker remembers costs no query of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import g, request, session
from sqlalchemy import bindparam, delete, or_, select, update

from core import clock
from core.audit.actions import origin
from core.database import transaction, uuid7
from core.database.read import row, rows, settle_preface
from core.database.single import insert_row
from core.identity.devices import device_of
from core.identity.models import Account, AccountSession
from core.identity.policy import KEYS, SignInRules, rules_of
from core.policy.models import PolicyValue
from core.policy.values import SetValue
from core.tenancy.memory import TenantMemory, outdate

#: How fresh "last seen" is kept.
COARSE = timedelta(minutes=5)
#: Pages that somebody may see who still has to set up a second factor.
ENROLMENT: set[str] = set()

_SESSION = (
    select(AccountSession.account_id, AccountSession.strong, AccountSession.created_at, AccountSession.seen_at)
    .join(Account, (Account.tenant_id == AccountSession.tenant_id) & (Account.id == AccountSession.account_id))
    .where(AccountSession.id == bindparam("session"), Account.state == "active")
)
_RULES = (
    select(PolicyValue.key, PolicyValue.value, PolicyValue.effective_from)
    .where(PolicyValue.unit_id.is_(None), or_(*(PolicyValue.key == key.key for key in KEYS)))
    .order_by(PolicyValue.effective_from, PolicyValue.set_at)
)


@dataclass(slots=True)
class Held:
    """A session that holds.

    :param strong: a second factor was proved in it.
    """

    id: UUID
    account_id: UUID
    strong: bool
    created_at: datetime
    seen_at: datetime

    def over(self, now: datetime, rules: SignInRules) -> bool:
        """Whether its life has ended, by age or by not being used."""
        return now >= self.created_at + rules.absolute or now >= self.seen_at + rules.idle


def sign_in_rules() -> SignInRules:
    """The tenant's rules in force today, remembered until they or the day change."""
    memory: TenantMemory | None = g.get("tenant")
    today = clock.today()
    found: SignInRules | None = memory.known.get(("sign-in rules", today)) if memory else None
    if found is None:
        found = rules_of((SetValue(*held) for held in rows(_RULES)), as_of=today)
        if memory:
            memory.known["sign-in rules", today] = found
    return found


def current() -> Held | None:
    """The session that the request's cookie names, if it is this tenant's and still holds."""
    named = session.get("sid")
    if named is None or session.get("tenant") != g.tenant.id:
        return None
    known: dict[Any, Any] = g.tenant.known
    held = known.get(("session", named)) or _read(named, known)
    if held is None:
        return None
    now = clock.now()
    rules = sign_in_rules()
    if held.over(now, rules):
        held = _read(named, known)  # another worker may have seen it used
        if held is None or held.over(now, rules):
            known.pop(("session", named), None)
            return None
    if now - held.seen_at > COARSE:
        _touch(held, now)
    return held


def _read(named: str, known: dict[Any, Any]) -> Held | None:
    try:
        found = UUID(named)
    except (ValueError, TypeError, AttributeError):
        return None
    values = row(_SESSION, session=found)
    if values is None:
        known.pop(("session", named), None)
        return None
    if len(known) > 20_000:
        known.clear()
    held = known["session", named] = Held(found, *values)
    return held


def _touch(held: Held, now: datetime) -> None:
    settle_preface()
    with transaction() as database:
        database.execute(update(AccountSession).where(AccountSession.id == held.id).values(seen_at=now))
    held.seen_at = now


def begin(account_id: UUID, *, method: str, strong: bool) -> UUID:
    """Begin a session of an account and name it in this browser's cookie, discarding whatever that held.

    :param strong: a second factor was proved.
    :returns: the session's id.
    """
    made = uuid7()
    with transaction():
        insert_row(
            AccountSession,
            id=made,
            account_id=account_id,
            method=method,
            strong=strong,
            device=device_of(request.user_agent.string),
            address=origin().address,
        )
    session.clear()
    session.update(tenant=g.tenant.id, sid=made.hex)
    session.permanent = True
    return made


def end(*, account_id: UUID, only: UUID | None = None, keep: UUID | None = None) -> int:
    """End sessions of an account, from the next request on, in every worker.

    :param only: this one alone.
    :param keep: all but this one.
    :returns: how many.
    """
    statement = delete(AccountSession).where(AccountSession.account_id == account_id)
    if only is not None:
        statement = statement.where(AccountSession.id == only)
    if keep is not None:
        statement = statement.where(AccountSession.id != keep)
    with transaction() as database:
        count: int = database.execute(statement).rowcount  # type: ignore[attr-defined]
        if count:
            rights_changed()
    return count


def strengthen(held: UUID) -> None:
    """Note that a second factor was proved in a session."""
    with transaction() as database:
        database.execute(update(AccountSession).where(AccountSession.id == held).values(strong=True))
        rights_changed()


def rights_changed() -> None:
    """Say, inside the changing transaction, that what workers remember of accounts and grants is out of date."""
    outdate()
