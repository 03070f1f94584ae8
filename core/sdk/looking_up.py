"""Reads that plugins need of the core and that no single part offers in this form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from core import clock
from core.access.queries.grants import holders
from core.database.read import row, rows
from core.identity.models import Account
from core.organization.queries.policy import set_values
from core.people.masking import mask_address
from core.people.models import Person
from core.people.record import unseal
from core.policy.registry import PolicyKey, Value
from core.policy.values import resolve
from core.tenancy.keys import keyring

_PERSON_OF = select(Account.person_id).where(Account.id == bindparam("account_id", type_=Uuid()))
_PERSONS_OF = select(Account.id, Account.person_id).where(
    Account.id == any_(cast(bindparam("account_ids"), ARRAY(Uuid())))
)
_ADDRESS = select(Person.address_cipher).where(Person.id == bindparam("person_id", type_=Uuid()))


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role on a unit or above it.

    :param roles: codes of the roles; of a tenant's own role its own code.
    :param person_id: who they are on the roster, if they are on it.
    :param depth: how deep the nearest unit lies on which they hold one; greater is nearer.
    """

    account_id: UUID
    name: str
    roles: frozenset[str]
    person_id: UUID | None
    depth: int


def holders_at(path: str, *, as_of: date | None = None) -> list[Holder]:
    """Everybody with a role at a unit or above it, the nearest first."""
    found: dict[UUID, tuple[str, set[str], int]] = {}
    for grant in holders(path, today=as_of or clock.today()):
        if grant.account_state != "active":
            continue
        name, roles, depth = found.get(grant.account_id, (grant.account, set(), 0))
        roles.add(grant.role)
        found[grant.account_id] = name, roles, max(depth, grant.path.count("."))
    people = _persons_of(list(found))
    made = [
        Holder(account, name, frozenset(roles), people.get(account), depth)
        for account, (name, roles, depth) in found.items()
    ]
    return sorted(made, key=lambda one: (-one.depth, one.name))


def _persons_of(accounts: list[UUID]) -> dict[UUID, UUID | None]:
    found: list[tuple[UUID, UUID | None]] = [(one[0], one[1]) for one in rows(_PERSONS_OF, account_ids=accounts)]
    return dict(found)


def person_of(account_id: UUID) -> UUID | None:
    """Who an account is on the roster; ``None`` for somebody who is not on it."""
    found = row(_PERSON_OF, account_id=account_id)
    return found[0] if found else None


def policy_values(
    keys: Iterable[PolicyKey], *, as_of: date | None = None, unit_path: str | None = None
) -> tuple[dict[str, Value], str]:
    """The values of some keys at a unit on a day, and the version to store with what is computed of them."""
    given, day = set_values(), as_of or clock.today()
    found = {one.key: resolve(one, given, as_of=day, unit_path=unit_path) for one in keys}
    used = sorted(str(one.id) for one in found.values() if one.id is not None)
    return {key: one.value for key, one in found.items()}, " ".join(used) or "default"


def policy_value(key: PolicyKey, *, as_of: date | None = None, unit_path: str | None = None) -> Value:
    """The value of one key at a unit on a day."""
    return policy_values((key,), as_of=as_of, unit_path=unit_path)[0][key.key]


def masked_address(person_id: UUID) -> str:
    """A member's address down to its county, the rest hidden; empty without one."""
    found = row(_ADDRESS, person_id=person_id)
    if found is None or found[0] is None:
        return ""
    return mask_address(unseal(bytes(found[0]), keyring(), column="address_cipher", row=person_id))
