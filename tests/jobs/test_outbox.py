"""A job exists exactly when the change that posted it does, runs for its own tenant only, and tells how it ended."""

from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask

from core.database import Unbound, bound, db, transaction, uuid7
from core.jobs import post
from core.jobs.models import Outbox
from core.jobs.outbox import waiting
from core.jobs.registry import UnknownJob
from core.jobs.run import run, run_due
from core.jobs.schedule import Schedule
from core.jobs.upkeep import relay
from core.runtime.services import Services


def states(admin: psycopg.Connection) -> list[tuple[str, int]]:
    return admin.execute("SELECT state, attempts FROM core.outbox ORDER BY id").fetchall()


def effects(admin: psycopg.Connection) -> list[tuple[int, str]]:
    return admin.execute("SELECT tenant_id, what FROM core.effect ORDER BY tenant_id, what").fetchall()


def test_a_job_posted_in_a_transaction_that_fails_never_was(app: Flask, tenant: int, admin: psycopg.Connection) -> None:
    def fail_after_posting() -> None:
        with transaction():
            post(kind="test.effect")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_posting()
    assert states(admin) == []
    assert app.extensions["dangjian.queue"].announced() == frozenset()


def test_a_committed_job_is_announced_and_done_once(app: Flask, tenant: int, admin: psycopg.Connection) -> None:
    with transaction():
        job_id = post(kind="test.effect", payload={"what": "甲"}, actor="张三")
        assert app.extensions["dangjian.queue"].announced() == frozenset()
    assert app.extensions["dangjian.queue"].announced() == {f"{job_id.hex}-0"}
    assert waiting() == 1
    db.session.remove()
    for _ in range(3):  # the notice may come more than once
        run(1, str(job_id))
    assert states(admin) == [("done", 1)]
    assert effects(admin) == [(1, "甲")]


def test_the_same_name_is_one_job_per_tenant(app: Flask, admin: psycopg.Connection) -> None:
    with app.app_context():
        ids = []
        for tenant in (1, 1, 2):
            with bound(tenant_id=tenant):
                with transaction():
                    ids.append(post(kind="test.effect", once="monthly:2026-11"))
                db.session.remove()
        assert ids[0] == ids[1] != ids[2]
    assert len(states(admin)) == 2


def test_a_notice_for_another_tenants_row_does_nothing(app: Flask, admin: psycopg.Connection) -> None:
    with app.app_context(), bound(tenant_id=1), transaction():
        job_id = post(kind="test.effect")
    with app.app_context():
        run(2, str(job_id))
        assert states(admin) == [("pending", 0)]
        run(1, str(job_id))
        assert states(admin) == [("done", 1)]
    assert effects(admin) == [(1, "once")]


def test_a_notice_without_a_tenant_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(TypeError, match="without a tenant"):
        run(None, str(uuid7()))


def test_posting_needs_a_tenant_and_a_known_kind(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(Unbound):
            post(kind="test.effect")
        with bound(tenant_id=1), pytest.raises(UnknownJob):
            post(kind="nobody.handles.this")


def test_a_failing_job_is_tried_again_then_given_up_and_its_error_names_no_number(
    app: Flask, tenant: int, admin: psycopg.Connection
) -> None:
    with transaction():
        post(kind="test.raises")
    db.session.remove()
    assert run_due() == 1
    assert states(admin) == [("pending", 1)]
    waits = admin.execute("SELECT available_at > clock_timestamp() FROM core.outbox").fetchone()
    assert waits == (True,)
    admin.execute("UPDATE core.outbox SET available_at = now()")
    assert run_due() == 1
    assert states(admin) == [("failed", 2)]
    assert admin.execute("SELECT last_error FROM core.outbox").fetchone() == ("RuntimeError: 证件 … 有误",)
    assert effects(admin) == []


def test_a_worker_that_lost_its_lease_has_no_effect(app: Flask, tenant: int, admin: psycopg.Connection) -> None:
    """A worker that slept past its lease comes back while another has the job: its transaction is rolled back."""
    from core.jobs import registry

    handler = registry.KINDS["test.effect"].handler

    def overtaken(payload: dict[str, object]) -> None:
        admin.execute("UPDATE core.outbox SET attempts = attempts + 1")  # what another taker does
        handler(payload)

    with transaction():
        job_id = post(kind="test.effect")
    db.session.remove()
    registry.KINDS["test.effect"] = registry.Kind("test.effect", overtaken, 60, 5, registry.SYSTEM)
    try:
        run(1, str(job_id))
    finally:
        registry.KINDS["test.effect"] = registry.Kind("test.effect", handler, 600, 5, registry.SYSTEM)
    assert states(admin) == [("running", 2)]
    assert effects(admin) == []


def test_the_system_role_sees_that_rows_are_due_but_not_what_they_hold(
    app: Flask, tenant: int, admin: psycopg.Connection, running: Services
) -> None:
    with transaction() as session:
        post(kind="test.effect", payload={"what": "secret"})
        session.flush()
    with psycopg.connect(running.settings.database_system_url, autocommit=True) as connection:
        assert connection.execute("SELECT count(id) FROM core.outbox").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT payload FROM core.outbox")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE core.outbox SET state = 'done'")
    assert db.session.query(Outbox).one().payload == {"what": "secret"}


def test_what_a_suspended_tenant_still_had_to_do_waits_until_it_is_served_again(
    app: Flask, tenant: int, admin: psycopg.Connection, running: Services
) -> None:
    with transaction():
        post(kind="test.effect", not_before=datetime(2020, 1, 1, tzinfo=UTC))
    urls = {"system_url": running.settings.database_system_url, "redis_url": str(running.settings.redis_url)}
    schedule = Schedule(app, **urls)
    try:
        admin.execute("UPDATE platform.tenant SET state = 'suspended' WHERE id = 1")
        relay(schedule)
        assert not schedule.queue.announced()
        admin.execute("UPDATE platform.tenant SET state = 'active' WHERE id = 1")
        relay(schedule)
        assert len(schedule.queue.announced()) == 1
    finally:
        admin.execute("UPDATE platform.tenant SET state = 'active' WHERE id = 1")
        schedule.system.dispose()


def test_the_notice_of_a_long_job_moves_to_the_slow_lane_and_is_not_announced_twice(
    app: Flask, tenant: int, running: Services, admin: psycopg.Connection
) -> None:
    queue = app.extensions["dangjian.queue"]
    with transaction():
        job_id = post(kind="test.long", payload={"long": True})
        short = post(kind="test.long", payload={"long": False})
        broken = post(kind="test.long", payload={})
    for one in (job_id, job_id):
        run(tenant, str(one), False)
    assert queue.slow.get_job_ids() == [f"{job_id.hex}-0-slow"] * 2
    assert queue.announced() == {f"{one.hex}-0" for one in (job_id, short, broken)}
    admin.execute("INSERT INTO core.effect (tenant_id, what) VALUES (2, 'for the long ones')")
    for one in (short, broken):
        run(tenant, str(one), False)
    run(tenant, str(job_id), True)
    assert dict(admin.execute("SELECT payload->>'long', state FROM core.outbox").fetchall()) == {
        "true": "done", "false": "done", None: "done",
    }  # fmt: skip
