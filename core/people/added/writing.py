"""Taking in and writing the values of further fields. The changing verbs are called inside an open transaction."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from core.database import db, uuid7
from core.database.single import insert_row
from core.people.added.fields import MemberField, open_field, open_fields
from core.people.added.stored import typed, value_of
from core.people.added.values import MASK, Value, as_text, read
from core.people.models import MemberFieldValue
from core.people.rules.wording import block, short
from core.policy.findings import Finding
from core.tenancy.doors import tried
from core.tenancy.keys import keyring

RULE: Final = "PL.09"
_QUIETLY: Final = {"synchronize_session": False}
_v = MemberFieldValue


def taken_in(given: Mapping[str, Any]) -> tuple[dict[str, Value], list[Finding]]:
    """Values as they were typed or sent, by field: (values, everything that is wrong with them).

    What the tenant does not have is refused by its name.
    """
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    for key, raw in given.items():
        field = open_field(key)
        if field is None:
            findings.append(block(RULE, key[:60], f"没有“{short(key)}”这一项信息", code="E_FORMAT"))
            continue
        value, fault = judged(field, raw)
        if fault:
            findings.append(block(RULE, key, f"“{field.title}”{fault}", code="E_RANGE"))
        else:
            values[key] = value
    return values, findings


def judged(field: MemberField, raw: Any) -> tuple[Value, str | None]:
    """One value, read and checked by whoever declared the field: (value, what is wrong with it)."""
    value, fault = read(field, raw)
    if fault is None and value is not None and field.check is not None:
        check = field.check
        done, said = tried(field.key, lambda: check(value))
        fault = str(said).rstrip("。") if done and said else None if done else "暂时不能核对，请稍后再试"
    return value, fault


def present(person: UUID) -> dict[str, Value]:
    """A person's values in clear, inside the open transaction. Never to be shown or logged."""
    if not open_fields():
        return {}
    found = db.session.execute(
        select(_v.field, _v.text, _v.number, _v.day, _v.id, _v.cipher).where(_v.person_id == person)
    )
    return {key: value_of(field, stored, clear=True) for key, *stored in found if (field := open_field(key))}


def differences(person: UUID, wanted: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    """What would change: field → (old, new), in clear."""
    now = present(person) if wanted else {}
    return {key: (now.get(key), value) for key, value in wanted.items() if now.get(key) != value}


def write(person: UUID, changes: Mapping[str, tuple[Value, Value]]) -> None:
    """Write the new values of :func:`differences`."""
    if not changes:
        return
    statement = delete(_v).where(_v.person_id == person, _v.field.in_(list(changes)))
    db.session.execute(statement, execution_options=_QUIETLY)
    for key, (_old, value) in changes.items():
        field = open_field(key)
        if field is not None and value is not None:
            insert_row(_v, **columns(field, person, value))


def columns(field: MemberField, person: UUID | str, value: Value) -> dict[str, Any]:
    """The row that keeps a value."""
    row = uuid7()
    if not field.sealed:
        return {"id": row, "person_id": person, "field": field.key, **typed(field, value), "cipher": None}
    cipher = keyring().encrypt(as_text(value), table="member_field_value", column="cipher", row=row)
    return {"id": row, "person_id": person, "field": field.key, "text": None, "number": None, "day": None, "cipher": cipher}  # fmt: skip


def logged(changes: Mapping[str, tuple[Value, Value]]) -> dict[str, tuple[Any, Any]]:
    """What the log of changes may say of them: sealed values only that there was one."""
    return {key: (_hidden(key, old), _hidden(key, new)) for key, (old, new) in changes.items()}


def told(changes: Mapping[str, tuple[Value, Value]]) -> dict[str, tuple[Value, Value]]:
    """What others may hear of changes before they are made: nothing of sealed values."""
    return {key: pair for key, pair in changes.items() if (field := open_field(key)) and not field.sealed}


def told_new(wanted: Mapping[str, Value]) -> dict[str, Value]:
    """The same of a new record."""
    return {key: new for key, (_, new) in told({key: (None, value) for key, value in wanted.items()}).items()}


def _hidden(key: str, value: Value) -> Any:
    field = open_field(key)
    return MASK if value is not None and (field is None or field.sealed) else value


def merge(kept: UUID, dropped: UUID) -> None:
    """What the kept record lacks comes from the dropped one, whichever plugins are on; the rest goes with that record."""
    mine = aliased(_v)
    lacking = ~exists().where(mine.person_id == kept, mine.field == _v.field)
    db.session.execute(
        update(_v).where(_v.person_id == dropped, lacking).values(person_id=kept), execution_options=_QUIETLY
    )


def forget(person: UUID) -> int:
    """Remove all that further fields hold on a person, whichever plugins are on; gives how many values."""
    found: Any = db.session.execute(delete(_v).where(_v.person_id == person), execution_options=_QUIETLY)
    return int(found.rowcount)
