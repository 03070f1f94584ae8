"""What was printed, and when it went out of date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import origin, record, transaction
from plugins.development.cases import ports
from plugins.development.documents.filling import shows_sealed, touched_by
from plugins.development.documents.models import Print
from plugins.development.documents.papers import OF_CASES
from plugins.development.models.case import Act, Case

SEALED = "development.document.sealed"


def note(*, code: str, cases: Sequence[Case], print_id: UUID, number: str, opened: bool) -> None:
    """Write down a print of cases; earlier prints of the same paper that were still in force give way to it."""
    who, hides = origin(), shows_sealed(code)
    with transaction() as session:
        session.execute(
            update(Print)
            .where(Print.case_id.in_([one.id for one in cases]), Print.code == code, Print.superseded_at.is_(None))
            .values(superseded_at=func.now()),
            execution_options={"synchronize_session": False},
        )
        for one in cases:
            session.add(
                Print(
                    case_id=one.id, code=code, print_id=print_id, number=number, act_count=one.act_count,
                    chain_head=bytes(one.chain_head or b""), sealed=opened and hides, printed_by=who.actor,
                )
            )  # fmt: skip
            if opened and hides:
                detail = {"code": code, "number": number}
                record(kind=SEALED, subject="development_case", subject_id=one.id, detail=detail)


@ports.after_act(ports.EVERY)
def outdate(case: Case, act: Act, _history: Any) -> None:
    """Prints whose facts an act touches are out of date from now on."""
    codes = [one.code for one in OF_CASES if touched_by(one.code) & {"*", act.kind}]
    with transaction() as session:
        session.execute(
            update(Print)
            .where(Print.case_id == case.id, Print.code.in_(codes), Print.superseded_at.is_(None))
            .values(superseded_at=func.now(), superseded_by=act.id),
            execution_options={"synchronize_session": False},
        )


@ports.on_edited
def outdate_all(case: Case, _columns: Iterable[str]) -> None:
    """Who the papers are about was changed: every print of the case is out of date."""
    with transaction() as session:
        session.execute(
            update(Print)
            .where(Print.case_id == case.id, Print.superseded_at.is_(None))
            .values(superseded_at=func.now()),
            execution_options={"synchronize_session": False},
        )


@dataclass(frozen=True, slots=True)
class PrintView:
    """A print in a case's list. :param because: the act that made it out of date: its number and kind; empty while in force."""

    code: str
    number: str
    printed_at: datetime
    printed_by: str
    superseded_at: datetime | None
    act_seq: int | None
    act_kind: str


def prints_of(case_ids: Iterable[UUID], *, most: int = 60) -> list[PrintView]:
    """The latest prints of cases, newest first."""
    with transaction() as session:
        found = session.execute(
            select(Print.code, Print.number, Print.printed_at, Print.printed_by, Print.superseded_at, Act.seq, Act.kind)
            .join(Act, (Act.tenant_id == Print.tenant_id) & (Act.id == Print.superseded_by), isouter=True)
            .where(Print.case_id.in_(list(case_ids))).order_by(Print.printed_at.desc(), Print.id.desc()).limit(most)
        ).all()  # fmt: skip
    return [PrintView(*one[:6], one[6] or "") for one in found]
