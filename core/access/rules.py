"""What a grant, a role and a delegation must be. Pure: each function returns every finding at once."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from core.access.actor import Actor
from core.access.permissions import PERMISSIONS
from core.policy.findings import Finding, Severity

#: The longest delegation (00-conventions 0.6).
DELEGATION_DAYS = 30
_SHOWN = 5


def block(rule: str, field: str, message: str, code: str) -> Finding:
    """Something that stands in the way."""
    return Finding(rule, Severity.BLOCK, field, message, code=code)


def holds_itself(by: Actor, permission: str, day: date, path: str) -> bool:
    """Whether an actor holds a permission at a place by a grant of their own, not by delegation.

    Who comes with a token holds no more than it does: otherwise a narrow one could hand its owner's rights to others.
    """
    return (by.scopes is None or permission in by.scopes) and any(
        one.for_id is None and one.holds(day) and one.covers(path) and permission in one.permissions
        for one in by.holdings
    )


def until(by: Actor, permission: str, day: date, path: str) -> date | None:
    """Until when it will be held so (``None``: without end). Only for one that is held."""
    ends = [
        one.valid_to
        for one in by.holdings
        if one.for_id is None and one.holds(day) and one.covers(path) and permission in one.permissions
    ]
    return None if None in ends else max(end for end in ends if end is not None)


def titles(names: Iterable[str]) -> str:
    """Permissions as a person reads them, the first few of them."""
    said = [PERMISSIONS[name].title if name in PERMISSIONS else name for name in sorted(names)]
    return "、".join(said[:_SHOWN]) + (f"等{len(said)}项" if len(said) > _SHOWN else "")


def days_findings(valid_from: date, valid_to: date | None, *, as_of: date) -> list[Finding]:
    """The days of a grant: from today at the earliest, and not none."""
    found = []
    if valid_from < as_of:
        found.append(block("AC.03", "valid_from", "生效日期不能早于今天：授权不能倒签。", "E_RANGE"))
    if valid_to is not None and valid_to <= valid_from:
        found.append(block("AC.03", "valid_to", "截止日期要晚于生效日期；不限期请留空。", "E_RANGE"))
    return found


def reach_findings(
    by: Actor, edit: str, permissions: Collection[str], *, path: str, valid_to: date | None, as_of: date
) -> list[Finding]:
    """Nobody gives or takes outside their own reach, more than they hold themselves, or for longer."""
    if not holds_itself(by, edit, as_of, path):
        return [block("AC.04", "unit", "您不能在这个党组织上授权或收回授权。", "E_SCOPE")]
    lacking = [name for name in permissions if not holds_itself(by, name, as_of, path)]
    if lacking:
        message = f"这个角色包含您在该党组织没有的权限：{titles(lacking)}。只能授予或收回自己拥有的权限。"
        return [block("AC.05", "role", message, "E_PERM")]
    ends = [end for name in (edit, *permissions) if (end := until(by, name, as_of, path)) is not None]
    if ends and (valid_to is None or valid_to > min(ends)):
        message = f"您自己的授权到{min(ends):%Y年%m月%d日}为止，授予他人的截止日期不能更晚。"
        return [block("AC.05", "valid_to", message, "E_RANGE")]
    return []


def delegation_findings(valid_from: date, valid_to: date | None, own_end: date | None, *, as_of: date) -> list[Finding]:
    """A delegation ends, within thirty days and with the officer's own grant."""
    if valid_to is None:
        return [block("AC.08", "valid_to", "委托必须写明截止日期，最长30天。", "E_REQUIRED")]
    found = days_findings(valid_from, valid_to, as_of=as_of)
    if valid_to - valid_from > timedelta(days=DELEGATION_DAYS):
        found.append(block("AC.08", "valid_to", f"委托最长{DELEGATION_DAYS}天。到期后可以再次委托。", "E_RANGE"))
    if own_end is not None and valid_to > own_end:
        message = f"您自己的授权到{own_end:%Y年%m月%d日}为止，委托不能更晚。"
        found.append(block("AC.08", "valid_to", message, "E_RANGE"))
    return found


def role_findings(
    by: Actor, title: str, permissions: Collection[str], added: Collection[str], *, root: str, masked: bool, as_of: date
) -> list[Finding]:
    """A role of the tenant's own: named, not empty, and nothing in it that its maker does not hold everywhere.

    :param added: the permissions that it did not hold before.
    :param root: path of the tenant's root unit.
    :param masked: whether it is made from a template that never opens masked values.
    """
    found = []
    if not 2 <= len(title) <= 40:
        found.append(block("AC.09", "title", "请填写角色名称，2到40个字。", "E_REQUIRED"))
    if not permissions:
        found.append(block("AC.09", "permissions", "请至少选择一项权限。", "E_REQUIRED"))
    unknown = [name for name in permissions if name not in PERMISSIONS]
    if unknown:
        found.append(block("AC.09", "permissions", f"没有这样的权限：{'、'.join(sorted(unknown))}。", "E_FORMAT"))
        return found
    lacking = [name for name in added if not holds_itself(by, name, as_of, root)]
    if lacking:
        message = f"您自己没有这些权限，不能放进角色：{titles(lacking)}。"
        found.append(block("AC.05", "permissions", message, "E_PERM"))
    opening = [name for name in permissions if PERMISSIONS[name].full] if masked else []
    if opening:
        message = f"由只读或群众类模板复制的角色不能查看完整的敏感信息，请去掉：{titles(opening)}。"
        found.append(block("AC.10", "permissions", message, "E_PERM"))
    return found
