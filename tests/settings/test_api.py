"""Rule values over the API: read with their chain, set, withdrawn, and who may."""

from datetime import timedelta

from core import clock
from tests.conftest import sign_in, token_of


def test_a_value_is_read_set_and_withdrawn(app, tenant):
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    headers = {"X-CSRFToken": token_of(client.get("/notices/new", base_url=base).text)}
    found = client.get("/api/v1/policies/org.vacancy", base_url=base).get_json()
    assert (found["value"], found["direction"], found["chain"][0]["level"]) == (30, "max", "platform")
    day = (clock.today() + timedelta(days=1)).isoformat()
    body = {"value": 20, "effective_from": day, "reason": "加快补选"}
    made = client.post("/api/v1/policies/org.vacancy", json=body, headers=headers, base_url=base)
    assert made.status_code == 201, made.text
    later = client.get(f"/api/v1/policies/org.vacancy?as_of={day}", base_url=base).get_json()
    assert (later["value"], later["chain"][-1]["level"]) == (20, "tenant")
    assert client.get("/api/v1/policies/org.vacancy", base_url=base).get_json()["value"] == 30
    gone = client.post(
        "/api/v1/policies/org.vacancy/withdrawal",
        json={k: body[k] for k in ("effective_from", "reason")},
        headers=headers,
        base_url=base,
    )
    assert gone.status_code == 201, gone.text
    assert client.get(f"/api/v1/policies/org.vacancy?as_of={day}", base_url=base).get_json()["value"] == 30
    past = client.get("/api/v1/policies/org.vacancy/history", base_url=base).get_json()["items"]
    assert [one["withdrawn"] for one in past] == [True, False]
    assert client.get("/api/v1/policies/no.such", base_url=base).status_code == 404
    assert client.get("/api/v1/rule-sets", base_url=base).get_json()["items"]


def test_the_record_is_read_and_its_chain_told(app, tenant):
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    page = client.get("/api/v1/audit/events?limit=1", base_url=base).get_json()
    assert len(page["items"]) == 1
    first = page["items"][0]
    assert client.get(f"/api/v1/audit/events/{first['id']}", base_url=base).get_json()["kind"] == first["kind"]
    lines = client.get(
        "/api/v1/audit/events", headers={"Accept": "application/x-ndjson"}, base_url=base
    ).text.splitlines()
    assert len(lines) >= 1
    again = client.get("/api/v1/audit/events?kind=audit.exported", base_url=base).get_json()
    assert [one["kind"] for one in again["items"]] == ["audit.exported"]
    assert client.get("/api/v1/audit/chain", base_url=base).get_json()["links"] >= 0
