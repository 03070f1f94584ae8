"""What every verb on an occasion shares: finding it under a lock, its history, what is told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Finding, Unit, emit, origin, record, tenant_id, touch, transaction
from plugins.care.findings import block, findings
from plugins.care.models import Case, CaseReport, Step
from plugins.care.rules.visits import State, moves
from plugins.care.sealing import seal


class Unknown(LookupError):
    """There is no such thing for who asks."""


def locked(case_id: UUID) -> tuple[Case, Unit]:
    """An occasion and its unit, locked against others until the transaction ends.

    :raises Unknown: there is none.
    """
    with transaction() as session:
        case = session.get(Case, (tenant_id(), case_id), with_for_update=True, populate_existing=True)
        if case is None:
            raise Unknown(str(case_id))
        return case, session.get_one(Unit, (tenant_id(), case.unit_id))


def current(case: Case, version: int | None) -> list[Finding]:
    """Whether what the editor saw is still so; ``None`` for callers that just read it under the lock."""
    if version is None or case.version == version:
        return []
    return [block("R6.01", "", "他人刚刚办理了这件事项。", "E_CONFLICT", "请载入最新内容后再办理。")]


def may_become(case: Case, to: State) -> list[Finding]:
    """What stands against the state."""
    return findings(moves(State(case.state), to))


def step(case: Case, verb: str, reason: str = "") -> None:
    """Add to the occasion's history; why is kept sealed."""
    made = uuid4()
    with transaction() as session:
        session.add(
            Step(
                id=made,
                case_id=case.id,
                verb=verb,
                actor=origin().actor,
                reason_cipher=seal(reason, Step, "reason_cipher", made),
            )
        )


def told(kind: str, case: Case, unit: Unit, *, event: str | None = None, data: Mapping[str, Any] | None = None) -> None:
    """Write down and tell what was done, and renew its deadlines; nothing says what had happened to the member."""
    with transaction() as session:
        session.flush()
        touch("care.case", case.id)
        record(kind=kind, subject="care_case", subject_id=case.id, detail={"unit": str(unit.id)})
        if event is not None:
            given = {"unit": unit.id, **(data or {})}
            emit(event, subject="care_case", subject_id=case.id, unit_path=unit.path, data=given)


def reporters(case_id: UUID) -> set[UUID]:
    """The accounts that reported it."""
    with transaction() as session:
        found = session.scalars(select(CaseReport.account_id).where(CaseReport.case_id == case_id))
        return {one for one in found if one is not None}
