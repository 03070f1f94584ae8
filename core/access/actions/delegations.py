"""An officer lets a deputy act for them for at most thirty days; what the deputy does shows both names."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.access import events
from core.access.actions.grants import role_of
from core.access.actor import Actor, Holding
from core.access.models import Grant
from core.access.own import DEPUTIES, OFFICERS
from core.access.rules import block, delegation_findings
from core.audit.actions import record
from core.database import db, transaction
from core.events.actions import emit
from core.identity.actions import rights_changed
from core.identity.models import Account
from core.policy.findings import Refused


def delegable(by: Actor, *, as_of: date) -> list[Holding]:
    """The offices of an actor that may be delegated: held by a grant of their own today, and whole by their token."""
    return [
        one for one in by.holdings
        if one.for_id is None and one.holds(as_of) and (one.role in OFFICERS or _copy_of_an_office(one))
        and (by.scopes is None or by.scopes.issuperset(one.permissions))
    ]  # fmt: skip


def _copy_of_an_office(held: Holding) -> bool:
    known = role_of(held.role) if held.own is not None else None
    return known is not None and known.based_on in OFFICERS


def deputies(unit: UUID, *, as_of: date) -> list[tuple[UUID, str]]:
    """(id, name) of the active accounts that may act for an officer of a unit: its deputies and commissioners."""
    found = (
        select(Account.id, Account.display_name)
        .join(Grant, (Grant.tenant_id == Account.tenant_id) & (Grant.account_id == Account.id))
        .where(
            Grant.unit_id == unit, Grant.role.in_(DEPUTIES), Grant.delegated_by.is_(None), Grant.valid_from <= as_of,
            Grant.valid_to.is_(None) | (Grant.valid_to > as_of), Account.state == "active",
        )
        .distinct()
        .order_by(Account.display_name)
    )  # fmt: skip
    return [(one, name) for one, name in db.session().execute(found)]


def delegate(
    *, to: UUID, role: str, unit: UUID, valid_from: date, valid_to: date | None, reason: str, by: Actor, as_of: date
) -> UUID:
    """Let a deputy of the same unit act in one's office; returns the grant's id.

    :raises Refused: AC.08 no such office of one's own, no deputy of that unit, no end, or beyond thirty days.
    """
    office = next((one for one in delegable(by, as_of=as_of) if one.role == role and one.unit_id == unit), None)
    if office is None:
        raise Refused([block("AC.08", "office", "只能委托自己现任的职权；受委托的职权不能再委托。", "E_PERM")])
    with transaction() as session:
        found = delegation_findings(valid_from, valid_to, office.valid_to, as_of=as_of)
        if to == by.account_id or to not in {one for one, _ in deputies(unit, as_of=as_of)}:
            message = "只能委托给同一党组织的副书记或组织委员。"
            found.append(block("AC.08", "to", message, "E_PERM"))
        if len(reason.strip()) < 2:
            found.append(block("AC.08", "reason", "请写明委托的原因，如外出学习。", "E_REQUIRED"))
        if found:
            raise Refused(found)
        made = Grant(
            account_id=to, unit_id=unit, role=role, valid_from=valid_from, valid_to=valid_to, granted_by=by.name,
            delegated_by=by.account_id, reason=reason.strip()[:500],
        )  # fmt: skip
        session.add(made)
        session.flush()
        _record("access.delegated", made)
        rights_changed()
        return made.id


def take_back(*, grant_id: UUID, by: Actor, as_of: date) -> None:
    """End a delegation of one's own at once.

    :raises Refused: AC.13 it has ended.
    :raises sqlalchemy.exc.NoResultFound: the actor has delegated nothing of that id.
    """
    with transaction() as session:
        held = session.execute(
            select(Grant).where(Grant.id == grant_id, Grant.delegated_by == by.account_id).with_for_update()
        ).scalar_one()
        if held.valid_to is not None and held.valid_to <= as_of:
            raise Refused([block("AC.13", "", "这项委托已经结束。", "E_STATE")])
        held.valid_to, held.valid_from = as_of, min(held.valid_from, as_of)
        session.flush()
        _record("access.delegation_ended", held)
        rights_changed()


def _record(kind: str, held: Grant) -> None:
    detail = {
        "grant": str(held.id), "role": held.role, "unit": str(held.unit_id), "for": str(held.delegated_by),
        "valid_from": held.valid_from.isoformat(), "valid_to": held.valid_to.isoformat() if held.valid_to else None,
        "reason": held.reason,
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
    emit(events.CHANGED, subject="access_grant", subject_id=held.id, data=told)
