"""Old, weak and disabled members (R6.14): whom to bring study to, and how often they were visited."""

from datetime import date

import pytest
from sqlalchemy import select, update

from core.audit.actions import Origin, acting
from core.clock import today
from core.database import bound, db
from core.people.models import Person
from plugins.care.actions import visiting
from plugins.care.hardship.models import Hardship
from plugins.care.models import Visit
from plugins.care.people import whole_tree
from plugins.care.queries.frail import frail, frail_one
from plugins.care.rules.money import review_on
from tests.people.conftest import enrol
from tests.plugins.care.test_aid import OLD, member, recognised
from tests.plugins.care.test_visits_pages import browse, care  # noqa: F401  (the fixture)


def test_the_old_and_those_found_weak_are_listed_the_least_visited_first(county, monkeypatch):
    old, weak, sound = member(county, "黄老革", **OLD), member(county, "陈建国"), member(county, "林秀英")
    recognised(weak), recognised(sound)
    db.session.execute(update(Hardship).where(Hardship.person_id == weak).values(causes=["disability"]))
    db.session.add(
        Visit(person_id=old, unit_id=county.green_branch, made_on=today(), recorded_on=today(), recorder="某人")
    )
    db.session.commit()
    found, more = frail(whole_tree())
    assert [(one.id, one.visits, one.weak) for one in found] == [(weak, 0, True), (old, 1, False)]
    assert not more
    with monkeypatch.context() as without:
        without.setattr("plugins.care.queries.frail.numbers", None)  # asked once for the list, not for each of it
        assert all("每年应走访2次以上" in one.lacks for one in found)
    assert frail_one(sound) is None
    assert frail(whole_tree(), skip=1, most=1)[0][0].id == old
    assert frail(whole_tree(), most=1)[1]


@pytest.mark.parametrize(
    ("decided", "until", "on"),
    [
        (date(2026, 3, 1), date(2027, 3, 1), date(2026, 10, 31)),
        (date(2026, 9, 1), date(2027, 9, 1), date(2027, 9, 1)),
        (date(2026, 8, 1), date(2027, 12, 1), date(2027, 10, 31)),
    ],
)
def test_a_decision_late_in_the_year_is_that_years_review(decided, until, on):
    assert review_on(decided, until) == on


def test_officers_see_the_list_and_the_flag_on_the_members_page(app, care):  # noqa: F811
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        old = enrol(care.served.green_branch, "黄老革", **OLD).id
        db.session.remove()
    secretary = browse(app, care, "secretary")
    assert "黄老革" in secretary.get("/p/care/frail").text
    assert "学习不作硬性要求" in secretary.get(f"/people/{old}").text
    assert "学习不作硬性要求" not in secretary.get(f"/people/{care.person}").text
    assert browse(app, care, "member").get("/p/care/frail").status_code == 403
    assert "黄老革" not in browse(app, care, "away").get("/p/care/frail").text


def test_the_papers_of_visits_are_for_whom_the_visit_is(app, care):  # noqa: F811
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        given = visiting.Given(made_on=today(), visitors=[care.accounts["secretary"]], content="恢复得好")
        with acting(Origin(actor_id=care.accounts["secretary"], actor="书记")):
            visit = visiting.visit_case(case_id=care.ill, given=given)
        db.session.remove()
    secretary = browse(app, care, "secretary")
    for code, subject in (("case", care.ill), ("visit", visit)):
        path = f"/p/care/print/{code}/{subject}"
        assert secretary.get(path).status_code == 200
        assert browse(app, care, "commissioner").get(path).status_code == 404
        assert browse(app, care, "away").get(path).status_code == 404
        answer = secretary.post(path, {"form": "docx"}, page=path)
        assert answer.status_code == 200, answer.text[:500]
        assert answer.data.startswith(b"PK")


def test_the_lists_of_contacts_open_with_the_first_officer(app, care):  # noqa: F811
    secretary = browse(app, care, "secretary")
    assert "确定联系名单" in secretary.get("/p/care/contacts").text
    answer = secretary.get(f"/p/care/contacts/lists?unit={care.served.green_branch}")
    assert answer.headers["Location"].endswith(f"/contacts/lists/{care.served.green_branch}")
    page = secretary.get(f"/p/care/contacts/lists/{care.served.green_branch}").text
    assert "陈建国" in page
    assert secretary.get("/p/care/contacts/lists?unit=x").status_code == 404


def test_a_command_tells_the_figures_and_greets_once(app, served, monkeypatch):
    from contextlib import contextmanager

    from click.testing import CliRunner

    from core.runtime.console import Console
    from plugins.care import commands

    with app.app_context(), bound(tenant_id=served.tenant.id):
        enrol(served.green_branch, "陈建国")
        db.session.remove()

    @contextmanager
    def tenant(_console, slug):
        assert slug == served.tenant.slug
        with app.app_context(), bound(tenant_id=served.tenant.id):
            yield
            db.session.remove()

    monkeypatch.setattr(Console, "tenant", tenant)
    run, where = CliRunner().invoke, ["--tenant", served.tenant.slug, "--json"]
    assert '"kind": "illness"' in run(commands.board, where).output
    greet = ["--kind", "july", "--day", "2026-07-01", "--channel", "print", *where]
    assert '"count": 1' in run(commands.greet, greet).output
    assert '"count": 0' in run(commands.greet, greet).output
    with app.app_context(), bound(tenant_id=served.tenant.id):
        assert db.session.scalar(select(Person.name)) == "陈建国"
        db.session.remove()
