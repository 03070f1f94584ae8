"""The first page says what is to be done, nearest first, whose turn it is, and every number leads somewhere."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from core import clock
from core.calendar_arithmetic import add_months
from core.database import bound, read, transaction
from core.home.board import WAITING, board
from core.home.queries import vacancies
from core.notices.queries.todos import SHOWN, Todo, TodoGroup, When
from core.organization.models import Body, Unit
from core.people.models import Person
from tests.conftest import PASSWORD, add_account, sign_in

#: Round trips of the first page: when nothing is kept, and when nothing has changed.
COLD, WARM = 9, 2
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


def part(text: str, name: str, upto: str) -> str:
    start = text.index(f'id="{name}"')
    return text[start : text.index(upto, start)]


def days(text: str) -> list[str]:
    return re.findall(r'<time class="num" datetime="([^"]+)"', text)


def test_terms_stand_by_how_near_they_are_and_many_of_a_kind_take_one_line(app, tenant, today):
    terms(app, tenant, today, 10)
    text = page(app, tenant)
    overdue, week = part(text, "due-overdue", "</section>"), part(text, "due-week", "</section>")
    assert re.search(r'已逾期 <span class="num">2</span>', overdue)
    assert days(overdue) == [str(add_months(today, -2)), str(add_months(today, -1))]
    assert (days(week), "今天到期" in week) == ([str(today)], True)
    later = part(text, "due-later", "</section>")
    assert f"6 项，最近 {add_months(today, 1)}" in later
    assert days(later) == [str(add_months(today, month)) for month in range(1, SHOWN + 1)]
    assert later.count('class="todo-many"') == 1
    assert re.search(r'href="/todos\?rule=TERM&(?:amp;)?turn=mine"><span[^>]*>换届，查看全部</span><span>6 项', later)


def test_every_number_of_the_page_leads_to_what_it_counts(app, tenant, today):
    terms(app, tenant, today, 10)
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    text = client.get("/", base_url=base).text
    tiles = re.findall(r'<a class="figure[^"]*" href="([^"]+)">\s*<span class="figure-number">(\d+)</span>', text)
    assert [number for _url, number in tiles] == ["2", "1", "0"]
    for url, number in tiles:
        listed = client.get(url.replace("&amp;", "&"), base_url=base).text
        assert len(days(listed)) == int(number)
    for url in re.findall(r'<ul class="measures">.*?</ul>', text, re.S)[0].split('href="')[1:]:
        assert client.get(url.split('"')[0].replace("&amp;", "&"), base_url=base).status_code == 200


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


def test_who_only_looks_on_sees_what_is_late_and_hurries_nobody(app, tenant, today):
    first, *_ = terms(app, tenant, today, 1)
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="own", name="黄书记", password=PASSWORD, role="branch_secretary", unit_id=first.id)
        add_account(login="eye", name="吴巡察", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
    client, base = sign_in(app, tenant, "eye"), f"http://{tenant.slug}.dangjian.test"
    token = re.search(r"""X-CSRFToken":"([^"]+)""", client.get("/", base_url=base).text)
    action = re.search(r'action="(/todos/[^"]+/nudge)"', page(app, tenant))
    assert token
    assert action
    for path in ("/", "/todos"):
        text = client.get(path, base_url=base).text
        assert "等待第1支部办理" in text
        assert "催办" not in text
    sent = {"base_url": base, "headers": {"X-CSRFToken": token[1]}}
    assert client.post(action[1], **sent).status_code == 403
    assert client.post(f"/api/v1{action[1]}", **sent).status_code == 403


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
    card = text[text.index('id="due"') :]
    assert card.index("第2支部") < card.index("第3支部") < card.index('id="waiting"') < card.index("等待第1支部办理")
    assert "1 项，其中 1 项已逾期" in card


def test_who_works_in_one_place_is_not_told_its_name_with_every_line(app, tenant, today):
    first, *_ = terms(app, tenant, today, 2)
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="own", name="黄书记", password=PASSWORD, role="branch_secretary", unit_id=first.id)
    card = part(page(app, tenant, "own"), "due", "</section>")
    assert "换届" in card
    assert "第1支部" not in re.sub(r'<span class="visually-hidden">.*?</span>', "", card)


def many(rule: str, count: int, day: date, *, mine: bool = False) -> TodoGroup:
    todo = Todo(
        uuid4(), rule, uuid4(), "题", "某支部", day, (day - date(2026, 11, 22)).days, mine, "上级", None, None, 0
    )
    return TodoGroup(rule, mine, When.OVERDUE if todo.days < 0 else When.WEEK, count, (todo,) * min(count, SHOWN))


def test_what_one_waits_for_is_few_lines_the_most_pressing_first_however_many_kinds_there_are():
    found = board([many(f"R{n}", 3, date(2026, 11, 25 - n)) for n in range(8)])
    assert (len(found.waiting), found.waits, found.late, found.mine) == (WAITING, 24, 12, ())
    assert [todo.due_on for todo in found.waiting] == sorted(todo.due_on for todo in found.waiting)
    assert found.waiting[0].rule == "R7"


def test_the_page_asks_little_and_no_more_with_a_hundred_things_to_do_than_with_three(
    app, tenant, other_tenant, today, monkeypatch
):
    trips: list[int] = []
    run = read._run
    monkeypatch.setattr(read, "_run", lambda queries: trips.append(len(queries)) or run(queries))

    def asked(whose, count: int) -> tuple[int, int]:
        terms(app, whose, today, count)
        client = sign_in(app, whose)
        found = []
        for _ in range(2):
            trips.clear()
            assert client.get("/", base_url=f"http://{whose.slug}.dangjian.test").status_code == 200
            found.append(len(trips))
        return found[0], found[1]

    cold, warm = asked(tenant, 3)
    assert warm <= WARM, "what nobody changed is asked for once"
    assert cold <= COLD
    assert asked(other_tenant, 100) == (cold, warm)
