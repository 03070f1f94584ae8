"""Full views of what is masked: only with a purpose, each one written down, and so many a day (02-roster 2.9)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.access.actor import Range
from core.audit.actions import origin
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import tenant_id, transaction
from core.database.read import rows
from core.organization.models import Unit
from core.people.actions.members import Unknown, sees
from core.people.added import stored
from core.people.added.fields import FIELDS, open_field
from core.people.added.values import shown
from core.people.models import Person, RevealCount
from core.people.record import SEALED, unseal
from core.people.rules.wording import block
from core.policy.findings import Refused
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.values import SetValue, resolve
from core.tenancy.keys import keyring

declare_kind("people.member.revealed", "查看完整敏感信息")
declare_kind("people.member.reveal_refused", "查看完整敏感信息被拒")

#: How many full views an account may make on a day.
DAILY = PolicyKey(
    "roster.reveal.daily_max", 50, "次", Direction.MAX, "本平台默认", Tag.DESIGN, "每个账号每天查看完整敏感信息的次数"
)
registry.declare([DAILY])

#: Characters of a purpose at least: one must say something.
_SHORTEST: Final = 4
_LONGEST: Final = 200


def purpose_of(text: str | None) -> str:
    """The purpose as it is written down.

    :raises Refused: none was stated.
    """
    purpose = " ".join((text or "").split())
    if len(purpose) < _SHORTEST:
        sentence = f"请写明查看或导出完整信息的用途，至少{_SHORTEST}个字，例如“办理组织关系转接”"
        raise Refused([block("2.9", "purpose", sentence, code="E_REQUIRED")])
    return purpose[:_LONGEST]


def daily_limit(*, as_of: date) -> int:
    """How many full views an account may make on a day."""
    held = [SetValue(*row) for row in rows(TENANT_VALUES)]
    value = resolve(DAILY, held, as_of=as_of).value
    return int(str(value))


def reveal(
    *,
    person: UUID,
    fields: Sequence[str],
    purpose: str | None,
    ranges: tuple[Range, ...],
    as_of: date | None = None,
) -> dict[str, Any]:
    """Identity number, phone, address or a sealed further field in clear: field → value, ``None`` for what is not recorded.

    :param fields: of ``id_no, phone, address`` and the keys of sealed further fields; nothing else is masked.
    :raises Refused: no purpose (E_REQUIRED), an unknown field (E_FORMAT), today's views used up (E_CAP).
    :raises Unknown: nobody of that id within the ranges.
    """
    day, why = as_of or clock.today(), purpose_of(purpose)
    wanted = [name for name in SEALED if name in fields]
    added = [name for name in dict.fromkeys(fields) if (field := open_field(name)) and field.sealed]
    wanted += added
    if not wanted or len(wanted) < len(set(fields)):
        raise Refused([block("2.9", "fields", "可以查看的只有证件号码、电话和住址", code="E_FORMAT")])
    ring = keyring()
    try:
        with transaction():
            found = _sealed(person, ranges)
            _count(day)
            audit(
                kind="people.member.revealed",
                subject="person",
                subject_id=person,
                detail={"fields": wanted, "purpose": why},
            )
    except Refused:
        audit(kind="people.member.reveal_refused", subject="person", subject_id=person, detail={"fields": wanted})
        raise
    own = {name: found[name] for name in wanted if name in SEALED}
    clear: dict[str, Any] = {
        name: unseal(value, ring, column=SEALED[name], row=person) if value else None for name, value in own.items()
    }
    held = stored.of_person(person, clear=True) if added else {}
    return {**clear, **{key: shown(FIELDS[key], held.get(key)) for key in added}}


def _sealed(person: UUID, ranges: tuple[Range, ...]) -> dict[str, Any]:
    found = rows(
        select(Unit.path, *(getattr(Person, column) for column in SEALED.values()))
        .select_from(Person)
        .join(Unit, (Unit.id == Person.unit_id), isouter=True)
        .where(Person.id == person)
    )
    if not found or not sees(ranges, found[0][0] or ""):
        raise Unknown(str(person))
    return dict(zip(SEALED, found[0][1:], strict=True))


def _count(day: date) -> None:
    """One more view today.

    :raises Refused: E_CAP when there were as many as allowed.
    """
    account = origin().actor_id
    if account is None:  # a command on the server, by somebody who holds the keys anyway
        return
    limit = daily_limit(as_of=day)
    with transaction() as session:
        statement = insert(RevealCount).values(tenant_id=tenant_id(), id=account, day=day, count=1)
        made = session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id", "day"], set_={"count": RevealCount.count + 1}
            ).returning(RevealCount.count)
        ).scalar_one()
    if made > limit:
        sentence = f"今天查看完整信息已满{limit}次，请明天再来；确因工作需要的，请由单位管理员调整上限"
        raise Refused([block("2.9", "", sentence, code="E_CAP")])
