"""Rights that plugins bring, for the demonstration's accounts whose office needs them; who inspects gets none."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select

from core import clock
from core.access.models import Grant
from core.access.roles import ROLES
from core.database import bound, transaction
from core.database.read import rows
from core.identity.actions import rights_changed
from core.identity.models import Account
from core.organization.models import Unit


@dataclass(frozen=True, slots=True)
class _Office:
    """:param root: whether the right is over the whole county; otherwise over the town."""

    login: str
    role: str
    root: bool


#: The county's organisation department decides what the county alone may; a town's fund has two people, never one.
_OFFICES = (
    _Office("officer", "development.county_officer", True),
    _Office("town", "care.accountant", False),
    _Office("secretary", "care.cashier", False),
)
_PLACES = (
    select(Unit.parent_id.is_(None), Unit.id)
    .where((Unit.parent_id.is_(None)) | ((Unit.type == "committee") & (Unit.depth == 1)))
    .order_by(Unit.path)
    .limit(2)
)
_ACCOUNT = select(Account.id).where(Account.login == bindparam("login"))
_HELD = select(Grant.account_id, Grant.role)


def fill_offices(tenant: int) -> None:
    """Give what is not given yet, as far as the plugins that bring the roles are installed."""
    with bound(tenant_id=tenant), transaction() as session:
        places: dict[bool, UUID] = dict(rows(_PLACES))
        held = {(account, role) for account, role in rows(_HELD)}
        for office in _OFFICES:
            account = _account(office.login)
            if office.role in ROLES and account is not None and (account, office.role) not in held:
                session.add(
                    Grant(account_id=account, unit_id=places[office.root], role=office.role, valid_from=clock.today())
                )
        rights_changed()


def _account(login: str) -> UUID | None:
    found = rows(_ACCOUNT, login=login)
    return found[0][0] if found else None
