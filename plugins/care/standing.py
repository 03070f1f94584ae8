"""Where care has a say: money of the fund before a unit goes or a borrower leaves, and what is left when it is switched off."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import MemberChange, UnitChange, Veto, record, transaction
from plugins.care.fund.models import Application, Fund, Repayment
from plugins.care.models import Case, FollowUp
from plugins.care.people import among
from plugins.care.rules.money import yuan
from plugins.care.rules.visits import OPEN

LEFT_OPEN = "care.left.open"


def of_unit(change: UnitChange) -> Veto | None:
    """A unit whose fund holds money is not dissolved: nobody would answer for the money any more (R6.10)."""
    if change.kind != "dissolve":
        return None
    with transaction() as session:
        held = session.scalars(
            select(Fund).where(Fund.unit_id == change.unit_id, Fund.balance_fen > 0).order_by(Fund.title).limit(1)
        ).first()
    if held is None:
        return None
    return Veto(
        f"“{held.title}”还有结余{yuan(held.balance_fen)}元。",
        fix="请先用“退回捐助”把结余退还或转给接收的基金，结余为零后再撤销。",
        rule="R6.10",
    )


def of_member(change: MemberChange) -> Veto | None:
    """Who leaves for another organisation pays back first what was borrowed of the fund (R6.11)."""
    if change.kind != "standing" or change.changes.get("standing", (None, None))[1] != "transferred_out":
        return None
    owed = owed_by(change.person_id)
    if not owed:
        return None
    return Veto(
        f"还有互助借款{yuan(owed)}元没有还清。", fix="请先登记还款；确实无力归还的，由原批准的会议研究。", rule="R6.11"
    )


def owed_by(person_id: UUID) -> int:
    """Fen that somebody still owes the funds of the tenant."""
    with transaction() as session:
        left = session.scalar(
            select(func.sum(Repayment.amount_fen - Repayment.paid_fen))
            .join(
                Application,
                (Application.tenant_id == Repayment.tenant_id) & (Application.id == Repayment.application_id),
            )
            .where(Application.person_id == person_id, Repayment.paid_fen < Repayment.amount_fen)
        )
    return int(left or 0)


def on_disable() -> None:
    """Who is still waiting for a visit does not vanish unnoticed: the audit log says how much was open that day."""
    with transaction() as session:

        def count(model: Any, *wanted: Any) -> int:
            return session.scalar(select(func.count()).select_from(model).where(*wanted)) or 0

        left = {
            "cases": count(Case, among(Case.state, *sorted(OPEN))),
            "follow_ups": count(FollowUp, FollowUp.state == "open"),
            "instalments": count(Repayment, Repayment.paid_fen < Repayment.amount_fen),
        }
        record(kind=LEFT_OPEN, subject="plugin_use", subject_id=None, detail=left)
