"""Reads that plugins need of the core and that no single part offers in this form."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from core import clock
from core.access.queries.grants import holders
from core.access.roles import ADMIN, ROLES
from core.database.read import row, rows
from core.identity.models import Account
from core.people.masking import mask_address
from core.people.models import Person
from core.people.record import unseal
from core.tenancy.doors import is_open
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


def masked_address(person_id: UUID) -> str:
    """A member's address down to its county, the rest hidden; empty without one."""
    found = row(_ADDRESS, person_id=person_id)
    if found is None or found[0] is None:
        return ""
    return mask_address(unseal(bytes(found[0]), keyring(), column="address_cipher", row=person_id))


def roles_with(permission: str) -> tuple[str, ...]:
    """The titles of the roles that hold a permission from the start, for telling somebody who may; not the administrator's."""
    return tuple(
        str(role.title)
        for code, role in ROLES.items()
        if code != ADMIN and is_open(code) and permission in role.permissions
    )
