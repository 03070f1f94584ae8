"""Hardship, subsidies, rounds, greetings and pairs, as the verbs do them inside one tenant."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from core.audit.actions import Origin, acting
from core.clock import today
from core.database import db
from core.documents.actions import AT_ONCE_ELSE, print_document
from core.documents.models import DocumentPrint
from core.identity.models import Account
from core.jobs.run import run_due
from core.notices.models import Message
from core.people.models import MembershipSpell, Person
from core.policy.findings import Refused
from plugins.care.aid import papers, sample
from plugins.care.fund.models import Application, Entry, Fund
from plugins.care.hardship import actions as hardship
from plugins.care.hardship import subsidies
from plugins.care.hardship.models import Hardship, Subsidy, SubsidyPayment, SubsidyRun
from plugins.care.pairs import actions as pairs
from plugins.care.pairs.models import Pair
from plugins.care.people import Hand, root, whole_tree
from plugins.care.rounds import actions as rounds
from plugins.care.rounds import greetings
from plugins.care.rounds.models import Greeting, Round, RoundEntry
from plugins.care.rounds.sources import Known
from plugins.care.rounds.twice import twice_a_year
from tests.conftest import PASSWORD, add_account
from tests.people.conftest import enrol

SECRETARY, REVIEWER, OFFICER = Hand(None, "李书记"), Hand(None, "周委员"), Hand(None, "郑组织员")
OLD = {"birth": "1920-01-01", "join_date": "1938-03-08", "regular_date": "1939-03-08"}
PLANS = dict.fromkeys(("skill", "project", "income"), ("每月一次", "学会"))


def codes(refused) -> set[str]:
    return {one.code for one in refused.value.findings}


def member(county, name: str, **more) -> UUID:
    return enrol(county.green_branch, name, **more).id


def applied(person: UUID, grade: str = "A", as_of: date | None = None, **more) -> UUID:
    given = {
        "source": "application",
        "grade": grade,
        "causes": ["illness"],
        "figures": {},
        "detail": "长期服药",
        **more,
    }
    return hardship.submit(person_id=person, by=SECRETARY, as_of=as_of or today() - timedelta(60), **given)


def recognised(person: UUID, grade: str = "A") -> UUID:
    one, day = applied(person, grade), today() - timedelta(60)
    hardship.review(hardship_id=one, at="committee", grade=grade, by=REVIEWER, on=day + timedelta(1))
    hardship.make_public(hardship_id=one, by=REVIEWER, as_of=day + timedelta(2))
    decided = {
        "agree": True,
        "grade": grade,
        "reason": "",
        "valid_to": None,
        "by": OFFICER,
        "as_of": day + timedelta(30),
    }
    hardship.decide(hardship_id=one, **decided)
    return one


def test_a_grade_needs_the_branch_publicity_and_somebody_else_who_decides(county):
    one = applied(member(county, "陈建国"))
    decided = {"agree": True, "grade": "A", "reason": "", "valid_to": None}
    with pytest.raises(Refused) as refused:
        hardship.decide(hardship_id=one, by=SECRETARY, **decided)
    assert codes(refused) == {"E_STATE", "E_CONFLICT", "E_REQUIRED"}
    hardship.review(hardship_id=one, at="committee", grade="A", by=REVIEWER, on=today())
    hardship.make_public(hardship_id=one, by=REVIEWER, as_of=today())
    with pytest.raises(Refused, match="个工作日"):
        hardship.decide(hardship_id=one, by=OFFICER, **decided)
    later = today() + timedelta(20)
    with pytest.raises(Refused, match="12个月"):
        hardship.decide(hardship_id=one, by=OFFICER, as_of=later, **{**decided, "valid_to": later + timedelta(400)})
    hardship.decide(hardship_id=one, by=OFFICER, as_of=later, **decided)
    assert db.session.scalar(select(Hardship.state)) == "approved"


def test_a_member_has_one_case_under_way_and_the_new_grade_ends_the_old_one(county):
    person = member(county, "陈建国")
    first = recognised(person)
    applied(person, "B")
    with pytest.raises(Refused) as refused:
        applied(person, "B")
    assert codes(refused) == {"E_DUP"}
    second = db.session.scalar(select(Hardship.id).where(Hardship.state == "submitted"))
    hardship.decide(hardship_id=second, agree=False, grade="", reason="收入已提高", valid_to=None, by=OFFICER)
    assert db.session.scalar(select(Hardship.state).where(Hardship.id == first)) == "approved"


def test_what_is_valid_no_longer_leaves_the_register(county):
    one = recognised(member(county, "陈建国"))
    until = db.session.scalar(select(Hardship.valid_to).where(Hardship.id == one))
    assert hardship.end_expired(until - timedelta(1)) == 0
    assert hardship.end_expired(until) == 1
    assert hardship.end_expired(until) == 0


def test_a_figure_below_the_line_hints_at_a_grade_and_is_kept_sealed(county):
    person = member(county, "陈建国")
    one = applied(person, "B", figures={"income_per_head": 50_000, "line": 80_000})
    held = db.session.scalar(select(Hardship).where(Hardship.id == one))
    assert (held.hint, held.grade) == ("A", "B")
    assert b"50000" not in held.figures_cipher
    assert hardship.figures_of(held)["income_per_head"] == 50_000


def test_subsidies_go_to_members_of_before_1949_by_class_and_once(county):
    old, young = member(county, "黄老革", **OLD), member(county, "陈建国")

    def grant(person: UUID, **more) -> UUID:
        given = {"first_month": date(2026, 1, 15), "no_benefits": True, "payee": "6210", "by": SECRETARY, **more}
        return subsidies.grant(person_id=person, **given)

    with pytest.raises(Refused, match="不属于建国前"):
        grant(young)
    with pytest.raises(Refused, match="离退休待遇"):
        grant(old, no_benefits=False)
    one = grant(old)
    with pytest.raises(Refused) as refused:
        grant(old, first_month=date(2026, 3, 1))
    assert codes(refused) == {"E_DUP"}
    assert db.session.scalar(select(Subsidy.class_no)) == 2
    subsidies.stop(subsidy_id=one, last_month=date(2026, 5, 1), reason="迁往外地", by=SECRETARY)
    grant(old, first_month=date(2026, 6, 1))


def test_a_month_is_computed_once_by_the_rates_of_that_month_and_paid_after_somebody_else_approved(county):
    old = member(county, "黄老革", **OLD)
    subsidies.grant(person_id=old, first_month=date(2026, 1, 1), no_benefits=True, payee="", by=SECRETARY)

    def run(month: date) -> UUID:
        return subsidies.run(unit_id=county.green, month=month, by=SECRETARY)

    with pytest.raises(Refused, match="没有2026年01月"):
        run(date(2026, 1, 1))
    subsidies.set_rate(class_no=2, valid_from=date(2026, 1, 1), monthly=50_000, source="县文件")
    subsidies.set_rate(class_no=2, valid_from=date(2026, 3, 1), monthly=60_000, source="县文件")
    first, third = run(date(2026, 1, 9)), run(date(2026, 3, 9))
    paid = dict(db.session.execute(select(SubsidyPayment.month, SubsidyPayment.amount_fen)).all())
    assert paid == {date(2026, 1, 1): 50_000, date(2026, 3, 1): 60_000}
    with pytest.raises(Refused) as refused:
        run(date(2026, 1, 20))
    assert codes(refused) == {"E_DUP"}
    with pytest.raises(Refused, match="已经发放"):
        subsidies.set_rate(class_no=2, valid_from=date(2026, 3, 1), monthly=70_000, source="县文件")
    with pytest.raises(Refused) as refused:
        subsidies.approve(run_id=first, by=SECRETARY)
    assert codes(refused) == {"E_CONFLICT"}
    subsidies.approve(run_id=first, by=OFFICER)
    subsidies.paid(run_id=first)
    subsidies.discard(run_id=third)
    with pytest.raises(Refused, match="不能删除"):
        subsidies.discard(run_id=first)
    assert db.session.scalars(select(SubsidyRun.state)).all() == ["paid"]


def test_who_died_is_paid_for_the_month_of_the_death_and_not_after(county):
    old = member(county, "黄老革", **OLD)
    subsidies.set_rate(class_no=2, valid_from=date(2026, 1, 1), monthly=50_000, source="县文件")
    subsidies.grant(person_id=old, first_month=date(2026, 1, 1), no_benefits=True, payee="", by=SECRETARY)
    spell = update(MembershipSpell).where(MembershipSpell.person_id == old)
    db.session.execute(spell.values(ended_on=date(2026, 3, 12), end_reason="died"))
    db.session.commit()
    subsidies.run(unit_id=county.green, month=date(2026, 3, 1), by=SECRETARY)
    assert db.session.scalar(select(Subsidy.last_month)) == date(2026, 3, 1)
    with pytest.raises(Refused, match="没有应发放的人员"):
        subsidies.run(unit_id=county.green, month=date(2026, 4, 1), by=SECRETARY)


def greeted() -> set[tuple[UUID, str]]:
    return set(db.session.execute(select(Greeting.person_id, Greeting.channel)).all())


def test_a_card_for_every_active_member_once_a_year_but_for_those_who_want_none(county):
    formal, probationary = member(county, "陈建国"), member(county, "林新")
    suspended, unwilling = member(county, "郑停"), member(county, "周静")
    for person, standing in ((suspended, "suspended"), (probationary, "probationary")):
        db.session.execute(update(Person).where(Person.id == person).values(standing=standing))
    db.session.commit()
    greetings.opt(person_id=unwilling, kind="july", out=True)
    day = date(2026, 7, 1)
    assert greetings.greet(unit_id=county.green_branch, kind="july", day=day, channel="print") == 2
    assert greeted() == {(formal, "print"), (probationary, "print")}
    assert greetings.greet(unit_id=county.green_branch, kind="july", day=day, channel="print") == 0
    greetings.opt(person_id=unwilling, kind="july", out=False)
    assert greetings.greet(unit_id=county.green_branch, kind="july", day=day, channel="print") == 1
    assert greetings.delivered(unit_id=county.green_branch, kind="july", year=2026) == 3


def test_a_political_birthday_is_told_to_who_has_an_account_and_printed_for_the_others(county):
    with_account = member(county, "陈建国", join_date="2016-03-08", regular_date="2017-03-08")
    without = member(county, "林秀英", join_date="2011-03-08", regular_date="2012-03-08")
    member(county, "周静", join_date="2011-03-09", regular_date="2012-03-09")
    add_account(login="chen", name="陈建国", password=PASSWORD, role="member", unit_id=county.green_branch)
    db.session.execute(update(Account).where(Account.login == "chen").values(person_id=with_account))
    db.session.commit()
    assert greetings.greet_daily(date(2026, 3, 8)) == 2
    assert greetings.greet_daily(date(2026, 3, 8)) == 0
    assert greeted() == {(with_account, "message"), (without, "print")}
    held = {one.person_id: (one.years, one.round) for one in db.session.scalars(select(Greeting))}
    assert held == {with_account: (10, True), without: (15, False)}
    told = db.session.scalars(select(Message.title)).all()
    assert [title for title in told if "入党10周年" in title] == ["政治生日快乐！入党10周年"]


def test_the_calendar_shows_the_coming_birthdays_in_their_order_and_keeps_29_february(county):
    leap = member(county, "陈闰", join_date="2004-02-29", regular_date="2005-02-28")
    last = member(county, "林三", join_date="2010-03-01", regular_date="2011-03-01")
    member(county, "周远", join_date="2010-06-01", regular_date="2011-06-01")
    found, count = greetings.upcoming(county.green_branch, date(2026, 2, 25), 10, most=50)
    assert [(day, UUID(known.member.person), years) for day, known, years, _round in found] == [
        (date(2026, 2, 28), leap, 22), (date(2026, 3, 1), last, 16),
    ]  # fmt: skip
    assert count == 2
    assert len(greetings.upcoming(county.green_branch, date(2026, 2, 25), 10, most=1)[0]) == 1
    assert greetings.days_joined(date(2028, 2, 28)) == ["0228"]


def opened(county, festival: str, **more) -> UUID:
    given = {
        "unit_id": county.green_branch, "festival": festival, "year": 2026, "opens_on": None, "closes_on": None,
        "criteria": {"grades": ["A", "B"], "pre_1949": True, "seriously_ill": True}, "amounts": {"A": 50_000, "pre_1949": 80_000},
        "source": "dues", "by": SECRETARY, **more,
    }  # fmt: skip
    return rounds.open_round(**given)


def test_a_round_has_the_days_of_its_festival_and_lists_whom_the_rule_names(county):
    poor, less, old = member(county, "陈建国"), member(county, "林秀英"), member(county, "黄老革", **OLD)
    recognised(poor), recognised(less, "C")
    made = opened(county, "spring")
    held = db.session.scalar(select(Round).where(Round.id == made))
    assert (held.opens_on, held.closes_on) == (date(2026, 1, 17), date(2026, 2, 16))
    amounts = dict(db.session.execute(select(RoundEntry.person_id, RoundEntry.amount_fen)).all())
    assert amounts == {poor: 50_000, old: 80_000}
    with pytest.raises(Refused) as refused:
        opened(county, "spring")
    assert codes(refused) == {"E_DUP"}
    with pytest.raises(Refused, match="没有规定"):
        opened(county, "double_ninth")


def test_who_was_consoled_twice_is_not_named_any_more(county):
    poor = member(county, "陈建国")
    recognised(poor)
    year = today().year
    assert [(name, times) for _id, name, _unit, times in twice_a_year(year, whole_tree())[0]] == [("陈建国", 0)]
    for festival in ("july", "new_year"):
        made = opened(county, festival, year=year)
        entry = db.session.scalar(select(RoundEntry.id).where(RoundEntry.round_id == made))
        rounds.submit(round_id=made, reason="", by=SECRETARY)
        rounds.decide(round_id=made, agree=True, reason="", by=OFFICER)
        rounds.hand_over(entry_id=entry, state="received", received_by="本人", on=today(), visitor="", remark="")
    assert twice_a_year(year, whole_tree()) == ([], 0)


def test_a_round_closes_when_everybody_has_a_result_and_the_dead_are_told_apart(county):
    poor, gone = member(county, "陈建国"), member(county, "林秀英")
    recognised(poor), recognised(gone)
    made = opened(county, "july")
    rounds.submit(round_id=made, reason="", by=SECRETARY)
    with pytest.raises(Refused) as refused:
        rounds.decide(round_id=made, agree=True, reason="", by=SECRETARY)
    assert codes(refused) == {"E_CONFLICT"}
    rounds.decide(round_id=made, agree=True, reason="", by=OFFICER)
    db.session.execute(update(Person).where(Person.id == gone).values(standing="died"))
    db.session.commit()
    with pytest.raises(Refused, match="陈建国没有登记"):
        rounds.close(round_id=made, by=SECRETARY)
    entry = db.session.scalar(select(RoundEntry.id).where(RoundEntry.person_id == poor))
    given = {"entry_id": entry, "on": today(), "visitor": "", "remark": ""}
    with pytest.raises(Refused, match="签收人"):
        rounds.hand_over(state="received", received_by="", **given)
    rounds.hand_over(state="received", received_by="本人", **given)
    rounds.close(round_id=made, by=SECRETARY)
    states = dict(db.session.execute(select(RoundEntry.person_id, RoundEntry.state)).all())
    assert states == {poor: "received", gone: "died"}


def paired(helper: UUID, helped: UUID | None, **more) -> UUID:
    given = {
        "kind": "member" if helped else "mass", "helper_id": helper, "helped_id": helped, "helped_name": "村民老郑", "cause": "病",
        "income": "12000", "plans": PLANS, "reason": "", "by": SECRETARY, **more,
    }  # fmt: skip
    return pairs.plan(**given)


def test_a_pair_needs_its_three_plans_one_helper_and_reasons_for_a_fourth(county):
    helper, helped, other = member(county, "陈建国"), member(county, "林秀英"), member(county, "周静")
    with pytest.raises(Refused, match="没有计划"):
        paired(helper, helped, plans={"skill": ("每月一次", "学会")})
    with pytest.raises(Refused, match="不能是同一人"):
        paired(helper, helper)
    paired(helper, helped)
    with pytest.raises(Refused) as refused:
        paired(other, helped)
    assert codes(refused) == {"E_DUP"}
    paired(helper, None), paired(helper, None)
    with pytest.raises(Refused, match="已结对3户"):
        paired(helper, other)
    paired(helper, other, reason="同组，顺路")
    names = db.session.scalars(select(Pair.helped_name_cipher).where(Pair.kind == "mass")).all()
    assert all("老郑".encode() not in bytes(name) for name in names)


def test_a_pair_goes_from_plan_to_result_and_says_what_it_brought(county):
    pair = paired(member(county, "陈建国"), member(county, "林秀英"))
    with pytest.raises(Refused, match="签订协议后"):
        pairs.note(pair_id=pair, text="送来茶苗", on=today(), by=SECRETARY)
    with pytest.raises(Refused) as refused:
        pairs.move(pair_id=pair, to="achieved", on=today(), result="好", income="2")
    assert codes(refused) == {"E_STATE"}
    pairs.move(pair_id=pair, to="signed", on=today())
    pairs.note(pair_id=pair, text="送来茶苗", on=today(), by=SECRETARY)
    with pytest.raises(Refused) as refused:
        pairs.move(pair_id=pair, to="achieved", on=today())
    assert {one.field for one in refused.value.findings} == {"income", "result"}
    pairs.move(pair_id=pair, to="achieved", on=today(), result="投产", income="21000")


def test_the_demonstration_shows_every_state_and_is_made_once(county):
    for number in range(36):
        member(county, f"党员{chr(0x4E00 + number * 7)}")
    for number in range(3):
        member(county, f"老{chr(0x7530 + number)}", **OLD)
    sample.load()
    before = db.session.scalar(select(func.count()).select_from(Entry))
    sample.load()
    assert db.session.scalar(select(func.count()).select_from(Entry)) == before
    assert set(db.session.scalars(select(Application.state))) >= {
        "submitted", "branch_reviewed", "published", "approved", "paid", "acknowledged", "refused",
    }  # fmt: skip
    assert set(db.session.scalars(select(Hardship.state))) == set(hardship.STATES)
    assert set(db.session.scalars(select(Round.state))) == set(rounds.STATES)
    assert set(db.session.scalars(select(Pair.state))) == {"planned", "signed", "running", "achieved", "ended"}
    assert set(db.session.scalars(select(SubsidyRun.state))) == set(subsidies.STATES)
    assert "离休" in db.session.scalar(select(Subsidy.end_reason).where(Subsidy.end_reason.is_not(None)))
    assert len(set(db.session.scalars(select(SubsidyPayment.amount_fen)))) == 2, "raised once"
    assert all(run.paid_on > run.decided_on for run in db.session.scalars(select(SubsidyRun)) if run.state == "paid")
    assert db.session.scalar(select(Fund.balance_fen)) > 0


def card(branch: UUID, number: int):
    """A card of a member of a branch."""
    return Known(None, f"党员{number}", branch, "支部", "formal"), 0, False


def test_cards_for_a_county_are_files_of_whole_branches_and_few_enough_for_one_job():
    branches = [uuid4() for _ in range(1_100)]
    county = [card(branch, number) for branch in branches for number in range(18)]
    files = list(papers._handfuls(county))
    assert [one for some in files for one in some] == county
    assert len(files) < 1_000
    parts = [branch for some in files for branch in dict.fromkeys(known.unit_id for known, *_ in some)]
    assert len(parts) == len(branches), "no branch is cut"


def test_a_large_branch_is_cut_and_a_small_one_is_one_file():
    large = [card(uuid4(), 0)] * 100
    assert [len(some) for some in papers._handfuls(large)] == [48, 48, 4]
    assert [len(some) for some in papers._handfuls(large[:30])] == [30]
    assert list(papers._handfuls([])) == []


def test_a_print_of_many_cards_is_left_to_a_job(county, monkeypatch):
    monkeypatch.setattr(papers, "FEW", 1)
    monkeypatch.setattr(papers, "MANY", 1)
    for number, name in enumerate("一二三四五六七八九十甲乙丙丁戊己庚辛"[: AT_ONCE_ELSE + 1]):
        member(county, f"贺{name}", birth=str(date(1980, 1, 1) + timedelta(days=number)))
    request = {"subject": str(root().id), "ranges": [["", "~"]]}
    with acting(Origin(actor="管理员")):
        made = print_document(code="care.july_cards", request=request, form="pdf", full=False, purpose="")
    assert made.content is None, "nobody waits for it"
    db.session.commit()
    run_due()
    found = db.session.scalars(select(DocumentPrint).where(DocumentPrint.id == made.id)).one()
    assert (found.state, found.count) == ("done", AT_ONCE_ELSE + 1)
