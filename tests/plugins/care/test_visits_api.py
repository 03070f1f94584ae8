"""The API of visits: the same rules and the same sight as the pages."""

from core.clock import today
from tests.plugins.care.test_visits_pages import browse, care  # noqa: F401  (the fixture)

API = "/api/v1/p/care"


def call(browser, method, path, body=None):
    from tests.conftest import token_of

    token = token_of(browser.get("/p/care/mine").text) if method == "post" else ""
    send = getattr(browser.client, method)
    return send(f"{API}{path}", base_url=browser.base, json=body, headers={"X-CSRFToken": token})


def test_lists_are_guarded_as_the_board_is(app, care):  # noqa: F811
    whole = call(browse(app, care, "secretary"), "get", "/cases").json["items"]
    part = call(browse(app, care, "commissioner"), "get", "/cases").json["items"]
    assert sorted(one["kind"] for one in whole) == ["hardship", "illness"]
    assert [one["kind"] for one in part] == ["hardship"]
    assert "住院" not in str(whole)
    assert call(browse(app, care, "other"), "get", "/cases").status_code == 403
    assert call(browse(app, care, "away"), "get", "/cases").json["items"] == []


def test_a_report_a_visit_and_what_was_written(app, care):  # noqa: F811
    browser = browse(app, care, "secretary")
    body = {"person_id": str(care.person), "kind": "wedding_funeral", "sub_kind": "wedding"}
    assert call(browse(app, care, "other"), "post", "/cases", body).status_code == 201
    assert call(browse(app, care, "away"), "post", "/cases", body).status_code == 404
    visit = {
        "made_on": today().isoformat(), "visitors": [str(care.accounts["secretary"])], "content": "恢复得好",
        "needs": [{"text": "陪护", "owner_id": str(care.accounts["commissioner"]), "due_on": today().isoformat()}],
    }  # fmt: skip
    assert call(browser, "post", f"/cases/{care.ill}/visits", visit).status_code == 201
    details = call(browser, "post", f"/cases/{care.ill}/details").json
    assert (details["reports"], details["visits"], details["needs"]) == (["住院手术"], ["恢复得好"], ["陪护"])
    assert call(browse(app, care, "commissioner"), "post", f"/cases/{care.ill}/details").status_code == 404


def test_a_refusal_names_the_rule(app, care):  # noqa: F811
    browser = browse(app, care, "secretary")
    version = call(browser, "get", f"/cases/{care.poor}").json["version"]
    answer = call(browser, "post", f"/cases/{care.poor}/close", {"version": version})
    assert answer.status_code in (409, 422)
    assert "R6.01" in answer.text
