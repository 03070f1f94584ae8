"""A message arrives signed, is repeated until it is answered, keeps its id, and never reaches the inside."""

import json
from datetime import timedelta
from ipaddress import ip_address

import pytest
from sqlalchemy import func, select, update
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from core import clock
from core.audit.models import AuditEvent
from core.database import db, transaction, uuid7
from core.events.actions import awaited, declare_event, emit
from core.events.models import EventRow
from core.jobs.models import Outbox
from core.jobs.run import run, run_due
from core.outbound import client
from core.policy.findings import Refused
from core.tenancy.models import TenantState
from core.webhooks import actions, jobs, rules
from core.webhooks.models import WebhookDelivery, WebhookEndpoint

HAPPENED = declare_event("test.happened", "发生了", {"to": "去处"})


def happen(**data):
    subject = uuid7()
    with transaction():
        emit(HAPPENED, subject="person", subject_id=subject, unit_path="/1.", data=data)
    return subject


def endpoint(receiver, *events):
    return actions.create_endpoint(title="OA系统", url=receiver.url, events=events or [HAPPENED])


def deliveries():
    db.session.rollback()
    return db.session.scalars(
        select(WebhookDelivery).order_by(WebhookDelivery.created_at), execution_options={"populate_existing": True}
    ).all()


def stored(made):
    return db.session.scalars(
        select(WebhookEndpoint).where(WebhookEndpoint.id == made.id), execution_options={"populate_existing": True}
    ).one()


def skip_waiting():
    """As if the time to the next attempt had passed."""
    with transaction() as session:
        session.execute(update(Outbox).values(available_at=func.now()))
        session.execute(update(WebhookEndpoint).values(rest_until=None))


def test_an_event_arrives_signed_with_ids_and_links_and_verifies_by_the_standard_library(inside, allowing, receiver):
    made = endpoint(receiver)
    subject = happen(to="乙支部")
    run_due()
    ((headers, body),) = receiver.got
    said = Webhook(made.secret).verify(body, headers)
    assert set(said) == {"type", "timestamp", "data"}
    assert said["type"] == HAPPENED
    assert said["data"]["subject"] == {"type": "person", "id": str(subject), "href": f"/api/v1/people/{subject}"}
    assert said["data"]["to"] == "乙支部"
    assert headers["content-type"].startswith("application/json")
    (kept,) = deliveries()
    assert kept.state == "delivered"
    assert kept.tries[0]["status"] == 204
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(body.replace("乙支部".encode(), "丙支部".encode()), headers)


def test_an_event_that_no_endpoint_chose_is_neither_written_nor_sent(inside, allowing, receiver):
    endpoint(receiver, "import.finished")
    happen()
    run_due()
    assert receiver.got == []
    assert db.session.scalar(select(func.count()).select_from(EventRow)) == 0


def test_all_events_are_chosen_by_a_star(inside, allowing, receiver):
    endpoint(receiver, "*")
    happen()
    run_due()
    assert len(receiver.got) == 1


def test_a_refused_message_is_tried_again_later_with_the_same_id_and_body_and_a_new_time(inside, allowing, receiver):
    endpoint(receiver)
    receiver.status = 500
    happen()
    run_due()
    (kept,) = deliveries()
    assert (kept.state, kept.attempts) == ("pending", 1)
    assert clock.now() < kept.next_at < clock.now() + timedelta(seconds=10)
    run_due()
    assert len(receiver.got) == 1, "not before its time"
    receiver.status = 200
    skip_waiting()
    run_due()
    (first, first_body), (second, second_body) = receiver.got
    assert first["webhook-id"] == second["webhook-id"]
    assert first_body == second_body
    assert deliveries()[0].state == "delivered"


def test_after_days_of_failures_the_message_is_given_up(inside, allowing, receiver):
    endpoint(receiver)
    receiver.status = 503
    happen()
    for _ in range(len(rules.WAITS) + 1):
        run_due()
        skip_waiting()
    (kept,) = deliveries()
    assert (kept.state, kept.attempts) == ("failed", len(rules.WAITS) + 1)
    assert run_due() == 0


def test_waits_grow_over_days_and_are_spread():
    planned = [rules.wait(failed, noise=0) for failed in range(1, len(rules.WAITS) + 1)]
    assert planned == sorted(planned)
    assert timedelta(days=2) < sum(planned, timedelta()) < timedelta(days=4)
    assert rules.wait(3, noise=1) > rules.wait(3, noise=0)
    assert rules.wait(1, noise=0, asked=300) == timedelta(seconds=300)
    assert rules.wait(1, noise=0, asked=10**6) == rules.LONGEST_ASKED
    assert rules.wait(len(rules.WAITS) + 1, noise=0) is None


def test_an_address_that_fails_is_left_alone_by_its_other_messages(inside, allowing, receiver):
    endpoint(receiver)
    receiver.status = 500
    for _ in range(5):
        happen()
    run_due()
    assert len(receiver.got) == 1
    assert [kept.state for kept in deliveries()] == ["pending"] * 5


def test_an_address_that_failed_for_days_is_disabled_and_the_administrators_are_told(inside, allowing, receiver):
    made = endpoint(receiver)
    other = actions.create_endpoint(title="监控", url=receiver.url + "/2", events=["webhook.disabled"])
    receiver.status = 500
    happen()
    run_due()
    with transaction() as session:
        long_ago = clock.now() - timedelta(days=6)
        session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id == made.id).values(failing_since=long_ago))
    version = db.session.scalar(select(TenantState.access_version))
    skip_waiting()
    receiver.status = 502
    run_due()
    assert stored(made).state == "disabled"
    assert db.session.scalar(select(TenantState.access_version)) > version, "workers must learn that nobody waits now"
    assert not awaited(HAPPENED)
    told = [kept for kept in deliveries() if kept.endpoint_id == other.id]
    assert [json.loads(kept.body)["data"]["reason"] for kept in told] == ["failing"]
    noted = select(AuditEvent.detail).where(AuditEvent.kind == "webhooks.endpoint.switched")
    assert db.session.scalar(noted)["state"] == "disabled"
    skip_waiting()
    run_due()
    assert [kept.state for kept in deliveries() if kept.endpoint_id == made.id] == ["dropped"]


def test_a_receiver_that_says_gone_is_disabled_at_once(inside, allowing, receiver):
    made = endpoint(receiver)
    receiver.status = 410
    happen()
    run_due()
    assert stored(made).state == "disabled"


def test_a_redirect_is_a_failure_and_leads_nowhere(inside, allowing, receiver):
    endpoint(receiver)
    receiver.status, receiver.headers = 307, {"Location": f"http://127.0.0.1:{receiver.port}/inside"}
    happen()
    run_due()
    assert len(receiver.got) == 1
    (kept,) = deliveries()
    assert kept.state == "pending"
    assert "不跟随跳转" in kept.tries[0]["error"]


def test_an_address_that_turned_private_after_it_was_kept_is_not_spoken_to(inside, allowing, receiver):
    """The name was public when the endpoint was made; now it is the operator's own machine."""
    answers = [[ip_address("1.1.1.1")]]
    allowing.extensions[client.RESOLVER] = lambda *_: answers[-1]
    made = actions.create_endpoint(title="OA", url="http://hook.example.com:8443/", events=[HAPPENED])
    answers.append([ip_address("10.0.0.7")])
    happen()
    run_due()
    (kept,) = deliveries()
    assert kept.tries[0]["status"] is None
    assert "内部网络" in kept.tries[0]["error"]
    assert stored(made).failing_since is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hook", "https://127.0.0.1/hook", "https://localhost/hook", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://2130706433/", "https://0x7f.1/", "https://10.1.2.3/", "https://169.254.169.254/latest", "https://user:pw@example.com/",
        "https://inside.example.com/", "ftp://example.com/", "javascript:alert(1)", "", "https://example.com:22/",
    ],
)  # fmt: skip
def test_an_address_of_the_inside_cannot_be_kept(app, inside, url):
    app.extensions[client.RESOLVER] = lambda host, _port: [
        ip_address({"localhost": "127.0.0.1", "inside.example.com": "192.168.3.4"}.get(host, "93.184.216.34"))
    ]
    try:
        with pytest.raises(Refused) as refused:
            actions.create_endpoint(title="OA", url=url, events=[HAPPENED])
    finally:
        del app.extensions[client.RESOLVER]
    assert [finding.field for finding in refused.value.findings] == ["url"]
    assert db.session.scalar(select(func.count()).select_from(WebhookEndpoint)) == 0


def test_a_worker_killed_in_mid_delivery_sends_the_same_message_again(inside, allowing, receiver, monkeypatch):
    endpoint(receiver)
    happen()

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as during:
        during.setattr(jobs, "_conclude", die)
        with pytest.raises(Killed):
            run_due()
    db.session.rollback()
    assert deliveries()[0].state == "pending"
    with transaction() as session:  # its lease runs out
        session.execute(update(Outbox).where(Outbox.state == "running").values(lease_until=func.now()))
        left = session.scalars(select(Outbox.id).where(Outbox.kind == actions.DELIVER)).all()
    for job in left:
        run(inside.id, str(job))
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 2
    assert deliveries()[0].state == "delivered"


def test_both_secrets_sign_for_a_day_after_a_rotation(inside, allowing, receiver):
    made = endpoint(receiver)
    new = actions.rotate_secret(endpoint=made.id)
    assert new != made.secret
    happen()
    run_due()
    headers, body = receiver.got[0]
    assert Webhook(new).verify(body, headers)
    assert Webhook(made.secret).verify(body, headers)
    with transaction() as session:
        session.execute(update(WebhookEndpoint).values(old_secret_until=clock.now()))
    happen()
    run_due()
    headers, body = receiver.got[1]
    assert Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(body, headers)


def test_a_secret_is_kept_encrypted_and_stands_in_no_log(inside, allowing, receiver):
    made = endpoint(receiver)
    row = stored(made)
    assert made.secret.encode() not in row.secret
    assert actions.unseal(row.secret, made.id) == made.secret
    for detail in db.session.scalars(select(AuditEvent.detail)):
        assert made.secret not in json.dumps(detail)
        assert "/hook" not in json.dumps(detail), "an address may hold a secret in its path"


def test_a_test_message_is_sent_once_and_only_so_often(inside, allowing, receiver):
    made = endpoint(receiver)
    receiver.status = 500
    actions.ping(endpoint=made.id)
    run_due()
    (kept,) = deliveries()
    assert (kept.state, kept.event) == ("failed", "webhook.ping")
    assert stored(made).failing_since is None, "a failed test says nothing of the messages"
    for _ in range(actions.PINGS - 1):
        actions.ping(endpoint=made.id)
    with pytest.raises(Refused, match="每分钟最多"):
        actions.ping(endpoint=made.id)


def test_a_failed_message_is_repeated_by_hand_with_its_id(inside, allowing, receiver):
    made = endpoint(receiver)
    receiver.status = 410
    happen()
    run_due()
    (kept,) = deliveries()
    message = kept.id
    with pytest.raises(Refused, match="没有启用"):
        actions.repeat(endpoint=made.id, delivery=message)
    actions.switch(endpoint=made.id, on=True)
    with transaction() as session:
        session.execute(update(WebhookDelivery).values(state="failed"))
    receiver.status = 200
    actions.repeat(endpoint=made.id, delivery=message)
    with pytest.raises(Refused, match="正在等待"):
        actions.repeat(endpoint=made.id, delivery=message)
    run_due()
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [f"msg_{message.hex}"] * 2
    assert deliveries()[0].state == "delivered"


def test_a_paused_endpoint_is_told_nothing(inside, allowing, receiver):
    made = endpoint(receiver)
    actions.switch(endpoint=made.id, on=False)
    happen()
    run_due()
    assert receiver.got == []


def test_a_tenant_has_so_many_endpoints_and_so_many_waiting_messages(inside, allowing, receiver, monkeypatch):
    monkeypatch.setattr(jobs.policy, "tenant_number", lambda _key: 2)
    for path in ("a", "b"):
        actions.create_endpoint(title=path, url=f"{receiver.url}/{path}", events=[HAPPENED])
    with pytest.raises(Refused, match="上限2个"):
        actions.create_endpoint(title="c", url=f"{receiver.url}/c", events=[HAPPENED])
    receiver.status = 500
    happen()
    happen()
    run_due()
    assert sorted(kept.state for kept in deliveries()) == ["dropped", "dropped", "pending", "pending"]


def test_the_same_address_twice_an_unknown_event_or_none_is_refused(inside, allowing, receiver):
    endpoint(receiver)
    with pytest.raises(Refused, match="已经是一个推送地址"):
        endpoint(receiver)
    with pytest.raises(Refused, match="没有这种事件"):
        actions.create_endpoint(title="x", url=receiver.url + "x", events=["member.vanished"])
    with pytest.raises(Refused, match="至少选择一种"):
        actions.create_endpoint(title="x", url=receiver.url + "x", events=[])
    with pytest.raises(Refused, match="请填写名称"):
        actions.create_endpoint(title=" ", url=receiver.url + "x", events=["*"])


def test_an_edit_of_an_older_version_is_refused(inside, allowing, receiver):
    made = endpoint(receiver)
    now = stored(made)
    actions.edit_endpoint(endpoint=made.id, version=now.version, title="新", url=now.url, events=now.events)
    with pytest.raises(actions.Stale):
        actions.edit_endpoint(endpoint=made.id, version=1, title="旧", url=now.url, events=now.events)


def test_the_log_is_cleared_with_time_and_what_lost_its_job_gets_a_new_one(inside, allowing, receiver):
    endpoint(receiver)
    happen()
    run_due()
    receiver.status = 500
    happen()
    run_due()
    skip_waiting()
    with transaction() as session:
        session.execute(update(WebhookDelivery).values(created_at=clock.now() - timedelta(days=31), next_at=None))
        session.execute(update(Outbox).values(state="failed"))
    jobs.clear({})
    (kept,) = deliveries()
    assert kept.state == "pending"
    receiver.status = 200
    run_due()
    assert deliveries()[0].state == "delivered"
