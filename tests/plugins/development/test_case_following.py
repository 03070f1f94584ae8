"""What becomes of a case when its person moves, dies or leaves, its branch ends, or it must be forgotten."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from core.clock import today
from core.database import db, transaction
from core.events.registry import Event
from core.extension import holdings
from core.notices.models import Deadline
from core.organization.models import Unit
from core.people.actions.members import edit
from core.people.actions.standing import Decision, change_standing
from core.people.codes import label
from core.people.models import MembershipSpell, Person
from core.people.rules import Document
from core.people.schemas import read
from core.policy.findings import Refused
from plugins.development import governance
from plugins.development.cases import chain, correcting, following, opening
from plugins.development.cases.checkup import check_all
from plugins.development.models.case import Act, Case, Helper
from tests.people.conftest import EVERYWHERE
from tests.plugins.development.way import acts, founded, go, member, newcomer, on, record, row

BALLOT = {"full_members": 9, "due": 9, "present": 8, "in_favour": 8, "secret": True}


@pytest.fixture
def made(county):
    return founded(county)


def event(name: str, subject: UUID, **data) -> Event:
    return Event(uuid4(), datetime.now(UTC), name, "person", subject, None, None, "系统", on("2026-11-22"), None, data)


def person_of(made) -> UUID:
    return row(made).person_id


def test_a_case_moves_to_another_branch_and_its_time_counts_on(made):
    go(made, until="half_year_review")
    record(made, "transfer_out", "2024-09-01", {"to_unit": str(made.county.blue_branch)})
    case = row(made)
    assert (case.unit_id, case.side, case.closed_on) == (made.county.blue_branch, "transferred_out", None)
    with pytest.raises(Refused, match="还没有接收"):
        record(made, "thought_report", "2024-09-05", {"theme": "学习"})
    taken = {"branch": str(made.county.blue_branch), "log_complete": True, "decision": "continue"}
    record(made, "transfer_in", "2024-09-20", taken)
    case = row(made)
    assert (case.side, case.clock_from, case.state) == ("", on("2024-03-01"), "activist")
    assert 5 not in {int(step) for step in case.done_days}
    assert db.session.scalar(select(func.count()).select_from(Helper).where(Helper.case_id == made.case)) == 0


def test_a_case_that_leaves_the_tenant_ends(made):
    go(made, until="half_year_review")
    record(made, "transfer_out", "2024-09-01", {"to": "外县党组织"})
    assert (row(made).close_reason, row(made).next_step) == ("transferred_out", None)


def test_a_death_ends_the_case_and_is_told_twice_in_vain(made):
    go(made, until="probation_review")
    died = event("member.died", person_of(made), on="2026-01-05")
    following.on_death(died)
    following.on_death(died)
    case = row(made)
    assert (case.side, case.close_reason, case.closed_on) == ("deceased", "deceased", on("2026-01-05"))
    assert len(acts(made, "deceased")) == 1


def test_a_probationary_member_takes_the_case_along(made):
    go(made, until="probation_review")
    person = person_of(made)
    with transaction() as session:
        session.execute(update(Person).where(Person.id == person).values(unit_id=made.county.blue_branch))
    following.on_move(event("relation.transferred", person, on="2026-01-10"))
    following.on_move(event("relation.transferred", person, on="2026-01-10"))
    case = row(made)
    assert (case.unit_id, case.state) == (made.county.blue_branch, "probationary")
    assert len(acts(made, "transfer_in")) == 1
    record(made, "postponement", "2026-06-15", {"until": "2026-12-10", "why": "了解不够"})
    assert row(made).side == "probation_postponed"


def leaves(made, to: str, reason: str, day: str, **more) -> UUID:
    """The roster's own action, and what its event does to the case."""
    person = db.session.get(Person, (made.county.tenant.id, person_of(made)), populate_existing=True)
    paper = Document("组〔2026〕1号", "县委组织部", on(day))
    decision = Decision(to, reason, document=paper, on=on(day), **more)
    change_standing(person=person.id, version=person.version, decision=decision, ranges=EVERYWHERE)
    names = {"removed": "member.removed", "transferred_out": "member.left"}
    following.on_end(event(names.get(to, "member.restored"), person.id, on=day, to=to))
    return person.id


@pytest.mark.parametrize("reason", ["lost_removed", "quit_removed", "probation_cancelled"])
def test_a_probationary_member_removed_on_the_roster_ends_the_case_once_and_stays_so_when_readmitted(made, reason):
    go(made, until="probation_review")
    person = leaves(made, "removed", reason, "2025-12-20")
    following.on_end(event("member.removed", person, on="2025-12-20"))
    case = row(made)
    assert (case.side, case.close_reason, case.closed_on) == ("removed", "removed", on("2025-12-20"))
    assert (case.next_step, case.next_due_on) == (None, None)
    assert [one.data["why"] for one in acts(made, "membership_ended")] == [label("end_reason", reason)]
    with pytest.raises(Refused, match="已在2025-12-20结束"):
        record(made, "probation_review", "2025-12-21", {"sponsor_opinion": "好", "branch_opinion": "好"})
    with pytest.raises(Refused, match="名册已经登记"):
        correcting.void(act_id=acts(made, "membership_ended")[0].id, reason="误录")
    if reason == "probation_cancelled":
        leaves(made, "probationary", "readmitted", "2026-02-01", unit=made.branch)
        assert (row(made).side, row(made).closed_on) == ("removed", on("2025-12-20"))


def test_a_case_closed_by_itself_is_not_ended_again_by_the_rosters_event(made):
    go(made, until="probation_review")
    record(
        made, "not_recognised", "2025-11-01", {"why": "弄虚作假", "number": "县组〔2025〕2号", "organ": "县委组织部"}
    )
    following.on_end(event("member.removed", person_of(made), on="2025-11-01"))
    assert (row(made).side, len(acts(made, "membership_ended"))) == ("not_recognised", 0)


def test_who_left_the_tenant_and_comes_back_finds_the_case_closed_until_a_branch_takes_it_over(made):
    go(made, until="probation_review")
    leaves(made, "transferred_out", "transferred_out", "2026-01-10")
    assert (row(made).side, row(made).closed_on) == ("transferred_out", on("2026-01-10"))
    leaves(made, "probationary", "transferred_in", "2026-03-01", unit=made.branch)
    assert row(made).closed_on == on("2026-01-10")
    taken = {"branch": str(made.branch), "left": "2026-01-10", "log_complete": True, "decision": "continue"}
    record(made, "transfer_in", "2026-03-02", taken)
    case = row(made)
    assert (case.side, case.closed_on, case.state, case.expiry_on) == ("", None, "probationary", on("2026-06-10"))


def test_e9_whoever_moves_on_the_roster_after_the_expiry_takes_the_case_along_with_a_flag(made):
    go(made, until="conversion_letter")
    with transaction() as session:
        session.execute(update(Person).where(Person.id == person_of(made)).values(standing="transferred_out"))
    following.on_end(event("member.left", person_of(made), on="2026-07-01"))
    assert [one["rule"] for one in acts(made, "transfer_out")[0].rulings] == ["E9"]
    assert row(made).close_reason == "transferred_out"


def beside(made, label: str) -> Unit:
    """One more branch under the same committee."""
    with transaction() as session:
        root = session.get_one(Unit, (made.county.tenant.id, made.county.green_branch))
        twin = Unit(
            id=uuid4(), name=f"青岭{label}支部", short_name=f"青岭{label}支部", type="branch", parent_id=root.parent_id,
            path=f"{root.path[:-2]}{label}.", path_end=f"{root.path[:-2]}{label}/", depth=root.depth,
        )  # fmt: skip
        session.add(twin)
    return twin


def test_e34_a_dissolved_branchs_cases_that_could_go_anywhere_wait_for_the_committee(made):
    go(made, until="talk")
    twins = [beside(made, label) for label in ("yy", "zz")]
    ended = {"state": "dissolved", "dissolved_on": on("2026-02-01")}
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == made.branch).values(ended))
        following.on_dissolved(event("unit.dissolved", made.branch, on="2026-02-01"))
    open_ones = select(Deadline.rule, Deadline.due_on).where(Deadline.subject_id == made.case, Deadline.state == "open")
    assert ("development.stranded", on("2026-02-01")) in db.session.execute(open_ones).all()
    record(made, "transfer_out", "2026-02-02", {"to_unit": str(twins[1].id)})
    assert (row(made).unit_id, db.session.execute(open_ones).scalars().all()) == (twins[1].id, ["development.arrival"])


def test_e34_a_merged_branchs_cases_go_to_the_one_beside_it(made):
    go(made, until="talk")
    twin = beside(made, "zz")
    following.on_dissolved(event("unit.dissolved", made.county.green_branch, on="2026-02-01"))
    assert row(made).unit_id == twin.id
    assert acts(made, "unit_merged")[0].data["from_unit"]["id"] == str(made.county.green_branch)
    assert row(made).applied_on == on("2024-01-10"), "history stays"


def test_two_records_that_were_one_person_are_one_here_too(made):
    go(made, until="half_year_review")
    kept, gone = made.members[2], made.members[0]
    following.merge_people(kept, gone)
    names = db.session.scalars(select(Helper.person_id).where(Helper.case_id == made.case)).all()
    assert gone not in names
    assert kept in names
    assert chain.verify(made.case) == []


@pytest.mark.parametrize(
    ("kind", "data", "side", "standing"),
    [
        ("cancellation", {"number": "青委〔2025〕9号"}, "probation_cancelled", "removed"),
        (
            "not_recognised",
            {"why": "弄虚作假", "number": "县组〔2025〕2号", "organ": "县委组织部"},
            "not_recognised",
            "removed",
        ),
    ],
)
def test_membership_ends_with_the_decision(made, kind, data, side, standing):
    go(made, until="probation_review")
    if kind == "cancellation":
        record(made, "conversion_meeting", "2025-10-01", {**BALLOT, "decision": "cancel", "breach": "serious"})
    record(made, kind, "2025-11-01", data)
    assert (row(made).side, row(made).closed_on) == (side, on("2025-11-01"))
    assert db.session.scalar(select(Person.standing).where(Person.id == person_of(made))) == standing


def test_a_case_is_not_cancelled_without_the_meeting(made):
    go(made, until="probation_review")
    with pytest.raises(Refused, match="没有作出取消"):
        record(made, "cancellation", "2025-11-01", {"number": "1"})


PAPER = {"organ": "省委", "level": "province", "number": "省委1号", "why": "见义勇为牺牲"}


def spells(made) -> list[tuple]:
    columns = (
        MembershipSpell.start_reason,
        MembershipSpell.started_on,
        MembershipSpell.ended_on,
        MembershipSpell.doc_no,
    )
    return [
        tuple(one) for one in db.session.execute(select(*columns).where(MembershipSpell.person_id == person_of(made)))
    ]


def test_e31_who_is_recognised_after_death_enters_the_roster_as_a_member_who_has_died(made):
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    record(made, "deceased", "2026-04-01", {"source": "家属告知"})
    wrong = pytest.raises(Refused, match="不一致")
    with wrong:
        record(made, "posthumous", "2026-05-01", {**PAPER, "died": "2026-04-02"})
    for name in ("李共一", "李共二"):  # what the roster asks a reason for: the paper gives it
        member(made.branch, name, phone="13800001234")
    record(made, "posthumous", "2026-05-01", {**PAPER, "died": "2026-04-01"})
    case = row(made)
    assert (case.special, case.side, case.step, case.closed_on) == ("posthumous", "posthumous", 1, on("2026-05-01"))
    person = db.session.get(Person, (made.county.tenant.id, case.person_id))
    assert (person.standing, person.join_date, person.regular_date) == ("died", on("2026-05-01"), on("2026-05-01"))
    assert spells(made) == [("posthumous", on("2026-04-01"), on("2026-04-01"), "省委1号")]
    with pytest.raises(Refused, match="已经是党员"):
        record(made, "posthumous", "2026-06-01", {**PAPER, "died": "2026-04-01"})


def test_e31_whom_a_province_admits_by_itself_is_a_full_member_from_that_day(made):
    record(made, "direct_admission", "2026-05-01", PAPER)
    case = row(made)
    assert (case.special, case.state, case.standing_on) == ("direct", "full", on("2026-05-01"))
    person = db.session.get(Person, (made.county.tenant.id, case.person_id))
    assert (person.standing, person.join_date, person.regular_date) == ("formal", on("2026-05-01"), on("2026-05-01"))
    assert (person.unit_id, spells(made)) == (made.branch, [("direct", on("2026-05-01"), None, "省委1号")])
    moved = acts(made, "direct_admission")[0]
    correcting.correct(act_id=moved.id, act_on=on("2026-04-28"), data=moved.data, reason="文件日期录错")
    db.session.expire_all()
    assert (person.join_date, person.regular_date) == (on("2026-04-28"), on("2026-04-28"))
    edited = read({"employer": "青岭合作社"}, only=("employer",))
    edit(person=person.id, version=person.version, reading=edited, ranges=EVERYWHERE)
    with pytest.raises(Refused, match="编入名册"):
        correcting.void(act_id=acts(made, "direct_admission")[-1].id, reason="录错")


def test_e31_the_special_ways_are_closed_to_members_and_direct_admission_to_the_dead(made):
    go(made, until="filing_up")
    with pytest.raises(Refused, match="已经是党员"):
        record(made, "direct_admission", "2026-05-01", PAPER)
    other = opening.open_case(unit_id=made.branch, given=newcomer("周牺牲", birth=on("1999-03-01")))
    made.case = other
    record(made, "deceased", "2026-04-01", {"source": "家属告知"}, history=True)
    with pytest.raises(Refused, match="已经去世"):
        record(made, "direct_admission", "2026-05-01", PAPER)


def test_an_approval_that_was_recorded_as_refused_by_mistake_makes_the_member_when_it_is_put_right(made):
    go(made, until="filing_up", change={"approval": {"result": "not_approved"}})
    assert (row(made).side, person_of(made)) == ("not_approved", None)
    wrong = acts(made, "approval")[0]
    correcting.correct(
        act_id=wrong.id, act_on=wrong.act_on, data={**wrong.data, "result": "approved"}, reason="结果录错"
    )
    case = row(made)
    assert (case.state, case.side, case.closed_on) == ("probationary", "", None)
    assert db.session.scalar(select(Person.join_date).where(Person.id == case.person_id)) == on("2025-06-10")
    right = acts(made, "approval")[-1]
    with pytest.raises(Refused, match="编入名册"):
        correcting.correct(act_id=right.id, act_on=right.act_on, data=wrong.data, reason="又改回去")


def test_an_extension_put_right_moves_the_day_from_which_standing_counts(made):
    extend = {**BALLOT, "decision": "extend", "months": 6}
    go(made, until="conversion_meeting")
    record(made, "conversion_meeting", "2026-06-15", extend)
    record(made, "extension", "2026-07-01", {"months": 6})
    meeting = acts(made, "conversion_meeting")[0]
    wrong = acts(made, "extension")[0]
    correcting.correct(act_id=meeting.id, act_on=meeting.act_on, data={**meeting.data, "months": 7}, reason="月数录错")
    correcting.correct(act_id=wrong.id, act_on=wrong.act_on, data={"months": 7}, reason="月数录错")
    assert row(made).expiry_on == on("2027-01-10")


def test_a_persons_own_report_tells_the_steps_and_nobody_elses_words(made):
    go(made, until="probation_review")
    found = governance.personal_report(person_of(made))
    assert len(found["发展党员的步骤"]) == 20
    told = str(found)
    assert "林父" in told
    assert "合格" not in str([one for one in found["办理记录"] if one["事项"] == "政治审查结论"])


def test_a_forgotten_case_keeps_its_chain_and_its_counts(made):
    go(made, until="probation_review")
    governance.redact_person(person_of(made))
    case = row(made)
    assert (case.name, case.person_id, case.id_no_index, case.state) == ("已清除", None, None, "probationary")
    assert all(one.data == {} and one.sealed is None for one in acts(made))
    assert chain.verify(made.case) == []
    with pytest.raises(Refused, match="已经清除"):
        record(made, "thought_report", "2026-01-01", {"theme": "x"})
    assert (case.closed_on, case.close_reason, case.next_due_on) == (today(), "forgotten", None), "it waits for nobody"


def test_a_case_is_not_opened_again_beside_another_of_the_same_person(made):
    twin = newcomer("林小明")
    made.case = opening.open_case(unit_id=made.branch, given=twin)
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    record(made, "withdraw", "2024-02-01", {"why": "外出"})
    wrong = acts(made, "withdraw")[0]
    opening.open_case(unit_id=made.county.blue_branch, given=twin)
    with pytest.raises(Refused, match="已另有一件"):
        correcting.void(act_id=wrong.id, reason="没有撤回")
    assert row(made).closed_on == on("2024-02-01")


def test_what_led_to_nothing_is_kept_for_some_years_only(made):
    record(made, "application", "2010-01-10", {"signed": "2010-01-10"}, history=True)
    record(made, "withdraw", "2010-02-01", {"why": "外出"})
    assert governance.retention(on("2019-12-31")) == 0
    assert governance.retention(on("2020-02-02")) == 1
    assert db.session.scalar(select(func.count()).select_from(Act)) == 0


def test_a_tenants_data_can_be_exported_put_back_and_purged(made):
    go(made, until="recommendation")
    kept = {table: list(rows) for table, rows in holdings.export("development")}
    assert len(kept["development_act"]) == 2
    holdings.purge("development")
    assert holdings.counts("development")["development_act"] == 0
    for table in holdings.tables("development"):
        holdings.restore("development", table, iter(kept[table]))
    assert chain.verify(made.case) == []
    assert row(made).talked_on == on("2024-01-20")


def test_switching_off_and_the_check_of_all_cases_say_what_waits(made):
    go(made, until="approval")
    assert governance.impact()["等待党委审批的"][0] == 1
    looked = list(check_all())
    assert [(one.id, {two.ruling.rule for two in one.found}) for one in looked] == [(made.case, {"G17.3"})]
    assert list(check_all(())) == []
    assert db.session.scalar(select(Case.next_step).where(Case.id == made.case)) == 17
