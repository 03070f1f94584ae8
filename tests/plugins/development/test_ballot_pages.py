"""Ballots over HTTP: who sees what, voting on a phone, counting by two people, and that a vote leaves no other trace."""

import re
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import make_url, select

from core.api.limits import _counted
from core.database import bound, db
from core.people.models import Person
from plugins.development.ballots import roll, rounds
from plugins.development.ballots.models import Ballot
from tests.conftest import PASSWORD, add_account
from tests.people.test_pages import Browser
from tests.plugins.development.ballot_house import a_case, account_of, begun, members, prepared

VOTERS = 7


@pytest.fixture
def hall(app, served):
    """A branch whose members all have accounts, with officers of several kinds."""
    unit = served.green_branch
    with app.app_context(), bound(tenant_id=served.tenant.id):
        people = members(unit, VOTERS)
        for number, person in enumerate(people):
            account_of(person, f"voter{number}", unit)
        for login, role, place in (("secretary", "branch_secretary", unit), ("leader", "group_leader", unit),
                                   ("commissioner", "organization_commissioner", unit),
                                   ("away", "branch_secretary", served.blue_branch)):  # fmt: skip
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=place)
        case = a_case(unit)
        db.session.remove()
    return SimpleNamespace(served=served, people=people, case=case, unit=unit)


def inside(app, hall, call):
    with app.app_context(), bound(tenant_id=hall.served.tenant.id):
        found = call()
        db.session.remove()
    return found


def vote(browser, ballot, choice):
    path = f"/p/development/vote/{ballot}"
    return browser.post(path, {"choice": choice}, page=path)


def receipt_in(page):
    return re.search(r'class="link-once">([^<]+)<', page)[1]


def test_a_vote_on_the_phone_shows_its_receipt_once_and_later_that_it_was_counted(app, hall):
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people))
    browsers = [Browser(app, hall.served, f"voter{number}") for number in range(VOTERS)]
    assert "林小明" in browsers[0].get("/p/development/vote").text
    assert f"/p/development/vote/{ballot}" in browsers[0].get("/").text
    told = []
    for number, browser in enumerate(browsers):
        answer = vote(browser, ballot, "y" if number < 5 else "n")
        assert answer.status_code == 200
        told.append(receipt_in(answer.text))
    again = browsers[0].get(f"/p/development/vote/{ballot}").text
    assert f"/p/development/vote/{ballot}" not in browsers[0].get("/").text
    assert told[0] not in again
    assert "已投票" in again
    assert vote(browsers[0], ballot, "n").status_code == 422
    inside(app, hall, lambda: rounds.finish(ballot_id=ballot))
    page = browsers[3].get(f"/p/development/vote/{ballot}").text
    assert all(code in page for code in told)
    assert "通过" in page
    assert ">2<" not in page  # how many were against is too small a number to show


def test_only_who_stands_on_the_roll_finds_the_ballot(app, hall):
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people))
    assert Browser(app, hall.served, "secretary").get(f"/p/development/vote/{ballot}").status_code == 404
    assert Browser(app, hall.served, "away").get(f"/p/development/ballots/{ballot}").status_code == 404
    assert Browser(app, hall.served, "voter1").get(f"/p/development/ballots/{ballot}").status_code == 403
    assert Browser(app, hall.served, "leader").get(f"/p/development/ballots/{ballot}").status_code == 200


def test_the_answer_is_the_same_whatever_was_chosen(app, hall):
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people))
    answers = []
    for number, choice in enumerate("yna"):
        answer = vote(Browser(app, hall.served, f"voter{number}"), ballot, choice)
        assert choice not in (answer.location or "")
        headers = {name: value for name, value in answer.headers if name not in ("X-Request-ID", "Set-Cookie")}
        plain = re.sub(
            r'csrf_token" value="[^"]+|X-CSRFToken":"[^"]+|[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{2}|voter\d', "", answer.text
        )
        answers.append((answer.status_code, headers.get("Content-Type"), plain))
    assert len(set(answers)) == 1


def tables(settings):
    """Every table of the product with a digest of all its rows, as a superuser reads them."""
    admin, owner = make_url(settings.database_admin_url), make_url(settings.database_owner_url)
    address = admin.set(drivername="postgresql", database=owner.database).render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        names = connection.execute("""
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname IN ('core', 'platform', 'p_development')
        """).fetchall()
        return {
            name: connection.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
            ).fetchone()
            for (name,) in names
        }


def test_a_vote_over_http_changes_the_mark_and_the_box_and_no_other_table(app, hall, settings):
    """No audit, event, job, form token, idempotency, session, notice, limit or anything else has a row of it."""
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people))
    browsers = [Browser(app, hall.served, f"voter{number}") for number in range(VOTERS)]
    for browser in browsers:
        browser.get(f"/p/development/vote/{ballot}")
    before = tables(settings)
    for number, browser in enumerate(browsers):
        assert vote(browser, ballot, "yna"[number % 3]).status_code == 200
    after = tables(settings)
    assert {name for name in before if before[name] != after[name]} == {
        "p_development.development_ballot_mark", "p_development.development_ballot_box",
    }  # fmt: skip
    inside(app, hall, lambda: rounds.finish(ballot_id=ballot))
    changed = {name for name, digest in tables(settings).items() if digest != after[name]}
    assert "core.audit_event" in changed  # the digest does see rows


def test_a_vote_is_not_counted_by_the_limits(app):
    with app.test_request_context("/p/development/vote/x", method="POST"):
        assert not _counted()


def test_a_ballot_from_the_roll_to_the_count(app, hall):
    secretary, second = Browser(app, hall.served, "secretary"), Browser(app, hall.served, "commissioner")
    assert "林小明" in secretary.get("/p/development/ballots/new?kind=accept").text
    path = f"/p/development/ballots/new?kind=accept&case_id={hall.case}"
    given = {"meeting": "2026-11-20", "meeting_time": "09:00", "way": "paper", "chair": "李书记",
             "counter_id": str(hall.people[0]), "supervisor_id": str(hall.people[1])}  # fmt: skip
    refused = secretary.post(path, {**given, "supervisor_id": str(hall.people[0])}, page=path)
    assert refused.status_code == 422
    assert "两个人" in refused.text
    made = secretary.post(path, given, page=path)
    assert made.status_code == 303, made.text
    there = made.location.rpartition("/roll")[0]
    assert "签到" in secretary.get(f"{there}/roll").text
    ballot = inside(app, hall, lambda: db.session.scalars(select(Ballot.id)).one())
    lines = inside(app, hall, lambda: [str(one.id) for one in roll.voters(ballot)])
    assert (
        secretary.post(f"{there}/roll", {"act": "attend", "present": lines[:3]}, page=f"{there}/roll").status_code
        == 303
    )
    refused = secretary.post(there, {"act": "begin", "version": "1"}, page=there)
    assert refused.status_code == 422
    assert "没有超过半数" in refused.text
    secretary.post(f"{there}/roll", {"act": "attend", "present": lines}, page=f"{there}/roll")
    for act in ("begin", "finish"):
        version = re.search(r'name="version" value="(\d+)"', secretary.get(there).text)[1]
        assert secretary.post(there, {"act": act, "version": version}, page=there).status_code == 303
    tally = {"issued": "7", "in_favour": "6", "against": "1", "abstained": "0", "invalid": "0", "removed": "0"}
    assert secretary.post(f"{there}/tally", tally, page=f"{there}/tally").status_code == 303
    again = secretary.post(f"{there}/tally", tally, page=f"{there}/tally")
    assert "另一个人" in again.text
    assert second.post(f"{there}/tally", tally, page=f"{there}/tally").status_code == 303
    page = secretary.get(there).text
    assert "通过" in page
    assert ">6<" in page
    assert "记入办理记录" in page
    leader = Browser(app, hall.served, "leader").get(there).text
    assert "&lt;5" in leader
    assert ">1<" not in leader.split("结果")[1].split("回执")[0].split("表决事项")[0]


def test_a_named_counter_without_an_office_types_the_count(app, hall):
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people, way="paper"))
    inside(app, hall, lambda: rounds.finish(ballot_id=ballot))
    path = f"/p/development/ballots/{ballot}/tally"
    assert Browser(app, hall.served, "voter0").get(path).status_code == 200
    assert Browser(app, hall.served, "voter1").get(path).status_code == 200
    assert Browser(app, hall.served, "voter2").get(path).status_code == 404


def test_the_turn_out_is_told_in_steps(app, hall):
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people))
    for number in range(6):
        vote(Browser(app, hall.served, f"voter{number}"), ballot, "y")
    page = Browser(app, hall.served, "secretary").get(f"/p/development/ballots/{ballot}").text
    assert "至少5人已投" in page
    assert "6人" not in page


def test_another_tenant_finds_no_ballot(app, hall, elsewhere):
    ballot = inside(app, hall, lambda: prepared(hall.case, hall.unit, hall.people))
    _tenant, county = elsewhere
    assert Browser(app, county, "admin").get(f"/p/development/ballots/{ballot}").status_code == 404


def test_the_person_behind_an_account_votes_and_no_account_without_one(app, hall):
    ballot = inside(app, hall, lambda: begun(hall.case, hall.unit, hall.people))
    assert Browser(app, hall.served, "admin").get(f"/p/development/vote/{ballot}").status_code == 404
    assert inside(app, hall, lambda: db.session.scalar(select(Person.name).where(Person.id == hall.people[0])))


def test_what_was_counted_is_shown_in_words_before_it_is_written_down(app, hall):
    def convert():
        case = a_case(hall.unit, "陈丽华", state="conv_requested")
        return begun(case, hall.unit, hall.people, way="phone", kind="convert")

    ballot = inside(app, hall, convert)
    for person in hall.people:
        inside(app, hall, lambda person=person: rounds.vote(ballot_id=ballot, person_id=person, choice="y"))
    inside(app, hall, lambda: rounds.finish(ballot_id=ballot))
    page = Browser(app, hall.served, "secretary").get(f"/p/development/ballots/{ballot}/result").text
    assert "按期转正" in page
    assert ">convert<" not in page
    assert "延长几个月" not in page
