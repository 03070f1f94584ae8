"""The first page says what is to be done, nearest first, whose turn it is, and every number leads somewhere."""

import re
from datetime import date, timedelta

import pytest

from core import clock
from core.calendar_arithmetic import add_months
from core.database import bound, transaction
from core.home.queries import vacancies
from core.notices.queries.todos import SHOWN
from core.organization.models import Body, Unit
from core.people.models import Person
from tests.conftest import PASSWORD, add_account, sign_in

EVERYWHERE = (("0000.", "0000/"),)


@pytest.fixture(autouse=True)
def today(monkeypatch) -> date:
    day = date(2026, 11, 22)
    monkeypatch.setattr(clock, "today", lambda: day)
    return day


def branch(n: int, **more: object) -> Unit:
    path = f"0000.{n:04d}."
    return Unit(
        name=f"中共第{n}支部委员会",
        short_name=f"第{n}支部",
        type="branch",
        path=path,
        path_end=path[:-1] + "/",
        depth=1,
        **more,
    )


def person(n: int, unit: Unit, joined: date, standing: str = "probationary") -> Person:
    return Person(
        name=f"预备{n}", name_key=f"yubei{n}", pinyin=f"yubei{n}", initials="yb", sex="1", birth=date(1990, 1, 1),
        standing=standing, unit_id=unit.id, join_date=joined,
    )  # fmt: skip


def page(app, tenant, login: str = "admin") -> str:
    client = sign_in(app, tenant, login)
    return client.get("/", base_url=f"http://{tenant.slug}.dangjian.test").text


def terms(app, tenant, today: date, count: int) -> list[Unit]:
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        units = [branch(n, parent_id=tenant.root_unit_id) for n in range(1, count + 1)]
        session.add_all(units)
        session.flush()
        for n, unit in enumerate(units):
            due = add_months(today, n - 2)
            session.add(Body(unit_id=unit.id, started_on=add_months(due, -36), years=3, due_on=due))
        return units


def test_terms_ending_within_six_months_are_listed_nearest_first_with_the_overdue_counted(app, tenant, today):
    terms(app, tenant, today, 10)
    text = page(app, tenant)
    card = text[text.index('id="due-term"') :]
    assert "9 项，其中 2 项已逾期" in card
    shown = re.findall(r'<time class="num" datetime="([^"]+)"', card)[:SHOWN]
    assert shown == sorted(shown)
    assert len(shown) == SHOWN
    assert "查看全部 9 项" in card


def test_what_is_anothers_turn_says_whom_one_waits_for_and_can_be_nudged_once_a_day(app, tenant, today):
    first, *_ = terms(app, tenant, today, 1)
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="own", name="黄书记", password=PASSWORD, role="branch_secretary", unit_id=first.id)
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    text = client.get("/", base_url=base).text
    assert "等待第1支部办理" in text
    action = re.search(r'action="(/todos/[^"]+/nudge)"', text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert action
    assert token
    answer = client.post(action[1], base_url=base, data={"csrf_token": token[1], "back": "/"})
    assert (answer.status_code, answer.location) == (303, "/")
    after = client.get("/", base_url=base).text
    assert "已催办，提醒了1人。" in after
    assert "今天已催办" in after
    assert "催办：换届" in sign_in(app, tenant, "own").get("/notices/reminders", base_url=base).text


def test_a_plain_member_sees_what_is_theirs_alone(app, tenant, today):
    from core.identity.models import Account

    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        unit = branch(1, parent_id=tenant.root_unit_id)
        session.add(unit)
        session.flush()
        mine, other = person(1, unit, add_months(today, -12)), person(2, unit, add_months(today, -12))
        session.add_all([mine, other])
        session.flush()
        session.add(Account(login="own", display_name="预备1", password_hash="", person_id=mine.id))
        from core.identity import passwords

        account = session.query(Account).filter_by(login="own").one()
        account.password_hash = passwords.digest(PASSWORD)
    text = page(app, tenant, "own")
    assert "预备1" in text
    assert "预备2" not in text


def test_a_branch_without_a_secretary_is_a_vacancy_and_other_subtrees_are_not_counted(inside):
    with transaction() as session:
        session.add_all([branch(1, parent_id=inside.root_unit_id), branch(2, parent_id=inside.root_unit_id)])
    assert vacancies(EVERYWHERE) == 3
    assert vacancies((("0000.0001.", "0000.0001/"),)) == 1
    assert vacancies(()) == 0


def test_the_page_of_a_new_tenant_says_that_nothing_is_to_be_done(app, tenant):
    text = page(app, tenant)
    assert "目前没有要办的事" in text
    assert "党员总数" in text


def test_what_was_done_this_week_folds_away_below(app, tenant, today):
    first, *_ = terms(app, tenant, today, 1)
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        session.query(Body).filter_by(unit_id=first.id).update({"ended_on": today - timedelta(days=1)})
    text = page(app, tenant)
    assert "最近七天办结" in text
    assert "换届 · 第1支部" in text


def test_ones_own_turn_stands_before_what_others_have_to_do(app, tenant, today):
    first, *_ = terms(app, tenant, today, 3)
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="own", name="黄书记", password=PASSWORD, role="branch_secretary", unit_id=first.id)
    text = page(app, tenant)
    card = text[text.index('id="due-term"') :]
    assert card.index("第2支部") < card.index("第3支部") < card.index("等待第1支部办理")
