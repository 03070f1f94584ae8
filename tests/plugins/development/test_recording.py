"""Acts as they are recorded in one tenant: refused with rule and article, late, put right, taken away, two at once."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, func, select, text

from core.audit.actions import Origin, acting
from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.people.models import Person
from core.policy.findings import Refused
from core.sdk import today
from core.tenancy.keys import add_key, keyring
from core.tenancy.sealed import left, reseal
from plugins.development.cases import chain, correcting, opening, recording
from plugins.development.cases.jobs import verify_all
from plugins.development.cases.saying import Refusal
from plugins.development.cases.sealing import sealed_of
from plugins.development.models.case import Act, Case, Helper
from plugins.development.rules.crossing import leapt
from tests.plugins.development.way import acts, founded, go, member, newcomer, on, record, row


@pytest.fixture
def made(county):
    return founded(county)


def refused(made, kind, held, data=None, **more):
    with pytest.raises(Refused) as caught:
        record(made, kind, held, data, **more)
    return caught.value


def test_a_gate_refuses_with_rule_article_fix_and_the_first_day(made):
    go(made, until="object_meeting")
    error = refused(
        made, "object_meeting", "2025-02-28", {"size": 5, "present": 5, "in_favour": 5, "result": "proposed"}
    )
    assert isinstance(error, Refusal)
    found = next(one for one in error.findings if one.rule == "G7.1")
    assert "第十三条" in found.source
    assert "2025-03-01" in found.fix
    assert next(one for one in error.rulings if one.rule == "G7.1").earliest == on("2025-03-01")
    assert acts(made, "object_meeting") == []
    assert row(made).state == "activist"


def test_every_wrong_field_is_named_at_once(made):
    error = refused(made, "application", "2024-01-10", {"signed": "2024-13-01", "channel": "pigeon", "colour": "red"})
    assert {one.field for one in error.findings} == {"signed", "channel", "colour"}


def test_people_who_are_not_on_the_roster_of_this_tenant_are_refused(made):
    go(made, until="contacts")
    error = refused(made, "contacts", "2024-03-12", {"people": [{"id": str(made.case)}]})
    assert [one.code for one in error.findings] == ["E_REF"]


def test_a_flag_takes_a_reason_and_stays(made):
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    go_talk = {"interviewers": [str(made.members[0])], "topics": ["motive"], "basics_introduced": True}
    error = refused(made, "talk", "2024-02-20", go_talk)
    assert [(one.rule, one.code) for one in error.findings] == [("G2.1", "E_REASON")]
    record(made, "talk", "2024-02-20", go_talk, reason="春节期间")
    said = acts(made, "talk")[0].rulings
    assert [one["rule"] for one in said] == ["G2.1"]
    assert "第七条" in said[0]["article"]
    assert row(made).flags == 1


def test_a_reason_may_stand_by_a_single_rule(made):
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    talk = {"interviewers": [str(made.members[0])], "topics": ["motive"], "basics_introduced": True}
    record(made, "talk", "2024-02-20", talk, overrides={"G2.1": "春节期间"})
    assert acts(made, "talk")[0].overrides == [{"rule": "G2.1", "reason": "春节期间"}]


def test_what_happened_long_ago_is_entered_as_it_was(made):
    with pytest.raises(Refused):
        record(made, "activist_meeting", "2024-03-01", {"size": 5, "present": 5, "in_favour": 5, "result": "named"})
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    data = {"size": 5, "present": 5, "in_favour": 5, "result": "named"}
    record(made, "activist_meeting", "2024-03-01", data, history=True)
    assert {one["rule"] for one in acts(made, "activist_meeting")[0].rulings} >= {"G2.2", "X1"}
    assert row(made).named_on == on("2024-03-01")
    refused(made, "talk", today() + timedelta(1), {"interviewers": [], "topics": []}, history=True)


def test_delicate_facts_lie_sealed_and_no_row_holds_them_in_clear(made):
    go(made, until="political_review")
    relation = acts(made, "relation")[0]
    assert relation.data == {}
    assert "林父".encode() not in bytes(relation.sealed)
    assert sealed_of(relation) == {"name": "林父", "relation": "父亲"}
    details = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.subject_id == made.case)).all()
    assert "林父" not in str(details)


def test_the_columns_follow_every_act(made):
    assert (row(made).state, row(made).step) == ("visitor", 0)
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    case = row(made)
    assert (case.state, case.next_step, case.next_due_on) == ("applicant", 2, on("2024-02-10"))
    go(made, after="application", until="approval")
    case = row(made)
    assert (case.state, case.adopted_on, case.expiry_on, case.next_step) == ("adopted", on("2025-06-10"), None, 17)
    helpers = db.session.execute(
        select(Helper.role, func.count()).where(Helper.case_id == made.case).group_by(Helper.role)
    )
    assert dict(helpers.all()) == {"contact": 2, "sponsor": 2}


def test_what_an_old_record_lacks_is_not_what_comes_next(made):
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    data = {"size": 5, "present": 5, "in_favour": 5, "result": "named"}
    record(made, "activist_meeting", "2024-03-01", data, history=True)
    case = row(made)
    assert (case.talked_on, case.next_step) == (None, 4)
    assert leapt({1: on("2024-01-10"), 3: on("2024-03-01"), 17: on("2025-06-30")}) == {2, *range(4, 17)}
    assert leapt({1: on("2024-01-10"), 2: on("2024-01-20")}) == frozenset()


def test_correcting_a_day_moves_every_clock_that_starts_there(made):
    go(made, until="talk_after")
    person = row(made).person_id
    meeting = acts(made, "branch_meeting")[0]
    correcting.correct(act_id=meeting.id, act_on=on("2025-06-12"), data=meeting.data, reason="日期录错")
    case = row(made)
    assert (case.adopted_on, case.expiry_on, case.standing_on) == (on("2025-06-12"), on("2026-06-12"), on("2026-06-12"))
    joined = db.session.scalar(select(Person.join_date).where(Person.id == person))
    assert joined == on("2025-06-12")
    newest = acts(made, "branch_meeting")[-1]
    assert (newest.corrects_id, newest.reason) == (meeting.id, "日期录错")
    assert {one["rule"] for one in newest.rulings} >= {"G17.4"}, "the approval states other days now"
    assert acts(made, "branch_meeting")[0].act_on == on("2025-06-10"), "the first record stays"
    assert chain.verify(made.case) == []


def test_a_correction_without_reason_or_of_what_was_corrected_is_refused(made):
    go(made, until="recommendation")
    talk = acts(made, "talk")[0]
    with pytest.raises(Refused, match="原因"):
        correcting.correct(act_id=talk.id, act_on=talk.act_on, data=talk.data, reason=" ")
    correcting.correct(act_id=talk.id, act_on=on("2024-01-22"), data=talk.data, reason="日期录错")
    with pytest.raises(Refused, match="更正或撤销过"):
        correcting.correct(act_id=talk.id, act_on=on("2024-01-23"), data=talk.data, reason="又错")
    assert sealed_of(acts(made, "talk")[-1]) == {"record": "谈心"}, "sealed facts that are not given stay"
    assert row(made).talked_on == on("2024-01-22")


def test_a_voided_act_leaves_its_trace_and_its_step_undone(made):
    go(made, until="recommendation")
    talk = acts(made, "talk")[0]
    correcting.void(act_id=talk.id, reason="录错了人")
    assert 2 not in {int(step) for step in row(made).done_days}
    assert len(acts(made, "talk")) == 2
    application = acts(made, "application")[0]
    go(made, after="application", until="recommendation")
    with pytest.raises(Refused, match="后面的第2步"):
        correcting.void(act_id=application.id, reason="录错了")


def test_an_approval_that_put_somebody_on_the_roster_is_not_simply_taken_away(made):
    go(made, until="filing_up")
    with pytest.raises(Refused, match="编入名册"):
        correcting.void(act_id=acts(made, "approval")[0].id, reason="误批")
    assert row(made).approved_on == on("2025-07-01")


def test_what_a_correction_would_bring_about_is_told_before(made):
    go(made, until="contacts")
    meeting = acts(made, "activist_meeting")[0]
    found = correcting.consequences(act_id=meeting.id, act_on=on("2024-03-11"), data=meeting.data)
    assert {one.ruling.rule for one in found} == {"X1"}
    assert len(acts(made, "activist_meeting")) == 1


def test_somebody_who_was_faster_makes_the_other_start_anew(made):
    seen = row(made).version
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    error = refused(made, "talk", "2024-01-20", {}, version=seen)
    assert [one.code for one in error.findings] == ["E_CONFLICT"]


@pytest.mark.parametrize(("looks", "told"), [(False, "第1步"), (True, "他人刚")])
def test_of_two_who_close_a_step_at_once_one_wins(app, made, looks, told):
    """Whether they come by the API, or have the case open as a page does, in the session that records."""
    tenant, case, outcomes, barrier = made.county.tenant, made.case, [], Barrier(2)
    db.session.commit()

    def close() -> None:
        with app.app_context(), bound(tenant_id=tenant.id):
            seen = db.session.scalars(select(Case).where(Case.id == case)).one() if looks else None
            barrier.wait(10)
            try:
                given = {"signed": "2024-01-10"}
                version = seen.version if seen is not None else None
                recording.act(case_id=case, kind="application", act_on=on("2024-01-10"), data=given, version=version)
                outcomes.append("won")
            except Refused as error:
                outcomes.append(str(error))
            db.session.remove()

    workers = [Thread(target=close) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert sorted(one[:3] for one in outcomes) == ["won", told]
    assert [one.seq for one in acts(made)] == [1]
    assert chain.verify(case) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE p_development.development_act SET act_on = act_on - 30 WHERE seq = 2", {(2, "content")}),
        ("""UPDATE p_development.development_act SET data = '{"result": "named"}' WHERE seq = 4""", {(4, "content")}),
        ("UPDATE p_development.development_act SET content = hash WHERE seq = 3", {(3, "content"), (3, "link")}),
        ("DELETE FROM p_development.development_act WHERE seq = 3", {(3, "missing")}),
        ("DELETE FROM p_development.development_act WHERE seq = (SELECT max(seq) FROM p_development.development_act)", None),
    ],
    ids=["a day", "a fact", "a hash", "one in between", "the last"],
)  # fmt: skip
def test_whoever_changes_a_record_in_the_database_is_found_out(made, settings, change, where):
    go(made, until="filing_request")
    assert verify_all() == []
    db.session.commit()
    owner = create_engine(settings.database_owner_url)
    with owner.begin() as connection:
        connection.execute(text(f"SET LOCAL app.tenant_id = '{made.county.tenant.id}'"))
        connection.execute(text("ALTER TABLE p_development.development_act DISABLE TRIGGER keep_act"))
        connection.execute(text(change.replace("WHERE", f"WHERE case_id = '{made.case}' AND", 1)))
        connection.execute(text("ALTER TABLE p_development.development_act ENABLE TRIGGER keep_act"))
    owner.dispose()
    found = {(one.seq, one.what) for one in chain.verify(made.case)}
    assert found
    assert verify_all() == [made.case]
    assert where is None or where <= found


def test_the_chain_holds_when_the_keys_are_changed(made):
    go(made, until="activist_meeting")
    add_key()
    while reseal(keyring(fresh=True)):
        pass
    assert left(keyring(fresh=True).newest) == 0
    assert chain.verify(made.case) == []
    assert sealed_of(acts(made, "talk")[0]) == {"record": "谈心"}


def test_every_act_stands_in_the_audit_with_who_did_it(made):
    with acting(Origin(actor="王书记")):
        record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    kinds = db.session.execute(
        select(AuditEvent.kind, AuditEvent.actor).where(AuditEvent.subject_id == made.case).order_by(AuditEvent.at)
    ).all()
    assert kinds[-1] == ("development.act.recorded", "王书记")
    assert acts(made)[0].actor_name == "王书记"


def test_the_approval_is_refused_while_the_roster_would_refuse_the_record(made):
    bare = opening.open_case(
        unit_id=made.branch, given=opening.NewCase(name="赵无号", sex="1", birth=date(1998, 3, 1))
    )  # fmt: skip
    made.case = bare
    go(made, until="approval")
    with pytest.raises(Refused, match="名册资料还不合要求"):
        go(made, after="interview", until="filing_up")
    assert row(made).state == "adopted"
    assert row(made).person_id is None


def test_a_person_has_one_open_case(made):
    twin = newcomer("林小明")
    first = opening.open_case(unit_id=made.branch, given=twin)
    with pytest.raises(Refused, match="已有一件"):
        opening.open_case(unit_id=made.county.blue_branch, given=twin)
    made.case = first
    record(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    record(made, "withdraw", "2024-02-01", {"why": "外出"})
    assert opening.open_case(unit_id=made.county.blue_branch, given=twin)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"), ({"id_no": "350525199803010000"}, "id_no"), ({"birth": date(1997, 3, 1)}, "birth"),
        ({"phone": "12"}, "phone"), ({"traits": ["tall"]}, "traits"), ({"private": {"secret": "x"}}, "private"),
        ({"source_kind": "moon"}, "source_kind"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_base_data_are_checked(made, given, field):
    from dataclasses import replace

    with pytest.raises(Refused) as caught:
        opening.open_case(unit_id=made.branch, given=replace(newcomer(), **given))
    assert field in {one.field for one in caught.value.findings}


def test_only_a_branch_takes_an_application(made):
    with pytest.raises(Refused, match="党支部受理"):
        opening.open_case(unit_id=made.county.green, given=newcomer())


def test_somebody_who_is_a_member_cannot_apply(made):
    person = member(made.branch, "老党员")
    made.case = opening.open_case(
        unit_id=made.branch, given=opening.NewCase(name="老党员", sex="1", birth=date(1980, 5, 17), person_id=person)
    )  # fmt: skip
    error = refused(made, "application", "2024-01-10", {"signed": "2024-01-10"})
    assert "G1.5" in {one.rule for one in error.findings}


def test_base_data_can_be_changed_and_what_is_sealed_stays(made):
    before = row(made)
    opening.edit_case(case_id=made.case, given=opening.NewCase(
        name="林晓明", sex="1", birth=before.birth, employer="青岭合作社", private={"family": "父母务农"}), version=before.version)  # fmt: skip
    case = row(made)
    assert (case.name, case.employer) == ("林晓明", "青岭合作社")
    assert case.id_no_masked == before.id_no_masked
    from plugins.development.cases.sealing import private_of

    assert private_of(case) == {"address": "清源县青岭乡青岭村5号", "family": "父母务农"}


def test_nothing_of_a_refused_act_stays(made):
    with pytest.raises(Refused), transaction():
        record(made, "talk", "2024-01-20", {"interviewers": [str(made.members[0])], "topics": ["motive"]})
    assert db.session.scalar(select(func.count()).select_from(Act).where(Act.case_id == made.case)) == 0
    assert db.session.scalar(select(Case.act_count).where(Case.id == made.case)) == 0
