"""Whoever must act is told, once, when it suits, and only while there is something to do."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from core import clock
from core.audit.actions import Origin, acting
from core.clock import ZONE
from core.database import db, tenant_id, transaction
from core.database.read import rows
from core.identity.models import Account
from core.jobs.models import Outbox
from core.mail.models import MailMessage
from core.notices import jobs
from core.notices.actions import deliver as delivering
from core.notices.actions import notify
from core.notices.actions.deliver import deliver
from core.notices.actions.preferences import prefer, rest
from core.notices.actions.remind import remind
from core.notices.actions.todos import nudge, snooze
from core.notices.kinds import DEADLINE, NUDGE
from core.notices.models import Deadline, Message, NoticePreference
from core.policy.findings import Refused
from core.tenancy.keys import keyring

TODAY = clock.today()  # what PostgreSQL dates itself lies beside it
MESSAGES = select(Message.account_id, Message.channel, Message.key, Message.title, Message.late, Message.state)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def noon(monkeypatch, app) -> None:
    """It is noon of the day, and mail can be sent."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: at(12))
    before = app.extensions["dangjian.settings"]
    app.extensions["dangjian.settings"] = replace(before, smtp_url="smtp://mail.test:25", mail_from="dj@example.org")
    yield
    app.extensions["dangjian.settings"] = before


def mailed(account: Any, address: str = "x@example.org") -> None:
    keys = keyring()
    with transaction() as session:
        session.execute(
            update(Account)
            .where(Account.id == account)
            .values(
                email_cipher=keys.encrypt(address, table="account", column="email_cipher", row=account),
                email_index=keys.blind(address, purpose="account.email"),
            )
        )


def told(channel: str = "in_app") -> list[tuple[Any, ...]]:
    return sorted((row[2].rsplit(":", 1)[1], row[0], row[4]) for row in rows(MESSAGES) if row[1] == channel)


def mails() -> int:
    return len(rows(select(MailMessage.id)))


def test_the_officer_of_the_branch_is_reminded_and_a_second_run_of_the_day_tells_nobody_again(line):
    officer = line.officer("own", "甲一")
    line.body("甲一", TODAY + timedelta(days=30))
    assert remind(as_of=TODAY) == 1
    assert remind(as_of=TODAY) is None
    assert told() == [("T-30", officer, False)]
    assert "换届：甲一" in rows(MESSAGES)[0][3]
    assert "还有30天" in rows(MESSAGES)[0][3]


def test_three_days_without_a_run_are_made_up_for_and_marked_late(line):
    officer = line.officer("own", "甲一")
    line.body("甲一", TODAY + timedelta(days=28))
    line.body("甲二", TODAY + timedelta(days=30))
    line.officer("two", "甲二")
    remind(as_of=TODAY - timedelta(days=3))
    remind(as_of=TODAY)
    assert sorted(late for _, _, late in told()) == [False, True]
    assert ("T-30", officer, True) in told()


def test_each_week_overdue_one_more_level_is_told(line):
    own, town = line.officer("own", "甲一"), line.officer("town", "甲镇", "committee_officer")
    line.body("甲一", TODAY - timedelta(days=7))
    remind(as_of=TODAY)
    assert {account for _, account, _ in told()} == {own, town}


def test_nobody_who_was_disabled_is_told(line):
    officer = line.officer("own", "甲一")
    line.body("甲一", TODAY)
    with transaction() as session:
        session.execute(update(Account).where(Account.id == officer).values(state="disabled"))
    remind(as_of=TODAY)
    assert officer not in {account for _, account, _ in told()}
    assert notify(kind=NUDGE, to=[officer], key="k", title="t") == 0


def test_a_mail_waits_for_the_morning_and_is_posted_once(line):
    officer = line.officer("own", "甲一")
    mailed(officer)
    with transaction():
        notify(kind=NUDGE, to=[officer], key="k", title="催办：换届", now=at(22, 10))
    assert deliver(now=at(23)).mails == 0
    tomorrow = at(7, 30, TODAY + timedelta(days=1))
    assert deliver(now=tomorrow).mails == 1
    assert deliver(now=tomorrow).mails == 0
    assert mails() == 1


def test_what_is_done_before_its_moment_is_not_sent(line):
    officer = line.officer("own", "甲一")
    mailed(officer)
    body = line.body("甲一", TODAY)
    remind(as_of=TODAY)
    from core.organization.models import Body

    with transaction() as session:
        session.execute(update(Body).where(Body.id == body).values(ended_on=TODAY))
    found = deliver(now=at(8, 0, TODAY + timedelta(days=1)))
    assert (found.mails, found.dropped) == (0, 1)
    assert [row[5] for row in rows(MESSAGES) if row[1] == "email"] == ["dropped"]


def test_more_reminders_of_a_day_are_one_digest(line):
    officer = line.officer("own", "甲镇", "committee_officer")
    mailed(officer)
    for word in ("甲一", "甲二", "甲总支", "甲镇"):
        line.body(word, TODAY)
    remind(as_of=TODAY)
    assert len(told()) == 4
    assert deliver(now=at(8, 0, TODAY + timedelta(days=1))).mails == 1
    assert mails() == 1


def test_what_one_has_switched_off_is_not_mailed_but_what_is_obligatory_is(line):
    officer = line.officer("own", "甲一")
    mailed(officer)
    prefer(account_id=officer, modes={DEADLINE: "off", NUDGE: "weekly"})
    with pytest.raises(Refused, match="不能关闭"):
        prefer(account_id=officer, modes={NUDGE: "off"})
    with pytest.raises(Refused):
        prefer(account_id=officer, modes={"nonsense": "daily"})
    line.body("甲一", TODAY)
    remind(as_of=TODAY)
    nudge_of = rows(select(Deadline.id).where(Deadline.rule == "TERM"))[0][0]
    with acting(Origin(None, "县委")):
        nudge(deadline_id=nudge_of, as_of=TODAY)
    assert [row[2].split(":")[0] for row in rows(MESSAGES) if row[1] == "email"] == ["nudge"]
    assert len(told()) == 2
    assert rows(select(NoticePreference.modes)) == [({DEADLINE: "off", NUDGE: "weekly"},)]


def test_one_nudges_once_a_day_and_not_where_nobody_can_act(line):
    officer = line.officer("own", "甲一")
    line.body("甲一", TODAY)
    found = rows(select(Deadline.id).where(Deadline.rule == "TERM"))[0][0]
    with acting(Origin(None, "县委")):
        assert nudge(deadline_id=found, as_of=TODAY) == [officer]
        with pytest.raises(Refused, match="今天已经催办过"):
            nudge(deadline_id=found, as_of=TODAY)
        assert nudge(deadline_id=found, as_of=TODAY + timedelta(days=1)) == [officer]
    with acting(Origin(officer, "own")), pytest.raises(Refused, match="没有可以催办的人"):
        nudge(deadline_id=found, as_of=TODAY + timedelta(days=2))


def test_a_to_do_is_put_off_for_three_days_twice_and_a_third_time_is_refused(line):
    line.officer("own", "甲一")
    line.body("甲一", TODAY)
    found = rows(select(Deadline.id).where(Deadline.rule == "TERM"))[0][0]
    with pytest.raises(Refused, match="最多暂缓3天"):
        snooze(deadline_id=found, days=4, reason="等候选人考察", as_of=TODAY)
    with pytest.raises(Refused, match="请写明暂缓的原因"):
        snooze(deadline_id=found, days=1, reason=" ", as_of=TODAY)
    assert snooze(deadline_id=found, days=3, reason="等候选人考察", as_of=TODAY) == TODAY + timedelta(days=3)
    assert remind(as_of=TODAY) == 0
    snooze(deadline_id=found, days=1, reason="等候选人考察", as_of=TODAY)
    with pytest.raises(Refused, match="不能再缓"):
        snooze(deadline_id=found, days=1, reason="等候选人考察", as_of=TODAY)


class Killed(BaseException):
    """What a worker's death looks like from inside."""


def test_a_worker_killed_while_sending_leaves_the_mail_to_the_next_and_it_is_sent_once(line, monkeypatch):
    officer = line.officer("own", "甲一")
    mailed(officer)
    with transaction():
        notify(kind=NUDGE, to=[officer], key="k", title="催办")
    real = delivering.post_mail

    def dying(**given: Any) -> Any:
        real(**given)
        raise Killed

    monkeypatch.setattr(delivering, "post_mail", dying)
    with pytest.raises(Killed):
        deliver(now=at(13))
    assert mails() == 0
    monkeypatch.setattr(delivering, "post_mail", real)
    assert deliver(now=at(13)).mails == 1
    assert mails() == 1


def test_a_job_posted_and_run_twice_reminds_once(line):
    from core.jobs.outbox import post
    from core.jobs.run import run_due

    line.officer("own", "甲一")
    line.body("甲一", TODAY)
    with transaction():
        post(kind="notices.remind", payload={"as_of": TODAY.isoformat()})
        post(kind="notices.remind", payload={"as_of": TODAY.isoformat()})
    run_due()
    assert len(told()) == 1
    assert {state for (state,) in rows(select(Outbox.state).where(Outbox.kind == "notices.remind"))} == {"done"}
    assert jobs.DELIVER == "notices.deliver"


@contextmanager
def timed(most: float):
    import time

    began = time.perf_counter()
    yield
    took = time.perf_counter() - began
    assert took < most, f"{took:.2f} s"


def test_eight_hundred_branches_due_on_one_day_are_reminded_in_seconds(line):
    from tests.notices.test_deadlines import fill

    line.officer("town", "乙镇", "committee_officer")
    fill(line, units=825, members=20_000)
    with transaction() as session:
        session.execute(
            text("UPDATE core.body SET due_on = :due WHERE tenant_id = :t"),
            {"due": TODAY + timedelta(days=30), "t": tenant_id()},
        )
    db.session.remove()
    with timed(5):
        assert (remind(as_of=TODAY) or 0) >= 825


def test_in_ones_own_hours_of_rest_a_mail_waits_and_what_is_urgent_does_not(line):
    officer = line.officer("own", "甲一")
    mailed(officer)
    rest(account_id=officer, start="11:00", end="14:00")
    notify(kind=NUDGE, to=[officer], key="a", title="请办理", now=at(12))
    assert deliver(now=at(12)).mails == 0
    assert deliver(now=at(13, 59)).mails == 0
    assert deliver(now=at(14)).mails == 1
    assert deliver(now=at(15)).mails == 0
    posted = rows(select(Outbox.available_at).where(Outbox.kind == "notices.deliver"))
    assert at(14) in {row[0].astimezone(ZONE) for row in posted}


def test_beyond_three_mails_a_day_the_rest_come_together_next_morning(line):
    officer = line.officer("own", "甲一")
    mailed(officer)
    for number in range(5):
        notify(kind=NUDGE, to=[officer], key=f"n{number}", title=f"第{number}件", now=at(12, number))
        deliver(now=at(12, number))
    assert mails() == 3
    tomorrow = TODAY + timedelta(days=1)
    assert deliver(now=at(7, 59, tomorrow)).mails == 0
    assert deliver(now=at(8, 0, tomorrow)).mails == 1
    assert mails() == 4


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("22:00", "", "一起填写"), ("25:00", "08:00", "例如 22:00"), ("22:00", "22:00", "不能相同")],
)
def test_hours_of_rest_that_make_no_sense_are_refused(line, start, end, said):
    officer = line.officer("own", "甲一")
    with pytest.raises(Refused) as refused:
        rest(account_id=officer, start=start, end=end)
    assert said in refused.value.findings[0].message
    rest(account_id=officer, start="22:00", end="08:00")
    rest(account_id=officer, start="", end="")
    assert rows(select(NoticePreference.quiet_from))[0][0] is None
