"""Why somebody may do something somewhere, or why not: which grant, which role, which days, which place. Pure."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from core.access.actor import Actor, Holding
from core.access.permissions import PERMISSIONS
from core.access.roles import ROLES


@dataclass(frozen=True, slots=True)
class Reason:
    """What one grant says.

    :param grants: whether it gives the permission at the place on the day.
    :param why: in a sentence.
    """

    grants: bool
    role: str
    unit: str
    valid_from: date
    valid_to: date | None
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, with why.

    :param masked: what is seen of sensitive values there: ``True`` masked, ``False`` in full, ``None`` nothing at all.
    :param needed: what would make it a yes; empty when it is one.
    """

    yes: bool
    account: str
    permission: str
    title: str
    subject: str
    day: date
    reasons: tuple[Reason, ...]
    masked: bool | None
    needed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def explain(who: Actor | None, account: str, permission: str, *, subject: str, path: str | None, day: date) -> Answer:
    """Whether an account holds a permission at a place on a day, grant by grant.

    :param who: ``None``: there is no such active account.
    :param path: of the unit that counts the subject; ``""``: none does, only those see it who see the whole tenant;
        ``None``: anywhere.
    :raises KeyError: no such permission.
    """
    title = PERMISSIONS[permission].title
    if who is None:
        return Answer(False, account, permission, title, subject, day, (), None, ("启用这个账号。",))
    reasons = tuple(_reason(held, permission, path, day) for held in who.holdings)
    yes = any(reason.grants for reason in reasons)
    needed = () if yes else _needed(permission, subject, path)
    masked = not _clear(who, path, day) if yes else None
    ordered = tuple(sorted(reasons, key=lambda reason: not reason.grants))
    return Answer(yes, account, permission, title, subject, day, ordered, masked, needed)


def _reason(held: Holding, permission: str, path: str | None, day: date) -> Reason:
    problems = []
    if permission not in held.permissions:
        problems.append("这个角色没有该项权限")
    if not held.holds(day):
        problems.append("不在有效期内" if held.valid_from <= day else "还没有生效")
    if not _reaches(held, path):
        problems.append("事项不在该党组织及其下级范围内")
    why = "；".join(problems or ["角色含该项权限，在有效期内，事项在范围内", *_behalf(held)])
    return Reason(not problems, held.role_title or held.role, held.unit_name, held.valid_from, held.valid_to, why)


def _reaches(held: Holding, path: str | None) -> bool:
    if path is None:
        return True
    return held.covers(path) if path else held.path.count(".") <= 1


def _behalf(held: Holding) -> list[str]:
    return [f"受{held.for_name}委托"] if held.for_id else []


def _clear(who: Actor, path: str | None, day: date) -> bool:
    return any(
        PERMISSIONS[name].full
        for held in who.holdings
        if held.holds(day) and _reaches(held, path)
        for name in held.permissions
        if name in PERMISSIONS
    )


def _needed(permission: str, subject: str, path: str | None) -> tuple[str, ...]:
    able = "、".join(role.title for role in ROLES.values() if permission in role.permissions)
    where = (
        "整个单位（最高党组织）" if path == "" else (f"“{subject}”或其上级党组织" if path is not None else "任一党组织")
    )
    return (f"在{where}上授予含该项权限的角色：{able}，或本单位自建的角色。",)
