"""Public notices: how long they hang, at both places of migrants, objections, listing, and provisional days."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from core.audit.models import AuditEvent
from core.clock import today
from core.database import db, transaction
from core.policy.findings import Refused
from plugins.development.ballots import feedback, notices
from plugins.development.ballots.days import last_day
from plugins.development.ballots.models import Feedback, NoticePerson, PublicNotice
from plugins.development.models.case import Case
from plugins.development.rules.dates import Calendar
from tests.plugins.development import way

START, END = date(2026, 6, 15), date(2026, 6, 22)  # 19 June is a holiday


def agreed(county, name="林小明"):
    """A case whose superior agreed on 14 June 2026; what came before is not told."""
    case = way.opening.open_case(unit_id=county.green_branch, given=way.newcomer(name))
    found = SimpleNamespace(county=county, branch=county.green_branch, case=case)
    way.record(found, "activist_meeting", "2024-03-01", {**way.VOTE, "result": "named"}, history=True)
    way.record(found, "object_meeting", "2026-06-05", {**way.VOTE, "result": "proposed"}, history=True)
    way.record(found, "consent", "2026-06-14", {"result": "agreed"}, history=True)
    return found


@pytest.fixture
def made(county):
    return agreed(county)


def drawn(made, *, starts_on=START, cases=None, **more):
    given = {"place": "村务公开栏", "contact": "李书记", "phone": "0595-2300001", **more}
    return notices.draw_up(case_ids=cases or [made.case], unit_id=made.branch, starts_on=starts_on, **given)


def hung(made, **more):
    notice = drawn(made, **more)
    notices.hang(notice_id=notice)
    return notice


def one(model, **wanted):
    db.session.expire_all()
    return db.session.scalars(select(model).filter_by(**wanted)).one()


def refused(call):
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.findings


def rules(call):
    return [found.rule for found in refused(call)]


def test_five_working_days_end_on_the_twenty_second_when_the_nineteenth_is_a_holiday(made):
    notice = one(PublicNotice, id=drawn(made))
    assert (notice.ends_on, notice.provisional) == (END, False)
    assert notices.earliest_listing(notice) == date(2026, 6, 23)


def test_a_shorter_notice_is_refused_and_told_the_earliest_end(made):
    found = refused(lambda: drawn(made, ends_on=date(2026, 6, 19)))
    assert found[0].rule == "G8.2"
    assert "2026-06-22" in found[0].message


def test_a_notice_tells_what_is_missing(made):
    fields = [found.field for found in refused(lambda: drawn(made, place=" ", contact="", phone=""))]
    assert fields == ["place", "contact", "phone"]
    assert rules(lambda: drawn(made, stage="conversion")) == ["G8.2"]


def test_it_hangs_not_before_its_day_nor_before_the_consent(made):
    tomorrow = drawn(made, starts_on=today() + timedelta(days=1))
    assert rules(lambda: notices.hang(notice_id=tomorrow)) == ["X1"]
    early = drawn(made, starts_on=date(2026, 6, 10))
    assert "G8.2" in rules(lambda: notices.hang(notice_id=early))
    assert one(PublicNotice, id=early).state == "draft"


def test_the_case_records_the_notice_and_its_end(made):
    notice = hung(made)
    act = way.acts(made, "notice")[0]
    assert (act.act_on, act.data["end"], act.data["notice_id"]) == (START, "2026-06-22", str(notice))
    person = one(NoticePerson, notice_id=notice)
    assert person.notice_act_id == act.id
    assert (person.birth_month, person.sex) == ("1998-03", "1")


def test_a_person_is_listed_from_the_day_after_the_last_one(made):
    notice = hung(made)
    person = one(NoticePerson, notice_id=notice).id
    assert rules(lambda: notices.conclude(notice_id=notice, person_id=person, listed_on=END)) == ["G8.5"]
    assert notices.conclude(notice_id=notice, person_id=person, listed_on=date(2026, 6, 23)) == "clear"
    assert way.row(made).listed_on == date(2026, 6, 23)
    assert one(PublicNotice, id=notice).state == "concluded"
    assert refused(lambda: notices.conclude(notice_id=notice, person_id=person, listed_on=date(2026, 6, 24)))


def test_a_running_notice_concludes_nobody(made):
    notice = hung(made, starts_on=today())
    person = one(NoticePerson, notice_id=notice).id
    assert "G8.5" in rules(lambda: notices.conclude(notice_id=notice, person_id=person, listed_on=today()))


def test_a_migrant_s_notice_hangs_at_both_places_from_and_to_the_same_days(made):
    with transaction() as session:
        session.execute(update(Case).where(Case.id == made.case).values(migrant=True))
    assert rules(lambda: drawn(made)) == ["G8.3"]
    hung(made, other_place="石湾镇社区公告栏")
    acts = way.acts(made, "notice")
    assert {act.data["side"] for act in acts} == {"host", "origin"}
    assert len({(act.act_on, act.data["end"]) for act in acts}) == 1


def said(notice, text="他欠钱不还", **more):
    made = feedback.send(notice_id=notice, text=text, on=START, **more)
    return one(Feedback, id=made)


def test_what_is_said_is_sealed_and_tells_nothing_of_who_said_it(made):
    notice = hung(made)
    found = said(notice, sender="王某 13800000000")
    assert found.id.version == 4
    assert found.named
    assert "欠钱".encode() not in found.said_cipher
    columns = set(Feedback.__table__.columns.keys())
    assert not {
        name for name in columns if "address" in name or name.endswith("_at") or "account" in name or name == "ip"
    }
    assert not db.session.scalars(select(AuditEvent).where(AuditEvent.kind.like("%feedback%"))).all()
    assert feedback.opened(found)["said"] == "他欠钱不还"
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "development.feedback.opened")).all()


def test_nothing_is_taken_before_or_after_it_hangs(made):
    notice = hung(made)
    for day in (START - timedelta(days=1), END + timedelta(days=1)):
        assert rules(lambda day=day: feedback.send(notice_id=notice, text="有话说", on=day)) == ["G8.4"]
    assert rules(lambda: feedback.send(notice_id=notice, text=" ", on=START)) == ["G8.4"]
    assert rules(lambda: feedback.send(notice_id=notice, text="长" * 2001, on=START)) == ["G8.4"]


def test_an_objection_defers_the_listing_until_it_is_concluded(made):
    notice = hung(made)
    person = one(NoticePerson, notice_id=notice).id
    found = said(notice, about=person)
    conclude = lambda: notices.conclude(notice_id=notice, person_id=person, listed_on=date(2026, 6, 23))  # noqa: E731
    assert rules(conclude) == ["G8.4"]
    feedback.sort_out(feedback_id=found.id, state="objection")
    assert way.acts(made, "objection")[0].data["channel"] == "匿名"
    assert rules(conclude) == ["G8.4"]
    feedback.conclude(feedback_id=found.id, verdict="unfounded", text="经查不属实", on=date(2026, 6, 23))
    assert way.acts(made, "objection_conclusion")[0].data["conclusion"] == "unfounded"
    assert conclude() == "clear"


def test_an_objection_that_is_true_stops_the_listing(made):
    notice = hung(made)
    person = one(NoticePerson, notice_id=notice).id
    found = said(notice)
    assert [one_.field for one_ in refused(lambda: feedback.sort_out(feedback_id=found.id, state="objection"))] == [
        "about"
    ]
    feedback.sort_out(feedback_id=found.id, state="objection", about=person)
    feedback.conclude(feedback_id=found.id, verdict="unfit", text="属实", on=date(2026, 6, 23))
    assert notices.conclude(notice_id=notice, person_id=person, listed_on=date(2026, 6, 23)) == "stop"
    assert way.row(made).listed_on is None


def test_praise_and_what_has_nothing_to_do_with_it_hold_up_nobody(made):
    notice = hung(made)
    person = one(NoticePerson, notice_id=notice).id
    for state in ("support", "dismissed"):
        feedback.sort_out(feedback_id=said(notice).id, state=state)
    assert notices.conclude(notice_id=notice, person_id=person, listed_on=date(2026, 6, 23)) == "clear"


def test_praise_is_forgotten_after_a_year_and_an_objection_is_not(made):
    notice = hung(made)
    person = one(NoticePerson, notice_id=notice).id
    feedback.sort_out(feedback_id=said(notice, "没有意见").id, state="support")
    kept = said(notice, about=person)
    feedback.sort_out(feedback_id=kept.id, state="objection")
    assert feedback.forget_old(date(2027, 6, 15)) == 0
    assert feedback.forget_old(date(2027, 6, 17)) == 1
    assert one(Feedback, notice_id=notice).id == kept.id


def test_a_letter_is_written_down_within_the_days_of_the_notice(made):
    notice = hung(made)
    person = one(NoticePerson, notice_id=notice).id
    assert refused(
        lambda: feedback.take_down(notice_id=notice, text="来信", about=person, received_on=date(2026, 6, 23))
    )
    feedback.take_down(notice_id=notice, text="来信", about=person, sender="赵某", received_on=END)
    assert one(Feedback, notice_id=notice).received_on == END


def test_who_is_listed_by_hand_waits_for_what_was_said_over_the_link_and_the_notice_follows(made):
    notice = hung(made)
    said = feedback.take_down(notice_id=notice, text="有问题", about=one(NoticePerson).id, received_on=START)
    found = refused(lambda: way.record(made, "notice_result", END + timedelta(days=1), {"result": "clear"}))
    assert [(each.rule, each.message) for each in found] == [("G8.4", "公示收到的1条反映还没有处理完。")]
    feedback.sort_out(feedback_id=said, state="dismissed")
    way.record(made, "notice_result", END + timedelta(days=1), {"result": "clear"})
    assert (one(PublicNotice, id=notice).state, one(NoticePerson).result) == ("concluded", "clear")


def test_nobody_is_on_two_notices_for_the_same_at_a_time(made):
    first, second = hung(made), drawn(made, starts_on=date(2026, 6, 16))
    found = refused(lambda: notices.hang(notice_id=second))
    assert "已在另一份公示中（2026-06-15至2026-06-22）" in found[0].message
    notices.withdraw(notice_id=first, reason="地点写错")
    notices.hang(notice_id=second)
    assert one(PublicNotice, id=second).state == "running"


def test_a_withdrawn_notice_takes_its_act_back(made):
    notice = hung(made)
    assert refused(lambda: notices.withdraw(notice_id=notice, reason=""))
    notices.withdraw(notice_id=notice, reason="名字写错")
    assert one(PublicNotice, id=notice).state == "void"
    assert way.acts(made, "notice")[-1].voids


def test_two_people_on_one_notice_are_concluded_one_by_one(made):
    other = agreed(made.county, "周小红").case
    notice = hung(made, cases=[made.case, other])
    first, last = notices.people_of(notice)
    notices.conclude(notice_id=notice, person_id=first.id, listed_on=date(2026, 6, 23))
    assert one(PublicNotice, id=notice).state == "running"
    notices.conclude(notice_id=notice, person_id=last.id, listed_on=date(2026, 6, 23))
    assert one(PublicNotice, id=notice).state == "concluded"


def test_a_notice_into_a_year_without_holidays_is_provisional_and_reckoned_again(made):
    """The calendar of June is taken away, as that of next year is not there in autumn; then it comes."""
    blank = Calendar()
    notice = drawn(made)
    with transaction() as session:
        found = session.get_one(PublicNotice, (made.county.tenant.id, notice))
        guess = last_day(START, 5, blank)
        found.ends_on, found.provisional = guess.day, guess.provisional
    assert guess.provisional
    person = one(NoticePerson, notice_id=notice)
    assert [
        said_.rule for said_ in notices.waiting_on(one(PublicNotice, id=notice), person, END + timedelta(days=5))
    ] == ["G8.2"]
    assert notices.reckon_again(blank) == 0
    assert notices.reckon_again() == 1
    firm = one(PublicNotice, id=notice)
    assert (firm.ends_on, firm.provisional) == (END, False)
    assert notices.reckon_again() == 0


def test_the_act_follows_when_the_last_day_moves(made):
    notice = hung(made)
    with transaction() as session:
        found = session.get_one(PublicNotice, (made.county.tenant.id, notice))
        found.provisional, found.ends_on = True, date(2026, 6, 19)
    notices.reckon_again(Calendar(frozenset({date(2026, 6, 19), date(2026, 6, 22)}), frozenset(), frozenset({2026})))
    assert one(PublicNotice, id=notice).ends_on == date(2026, 6, 23)
    last = way.acts(made, "notice")[-1]
    assert last.data["end"] == "2026-06-23"
    assert last.corrects_id is not None
