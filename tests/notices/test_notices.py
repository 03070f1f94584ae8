"""A notice reaches whom it is meant for, level by level or at once, and one sees who has read it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from core import clock
from core.audit.actions import Origin, acting
from core.database import bound, db, tenant_id, transaction
from core.database.read import rows
from core.identity.models import Account
from core.notices.actions.notices import (
    correct,
    nudge_readers,
    pass_on,
    preview,
    publish,
    read,
    withdraw,
)
from core.notices.actions.reading import read_all
from core.notices.audience import Audience
from core.notices.models import Deadline, Message, Notice, NoticeReceipt, NoticeStep
from core.notices.queries import inbox, receipts
from core.notices.rules.texts import clean, plain, text_findings
from core.people.models import Person
from core.policy.findings import Refused
from tests.pace import within

TODAY = date(2026, 11, 22)
ALL = (("0000.", "0000/"),)


@pytest.fixture(autouse=True)
def today(monkeypatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def send(line, audience: Audience, **more: object):
    given = {"title": "关于开展主题党日的通知", "body": "请各支部做好准备。", **more}
    with acting(Origin(None, "县委组织部")):
        return publish(unit_id=line.root, audience=audience, allowed=ALL, as_of=TODAY, **given)


def recipients(notice) -> set[object]:
    return {one for (one,) in rows(select(NoticeReceipt.recipient_id).where(NoticeReceipt.id == notice))}


def turns(notice) -> dict[str, object]:
    return {one.unit: one for one in receipts.steps(notice, ALL) if one.passed_at is None}


def test_of_a_branch_of_twenty_the_suspended_and_the_dead_are_left_out_and_the_floating_are_not(line):
    people = line.people("甲一", 17)
    floating = line.people("甲一", 1, class_codes=["floating"])
    line.people("甲一", 1, "suspended")
    line.people("甲一", 1, "died")
    audience = Audience(units=(line.ids["甲一"],))
    assert preview(audience=audience, allowed=ALL, as_of=TODAY) == 18
    assert recipients(send(line, audience)) == {*people, *floating}


def test_a_class_of_members_single_persons_and_officers_can_be_meant(line):
    rural = line.people("甲一", 2, class_codes=["rural"])
    others = line.people("甲二", 2)
    officer = line.officer("own", "甲二")
    assert recipients(send(line, Audience(units=(line.root,), tags=("rural",)))) == set(rural)
    assert recipients(send(line, Audience(persons=(others[0],)))) == {others[0]}
    assert officer in recipients(send(line, Audience(units=(line.root,), who="officers")))


def test_an_officer_who_is_a_member_too_is_given_it_once(line):
    [person] = line.people("甲一", 1)
    line.officer("own", "甲一", person=person)
    assert recipients(send(line, Audience(units=(line.ids["甲一"],), who="both"))) == {person}


def test_four_levels_pass_a_notice_on_each_to_the_next(line):
    town, general, branch, group = (
        line.officer("town", "甲镇", "committee_officer"),
        line.officer("general", "甲总支", "general_secretary"),
        line.officer("branch", "甲一"),
        line.officer("group", "第一组", "group_leader"),
    )
    alone = line.people("甲一", 2)
    grouped = line.people("甲一", 3, group_id=line.ids["第一组"])
    line.people("乙镇", 2)
    notice = send(line, Audience(units=(line.ids["甲镇"],)), mode="steps")
    assert recipients(notice) == {town}
    assert [row[1] for row in rows(select(Deadline.rule, Deadline.held_path)) if row[0] == "PASS"] == [
        line.paths["甲镇"]
    ]
    seen = {town}
    for unit, gained in (
        ("甲镇", {general}),
        ("甲总支", {branch}),
        ("甲一", {group, *alone}),
        ("第一组", set(grouped)),
    ):
        step = turns(notice)[unit]
        pass_on(step_id=step.id, note="已宣读", everybody=False, as_of=TODAY)
        seen |= gained
        assert recipients(notice) == seen, unit
    assert set(turns(notice)) == {"甲二"}
    states = {(rule, state) for rule, state in rows(select(Deadline.rule, Deadline.state)) if rule == "PASS"}
    assert states == {("PASS", "done"), ("PASS", "open")}
    with pytest.raises(Refused, match="已经传达过"):
        pass_on(step_id=step.id, note="", everybody=False, as_of=TODAY)


def test_a_level_may_give_it_to_everybody_below_at_once_and_nobody_else_has_a_turn(line):
    line.officer("town", "甲镇", "committee_officer")
    people = [*line.people("甲一", 2), *line.people("甲二", 2)]
    notice = send(line, Audience(units=(line.ids["甲镇"],)), mode="steps")
    pass_on(step_id=turns(notice)["甲镇"].id, note="", everybody=True, as_of=TODAY)
    assert set(people) < recipients(notice)
    assert turns(notice) == {}
    assert rows(select(Deadline.id).where(Deadline.state == "open")) == []


def test_what_lies_out_of_reach_is_refused_as_if_it_were_not_there(line):
    own = ((line.paths["甲镇"], line.paths["甲镇"][:-1] + "/"),)
    for unit in (line.ids["乙镇"], tenant_id_as_uuid()):
        with pytest.raises(Refused) as refused:
            preview(audience=Audience(units=(unit,)), allowed=own, as_of=TODAY)
        assert "不存在，或者不在您可以发布通知的范围内" in str(refused.value)
    [person] = line.people("乙镇", 1)
    assert preview(audience=Audience(persons=(person,)), allowed=own, as_of=TODAY) == 0


def tenant_id_as_uuid():
    from uuid import UUID

    return UUID(int=tenant_id())


def test_who_has_read_it_is_counted_by_unit_and_named(line):
    [person] = line.people("甲一", 1)
    line.people("甲二", 2)
    line.people("乙镇", 3)
    account = line.officer("own", "甲一", person=person)
    notice = send(line, Audience(units=(line.root,)))
    assert inbox.counts(account) == (1, 0)
    assert read(notice_id=notice, account_id=account) is True
    assert read(notice_id=notice, account_id=account) is False
    assert inbox.counts(account) == (0, 0)
    parts = {part.unit: (part.given, part.read, part.deeper) for part in receipts.by_unit(notice, ALL[0], ALL)}
    assert parts == {"甲镇": (3, 1, True), "乙镇": (3, 0, False)}
    town = (line.paths["甲镇"], line.paths["甲镇"][:-1] + "/")
    assert [part.unit for part in receipts.by_unit(notice, ALL[0], [town])] == ["甲镇"]
    unread = receipts.readers(notice, town, ALL, unread=True)
    assert [(one.name, one.unit, one.account) for one in unread] == [
        ("甲二人0", "甲二", False),
        ("甲二人1", "甲二", False),
    ]
    assert [one.name for one in receipts.readers(notice, town, ALL, unread=False)] == ["甲一人0"]


def test_the_unread_are_nudged_once_a_day(line):
    [one, other] = line.people("甲一", 2)
    reader, idler = line.officer("one", "甲一", person=one), line.officer("other", "甲一", person=other)
    notice = send(line, Audience(units=(line.ids["甲一"],)))
    read(notice_id=notice, account_id=reader)
    assert nudge_readers(notice_id=notice, under=ALL[0], as_of=TODAY) == 1
    assert [row[0] for row in rows(select(Message.account_id).where(Message.kind == "nudge"))] == [idler]
    with pytest.raises(Refused, match="今天已经催阅过"):
        nudge_readers(notice_id=notice, under=ALL[0], as_of=TODAY)


def test_a_correction_keeps_the_old_wording_and_asks_to_read_again(line):
    [person] = line.people("甲一", 1)
    account = line.officer("own", "甲一", person=person)
    notice = send(line, Audience(units=(line.ids["甲一"],)))
    read(notice_id=notice, account_id=account)
    [(version,)] = rows(select(Notice.version))
    given = {"notice_id": notice, "title": "更正", "body": "改到周五。", "again": True, "as_of": TODAY}
    assert correct(**given, reason="时间有误", version=version) == 2
    assert inbox.counts(account) == (1, 0)
    [old] = inbox.versions(notice)
    assert (old.number, old.title, old.readers) == (1, "关于开展主题党日的通知", 1)
    with pytest.raises(Refused, match="刚刚被他人修改"):
        correct(**given, reason="又改", version=version)


def test_a_withdrawn_notice_waits_for_nobody(line):
    [person] = line.people("甲一", 1)
    account = line.officer("own", "甲一", person=person)
    line.officer("town", "甲镇", "committee_officer")
    notice = send(line, Audience(units=(line.ids["甲一"],)))
    steps = send(line, Audience(units=(line.ids["甲镇"],)), mode="steps")
    for one in (notice, steps):
        withdraw(notice_id=one, reason="内容有误", as_of=TODAY)
    assert inbox.counts(account) == (0, 0)
    assert rows(select(Deadline.id).where(Deadline.state == "open", Deadline.rule == "PASS")) == []
    with pytest.raises(Refused, match="已经撤回"):
        withdraw(notice_id=notice, reason="内容有误", as_of=TODAY)


def test_important_notices_are_not_read_by_a_single_click_on_all(line):
    [person] = line.people("甲一", 1)
    account = line.officer("own", "甲一", person=person)
    send(line, Audience(units=(line.ids["甲一"],)))
    send(line, Audience(units=(line.ids["甲一"],)), level="urgent")
    read_all(account_id=account)
    assert inbox.counts(account)[0] == 1


@pytest.mark.parametrize(
    ("title", "body", "said"),
    [
        ("", "正文", "请填写标题"),
        ("标" * 101, "正文", "标题最长100个字"),
        ("标题", "<p> </p>", "请填写正文"),
        ("标题", "王某 11010519491231002X", "身份证号码"),
        ("联系 13800138000", "正文", "手机号码"),
        ("标题", "机密★ 一年", "密级标志"),
    ],
)
def test_what_must_not_be_in_a_notice_is_named(title, body, said):
    assert any(said in finding.message for finding in text_findings(title=title, body=body))


def test_markup_that_does_anything_is_taken_out():
    kept = clean('<p onclick="x()">好<script>alert(1)</script></p><a href="javascript:x()">a</a><img src=x onerror=y>')
    assert "script" not in kept
    assert "onclick" not in kept
    assert "onerror" not in kept
    assert clean("第一行\n\n<二>") == "<p>第一行</p><p>&lt;二&gt;</p>" or "<二>" not in clean("第一行\n\n<二>")
    assert plain(clean("第一行\n第二行")) == "第一行\n第二行"
    assert clean("党龄<1年的\n年龄<35岁的") == "<p>党龄&lt;1年的</p><p>年龄&lt;35岁的</p>"


def test_a_day_gone_by_is_no_last_day_for_reading(line):
    line.people("甲一", 1)
    with pytest.raises(Refused, match="不能早于今天"):
        send(line, Audience(units=(line.root,)), read_by=TODAY - timedelta(days=1))


def test_a_notice_of_one_tenant_is_unknown_in_another(app, other_tenant, line):
    line.people("甲一", 1)
    notice = send(line, Audience(units=(line.root,)))
    import threading

    seen: list[object] = []

    def look() -> None:
        with app.app_context(), bound(tenant_id=other_tenant.id):
            seen.append((receipts.sent(ALL, after=None, limit=5), receipts.by_unit(notice, ALL[0], ALL)))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [([], [])]


def test_twenty_thousand_are_given_a_notice_in_three_seconds_and_counted_in_a_fifth_of_one(line):
    from tests.notices.test_deadlines import fill

    fill(line, units=825, members=20_000)
    with within(3):
        notice = send(line, Audience(units=(line.root,)))
    with within(0.5):
        [whole] = [part for part in receipts.by_unit(notice, ALL[0], ALL) if part.unit == "乙镇"]
    assert whole.given == 20_000
    assert len(receipts.by_unit(notice, (line.paths["乙镇"], line.paths["乙镇"][:-1] + "/"), ALL)) == 825
    with transaction() as session:
        session.execute(update(NoticeReceipt).values(read_at=clock.now()))
    [whole] = [part for part in receipts.by_unit(notice, ALL[0], ALL) if part.unit == "乙镇"]
    assert whole.read == 20_000


def test_the_steps_of_a_notice_are_due_on_a_working_day(line):
    line.officer("town", "甲镇", "committee_officer")
    notice = send(line, Audience(units=(line.ids["甲镇"],)), mode="steps")
    [(due,)] = rows(select(NoticeStep.due_on).where(NoticeStep.notice_id == notice))
    assert due == date(2026, 11, 25)
    assert db.session is not None
    assert rows(select(Account.id).where(Account.login == "town"))
    assert rows(select(Person.id)) == []
