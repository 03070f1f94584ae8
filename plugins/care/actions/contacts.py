"""Contact lists 支委联系党员 and heart-to-heart talks 谈心 (R6.15)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Person, Refused, Unit, emit, holders_at, origin, record, tenant_id, today, touch, transaction
from plugins.care import events
from plugins.care.actions.cases import Unknown
from plugins.care.findings import block
from plugins.care.models import ContactLink, Talk
from plugins.care.sealing import seal
from plugins.care.words import OFFICERS, TALK_CHANNELS, TALKS


def set_list(*, account_id: UUID, unit_id: UUID, people: Sequence[UUID]) -> int:
    """Say whom an officer keeps contact with in a branch; gives how many are on the list now.

    :raises Refused: the account is no officer of the branch or above it, or somebody is not of the branch.
    """
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), unit_id))
        if unit is None:
            raise Unknown(str(unit_id))
        wanted = set(people)
        _check_list(account_id, unit, wanted)
        links = session.scalars(
            select(ContactLink).where(
                ContactLink.account_id == account_id, ContactLink.unit_id == unit_id, ContactLink.ended_on.is_(None)
            )
        ).all()
        for link in links:
            if link.person_id not in wanted:
                link.ended_on = today()
        for person in sorted(wanted - {link.person_id for link in links}):
            session.add(ContactLink(account_id=account_id, unit_id=unit_id, person_id=person, since=today()))
        session.flush()
        _renew(account_id, unit_id)
        detail = {"account": str(account_id), "count": len(wanted)}
        record(kind="care.contact.listed", subject="unit", subject_id=unit_id, detail=detail)
        return len(wanted)


def _check_list(account_id: UUID, unit: Unit, wanted: set[UUID]) -> None:
    found = []
    officer = next((one for one in holders_at(unit.path) if one.account_id == account_id), None)
    if officer is None or not officer.roles & OFFICERS:
        message = "联系人须是本支部委员或上级组织的工作人员。"
        found.append(block("R6.15", "account", message, "E_SCOPE", "请从列表中选择。"))
    with transaction() as session:
        there = set(session.scalars(select(Person.id).where(Person.id.in_(wanted), Person.unit_id == unit.id)))
    if there != wanted or (officer is not None and officer.person_id in wanted):
        message = "名单中有人不是本支部的党员，或者是联系人本人。"
        found.append(block("R6.15", "people", message, "E_SCOPE", "请从本支部党员中选择。"))
    if found:
        raise Refused(found)


def _renew(account_id: UUID, unit_id: UUID) -> None:
    with transaction() as session:
        links = session.scalars(
            select(ContactLink.id).where(ContactLink.account_id == account_id, ContactLink.unit_id == unit_id)
        ).all()
        touch("care.contact", *links)


def talk(*, person_id: UUID, kind: str, made_on: date, channel: str = "meeting", content: str = "") -> UUID:
    """Record a contact or talk; on one's own contact list it counts for the quarter. Gives its id.

    :raises Refused: an unknown kind or a day in the future.
    """
    day, who, made = today(), origin(), uuid4()
    with transaction() as session:
        person = session.get(Person, (tenant_id(), person_id))
        if person is None or person.unit_id is None:
            raise Unknown(str(person_id))
        found = []
        if kind not in TALKS or channel not in TALK_CHANNELS:
            found.append(block("R6.15", "kind", "请选择联系的类别和方式。", "E_REQUIRED"))
        if made_on > day:
            found.append(block("R6.15", "made_on", "日期在将来。", "E_RANGE", "请填实际的日期。"))
        if found:
            raise Refused(found)
        unit = session.get_one(Unit, (tenant_id(), person.unit_id))
        link = session.scalar(
            select(ContactLink).where(
                ContactLink.account_id == who.actor_id,
                ContactLink.person_id == person_id,
                ContactLink.ended_on.is_(None),
            )
        )
        if link is not None:
            link.last_on = max(link.last_on or made_on, made_on)
            touch("care.contact", link.id)
        session.add(
            Talk(
                id=made, link_id=link.id if link else None, person_id=person_id, unit_id=unit.id,
                account_id=who.actor_id, talker=who.actor, kind=kind, made_on=made_on, channel=channel,
                content_cipher=seal(content, Talk, "content_cipher", made),
            )
        )  # fmt: skip
        session.flush()
        record(kind="care.talk.made", subject="care_talk", subject_id=made, detail={"unit": str(unit.id)})
        data = {"unit": unit.id, "made_on": made_on}
        emit(events.TALKED, subject="care_talk", subject_id=made, unit_path=unit.path, data=data)
    return made
