"""How what is counted and hung here becomes acts of the cases, through the one way in which acts are written."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import transaction
from plugins.development.cases import correcting, recording
from plugins.development.models.case import Act, Case

NOTHING: Mapping[str, Any] = {}


def write(
    *, case_id: UUID, kind: str, act_on: date, data: Mapping[str, Any], sealed: Mapping[str, Any] = NOTHING,
    reason: str = "",
    overrides: Mapping[str, str] = NOTHING,
) -> UUID:  # fmt: skip
    """Write an act. :raises Refused: a gate says no. :returns: its id."""
    return recording.act(case_id=case_id, kind=kind, act_on=act_on, data=data, sealed=sealed, reason=reason,
                         overrides=overrides)  # fmt: skip


def number_of(act_id: UUID) -> int:
    """The number of an act within its case."""
    with transaction() as session:
        return int(session.scalars(select(Act.seq).where(Act.id == act_id)).one())


def _standing(case_id: UUID, kind: str, key: str, value: str) -> list[Act]:
    """The acts of a case that say so of themselves and that nothing has replaced."""
    with transaction() as session:
        replaced = select(Act.corrects_id).where(Act.case_id == case_id, Act.corrects_id.is_not(None))
        return list(
            session.scalars(
                select(Act)
                .where(Act.case_id == case_id, Act.kind == kind, Act.data[key].astext == value, Act.id.not_in(replaced))
                .where(Act.voids.is_(False))
            )
        )


def take_back(*, case_id: UUID, kind: str, key: str, value: str, reason: str) -> None:
    """Void the acts of a case that rest on something of this part."""
    for act in _standing(case_id, kind, key, value):
        correcting.void(act_id=act.id, reason=reason)


def put_right(*, case_id: UUID, kind: str, key: str, value: str, changes: Mapping[str, Any], reason: str) -> None:
    """Correct the acts of a case that rest on something of this part."""
    for act in _standing(case_id, kind, key, value):
        correcting.correct(act_id=act.id, act_on=act.act_on, data={**act.data, **changes}, reason=reason)


def shown_post(case: Case) -> str:
    """What somebody is shown to be on a notice."""
    return "".join(part for part in (case.employer, case.occupation) if part) or "—"
