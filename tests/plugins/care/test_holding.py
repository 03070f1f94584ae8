"""What is held on a person: told to them, forgotten, kept no longer than due, taken along; and the ledger that stays."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from core.audit.actions import Origin, acting
from core.clock import today
from core.database import db
from core.extension import holdings
from plugins.care import moving
from plugins.care.actions import reporting
from plugins.care.aid import holding
from plugins.care.fund import applications
from plugins.care.fund.models import Application, Entry, Fund
from plugins.care.hardship import subsidies
from plugins.care.hardship.models import Hardship, Subsidy
from plugins.care.models import Case, CaseReport, FollowUp
from plugins.care.pairs.models import Pair
from plugins.care.rounds import greetings
from plugins.care.rounds.models import Greeting, OptOut, Round, RoundEntry
from plugins.care.sealing import unseal
from tests.plugins.care.test_aid import OLD, SECRETARY, member, opened, paired, recognised
from tests.plugins.care.test_fund import CASHIER, OFFICER, REVIEWER, asked, balance, fund_with
from tests.plugins.care.test_visits import by as acted_by
from tests.plugins.care.test_visits import care, confirmed, given  # noqa: F401  (the fixture)


def held_on(county, person: UUID) -> None:
    """Something of every kind on a member."""
    recognised(person)
    opened(county, "july")
    greetings.greet(unit_id=county.green_branch, kind="july", day=date(2026, 7, 1), channel="print")
    greetings.opt(person_id=person, kind="birthday", out=True)
    paired(member(county, "周助人"), person)
    subsidies.grant(person_id=person, first_month=date(2026, 1, 1), no_benefits=True, payee="6210 9999", by=SECRETARY)


def count(model, person: UUID) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(model.person_id == person)) or 0)


def test_a_member_is_told_everything_and_reads_circumstances_only_in_full(county):
    person = member(county, "黄老革", **OLD)
    held_on(county, person)
    masked, full = (holding.personal_report(person, full=one) for one in (False, True))
    assert set(full) == {"困难认定", "走访慰问", "问候", "结对帮扶"}
    assert set(masked) == set(full)
    assert "长期服药" in str(full)
    assert "长期服药" not in str(masked)
    assert "******" in str(masked)


def test_forgetting_leaves_no_sealed_byte_and_the_counts(county):
    person = member(county, "黄老革", **OLD)
    held_on(county, person)
    holding.redact_person(person)
    db.session.expire_all()
    case, subsidy, pair = (db.session.scalar(select(model)) for model in (Hardship, Subsidy, Pair))
    assert (case.figures_cipher, case.detail_cipher, case.reason_cipher, case.grade) == (None, None, None, "A")
    assert subsidy.payee_cipher is None
    assert (pair.cause_cipher, pair.before_cipher) == (None, None)
    assert db.session.scalar(select(OptOut)) is None


def test_an_open_need_of_somebody_forgotten_is_dropped_without_a_word_of_it(care):  # noqa: F811
    from plugins.care import governance
    from plugins.care.actions import visiting

    case = confirmed(care)
    need = visiting.Need(text="陪护", owner_id=care.deputy, due_on=today() + timedelta(5))
    with acted_by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care, needs=[need]))
    governance.redact_person(care.person)
    db.session.expire_all()
    one = db.session.scalar(select(FollowUp))
    assert (one.state, one.need_cipher, one.ended_on) == ("dropped", None, today())


def test_of_two_records_of_one_person_each_list_and_year_keeps_one_line(county):
    kept, gone = member(county, "黄老革", **OLD), member(county, "黄老歌", **OLD)
    recognised(kept), recognised(gone)
    opened(county, "july")
    greetings.greet(unit_id=county.green_branch, kind="july", day=date(2026, 7, 1), channel="print")
    greetings.opt(person_id=gone, kind="july", out=True)
    paired(member(county, "周助人"), gone)
    assert (count(RoundEntry, kept), count(Greeting, kept)) == (1, 1)
    holding.merge_people(kept, gone)
    db.session.expire_all()
    assert [count(model, gone) for model in (RoundEntry, Greeting, Hardship, OptOut)] == [0, 0, 0, 0]
    assert [count(model, kept) for model in (RoundEntry, Greeting, Hardship, OptOut)] == [1, 1, 2, 1]
    assert db.session.scalar(select(Pair.helped_id)) == kept


def test_what_ended_long_ago_goes_and_the_ledger_stays(county):
    fund = fund_with(county, 100_000)
    one = asked(county, fund, 30_000)
    applications.review(application_id=one, opinion="同意", by=REVIEWER)
    applications.refuse(application_id=one, reason="不符合", by=OFFICER)
    made, pair = opened(county, "july"), paired(member(county, "甲某"), member(county, "乙某"))
    greetings.greet(unit_id=county.green_branch, kind="july", day=date(2026, 7, 1), channel="print")
    edge = today() - timedelta(3650)
    assert holding.retention(edge) == 0
    long_ago = edge - timedelta(1)
    db.session.execute(update(Application).values(decided_on=long_ago))
    db.session.execute(update(Round).where(Round.id == made).values(closed_on=long_ago, state="closed"))
    db.session.execute(update(Pair).where(Pair.id == pair).values(ended_on=long_ago, state="ended"))
    db.session.execute(update(Greeting).values(day=long_ago))
    cards = db.session.scalar(select(func.count()).select_from(Greeting))
    assert holding.retention(edge) == 3 + cards
    assert holding.retention(edge) == 0
    assert (balance(fund), db.session.scalar(select(func.count()).select_from(Entry))) == (100_000, 1)


def test_the_application_cannot_delete_an_entry(county):
    fund_with(county, 100)
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("DELETE FROM p_care.care_fund_entry"))
    db.session.rollback()


def test_purging_takes_the_ledger_with_its_fund(county):
    fund = fund_with(county, 100_000)
    one = asked(county, fund, 30_000)
    applications.review(application_id=one, opinion="同意", by=REVIEWER)
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1
    db.session.commit()
    holdings.purge("care")
    db.session.expire_all()
    assert {table: left for table, left in holdings.counts("care").items() if left} == {}
    assert db.session.scalar(select(Fund.id)) is None
    assert CASHIER.name


def test_what_is_open_goes_with_a_member_and_is_told_to_the_new_branch_once(care):  # noqa: F811
    from plugins.care.actions import visiting

    case = confirmed(care)
    need = visiting.Need(text="联系康复医院", owner_id=care.deputy, due_on=today() + timedelta(5))
    with acted_by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care, needs=[need]))
    greetings.opt(person_id=care.person, kind="july", out=True)
    packed = moving.pack(care.person)
    assert packed["cases"][0]["told"] == ["住院手术"]
    assert packed["cases"][0]["needs"] == ["联系康复医院"]
    assert "secretary" not in str(packed)
    arrived = member(care.county, "陈建国到")
    with acting(Origin(actor="接收")):
        moving.unpack(arrived, packed)
        moving.unpack(arrived, packed)
    found = db.session.scalars(select(Case).where(Case.person_id == arrived)).all()
    assert [(one.kind, one.state, one.source) for one in found] == [("illness", "reported", "transfer")]
    report = db.session.scalar(select(CaseReport).where(CaseReport.case_id == found[0].id))
    told = unseal(report.detail_cipher, CaseReport, "detail_cipher", report.id)
    assert told == "原党组织移交。\n住院手术\n未完成的需求：联系康复医院"
    assert db.session.scalar(select(OptOut.kind).where(OptOut.person_id == arrived)) == "july"
    assert moving.pack(member(care.county, "无事某")) == {}


def test_a_pack_of_another_program_breaks_nothing(county):
    person = member(county, "陈建国")
    moving.unpack(person, {"cases": [{"kind": "party", "sub_kind": "x"}], "unwanted": ["everything"], "needs": []})
    assert db.session.scalar(select(Case.id)) is None
    reporting.report(person_id=person, kind="illness", sub_kind="hospital")
