"""One occasion: what whoever asks may see of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.sdk import Person, Unit, actor, clear_of, flush, may, person_of, row
from plugins.care.models import Assignment, Case, CaseReport, FollowUp, Step, Visit, Visitor
from plugins.care.permissions import DECIDE, OPEN, VIEW, VISIT
from plugins.care.sealing import unseal
from plugins.care.words import GUARDED

_ID = bindparam("case_id", type_=Uuid())
_CASE = (
    select(
        Case.id, Case.person_id, Person.name, Unit.id, Unit.short_name, Unit.path, Case.kind, Case.sub_kind, Case.severity,
        Case.state, Case.source, Case.occurred_on, Case.reported_on, Case.confirmed_on, Case.due_on,
        Case.first_visit_on, Case.closed_on, Case.same_as_id, Case.merged, Case.version,
    )
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
    .where(Case.id == _ID)
)  # fmt: skip
_REPORTS = (
    select(CaseReport.id, CaseReport.account_id, CaseReport.by_name, CaseReport.reported_on, CaseReport.detail_cipher)
    .where(CaseReport.case_id == _ID)
    .order_by(CaseReport.reported_on, CaseReport.id)
)
_STEPS = (
    select(Step.id, Step.at, Step.verb, Step.actor, Step.reason_cipher)
    .where(Step.case_id == _ID)
    .order_by(Step.at.desc())
)
_ASSIGNED = (
    select(Assignment.account_id, Assignment.name, Assignment.officer)
    .where(Assignment.case_id == _ID)
    .order_by(Assignment.name)
)
_VISITS = (
    select(
        Visit.id, Visit.made_on, Visit.recorder, Visit.recorded_by, Visit.channel, Visit.refused, Visit.gift_fen,
        Visit.goods, Visit.photo_consent, Visit.content_cipher, Visit.promise_cipher, Visit.note_cipher,
    )
    .where(Visit.case_id == _ID)
    .order_by(Visit.made_on.desc(), Visit.id)
)  # fmt: skip
_WENT = (
    select(Visitor.visit_id, Visitor.name, Visitor.relative)
    .join(Visit, (Visit.tenant_id == Visitor.tenant_id) & (Visit.id == Visitor.visit_id))
    .where(Visit.case_id == _ID)
    .order_by(Visitor.name)
)
_NEEDS = (
    select(
        FollowUp.id, FollowUp.owner, FollowUp.owner_id, FollowUp.due_on, FollowUp.state, FollowUp.ended_on,
        FollowUp.satisfaction, FollowUp.need_cipher, FollowUp.result_cipher, FollowUp.version,
    )
    .where(FollowUp.case_id == _ID)
    .order_by(FollowUp.due_on, FollowUp.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseView:
    """An occasion, with what the viewer may do and see.

    :param whole: what was written may be opened. :param decides: may confirm, assign, close. :param visits: may record.
    :param own: the viewer reported it.
    """

    id: UUID
    person_id: UUID
    person: str
    unit_id: UUID
    unit: str
    path: str
    kind: str
    sub_kind: str
    severity: str
    state: str
    source: str
    occurred_on: date
    reported_on: date
    confirmed_on: date | None
    due_on: date | None
    first_visit_on: date | None
    closed_on: date | None
    same_as_id: UUID | None
    merged: bool
    version: int
    sees: bool
    whole: bool
    decides: bool
    visits: bool
    own: bool
    assigned: Sequence[tuple[UUID, str, bool]]
    reports: Sequence[Any]

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in ("closed", "not_established")


def _made(kind: Any, values: Any, *further: Any, **named: Any) -> Any:
    """A view from a row's values and what was worked out beside them."""
    return kind(*values, *further, **named)


def case(case_id: UUID) -> CaseView | None:
    """An occasion, if whoever asks may see that it is there; ``None`` for unknown ones and others' alike."""
    given = {"case_id": case_id}
    found, assigned, reports = flush((_CASE, given), (_ASSIGNED, given), (_REPORTS, given))
    if not found:
        return None
    one: Any = found[0]
    me = actor().account_id
    path, kind = one[5], one[6]
    concerned = person_of(me) == one[1]
    sent = any(account == me for account, *_ in assigned)
    own = any(report[1] == me for report in reports)
    whole = (sent or clear_of(OPEN, path)) and not concerned
    sees = whole or (may(VIEW, path) and kind not in GUARDED and not concerned)
    if not (sees or own):
        return None
    found_view: CaseView = _made(
        CaseView, one, sees=sees, whole=whole, decides=may(DECIDE, path) and not concerned,
        visits=(sent or (may(VISIT, path) and whole)) and not concerned, own=own,
        assigned=[(a, n, o) for a, n, o in assigned], reports=reports,
    )  # fmt: skip
    return found_view


@dataclass(frozen=True, slots=True)
class StepView:
    """A line of the history; why is empty where it may not be read."""

    at: datetime
    verb: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A need and what came of it; texts are empty where they may not be read."""

    id: UUID
    owner: str
    owner_id: UUID | None
    due_on: date
    state: str
    ended_on: date | None
    satisfaction: int | None
    version: int
    need: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit; texts are empty where they may not be read."""

    id: UUID
    made_on: date
    recorder: str
    recorded_by: UUID | None
    channel: str
    refused: bool
    gift_fen: int
    goods: str | None
    photo_consent: bool
    visitors: Sequence[tuple[str, bool]]
    content: str = ""
    promise: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What came of an occasion."""

    steps: Sequence[StepView]
    visits: Sequence[VisitView]
    follow_ups: Sequence[FollowUpView]


def _course(case_id: UUID) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    given = {"case_id": case_id}
    steps, visits, went, needs = flush((_STEPS, given), (_VISITS, given), (_WENT, given), (_NEEDS, given))
    return list(steps), list(visits), list(went), list(needs)


def course(case_id: UUID, *, clear: bool) -> Course:
    """The course of an occasion. :param clear: with what was written; whoever asks for it writes down that it was read."""
    steps, visits, went, needs = _course(case_id)

    def text(data: bytes | None, model: Any, column: str, one: UUID) -> str:
        return unseal(data, model, column, one) if clear else ""

    return Course(
        [StepView(at, verb, who, text(why, Step, "reason_cipher", one)) for one, at, verb, who, why in steps],
        [
            _made(
                VisitView, one[:9], [(name, relative) for visit, name, relative in went if visit == one[0]],
                text(one[9], Visit, "content_cipher", one[0]), text(one[10], Visit, "promise_cipher", one[0]),
                text(one[11], Visit, "note_cipher", one[0]),
            )
            for one in visits
        ],
        [
            _made(
                FollowUpView, one[:7], one[9], text(one[7], FollowUp, "need_cipher", one[0]),
                text(one[8], FollowUp, "result_cipher", one[0]),
            )
            for one in needs
        ],
    )  # fmt: skip


def reported(view: CaseView, *, clear: bool, me: UUID) -> list[tuple[str, date, str]]:
    """(by whom, when, what) of each report; what is read in clear by whoever may, and by its own author."""
    return [
        (by, on, unseal(data, CaseReport, "detail_cipher", one) if clear or account == me else "")
        for one, account, by, on, data in view.reports
    ]


_PLACE = select(FollowUp.id, FollowUp.case_id, FollowUp.owner_id, FollowUp.visit_id, FollowUp.person_id, Unit.path).join(
    Unit, (Unit.tenant_id == FollowUp.tenant_id) & (Unit.id == FollowUp.unit_id)
).where(FollowUp.id == bindparam("follow_up_id", type_=Uuid()))  # fmt: skip


@dataclass(frozen=True, slots=True)
class FollowUpPlace:
    """Where a follow-up belongs."""

    id: UUID
    case_id: UUID | None
    owner_id: UUID | None
    visit_id: UUID
    person_id: UUID
    path: str


def follow_up(follow_up_id: UUID) -> FollowUpPlace | None:
    """A follow-up, if whoever asks owns it or may record visits where it is."""
    found = row(_PLACE, follow_up_id=follow_up_id)
    if found is None:
        return None
    one = FollowUpPlace(*found)
    me = actor().account_id
    if person_of(me) == one.person_id or not (one.owner_id == me or clear_of(OPEN, one.path)):
        return None
    return one
