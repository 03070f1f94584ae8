"""Who becomes a member, is confirmed, or is one no longer: decisions of a plugin that change the roster.

Each runs inside the plugin's own transaction; whatever the roster's rules refuse, refuses the decision as well.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from core import clock
from core.database import tenant_id, transaction
from core.people.actions.members import create, edit
from core.people.actions.standing import Decision, change_standing
from core.people.models import Person
from core.people.policy import policy
from core.people.rules import Death, Document
from core.people.rules.wording import label_of
from core.people.schemas import read
from core.policy.findings import Refused

#: Everywhere in the tenant: the plugin has decided, and who may, is for the plugin to know.
_EVERYWHERE = (("", "~"),)
#: What admitting somebody says by itself.
_SAID = frozenset({"branch", "person_type", "join_date"})


def standing_of(person_id: UUID) -> str | None:
    """The standing of somebody on the roster, such as ``probationary``; ``None`` for nobody."""
    with transaction() as session:
        found = session.get(Person, (tenant_id(), person_id))
        return found.standing if found is not None else None


def lacking(values: Mapping[str, Any]) -> list[str]:
    """What the roster will ask for and is not known of somebody yet: the Chinese headings of the fields, in one order.

    :param values: as of :func:`admit`.
    """
    wanted = policy(as_of=clock.today()).required - _SAID
    return sorted(label_of(name) for name in wanted if not values.get(name))


def admit(*, unit_id: UUID, values: Mapping[str, Any], on: date, reason: str | None = None) -> UUID:
    """Put somebody on the roster as a probationary member 预备党员; gives the new record's id.

    :param values: of the member's fields what is known (``name``, ``sex``, ``id_no``, ``birth``, ``education`` …), as forms
        give them. :param on: the day they joined: of the branch meeting.
    :raises Refused: what the roster's rules say against the record.
    """
    given = {**values, "unit": str(unit_id), "person_type": "预备党员", "join_date": on.isoformat()}
    return create(reading=read(given), ranges=_EVERYWHERE, reason=reason, start_reason="developed").id


def admit_directly(*, unit_id: UUID, values: Mapping[str, Any], on: date, document: Document) -> UUID:
    """Somebody whom the centre or a province admitted by itself is a full member at once, without probation.

    :param values: as of :func:`admit`. :param on: the day of the decision: of joining, and Party standing counts from it.
    :raises Refused: what the roster's rules say against the record.
    """
    given = _formal(values, unit_id, on)
    why = _said_in(document)
    return create(reading=read(given), ranges=_EVERYWHERE, reason=why, start_reason="direct", document=document).id


def recognise_posthumously(
    *, unit_id: UUID, values: Mapping[str, Any], on: date, died: date, document: Document
) -> UUID:
    """Somebody dead is recognised as a member 追认: joined on the day of the decision, and known to have died.

    They are never counted: the membership begins and ends on the day of the death.
    :raises Refused: what the roster's rules say against the record.
    """
    with transaction():
        given = _formal(values, unit_id, on)
        made = create(
            reading=read(given), ranges=_EVERYWHERE, reason=_said_in(document), start_reason="posthumous", since=died,
            document=document,
        ).id  # fmt: skip
        _change(made, Decision("died", "died", death=Death(died, document.organ)))
    return made


def _said_in(document: Document) -> str:
    """What explains whatever the roster would ask a reason for: somebody above decided so."""
    return f"{document.organ} {document.number}"


def _formal(values: Mapping[str, Any], unit_id: UUID, on: date) -> dict[str, Any]:
    days = {"join_date": on.isoformat(), "regular_date": on.isoformat()}
    return {**values, "unit": str(unit_id), "person_type": "正式党员", **days}


def readmit(*, person_id: UUID, unit_id: UUID, on: date, document: Document) -> None:
    """Somebody whose membership ended joins again, as a probationary member. :raises Refused: too early, or other rules."""
    _change(person_id, Decision("probationary", "readmitted", document=document, on=on, unit=unit_id))


def confirm(*, person_id: UUID, on: date, document: Document) -> None:
    """A probationary member becomes a full one 转正. :param on: the day Party standing counts from.

    :raises Refused: what the roster's rules say against it.
    """
    _change(person_id, Decision("formal", "confirmed", document=document, on=on))


def cancel(*, person_id: UUID, on: date, document: Document, reason: str = "probation_cancelled") -> None:
    """Membership ends: 取消预备党员资格, or with ``not_recognised`` 不予承认. :raises Refused: the roster's rules."""
    _change(person_id, Decision("removed", reason, document=document, on=on))


def redate(*, person_id: UUID, joined: date, confirmed: date | None, why: str) -> None:
    """The day somebody joined was put right, and with it the day of the confirmation of somebody who is confirmed.

    :raises Refused: what the roster's rules say against it.
    """
    with transaction() as session:
        found = session.get_one(Person, (tenant_id(), person_id))
        days = {"join_date": joined}
        if found.regular_date is not None and confirmed is not None:
            days["regular_date"] = confirmed
        changed = {name: day.isoformat() for name, day in days.items() if getattr(found, name) != day}
        if changed:
            reading = read(changed, only=tuple(changed))
            edit(person=person_id, version=found.version, reading=reading, ranges=_EVERYWHERE, reason=why)


def _change(person_id: UUID, decision: Decision) -> None:
    with transaction() as session:
        found = session.get_one(Person, (tenant_id(), person_id))
        change_standing(
            person=person_id, version=found.version, decision=decision, ranges=_EVERYWHERE, reason="发展党员的决定"
        )


__all__ = [
    "Document",
    "Refused",
    "admit",
    "admit_directly",
    "cancel",
    "confirm",
    "lacking",
    "readmit",
    "recognise_posthumously",
    "redate",
    "standing_of",
]
