"""The demonstration shows a case in every state and what stands around them, each of them in order, and leaves the roster alone."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import func, select, update

from core.database import db, transaction
from core.organization.models import Unit
from core.people.identity_number import fault
from core.people.models import Person
from plugins.development.ballots.models import Ballot, Feedback, PublicNotice
from plugins.development.cases import chain
from plugins.development.models.case import Act, Case
from plugins.development.models.letter import Letter
from plugins.development.plan.models import Plan, PlanItem, Programme, Supplement
from plugins.development.plan.progress import board
from plugins.development.plan.registers.models import Accountability, FormNumber
from plugins.development.reports.models import Month
from plugins.development.sample import loading
from plugins.development.sample.cast import APPLICANT, CAST, identity_number
from tenants.provision import add_account
from tests.conftest import PASSWORD
from tests.plugins.development.way import member

#: Rules that a case of the cast breaks on purpose: nobody talked to them in time, a review is missing, no oath.
MEANT = {"G2.1", "G2.2", "G7.2", "G20.1", "G21.1", "G23.4"}
TODAY = date(2026, 11, 22)


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def standings():
    return dict(db.session.execute(select(Person.standing, func.count()).group_by(Person.standing)).all())


def peopled(county):
    """Two branches with members, some on probation, and the demonstration's applicant with an account."""
    for name in ("王建国", "李志强", "陈秀英", "赵德明", "孙立军", "钱国华", "周大为", "吴海生", "郑春来"):
        member(county.green_branch, name, join_date="2019-06-03", regular_date="2020-06-03")
    for name in ("冯一山", "褚二河", "卫三江"):
        member(county.blue_branch, name, join_date="2019-06-03", regular_date="2020-06-03")
    for unit, name, joined in (
        (county.green_branch, "周小川", "2025-06-10"), (county.green_branch, "吴小云", "2025-08-20"),
        (county.green_branch, "郑小海", "2026-07-01"), (county.blue_branch, "蒋小林", "2025-07-10"),
    ):  # fmt: skip
        member(unit, name, person_type="预备党员", join_date=joined, regular_date="")
    with transaction() as session:
        units = Unit.id.in_([county.green, county.blue])
        session.execute(update(Unit).where(units).values(can_approve_probationary=True))
    add_account(login="applicant", name=APPLICANT, password=PASSWORD, role="applicant", unit_id=county.green_branch)


def test_every_identity_number_is_sound_and_nobody_has_two():
    numbers = [identity_number(role, place)[0] for place, role in enumerate(CAST)]
    assert [fault(number, as_of=TODAY) for number in numbers] == [None] * len(CAST)
    assert len(set(numbers)) == len(CAST)


@pytest.fixture
def loaded(county):
    """The county after its sample was loaded, and again."""
    with time_machine.travel(datetime.combine(TODAY, datetime.min.time(), timezone(timedelta(hours=8))), tick=False):
        peopled(county)
        before = standings()
        loading.load()
        made = count(Case), count(Act)
        loading.load()
        yield SimpleNamespace(county=county, before=before, made=made)


def test_every_state_is_shown_and_nothing_is_out_of_order(loaded):
    found = Counter((case.side or case.state) for case in db.session.scalars(select(Case)) if case.act_count)
    assert set(found) >= {
        "applicant", "activist", "dev_object", "reviewed", "adopted", "probationary", "withdrawn", "removed_from_pool",
        "suspended", "deferred", "not_approved", "probation_extended", "probation_postponed", "probation_cancelled",
    }, found  # fmt: skip
    assert (count(Case), count(Act)) == loaded.made
    assert standings() == loaded.before
    stopped = {
        (case.name, act.kind, ruling["rule"], ruling["message"])
        for act, case in db.session.execute(select(Act, Case).join(Case, Case.id == Act.case_id))
        for ruling in act.rulings
        if ruling["rule"] not in MEANT
    }
    assert stopped == set()
    assert [case.id for case in db.session.scalars(select(Case)) if chain.verify(case.id)] == []

    ballots = Counter(map(tuple, db.session.execute(select(Ballot.kind, Ballot.way, Ballot.state, Ballot.outcome))))
    assert ballots == {
        ("accept", "paper", "sealed", "adopted"): 1, ("accept", "phone", "sealed", "adopted"): 1,
        ("accept", "phone", "open", None): 1, ("poll", "paper", "sealed", "pass"): 1, ("poll", "paper", "sealed", "defer"): 1,
        ("poll", "phone", "open", None): 1,
    }  # fmt: skip
    assert sorted(db.session.scalars(select(PublicNotice.state))) == ["concluded", "running"]
    assert sorted(db.session.scalars(select(Feedback.state))) == ["concluded", "new"]
    assert sorted(db.session.scalars(select(Letter.state))) == ["received", "returned", "sent"]

    assert db.session.scalars(select(Programme.state)).one() == "approved"
    plans = Counter(map(tuple, db.session.execute(select(Plan.year, Plan.state))))
    assert plans[TODAY.year - 1, "closed"] == 3
    assert plans[TODAY.year, "approved"] >= 4
    lines = {line.id: line for line in board((("", "~"),), TODAY.year, TODAY)}
    green = lines[loaded.county.green]
    assert 0 < green.used <= green.quota
    assert green.reserved > 0
    assert lines[loaded.county.blue].lag
    assert count(PlanItem) > 0
    assert count(Supplement) == 1
    assert count(FormNumber, FormNumber.state == "used") > 0
    assert count(FormNumber, FormNumber.range_id.is_(None)) == 0
    assert sorted(db.session.scalars(select(Accountability.state))) == ["closed", "open"]
    assert [one.month for one in db.session.scalars(select(Month.first_on).order_by(Month.first_on))] == [8, 9, 10]
