"""The tables of cases: an act is added, never changed."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from core.clock import now
from core.database import transaction
from plugins.development.models.case import Act, Case


@pytest.fixture
def act(county):
    case = Case(
        unit_id=county.green_branch, name="林小明", name_key="lin", initials="lxm", sex="1", birth=date(1998, 3, 1)
    )
    with transaction() as session:
        session.add(case)
        session.flush()
        made = Act(
            case_id=case.id, seq=1, kind="application", step=1, act_on=date(2026, 6, 1), unit_id=county.green_branch,
            data={"signed": "2026-06-01"}, actor_name="书记", recorded_at=now(), ruleset="RS2026", content=b"c",
            prev_hash=b"", hash=b"h",
        )  # fmt: skip
        session.add(made)
        session.flush()
    return made


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"signed": "2026-05-01"}}, {"kind": "talk"}, {"act_on": date(2026, 5, 1)}, {"hash": b"x"},
        {"actor_name": "他人"}, {"recorded_at": now()}, {"reason": "改"}, {"case_id": uuid4()}, {"sealed": b"new"},
    ],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_an_act_cannot_be_changed(act, change):
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(Act).where(Act.id == act.id).values(**change))


def test_an_act_cannot_be_deleted(act):
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(delete(Act).where(Act.id == act.id))


def test_what_an_act_says_can_be_forgotten_once(act):
    forget = update(Act).where(Act.id == act.id).values(data={}, sealed=None, reason="", redacted_on=date(2026, 11, 1))
    with transaction() as session:
        session.execute(forget)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(Act).where(Act.id == act.id).values(redacted_on=None))
