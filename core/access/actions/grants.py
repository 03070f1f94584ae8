"""The verbs of grants: give, end, prolong. Each holds from the account's next request on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from core.access import events
from core.access.actor import Actor
from core.access.models import Grant, Role
from core.access.own import EDIT
from core.access.roles import ADMIN, ROLES, permissions_of, usable
from core.access.rules import block, days_findings, reach_findings
from core.audit.actions import record
from core.database import db, tenant_id, transaction
from core.events.actions import emit
from core.identity.actions import rights_changed
from core.identity.models import Account
from core.organization.models import Unit
from core.policy.findings import Finding, Refused
from core.tenancy.doors import is_open


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A template, or a role of the tenant's own."""

    code: str
    title: str
    permissions: frozenset[str]
    based_on: str | None = None


def role_of(code: str) -> KnownRole | None:
    """The role with this code, ``None`` when there is none."""
    if code in ROLES and is_open(code):
        return KnownRole(code, ROLES[code].title, permissions_of(code))
    own = db.session().scalar(select(Role).where(Role.code == code))
    return KnownRole(code, own.title, usable(own.based_on, own.permissions), own.based_on) if own else None


def grant(
    *,
    account: UUID,
    role: str,
    unit: UUID,
    valid_from: date,
    valid_to: date | None,
    reason: str,
    by: Actor,
    as_of: date,
    dry: bool = False,
) -> UUID | None:
    """Give an account a role on a unit and everything below it; returns the grant's id.

    :param dry: only judge, for the preview; returns ``None``.
    :raises Refused: every finding together: AC.03 days, AC.04 outside the giver's reach, AC.05 more than the giver holds
        or longer, AC.07 one's own account, an unknown role, unit or account, or held already.
    """
    with transaction() as session:
        place = session.get(Unit, (tenant_id(), unit))
        holder = session.get(Account, (tenant_id(), account))
        known = role_of(role)
        missing = [
            block("AC.07", field, message, "E_REQUIRED")
            for field, message, there in (
                ("account", "请选择账号。", holder),
                ("role", "请选择角色。", known),
                ("unit", "请选择党组织。", place),
            )
            if there is None
        ]
        if place is None or holder is None or known is None:
            raise Refused([*missing, *days_findings(valid_from, valid_to, as_of=as_of)])
        found = [
            *_own_account(by, account),
            *days_findings(valid_from, valid_to, as_of=as_of),
            *reach_findings(by, EDIT, known.permissions, path=place.path, valid_to=valid_to, as_of=as_of),
            *_twice(account, role, unit, valid_from, valid_to),
        ]
        if len(reason.strip()) < 2:
            found.append(block("AC.07", "reason", "请写明授权的依据，如任职文件。", "E_REQUIRED"))
        if found:
            raise Refused(found)
        if dry:
            return None
        made = Grant(
            account_id=account, unit_id=unit, role=role, valid_from=valid_from, valid_to=valid_to, granted_by=by.name,
            reason=reason.strip()[:500],
        )  # fmt: skip
        session.add(made)
        session.flush()
        _record("access.granted", made, place, known.title, {"reason": made.reason})
        rights_changed()
        return made.id


def end(*, grant_id: UUID, on: date, reason: str, by: Actor, as_of: date) -> None:
    """End a grant; ``on`` is the first day on which it no longer holds. What was delegated from it ends as well.

    :raises Refused: AC.04, AC.05, AC.07 as for giving; AC.06 no administrator would be left; AC.13 it has ended.
    :raises sqlalchemy.exc.NoResultFound: the tenant has no such grant.
    """
    with transaction() as session:
        held, place = _held(grant_id)
        _may_change(held, place, by, as_of=as_of)
        if held.valid_to is not None and held.valid_to <= as_of:
            raise Refused([block("AC.13", "", "这项授权已经结束。", "E_STATE")])
        if on < as_of or (held.valid_to is not None and on > held.valid_to):
            message = "收回的日期不能早于今天，也不能晚于原来的截止日期。"
            raise Refused([block("AC.03", "on", message, "E_RANGE")])
        before, held.valid_to = held.valid_to, on
        held.valid_from = min(on, held.valid_from)  # it had not begun: it never holds
        delegated = session.scalars(
            select(Grant).where(
                Grant.delegated_by == held.account_id, Grant.role == held.role, Grant.unit_id == held.unit_id,
                Grant.valid_to > on,
            )
        ).all()  # fmt: skip
        for one in delegated:
            one.valid_to, one.valid_from = on, min(one.valid_from, on)
        session.flush()
        rights_changed()
        check_an_administrator_stays(as_of=as_of)
        detail = {"before": {"valid_to": _said(before)}, "after": {"valid_to": _said(on)}, "reason": reason[:500]}
        _record("access.ended", held, place, _title(held.role), {**detail, "delegations_ended": len(delegated)})


def extend(*, grant_id: UUID, valid_to: date | None, reason: str, by: Actor, as_of: date) -> None:
    """Let a grant hold for longer (``None``: without end).

    :raises Refused: AC.04, AC.05, AC.07 as for giving; AC.13 it has ended; AC.08 a delegation is not prolonged.
    :raises sqlalchemy.exc.NoResultFound: the tenant has no such grant.
    """
    with transaction() as session:
        held, place = _held(grant_id)
        _may_change(held, place, by, as_of=as_of, valid_to=valid_to)
        if held.valid_to is not None and held.valid_to <= as_of:
            raise Refused([block("AC.13", "", "这项授权已经结束。需要时请重新授权。", "E_STATE")])
        if held.delegated_by is not None:
            raise Refused([block("AC.08", "", "委托不能延期；到期后可由委托人再次委托。", "E_STATE")])
        if held.valid_to is None or (valid_to is not None and valid_to <= held.valid_to):
            raise Refused([block("AC.03", "valid_to", "新的截止日期要晚于原来的截止日期。", "E_RANGE")])
        before, held.valid_to = held.valid_to, valid_to
        session.flush()
        detail = {"before": {"valid_to": _said(before)}, "after": {"valid_to": _said(valid_to)}, "reason": reason[:500]}
        _record("access.extended", held, place, _title(held.role), detail)
        rights_changed()


def check_an_administrator_stays(*, as_of: date) -> None:
    """Refuse the present transaction if it would leave the tenant without a lasting administrator.

    To be asked after the change (of a grant, or of an account's state) and after ``rights_changed``, whose row lock
    keeps two people from removing each other at once.

    :raises Refused: AC.06.
    """
    left = (
        select(func.count())
        .select_from(Grant)
        .join(Unit, (Unit.tenant_id == Grant.tenant_id) & (Unit.id == Grant.unit_id))
        .join(Account, (Account.tenant_id == Grant.tenant_id) & (Account.id == Grant.account_id))
        .where(
            Grant.role == ADMIN, Unit.parent_id.is_(None), Grant.valid_from <= as_of, Grant.valid_to.is_(None),
            Grant.delegated_by.is_(None), Account.state == "active",
        )
    )  # fmt: skip
    if not db.session().scalar(left):
        message = "这是最后一名长期有效的单位管理员，不能收回或停用。请先给另一个账号授予“单位管理员”。"
        raise Refused([block("AC.06", "", message, "E_STATE")])


def _own_account(by: Actor, account: UUID) -> list[Finding]:
    if by.account_id != account:
        return []
    return [block("AC.07", "account", "不能给自己授权，也不能改自己的授权，请由其他管理员办理。", "E_CONFLICT")]


def _twice(account: UUID, role: str, unit: UUID, valid_from: date, valid_to: date | None) -> list[Finding]:
    same = select(Grant.id).where(
        Grant.account_id == account, Grant.role == role, Grant.unit_id == unit, Grant.delegated_by.is_(None),
        or_(Grant.valid_to.is_(None), Grant.valid_to > valid_from),
    )  # fmt: skip
    if valid_to is not None:
        same = same.where(Grant.valid_from < valid_to)
    if db.session().scalar(same) is None:
        return []
    message = "这个账号在同一时期已经有这项授权。需要更长时间请延期。"
    return [block("AC.07", "role", message, "E_DUP")]


def _held(grant_id: UUID) -> tuple[Grant, Unit]:
    session = db.session()
    held = session.get_one(Grant, (tenant_id(), grant_id), with_for_update=True, populate_existing=True)
    return held, session.get_one(Unit, (tenant_id(), held.unit_id))


def _may_change(held: Grant, place: Unit, by: Actor, *, as_of: date, valid_to: date | None = date.min) -> None:
    known = role_of(held.role)
    permissions = known.permissions if known else frozenset()
    found = reach_findings(by, EDIT, permissions, path=place.path, valid_to=valid_to, as_of=as_of)
    if held.delegated_by != by.account_id or valid_to != date.min:
        found += _own_account(by, held.account_id)
    if found:
        raise Refused(found)


def _title(role: str) -> str:
    known = role_of(role)
    return known.title if known else role


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _record(kind: str, held: Grant, place: Unit, title: str, more: Mapping[str, object]) -> None:
    detail = {
        "grant": str(held.id), "role": held.role, "role_title": title, "unit": str(place.id), "unit_name": place.name,
        "valid_from": _said(held.valid_from), "valid_to": _said(held.valid_to), **more,
    }  # fmt: skip
    record(kind=kind, subject="account", subject_id=held.account_id, detail=detail)
    told = {
        "what": kind.partition(".")[2],
        "grant": held.id,
        "account": held.account_id,
        "role": held.role,
        "unit": held.unit_id,
        "from": held.valid_from,
        **({"to": held.valid_to} if held.valid_to else {}),
    }
    emit(events.CHANGED, subject="access_grant", subject_id=held.id, unit_path=place.path, data=told)
