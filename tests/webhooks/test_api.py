"""The verbs for programs, and what the administrators are told."""

from core.database import bound, db, transaction, uuid7
from core.events.actions import declare_event, emit
from core.jobs.run import run_due
from core.notices.queries import inbox
from tests.conftest import sign_in, token_of

HAPPENED = declare_event("test.happened", "发生了", {"to": "去处"})


def caller(app, tenant):
    client, base = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    token = token_of(client.get("/settings/webhooks/new", base_url=base).text)

    def call(method, path, json=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(
            f"/api/v1/webhooks{path}", method=method, base_url=base, json=json, headers={"X-CSRFToken": token, **named}
        )

    return call


def test_a_program_makes_changes_looks_at_and_removes_an_endpoint(allowing, tenant, receiver):
    call = caller(allowing, tenant)
    body = {"title": "OA", "url": receiver.url, "events": [HAPPENED]}
    assert HAPPENED in [one["name"] for one in call("GET", "/events").json["items"]]
    made = call("POST", "", body, Idempotency_Key="k1")
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    path = f"/{made.json['id']}"
    one = call("GET", path)
    assert "secret" not in one.json
    assert call("PUT", path, {**body, "title": "新"}).status_code == 428
    changed = call("PUT", path, {**body, "title": "新"}, If_Match=one.headers["ETag"])
    assert changed.json["title"] == "新"
    assert call("PUT", path, body, If_Match=one.headers["ETag"]).status_code == 412
    with allowing.app_context(), bound(tenant_id=tenant.id):
        with transaction():
            emit(HAPPENED, subject="unit", subject_id=uuid7(), data={})
        run_due()
        db.session.remove()
    (message,) = call("GET", f"{path}/messages").json["items"]
    assert (message["state"], message["tries"][0]["status"]) == ("delivered", 204)
    assert call("POST", f"{path}/messages/{message['id']}/repeat").status_code == 204
    assert call("POST", f"{path}/messages/{uuid7()}/repeat").status_code == 404
    assert call("POST", f"{path}/secret").json["secret"] != made.json["secret"]
    assert call("POST", f"{path}/pause").status_code == 204
    assert call("GET", path).json["state"] == "paused"
    assert call("POST", f"{path}/resume").status_code == 204
    assert call("POST", f"{path}/test").status_code == 204
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404


def test_a_refusal_names_rule_field_and_what_is_wrong(allowing, tenant):
    call = caller(allowing, tenant)
    answer = call("POST", "", {"title": "OA", "url": "https://10.0.0.1/", "events": ["*"]}, Idempotency_Key="k2")
    assert answer.status_code == 422
    assert answer.json["field"] == "url"
    assert "内部网络" in answer.json["detail"]


def test_the_administrators_are_told_of_an_address_that_was_given_up(allowing, tenant, receiver):
    call = caller(allowing, tenant)
    call("POST", "", {"title": "OA", "url": receiver.url, "events": [HAPPENED]}, Idempotency_Key="k3")
    receiver.status = 410
    with allowing.app_context(), bound(tenant_id=tenant.id):
        with transaction():
            emit(HAPPENED, subject="unit", subject_id=uuid7(), data={})
        run_due()
        told = inbox.messages(tenant.admin_id, unread=True, after=None, limit=10)
        assert [one.title for one in told if one.kind == "webhook"] == ["推送地址“OA”已停用"]
        db.session.remove()
