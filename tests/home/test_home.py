"""The first page says what is to be done, nearest first, and every number leads somewhere."""

from datetime import date, timedelta

from core.calendar_arithmetic import add_months
from core.database import transaction
from core.home.queries import SHOWN, todos, vacancies
from core.organization.models import Body, Unit
from core.people.models import Person
from tests.conftest import sign_in

TODAY = date(2026, 11, 22)
EVERYWHERE = (("0000.", "0000/"),)


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


def test_terms_ending_within_six_months_are_listed_nearest_first_with_the_overdue_counted(inside):
    with transaction() as session:
        units = [branch(n, parent_id=inside.root_unit_id) for n in range(1, 11)]
        session.add_all(units)
        session.flush()
        for n, unit in enumerate(units):
            due = add_months(TODAY, n - 2)
            session.add(Body(unit_id=unit.id, started_on=add_months(due, -36), years=3, due_on=due))
    found = todos("term", EVERYWHERE, as_of=TODAY)
    assert (found.total, found.overdue, len(found.first)) == (9, 2, SHOWN)
    assert [todo.days < 0 for todo in found.first[:3]] == [True, True, False]
    assert [todo.due_on for todo in found.first] == sorted(todo.due_on for todo in found.first)


def test_probation_is_work_from_a_month_before_its_year_is_over(inside):
    with transaction() as session:
        unit = branch(1, parent_id=inside.root_unit_id)
        session.add(unit)
        session.flush()
        session.add(person(1, unit, add_months(TODAY, -12) + timedelta(days=29)))
        session.add(person(2, unit, add_months(TODAY, -12) - timedelta(days=1)))
        session.add(person(3, unit, add_months(TODAY, -6)))
        session.add(person(4, unit, add_months(TODAY, -13), standing="formal"))
    found = todos("probation", EVERYWHERE, as_of=TODAY)
    assert [todo.title for todo in found.first] == ["预备2", "预备1"]
    assert (found.total, found.overdue) == (2, 1)


def test_a_branch_without_a_secretary_is_a_vacancy_and_other_subtrees_are_not_counted(inside):
    with transaction() as session:
        session.add_all([branch(1, parent_id=inside.root_unit_id), branch(2, parent_id=inside.root_unit_id)])
    assert vacancies(EVERYWHERE) == 3
    assert vacancies((("0000.0001.", "0000.0001/"),)) == 1
    assert vacancies(()) == 0


def test_the_page_of_a_new_tenant_says_that_nothing_is_to_be_done(app, tenant):
    page = sign_in(app, tenant).get("/", base_url=f"http://{tenant.slug}.dangjian.test")
    assert page.status_code == 200
    assert "目前没有要办的事" in page.text
    assert "党员总数" in page.text
