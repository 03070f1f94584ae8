"""Every day: whether the chains of all cases hold, and what the rules say of each open case."""

import logging
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Job, record, transaction
from plugins.development.cases import chain
from plugins.development.cases.checkup import note_all
from plugins.development.models.case import Act, Case

log = logging.getLogger(__name__)
_BATCH = 100


def verify_all() -> list[UUID]:
    """The cases of the tenant whose chains do not hold, each with where; what is found is written down."""
    broken: list[UUID] = []
    last: UUID | None = None
    while True:
        with transaction() as session:
            wanted = select(Case).order_by(Case.id).limit(_BATCH)
            cases = session.scalars(wanted if last is None else wanted.where(Case.id > last)).all()
            if not cases:
                return broken
            acts: dict[UUID, list[Act]] = {one.id: [] for one in cases}
            for act in session.scalars(select(Act).where(Act.case_id.in_(acts)).order_by(Act.case_id, Act.seq)):
                acts[act.case_id].append(act)
            for case in cases:
                found = chain.breaks(case, acts[case.id])
                if found:
                    broken.append(case.id)
                    detail = {"breaks": [f"{one.seq}:{one.what}" for one in found[:20]]}
                    record(
                        kind="development.chain.broken", subject="development_case", subject_id=case.id, detail=detail
                    )
                    log.error("the chain of development case %s does not hold: %s", case.id, detail["breaks"])
            last = cases[-1].id


def _daily(_payload: dict[str, Any]) -> None:
    verify_all()


def _check(_payload: dict[str, Any]) -> None:
    cases, found = note_all()
    log.info("%d open development cases looked at, %d with something to mend", cases, found)


JOBS = (
    Job(name="development.chain.verify", run=_daily, daily=True),
    Job(name="development.check", run=_check, daily=True),
)
