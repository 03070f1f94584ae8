"""What has to be done follows from the data: it opens in time, moves with its day, and ends when it is done."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from core import clock
from core.calendar_arithmetic import add_months
from core.database import bound, tenant_id, transaction, uuid7
from core.database.read import rows
from core.notices.actions.sync import sync
from core.notices.models import Deadline, DeadlineTouched
from core.organization.models import Body, PostHolding, Unit
from core.people.models import MembershipSpell, Person
from core.policy.actions import set_value
from tests.pace import within

ALL = select(
    Deadline.rule, Deadline.subject_id, Deadline.title, Deadline.opens_on, Deadline.due_on, Deadline.state,
    Deadline.held_path,
).order_by(Deadline.rule, Deadline.due_on, Deadline.id)  # fmt: skip


def found(rule: str, state: str = "open") -> list[tuple[object, ...]]:
    return [row[1:] for row in rows(ALL) if row[0] == rule and row[5] == state]


@pytest.fixture
def today(monkeypatch) -> date:
    day = date(2026, 11, 22)
    monkeypatch.setattr(clock, "today", lambda: day)
    return day


def test_a_term_is_work_from_six_months_before_its_end_and_not_a_day_earlier(line, today):
    line.body("甲一", add_months(today, 6))
    line.body("甲二", add_months(today, 6) + timedelta(days=1))
    assert [row[1] for row in found("TERM")] == ["甲一"]


def test_the_sixth_month_before_the_31st_of_august_is_the_last_day_of_february(line, today):
    line.body("甲一", date(2026, 8, 31))
    assert found("TERM")[0][2:4] == (date(2026, 2, 28), date(2026, 8, 31))


def test_a_probation_begun_on_a_leap_day_is_over_on_the_28th_of_february(line):
    [person] = line.people("甲一", 1, "probationary", join_date=date(2024, 2, 29))
    assert found("PROBATION")[0][3] == date(2025, 2, 28)
    with transaction() as session:
        session.execute(update(Person).where(Person.id == person).values(standing="formal"))
    assert (found("PROBATION"), len(found("PROBATION", "done"))) == ([], 1)


def test_a_probationary_member_who_leaves_has_nothing_left_to_do(line):
    [person] = line.people("甲一", 1, "probationary", join_date=date(2024, 2, 29))
    with transaction() as session:
        session.execute(update(Person).where(Person.id == person).values(standing="removed", unit_id=None))
    assert (found("PROBATION"), len(found("PROBATION", "gone"))) == ([], 1)


@pytest.fixture
def in_may(monkeypatch) -> date:
    day = date(2026, 5, 1)
    monkeypatch.setattr(clock, "today", lambda: day)
    return day


def veterans(line, **days: date) -> dict[str, object]:
    """Formal members of one branch by name, with the day they became one."""
    made = {}
    for name, regular in days.items():
        [made[name]] = line.people("甲一", 1, regular_date=regular, join_date=add_months(regular, -12))
        with transaction() as session:
            session.execute(update(Person).where(Person.id == made[name]).values(name=name))
    return made


def test_fifty_years_on_the_first_of_july_are_work_from_may_on_and_until_the_medal_is_given(line, in_may):
    people = veterans(line, 满五十=date(1976, 7, 1), 差一天=date(1976, 7, 2), 早年=date(1960, 2, 29))
    assert sorted(row[1] for row in found("MEDAL")) == ["早年", "满五十"]
    assert {row[2:4] for row in found("MEDAL")} == {(date(2026, 5, 1), date(2026, 7, 1))}
    with transaction() as session:
        session.execute(update(Person).where(Person.id == people["早年"]).values(class_codes=["medal50"]))
    assert [row[1] for row in found("MEDAL")] == ["满五十"]
    assert [row[1] for row in found("MEDAL", "done")] == ["早年"]
    with transaction() as session:
        session.execute(update(Person).where(Person.id == people["满五十"]).values(standing="died", unit_id=None))
    assert (found("MEDAL"), len(found("MEDAL", "gone"))) == ([], 1)


def test_nobody_is_asked_for_medals_before_may_and_the_tenants_own_numbers_move_the_day(line, in_may):
    veterans(line, 满五十=date(1976, 7, 1), 满四十九=date(1977, 7, 1))
    sync(as_of=date(2026, 4, 30))
    assert found("MEDAL") == []
    set_value(key="medal.ahead", value=3, effective_from=date(2026, 1, 1), as_of=date(2026, 1, 1), reason="提前核对")
    set_value(key="medal.party_age", value=49, effective_from=date(2026, 1, 1), as_of=date(2026, 1, 1), reason="测试")
    sync(as_of=date(2026, 4, 1))
    assert sorted(row[1] for row in found("MEDAL")) == ["满五十", "满四十九"]
    version = rows(select(Deadline.policy_version).where(Deadline.rule == "MEDAL", Deadline.state == "open"))[0][0]
    assert version == "medal.party_age=49,medal.day=07-01,medal.ahead=3"


def test_days_of_suspension_are_not_counted_for_the_medal_unless_the_tenant_counts_them(line, in_may):
    [person] = veterans(line, 停过=date(1976, 6, 1)).values()
    with transaction() as session:
        for begun, ended, reason in ((date(1976, 6, 1), date(1990, 1, 1), "suspended"), (date(1990, 3, 1), None, None)):
            session.add(
                MembershipSpell(
                    id=uuid7(), person_id=person, started_on=begun, start_reason="imported", ended_on=ended,
                    end_reason=reason,
                )
            )  # fmt: skip
    sync(as_of=in_may)
    assert found("MEDAL") == []
    set_value(
        key="party_age.exclude_suspension",
        value=False,
        effective_from=date(2026, 1, 1),
        as_of=date(2026, 1, 1),
        reason="测试",
    )
    sync(as_of=in_may)
    assert [row[1] for row in found("MEDAL")] == ["停过"]


def test_an_extension_moves_the_day_at_once_and_a_new_term_ends_the_duty(line, today):
    body = line.body("甲一", today - timedelta(days=10))
    with transaction() as session:
        session.execute(update(Body).where(Body.id == body).values(due_on=today + timedelta(days=50)))
    assert found("TERM")[0][3] == today + timedelta(days=50)
    with transaction() as session:
        session.execute(update(Body).where(Body.id == body).values(ended_on=today))
    line.body("甲一", add_months(today, 36))
    assert (found("TERM"), len(found("TERM", "done"))) == ([], 1)


def test_a_dissolved_unit_leaves_nothing_to_do(line, today):
    line.body("甲一", today)
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == line.ids["甲一"]).values(state="dissolved"))
    assert (found("TERM"), len(found("TERM", "gone"))) == ([], 1)


def test_a_secretary_who_leaves_is_missed_for_thirty_days_until_somebody_follows(line, today):
    line.secretary("甲一", date(2020, 1, 1))
    assert found("VACANCY") == []
    with transaction() as session:
        session.execute(update(PostHolding).values(held_to=today - timedelta(days=31)))
    assert [(row[1], row[3]) for row in found("VACANCY")] == [("甲一", today - timedelta(days=1))]
    line.secretary("甲一", today)
    assert (found("VACANCY"), len(found("VACANCY", "done"))) == ([], 1)


def test_it_is_the_turn_of_the_nearest_officer_and_of_the_superior_while_there_is_none(line, today):
    line.body("甲一", today)
    assert found("TERM")[0][5] == "0000."  # the tenant's administrator
    line.officer("town", "甲镇", "committee_officer")
    assert found("TERM")[0][5] == line.paths["甲镇"]
    line.officer("own", "甲一")
    assert found("TERM")[0][5] == line.paths["甲一"]
    line.officer("looker", "甲一", "auditor")
    assert found("TERM")[0][5] == line.paths["甲一"]


def test_what_is_due_moves_with_its_unit(line, today):
    line.body("甲一", today)
    line.officer("town", "乙镇", "committee_officer")
    path = line.paths["乙镇"] + "zzzz."
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == line.ids["甲一"]).values(path=path, path_end=path[:-1] + "/"))
    assert found("TERM")[0][5] == line.paths["乙镇"]


def test_computing_everything_again_changes_nothing_and_nothing_touched_is_left(line, today):
    line.body("甲一", today)
    line.people("甲一", 3, "probationary", join_date=date(2025, 12, 1))
    before = rows(ALL)
    again = sync(as_of=today)
    assert (again.written, again.closed) == (0, 0)
    assert rows(ALL) == before
    assert rows(select(DeadlineTouched.id)) == []


def test_another_tenant_sees_and_changes_nothing(app, other_tenant, line, today):
    line.body("甲一", today)
    seen: list[object] = []

    def look() -> None:
        with app.app_context(), bound(tenant_id=other_tenant.id):
            sync(as_of=today)
            seen.append(rows(ALL))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [[]]
    assert len(found("TERM")) == 1


def test_eight_hundred_units_and_twenty_thousand_members_are_computed_in_two_seconds(line, today):
    fill(line, units=825, members=20_000)
    with transaction() as session:
        session.execute(text("DELETE FROM core.deadline"))
    with within(2):
        made = sync(as_of=today)
    assert made.written > 800
    with within(1):
        assert sync(as_of=today).written == 0


def fill(line, *, units: int, members: int) -> None:
    """Branches under 乙镇, half of them with a term that ends, and members, a fiftieth of them probationary."""
    with transaction() as session:
        driver = session.connection().connection.driver_connection
        given = {
            "tenant": tenant_id(),
            "parent": line.ids["乙镇"],
            "path": line.paths["乙镇"],
            "n": units,
            "m": members,
        }
        driver.execute(
            "INSERT INTO core.unit (tenant_id, id, name, short_name, type, parent_id, path, path_end, depth) "
            "SELECT %(tenant)s, gen_random_uuid(), '中共第' || n || '支部', '第' || n || '支部', 'branch', %(parent)s, "
            "%(path)s || lpad(to_hex(n), 4, '0') || '.', %(path)s || lpad(to_hex(n), 4, '0') || '/', 2 "
            "FROM generate_series(1, %(n)s) n",
            given,
        )
        driver.execute(
            "INSERT INTO core.body (tenant_id, id, unit_id, started_on, years, due_on) "
            "SELECT %(tenant)s, gen_random_uuid(), id, '2023-12-01', 3, '2026-12-01' FROM core.unit "
            "WHERE path >= %(path)s AND depth = 2 AND tenant_id = %(tenant)s",
            given,
        )
        driver.execute(
            "INSERT INTO core.person (tenant_id, id, name, name_key, pinyin, initials, sex, birth, standing, unit_id, join_date) "
            "SELECT %(tenant)s, gen_random_uuid(), '党员' || n, 'dy' || n, 'dy', 'dy', '1', '1980-01-01', "
            "CASE WHEN n %% 50 = 0 THEN 'probationary' ELSE 'formal' END, u.id, '2025-12-01' "
            "FROM generate_series(1, %(m)s) n JOIN (SELECT id, row_number() OVER (ORDER BY path) AS r FROM core.unit "
            "WHERE tenant_id = %(tenant)s AND path >= %(path)s AND depth = 2) u ON u.r = n %% %(n)s + 1",
            given,
        )
        session.info["written"] = session.info["changed"] = True
