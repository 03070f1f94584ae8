"""Creating a member by hand: the checks that matter, then every row the product writes, in two flushes.

What becomes of the values (masks, ciphertexts, pinyin keys) is the same pure function as the product's: it is a matter of
the domain, and whoever wrote this by hand would have to compute the same.
"""

import base64
import os
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from flask import abort, request
from psycopg.types.json import Jsonb

from bench.floor.access import Asking
from core.database import uuid7
from core.database.crypto import FieldKey, Keyring, unwrap
from core.people.identity_number import fault, normalise
from core.people.record import NameCache, derive, search_keys

_rings: dict[int, Keyring] = {}
_names: NameCache = {}

KEYS = "SELECT number, wrapped FROM core.field_key WHERE tenant_id = %(tenant)s AND retired_at IS NULL ORDER BY number"
INDEX_KEY = "SELECT index_key FROM core.tenant_state WHERE tenant_id = %(tenant)s"
UNIT = "SELECT path, type, state FROM core.unit WHERE tenant_id = %(tenant)s AND id = %(unit)s FOR SHARE"
SAME = """
    SELECT id FROM core.person WHERE tenant_id = %(tenant)s AND id_no_index = %(index)s
      AND standing IN ('probationary', 'formal', 'suspended', 'holding')
"""
PHONE = """
    SELECT count(*) FROM core.person WHERE tenant_id = %(tenant)s AND phone_index = %(index)s
      AND standing IN ('probationary', 'formal', 'suspended', 'holding')
"""
#: Limits that the tenant may have set otherwise: age at joining, months of probation, people to a phone.
LIMITS = """
    SELECT v.key, v.value, v.effective_from, u.path FROM core.policy_value v
    LEFT JOIN core.unit u ON u.tenant_id = v.tenant_id AND u.id = v.unit_id
    WHERE v.tenant_id = %(tenant)s ORDER BY v.effective_from, v.set_at
"""
COLUMNS = (
    "id", "name", "name_key", "pinyin", "initials", "sex", "ethnic", "id_no_cipher", "id_no_index", "id_no_masked", "birth", "education",
    "post", "phone_cipher", "phone_index", "phone_masked", "address_cipher", "standing", "unit_id", "join_date", "regular_date",
)  # fmt: skip
PERSON = f"""
    INSERT INTO core.person (tenant_id, {", ".join(COLUMNS)})
    VALUES (%(tenant)s, {", ".join(f"%({name})s" for name in COLUMNS)})
"""
KEY_ROWS = "INSERT INTO core.person_key (tenant_id, id, key) SELECT %(tenant)s, %(id)s, unnest(%(keys)s::text[])"
SPELL = """
    INSERT INTO core.membership_spell (tenant_id, id, person_id, started_on, start_reason)
    VALUES (%(tenant)s, %(new)s, %(id)s, %(join_date)s, 'developed')
"""
PLACEMENT = """
    INSERT INTO core.placement (tenant_id, id, person_id, unit_id, valid_from, cause)
    VALUES (%(tenant)s, %(new)s, %(id)s, %(unit_id)s, %(join_date)s, 'admitted')
"""
AUDIT = """
    INSERT INTO core.audit_event (tenant_id, id, actor_id, actor, kind, subject, subject_id, detail, address)
    VALUES (%(tenant)s, %(new)s, %(account)s, %(actor)s, 'people.member.created', 'person', %(id)s, %(detail)s, %(address)s)
"""
CHANGED = "UPDATE core.tenant_state SET data_version = data_version + 1 WHERE tenant_id = %(tenant)s"


def _ring(asking: Asking, connection: psycopg.Connection) -> Keyring:
    known = _rings.get(asking.tenant)
    if known is None:
        keys, index = asking.answers(connection, [(KEYS, {}), (INDEX_KEY, {})])
        master = base64.b64decode(os.environ["DANGJIAN_MASTER_KEY"])
        opened = tuple(
            FieldKey(n, unwrap(wrapped, master=master, tenant=asking.tenant, number=n)) for n, wrapped in keys
        )
        secret = unwrap(index[0][0], master=master, tenant=asking.tenant, number=0)
        known = _rings[asking.tenant] = Keyring(asking.tenant, opened, secret)
    return known


def _read(body: dict[str, str]) -> dict[str, Any]:
    """The body's values, refused when one is missing or its number is wrong."""
    number = normalise(body["id_no"])
    born, joined, regular = (date.fromisoformat(body[name]) for name in ("birth", "join_date", "regular_date"))
    today = date.today()  # noqa: DTZ011, TID251
    if not body["name"] or fault(number, as_of=today) or regular <= joined or born >= joined:
        abort(422)
    values = {
        name: body[name] for name in ("name", "sex", "ethnic", "education", "person_type", "post", "phone", "address")
    }
    return {**values, "id_no": number, "birth": born, "join_date": joined, "regular_date": regular}


def create(asking: Asking, body: dict[str, str]) -> dict[str, Any]:
    """Make one member of a branch; the record's id and version."""
    values = {"id": uuid7(), "unit_id": UUID(body["unit"]), **_read(body)}
    with asking.connection() as connection:
        ring = _ring(asking, connection)
        row = derive(values, ring, _names)
        questions = [
            (UNIT, {"unit": values["unit_id"]}),
            (SAME, {"index": row["id_no_index"]}),
            (PHONE, {"index": row["phone_index"]}),
            (LIMITS, {}),
        ]
        units, same, ((holders,),), limits = asking.answers(connection, questions, commit=False)
        if not units:
            abort(404)
        asking.within(units[0][0])
        allowed = max((int(value) for key, value, *_ in limits if key == "roster.phone.shared_max"), default=2)
        if same or holders >= allowed or units[0][1:] != ("branch", "active"):
            abort(422)
        _write(connection, asking, row)
    return {"id": values["id"], "version": 1, "findings": []}


def _write(connection: psycopg.Connection, asking: Asking, row: dict[str, Any]) -> None:
    common = {"tenant": asking.tenant, **row}
    keys = list(dict.fromkeys(search_keys(row["name"], _names)))
    origin = {
        "account": asking.account,
        "actor": asking.name,
        "detail": Jsonb({"name": row["name"], "unit": str(row["unit_id"])}),
        "address": request.remote_addr,
    }
    with connection.pipeline():
        connection.execute(PERSON, {name: common[name] for name in ("tenant", *COLUMNS)})
        if keys:
            connection.execute(KEY_ROWS, {**common, "keys": keys})
        connection.execute(SPELL, {**common, "new": uuid7()})
        connection.execute(PLACEMENT, {**common, "new": uuid7()})
        connection.execute(AUDIT, {**common, **origin, "new": uuid7()})
        connection.execute(CHANGED, {"tenant": asking.tenant})
        connection.commit()
