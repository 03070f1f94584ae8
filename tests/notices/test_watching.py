"""What the product tells by itself: an audit record that does not verify."""

from sqlalchemy import select

from core.audit.checking import check
from core.audit.standing import faulty
from core.database import bound, db
from core.notices.models import Message
from tests.audit.conftest import now_of_database, sealed, tampering, write  # noqa: F401 - a fixture


def test_a_record_that_does_not_verify_is_told_to_every_administrator_once_a_day(app, settings, inside, tampering):  # noqa: F811
    sealed()
    tampering("UPDATE core.audit_event SET actor = '别人' WHERE tenant_id = %s AND kind = 'audit.change'", inside.id)
    assert not check().ok
    assert not check().ok
    told = db.session.scalars(select(Message).where(Message.channel == "in_app")).all()
    assert [(one.account_id, one.kind) for one in told] == [(inside.admin_id, "audit")]
    assert told[0].link["endpoint"] in app.view_functions


def test_whoever_watches_the_host_sees_it_until_it_verifies_again(app, settings, tenant, tampering):  # noqa: F811
    client, inside = app.test_client(), tenant

    def checked():
        with app.app_context(), bound(tenant_id=tenant.id):
            found = check()
            db.session.remove()
        return found.ok

    with app.app_context(), bound(tenant_id=tenant.id):
        sealed()
        db.session.remove()
    change = "UPDATE core.audit_event SET actor = actor || '某' WHERE tenant_id = %s AND kind = 'audit.change'"
    back = "UPDATE core.audit_event SET actor = rtrim(actor, '某') WHERE tenant_id = %s AND kind = 'audit.change'"
    assert checked()
    tampering(change, inside.id)
    assert not checked()
    answer = client.get("/readyz")
    assert (answer.status_code, inside.id in faulty(settings.data_dir)) == (200, True)
    assert "degraded: the audit records of" in answer.text
    tampering(back, inside.id)
    assert checked()
    assert inside.id not in faulty(settings.data_dir)
