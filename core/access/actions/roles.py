"""The verbs of a tenant's own roles: make, change, remove. Each holds from everybody's next request on."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from core.access.actor import Actor
from core.access.models import Grant, Role
from core.access.permissions import MASKED
from core.access.roles import ROLES
from core.access.rules import block, role_findings
from core.audit.actions import record
from core.database import db, tenant_id, transaction, uuid7
from core.identity.actions import rights_changed
from core.organization.models import Unit
from core.policy.findings import Refused


def create_role(*, title: str, based_on: str | None, permissions: Collection[str], by: Actor, as_of: date) -> UUID:
    """Make a role, usually a copy of a template; returns its id.

    :raises Refused: AC.09 no or a taken name, no permission; AC.05 a permission its maker does not hold everywhere;
        AC.10 a permission that opens masked values in a copy of a template that never does.
    """
    name = " ".join(title.split())
    with transaction() as session:
        if based_on is not None and based_on not in ROLES:
            raise Refused([block("AC.09", "based_on", "没有这个角色模板。", "E_FORMAT")])
        masked = based_on in MASKED
        found = role_findings(by, name, permissions, permissions, root=_root(), masked=masked, as_of=as_of)
        _refuse([*found, *_taken(name, None)])
        own = uuid7()
        role = Role(id=own, code=f"own-{own.hex[-12:]}", title=name, based_on=based_on, permissions=sorted(permissions))
        session.add(role)
        session.flush()
        record(
            kind="access.role.created", subject="access_role", subject_id=role.id,
            detail={"title": name, "based_on": based_on, "permissions": role.permissions},
        )  # fmt: skip
        rights_changed()
        return role.id


def amend_role(
    *, role_id: UUID, version: int, title: str, permissions: Collection[str], by: Actor, as_of: date
) -> None:
    """Change a role's name and permissions.

    :raises Refused: as :func:`create_role`; AC.11 somebody else has changed it since.
    :raises sqlalchemy.exc.NoResultFound: the tenant has no such role.
    """
    name = " ".join(title.split())
    with transaction():
        role = _held(role_id)
        if role.version != version:
            message = "这个角色刚刚被别人修改过。请核对最新内容后再保存。"
            raise Refused([block("AC.11", "version", message, "E_CONFLICT")])
        before, now = set(role.permissions), set(permissions)
        masked = role.based_on in MASKED
        found = role_findings(by, name, now, now - before, root=_root(), masked=masked, as_of=as_of)
        _refuse([*found, *_taken(name, role.id)])
        record(
            kind="access.role.changed", subject="access_role", subject_id=role.id,
            detail={
                "before": {"title": role.title}, "after": {"title": name},
                "added": sorted(now - before), "removed": sorted(before - now),
            },
        )  # fmt: skip
        role.title, role.permissions = name, sorted(now)
        rights_changed()


def remove_role(*, role_id: UUID, as_of: date) -> None:
    """Remove a role that nobody holds or will hold.

    :raises Refused: AC.12 it is in use.
    :raises sqlalchemy.exc.NoResultFound: the tenant has no such role.
    """
    with transaction() as session:
        role = _held(role_id)
        used = session.scalar(
            select(func.count())
            .select_from(Grant)
            .where(Grant.role == role.code, or_(Grant.valid_to.is_(None), Grant.valid_to > as_of))
        )
        if used:
            message = f"还有{used}项授权在使用“{role.title}”。请先收回或换成别的角色，再删除。"
            raise Refused([block("AC.12", "", message, "E_STATE")])
        record(
            kind="access.role.removed", subject="access_role", subject_id=role.id,
            detail={"title": role.title, "permissions": role.permissions},
        )  # fmt: skip
        session.delete(role)
        rights_changed()


def _held(role_id: UUID) -> Role:
    return db.session().get_one(Role, (tenant_id(), role_id), with_for_update=True, populate_existing=True)


def _root() -> str:
    return db.session().scalars(select(Unit.path).where(Unit.parent_id.is_(None))).one()


def _taken(title: str, own: UUID | None) -> list[object]:
    other = db.session().scalar(select(Role.id).where(Role.title == title))
    taken = (other is not None and other != own) or any(title == known.title for known in ROLES.values())
    return [block("AC.09", "title", f"已有名为“{title}”的角色。", "E_DUP")] if taken else []


def _refuse(found: list[object]) -> None:
    if found:
        raise Refused(found)  # type: ignore[arg-type]
