"""我的走访: what the asking account is sent to, follows up, visited and reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from core.sdk import Person, Unit, flush
from plugins.care.models import Assignment, Case, CaseReport, FollowUp, Visit, Visitor
from plugins.care.people import among
from plugins.care.queries.board import FIELDS, Row

_ME = bindparam("me_id", type_=Uuid())


_SENT = (
    select(*FIELDS)
    .select_from(Case)
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
    .join(Assignment, (Assignment.tenant_id == Case.tenant_id) & (Assignment.case_id == Case.id))
    .where(Assignment.account_id == _ME, among(Case.state, "assigned", "visited", "following"))
    .order_by(Case.state != "assigned", Case.due_on, Case.id)
    .limit(50)
)
_REPORTED = (
    select(*FIELDS)
    .select_from(Case)
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
    .join(CaseReport, (CaseReport.tenant_id == Case.tenant_id) & (CaseReport.case_id == Case.id))
    .where(CaseReport.account_id == _ME)
    .order_by(Case.reported_on.desc(), Case.id)
    .limit(20)
)
_OWNED = (
    select(FollowUp.id, FollowUp.case_id, Person.name, Unit.short_name, FollowUp.due_on)
    .join(Unit, (Unit.tenant_id == FollowUp.tenant_id) & (Unit.id == FollowUp.unit_id))
    .join(Person, (Person.tenant_id == FollowUp.tenant_id) & (Person.id == FollowUp.person_id))
    .where(FollowUp.owner_id == _ME, FollowUp.state == "open")
    .order_by(FollowUp.due_on, FollowUp.id)
    .limit(50)
)
_MADE = (
    select(Visit.id, Visit.case_id, Person.name, Unit.short_name, Visit.made_on, Visit.channel)
    .distinct()
    .join(Unit, (Unit.tenant_id == Visit.tenant_id) & (Unit.id == Visit.unit_id))
    .join(Person, (Person.tenant_id == Visit.tenant_id) & (Person.id == Visit.person_id))
    .join(Visitor, (Visitor.tenant_id == Visit.tenant_id) & (Visitor.visit_id == Visit.id), isouter=True)
    .where(or_(Visit.recorded_by == _ME, Visitor.account_id == _ME))
    .order_by(Visit.made_on.desc(), Visit.id)
    .limit(20)
)


@dataclass(frozen=True, slots=True)
class Owned:
    """A follow-up the account is to see to."""

    id: UUID
    case_id: UUID | None
    person: str
    unit: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Made:
    """A visit the account went on or recorded."""

    id: UUID
    case_id: UUID | None
    person: str
    unit: str
    made_on: date
    channel: str


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything of the account's own."""

    sent: Sequence[Row]
    owned: Sequence[Owned]
    made: Sequence[Made]
    reported: Sequence[Row]


def mine(account_id: UUID) -> Mine:
    """What an account is sent to, is to see to, made and reported."""
    given = {"me_id": account_id}
    sent, owned, made, reported = flush((_SENT, given), (_OWNED, given), (_MADE, given), (_REPORTED, given))
    return Mine(
        [Row(*one) for one in sent],
        [Owned(*one) for one in owned],
        [Made(*one) for one in made],
        [Row(*one) for one in reported],
    )


def sent_now(account_id: UUID) -> tuple[list[Row], list[Owned]]:
    """What the home page shows: visits to make and follow-ups to see to."""
    given = {"me_id": account_id}
    sent, owned = flush((_SENT, given), (_OWNED, given))
    return [one for one in (Row(*found) for found in sent) if one.state == "assigned"], [Owned(*one) for one in owned]
