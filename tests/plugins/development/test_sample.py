"""The demonstration shows a case in every state, each of them in order."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone

import pytest
import time_machine
from sqlalchemy import func, select, update

from core.database import db, transaction
from core.organization.models import Unit
from core.people.identity_number import fault
from plugins.development.cases import chain
from plugins.development.models.case import Act, Case
from plugins.development.sample import loading
from plugins.development.sample.cast import CAST, identity_number
from tests.plugins.development.way import member

#: Rules that a case of the cast breaks on purpose: nobody talked to them in time, a review is missing, no oath.
MEANT = {"G2.1", "G2.2", "G7.2", "G20.1", "G21.1", "G23.4"}


def test_every_identity_number_is_sound_and_nobody_has_two():
    numbers = [identity_number(role, place)[0] for place, role in enumerate(CAST)]
    assert [fault(number, as_of=date(2026, 11, 22)) for number in numbers] == [None] * len(CAST)
    assert len(set(numbers)) == len(CAST)


@pytest.mark.parametrize("today", [date(2026, 11, 22)])
def test_every_state_is_shown_and_nothing_is_out_of_order(county, today):
    with time_machine.travel(datetime.combine(today, datetime.min.time(), timezone(timedelta(hours=8))), tick=False):
        for name in ("王建国", "李志强", "陈秀英", "赵德明"):
            member(county.green_branch, name, join_date="2019-06-03", regular_date="2020-06-03")
        for name, joined in (("周小川", "2025-06-10"), ("吴小云", "2025-08-20"), ("郑小海", "2026-07-01")):
            member(county.green_branch, name, person_type="预备党员", join_date=joined, regular_date="")
        with transaction() as session:
            session.execute(update(Unit).where(Unit.id == county.green).values(can_approve_probationary=True))
        loading.load()
        found = Counter((case.side or case.state) for case in db.session.scalars(select(Case)) if case.act_count)
        loading.load()
    assert set(found) >= {
        "applicant", "activist", "dev_object", "adopted", "probationary", "archived", "withdrawn", "removed_from_pool",
        "suspended", "deferred", "not_approved", "probation_extended",
    }, found  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Case)) == len(CAST)
    stopped = {
        (act.kind, ruling["rule"], ruling["message"])
        for act in db.session.scalars(select(Act))
        for ruling in act.rulings
        if ruling["rule"] not in MEANT
    }
    assert stopped == set()
    assert [case.id for case in db.session.scalars(select(Case)) if chain.verify(case.id)] == []
