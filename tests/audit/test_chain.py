"""The record is whole, or a verification says where it is not."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.audit.anchors import anchor, place
from core.audit.checking import check
from core.audit.models import AuditCheck
from core.audit.sealing import seal
from core.audit.verifying import verify
from core.database import bound, db, transaction
from core.database.read import rows
from tests.audit.conftest import now_of_database, sealed, write


def test_a_sealed_record_is_whole(inside):
    sealed()
    report = verify()
    assert report.faults == []
    assert report.number == 3
    assert report.events >= 9
    assert report.unsealed == 0


def test_nothing_new_makes_no_new_link(inside):
    sealed(links=1)
    assert seal(until=now_of_database()) == 0
    assert verify().number == 1


def test_an_event_not_sealed_yet_is_read_and_counted(inside):
    sealed(links=1)
    write(2)
    report = verify()
    assert (report.ok, report.unsealed) == (True, 2)


def test_an_event_of_an_open_transaction_is_never_left_out_of_its_range(inside, app):
    sealed(links=1)
    engine = db.engine
    with engine.connect() as other:
        other.execute(text(f"SET LOCAL app.tenant_id = '{inside.id}'"))
        other.execute(
            text(
                "INSERT INTO core.audit_event (tenant_id, id, actor, kind) VALUES (:t, gen_random_uuid(), '甲', 'audit.change')"
            ),
            {"t": inside.id},
        )
        write(1)
        assert seal() == 0  # the horizon stands before the open transaction
        other.commit()
    assert seal(until=now_of_database()) == 2
    assert verify().faults == []


CHANGES = [
    ("UPDATE core.audit_event SET detail = '{}' WHERE tenant_id = %s AND id = %s", "有记录被改动"),
    ("UPDATE core.audit_event SET actor = '别人' WHERE tenant_id = %s AND id = %s", "有记录被改动"),
    ("UPDATE core.audit_event SET address = '10.0.0.1' WHERE tenant_id = %s AND id = %s", "有记录被改动"),
    ("DELETE FROM core.audit_event WHERE tenant_id = %s AND id = %s", "少了1条"),
    (
        (
            "INSERT INTO core.audit_event (tenant_id, id, at, actor, kind) SELECT tenant_id, gen_random_uuid(), at, '甲', kind "
            "FROM core.audit_event WHERE tenant_id = %s AND id = %s"
        ),
        "多出1条",
    ),
    ("UPDATE core.audit_event SET at = at - interval '1 year' WHERE tenant_id = %s AND id = %s", "封存"),
]


@pytest.mark.parametrize(("statement", "said"), CHANGES)
def test_what_somebody_does_to_a_sealed_event_is_found(inside, tampering, statement, said):
    sealed()
    middle = rows(text_ids())[4][0]
    assert tampering(statement, inside.id, middle) == 1
    report = verify()
    assert not report.ok
    assert any(said in fault for fault in report.faults), report.faults


def text_ids():
    from sqlalchemy import select

    from core.audit.models import AuditEvent

    return select(AuditEvent.id).order_by(AuditEvent.at)


LINKS = [
    ("DELETE FROM core.audit_seal WHERE tenant_id = %s AND number = 2", "第2号到第2号封存缺失"),
    ("UPDATE core.audit_seal SET count = count + 1 WHERE tenant_id = %s AND number = 2", "内容被改动"),
    ("UPDATE core.audit_seal SET previous = sha256('x') WHERE tenant_id = %s AND number = 2", "不相连"),
    ("UPDATE core.audit_seal SET hash = sha256('x') WHERE tenant_id = %s AND number = 2", "内容被改动"),
]


@pytest.mark.parametrize(("statement", "said"), LINKS)
def test_what_somebody_does_to_a_link_is_found(inside, tampering, statement, said):
    sealed()
    assert tampering(statement, inside.id) == 1
    assert any(said in fault for fault in verify().faults)


def test_a_chain_made_up_anew_lacks_the_signature(inside, tampering):
    """Whoever owns the database can compute hashes, but has not the key."""
    sealed(links=1)
    tampering("DELETE FROM core.audit_event WHERE tenant_id = %s", inside.id)
    tampering(
        "UPDATE core.audit_seal SET count = 0, digest = sha256(''), hash = sha256(convert_to(number || '|' || "
        "to_char(from_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '|' || "
        "to_char(to_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '|0|', 'UTF8') || sha256('') || previous) "
        "WHERE tenant_id = %s",
        inside.id,
    )
    assert verify().faults == ["第1号封存不是本平台签署的。"]


def test_the_newest_links_cannot_vanish_with_their_events_once_a_head_is_written_down(inside, tampering):
    sealed()
    assert anchor() is not None
    tampering("DELETE FROM core.audit_event e USING core.audit_seal s WHERE e.tenant_id = %s AND s.tenant_id = e.tenant_id "
              "AND s.number = 3 AND e.at >= s.from_at", inside.id)  # fmt: skip
    tampering("DELETE FROM core.audit_seal WHERE tenant_id = %s AND number = 3", inside.id)
    assert any("第3号）已不在库中" in fault for fault in verify().faults)


def test_a_head_is_written_once_and_a_changed_line_is_found(inside):
    sealed(links=1)
    assert anchor() is not None
    assert anchor() is None
    place().write_text(place().read_text().replace('"number": 1', '"number": 7'))
    assert any("签名不对" in fault for fault in verify().faults)


def test_two_sealers_at_once_make_one_link(inside):
    from core.audit import sealing

    write(3)
    until = now_of_database()
    first = sealing._seal_one
    count, _ = first(until)
    assert count >= 3
    with transaction() as session:  # the second one had read the same head
        link = sealing.Link(1, until, until, 0, b"x", b"y")
        assert session.execute(sealing._insert(link)).first() is None
    assert verify().ok


@pytest.mark.parametrize("verb", ["UPDATE core.{} SET id = id", "DELETE FROM core.{}", "TRUNCATE core.{}"])
@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_removal", "audit_check"])
def test_the_application_role_can_only_add(inside, verb, table):
    sealed(links=1)
    with pytest.raises(ProgrammingError, match="permission denied"), db.engine.begin() as connection:
        connection.execute(text(verb.format(table)))


def test_a_failed_check_is_kept_recorded_and_told(inside, tampering, caplog):
    sealed()
    assert check().ok
    tampering("DELETE FROM core.audit_seal WHERE tenant_id = %s AND number = 2", inside.id)
    check()
    from sqlalchemy import select

    assert [ok for (ok,) in rows(select(AuditCheck.ok).order_by(AuditCheck.at))] == [True, False]
    assert "not whole" in caplog.text


def test_the_chain_of_one_tenant_says_nothing_of_another(app, tenant, other_tenant, tampering):
    with app.app_context():
        for one in (tenant, other_tenant):
            with bound(tenant_id=one.id):
                sealed()
        tampering("UPDATE core.audit_event SET actor = 'x' WHERE tenant_id = %s", other_tenant.id)
        with bound(tenant_id=tenant.id):
            assert verify().ok
        with bound(tenant_id=other_tenant.id):
            assert not verify().ok
