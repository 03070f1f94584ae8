"""Which roles accounts hold, as the lists show them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select

from core import clock
from core.access.models import Grant, Role
from core.access.roles import ROLES
from core.database import transaction
from core.tenancy.doors import is_open


def roles_held(accounts: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Titles of the roles that accounts hold today, in order of being granted."""
    today = clock.today()
    statement = (
        select(Grant.account_id, Grant.role, Role.title)
        .join(Role, (Role.tenant_id == Grant.tenant_id) & (Role.code == Grant.role), isouter=True)
        .where(Grant.account_id.in_(list(accounts)), Grant.valid_from <= today)
        .where(or_(Grant.valid_to.is_(None), Grant.valid_to > today))
        .order_by(Grant.id)
    )
    found: dict[UUID, list[str]] = {}
    with transaction() as database:
        for account, code, title in database.execute(statement):
            word = title or (ROLES[code].title if code in ROLES else code)
            titles = found.setdefault(account, [])
            if word not in titles:
                titles.append(word)
    return found


def role_choices() -> list[tuple[str, str]]:
    """Every role of the tenant: code and title, templates first."""
    with transaction() as database:
        own = database.execute(select(Role.code, Role.title).order_by(Role.title)).all()
    return [(role.code, role.title) for role in ROLES.values() if is_open(role.code)] + [
        (code, title) for code, title in own
    ]
