"""Ballots and notices over the API: everything but voting."""

from types import SimpleNamespace

import pytest

from core.clock import today
from core.database import bound, db
from tests.conftest import PASSWORD, add_account
from tests.people.test_pages import Browser
from tests.plugins.development.ballot_house import a_case, begun, members

API = "/api/v1/p/development"


@pytest.fixture
def hall(app, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        people = members(served.green_branch, 7)
        for login, role, unit in (("secretary", "branch_secretary", served.green_branch),
                                  ("leader", "group_leader", served.green_branch),
                                  ("away", "branch_secretary", served.blue_branch)):  # fmt: skip
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=unit)
        case = a_case(served.green_branch)
        db.session.remove()
    return SimpleNamespace(served=served, people=people, case=case, unit=served.green_branch)


def program(app, hall, login):
    browser = Browser(app, hall.served, login)
    token = browser.get("/").text.split('X-CSRFToken":"', 1)[1].split('"', 1)[0]

    def ask(method, path, body=None):
        return browser.client.open(
            f"{API}{path}", base_url=browser.base, method=method, json=body, headers={"X-CSRFToken": token}
        )

    return ask


def test_a_ballot_is_organised_attended_and_counted_by_two(app, hall):
    ask = program(app, hall, "secretary")
    made = ask("POST", "/ballots", {
        "case_id": str(hall.case), "kind": "accept", "way": "paper", "meeting_at": "2026-11-20T09:00:00+08:00",
        "counter_id": str(hall.people[0]), "supervisor_id": str(hall.people[1]),
    })  # fmt: skip
    assert made.status_code == 201, made.text
    there = f"/ballots/{made.json['id']}"
    assert ask("POST", f"{there}/attendance", {"present": [str(one) for one in hall.people]}).status_code == 204
    assert ask("POST", f"{there}/begin").json == {"state": "open"}
    assert ask("POST", f"{there}/finish").json == {"state": "counting"}
    tally = {"issued": 7, "in_favour": 6, "against": 1, "abstained": 0, "invalid": 0}
    assert ask("POST", f"{there}/tally", tally).json == {"state": "counting"}
    again = ask("POST", f"{there}/tally", tally)
    assert (again.status_code, again.json["code"]) == (422, "E_CONFLICT")
    assert program(app, hall, "admin")("POST", f"{there}/tally", tally).json == {"state": "sealed"}
    exact, covered = ask("GET", there).json, program(app, hall, "leader")("GET", there).json
    assert exact["totals"]["in_favour"] == "6"
    assert covered["totals"]["against"] == "<5"
    assert covered["totals"]["in_favour"] == "—"
    assert exact["outcome"] == covered["outcome"] == "adopted"
    assert [one["name"] for one in ask("GET", "/ballots").json["items"]] == ["林小明"]


def test_there_is_no_verb_to_vote_and_strangers_find_nothing(app, hall):
    with app.app_context(), bound(tenant_id=hall.served.tenant.id):
        ballot = begun(hall.case, hall.unit, hall.people)
        db.session.remove()
    ask = program(app, hall, "secretary")
    assert ask("POST", f"/ballots/{ballot}/vote", {"choice": "y"}).status_code == 404
    running = ask("GET", f"/ballots/{ballot}").json
    assert (running["totals"], running["receipts"]) == (None, [])
    stranger = program(app, hall, "away")
    assert stranger("GET", f"/ballots/{ballot}").status_code == 404
    assert stranger("GET", "/ballots").json == {"items": []}
    assert stranger("POST", f"/ballots/{ballot}/finish").status_code == 404
    assert stranger("POST", "/ballots", {"case_id": str(hall.case), "kind": "poll", "way": "paper", "stage": "object",
                                         "meeting_at": "2026-11-20T09:00:00+08:00"}).status_code == 404  # fmt: skip


def test_a_vote_is_held_where_its_case_is_handled_or_in_a_committee_above_and_nowhere_else(app, hall):
    ask = program(app, hall, "admin")
    given = {
        "case_id": str(hall.case), "kind": "accept", "way": "paper", "meeting_at": "2026-11-20T09:00:00+08:00",
        "counter_id": str(hall.people[0]), "supervisor_id": str(hall.people[1]),
    }  # fmt: skip
    for unit in (hall.served.blue_branch, hall.served.green):
        answer = ask("POST", "/ballots", {**given, "unit_id": str(unit)})
        assert (answer.status_code, answer.json["findings"][0]["field"]) == (422, "unit_id")
    wrong = ask("POST", "/ballots", {**given, "kind": "approve", "unit_id": str(hall.served.blue)})
    assert "unit_id" in {one["field"] for one in wrong.json["findings"]}
    assert ask("POST", "/ballots", {**given, "unit_id": str(hall.case)}).status_code == 404
    hung = {
        "case_ids": [str(hall.case)],
        "starts_on": today().isoformat(),
        "place": "村务公开栏",
        "contact": "李书记",
        "phone": "1",
    }
    for unit in (hall.case, hall.served.blue_branch):
        assert ask("POST", "/public-notices", {**hung, "unit_id": str(unit)}).status_code == 404


def test_a_notice_is_drawn_up_and_read(app, hall):
    ask = program(app, hall, "secretary")
    given = {"case_ids": [str(hall.case)], "unit_id": str(hall.unit), "starts_on": today().isoformat(),
             "place": "村务公开栏", "contact": "李书记", "phone": "0595-1"}  # fmt: skip
    made = ask("POST", "/public-notices", given)
    assert made.status_code == 201, made.text
    one = ask("GET", f"/public-notices/{made.json['id']}").json
    assert one["earliest_listing"] > one["ends_on"] >= one["starts_on"]
    nobody = {"person_id": str(hall.case), "listed_on": today().isoformat()}
    assert ask("POST", f"/public-notices/{made.json['id']}/conclude", nobody).status_code == 404
    assert [person["name"] for person in one["people"]] == ["林小明"]
    assert program(app, hall, "away")("GET", f"/public-notices/{made.json['id']}").status_code == 404
