"""The API of plans and registers: the same rules and the same reach as the pages."""

from sqlalchemy import select

from core.clock import today
from plugins.development.plan.models import Plan
from tests.conftest import token_of
from tests.plugins.development.test_plan_pages import Site, look, people  # noqa: F401  (the fixtures)

API, YEAR = "/api/v1/p/development", today().year


def call(site, method, path, body=None):
    token = token_of(site.client.get("/p/development/queue", base_url=site.base).text) if method == "post" else ""
    send = getattr(site.client, method)
    return send(f"{API}{path}", base_url=site.base, json=body, headers={"X-CSRFToken": token})


def test_a_plan_is_made_split_approved_and_read(app, tenant, served, people, look):  # noqa: F811
    site, officer, secretary = Site(app, tenant), Site(app, tenant, "officer"), Site(app, tenant, "secretary")
    made = call(site, "post", "/plans", {"unit_id": str(served.root), "year": YEAR, "quota": 5})
    assert made.status_code == 201, made.text
    top = made.json["id"]
    shares = {"shares": [{"unit_id": str(served.green), "places": 6}], "reserve": 0}
    much = call(site, "post", f"/plans/{top}/split", shares)
    assert much.status_code in (409, 422)
    assert "I1" in much.text
    shares["shares"][0]["places"] = 4
    assert call(site, "post", f"/plans/{top}/split", shares).status_code == 204
    assert call(secretary, "post", f"/plans/{top}/submit").status_code == 404
    assert call(site, "post", f"/plans/{top}/submit").status_code == 204
    assert call(site, "post", f"/plans/{top}/decide", {"approved": True, "number": "1号"}).status_code in (409, 422)
    assert call(officer, "post", f"/plans/{top}/decide", {"approved": True, "number": "1号"}).status_code == 204
    assert call(officer, "get", f"/plans/{top}").json["state"] == "approved"
    lines = {one["unit"]: one for one in call(officer, "get", "/plans/progress").json["items"]}
    assert lines["青岭乡党委"]["quota"] == 4
    room = call(secretary, "get", f"/units/{served.green_branch}/room?year={YEAR}").json
    assert (room["limited"], room["used"]) == (True, 1)
    assert call(secretary, "get", f"/units/{served.blue_branch}/room?year={YEAR}").status_code == 404
    green = look(select(Plan.id).where(Plan.unit_id == served.green))
    assert call(secretary, "get", f"/plans/{green}").status_code == 404


def test_pool_queue_forms_and_matters_answer_as_their_pages(app, tenant, served, people):  # noqa: F811
    site, secretary, somebody = Site(app, tenant), Site(app, tenant, "secretary"), Site(app, tenant, "somebody")
    assert call(secretary, "get", f"/units/{served.green_branch}/pool?year={YEAR}").json["items"][0]["stock"] == 1
    assert [one["name"] for one in call(secretary, "get", "/queue").json["items"]] == ["林小明", "陈秀英"]
    body = {"unit_id": str(served.green), "first": 1, "last": 3, "digits": 4, "received_on": today().isoformat(),
            "received_from": "市委组织部"}  # fmt: skip
    assert call(site, "post", "/forms", body).status_code == 201
    page = call(site, "get", "/forms?limit=2").json
    assert [one["number"] for one in page["items"]] == ["0001", "0002"]
    matter = {"unit_id": str(served.green_branch), "fault": "papers", "facts": "材料遗失", "name": "李书记"}
    assert call(site, "post", "/accountability", matter).status_code == 201
    shown = call(site, "get", "/accountability").json["items"]
    assert [one["fault"] for one in shown] == ["papers"]
    assert "材料遗失" not in str(shown)
    assert call(secretary, "get", "/accountability").status_code == 403
    for path in ("/queue", "/forms", "/plans/progress"):
        assert call(somebody, "get", path).status_code == 403
