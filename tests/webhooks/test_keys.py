"""The tenant's field keys may be rotated: nothing that is under them is lost with the old ones."""

from datetime import timedelta

from sqlalchemy import select

from core.database import db, transaction
from core.database.schema import metadata
from core.identity.contact import addresses_of, keep_email
from core.identity.models import Account
from core.people.actions.keys import rotate_keys
from core.tenancy.keys import forget_keys, keyring
from core.tenancy.sealed import COLUMNS
from core.webhooks import actions
from core.webhooks.models import WebhookEndpoint


def test_secrets_and_addresses_outlive_the_key_they_were_written_under(inside, allowing, receiver):
    made = actions.create_endpoint(title="OA", url=receiver.url, events=["*"])
    with transaction() as session:
        keep_email(session, session.scalar(select(Account)), "li@example.com")
    before = {key.number for key in keyring(fresh=True).keys}
    done = rotate_keys(grace=timedelta(0))
    assert done.retired
    forget_keys()
    db.session.remove()
    assert before.isdisjoint({key.number for key in keyring(fresh=True).keys})
    row = db.session.scalar(select(WebhookEndpoint))
    assert actions.unseal(row.secret, made.id) == made.secret
    assert addresses_of(db.session.scalar(select(Account)))[0] == "li@example.com"


def test_every_column_whose_name_says_so_is_sealed_anew(app):
    metadata()
    known = {(one.model.__tablename__, one.name) for one in COLUMNS}
    named = {
        (table.name, column.name)
        for table in metadata().tables.values()
        for column in table.columns
        if "tenant_id" in table.columns and column.name.endswith(("_cipher", "secret"))
    }
    assert {place for place in named if place[0] != "person"} <= known
