"""The verbs of a correction: ask, withdraw, send back, refuse, agree."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access.actor import Range
from core.audit.actions import is_same_person, origin, record
from core.audit.kinds import declare
from core.database import tenant_id, transaction, uuid7
from core.database.crypto import Unreadable
from core.identity.models import Account
from core.people.actions.members import Unknown, edit
from core.people.models import Person
from core.people.schemas import read
from core.policy.findings import Finding, Refused, Severity
from core.privacy.models import CorrectionRequest
from core.privacy.rules import decision_findings, request_findings, text_findings
from core.tenancy.keys import keyring

REQUESTED = declare("privacy.correction.requested", "提出信息更正申请")
DECIDED = declare("privacy.correction.decided", "办理信息更正申请")
WITHDRAWN = declare("privacy.correction.withdrawn", "撤回信息更正申请")
EXPORTED = declare("privacy.own.exported", "导出本人信息")
SHOWN = declare("privacy.own.shown", "查看本人完整信息")
_TABLE = "correction_request"


def person_of(account_id: UUID) -> UUID | None:
    """The person of the roster whose account this is."""
    with transaction() as session:
        found: UUID | None = session.scalar(select(Account.person_id).where(Account.id == account_id))
        return found


def request_correction(*, account_id: UUID, wanted: Mapping[str, Any], reason: str) -> UUID:
    """Ask for one's own record to be corrected; a request sent back is replaced.

    :param wanted: field → value as typed; what is empty was not asked for.
    :raises Refused: nothing or something else asked for, unreadable values, no reason, no person, an open request.
    """
    given = {name: str(value).strip() for name, value in wanted.items() if str(value).strip()}
    reading = read(given)
    found = [*request_findings(given, reason), *reading.findings]
    found += (_no(name, f"看不懂“{text}”，请换一种写法。", "E_FORMAT") for name, text in reading.unreadable.items())
    person = person_of(account_id)
    if person is None:
        found.append(_no("", "您的账号没有关联到名册中的党员，请联系本组织的管理员。", "E_STATE"))
    if found or person is None:
        raise Refused(found)
    ident = uuid7()
    sealed = keyring().encrypt(orjson.dumps(given).decode(), table=_TABLE, column="proposal", row=ident)
    try:
        with transaction() as session:
            for old in session.scalars(_open(person)):
                if old.state == "submitted":
                    raise Refused([_no("", "您已有一份正在办理的更正申请，请等待办理或先撤回。", "E_DUP")])
                old.state, old.proposal = "withdrawn", None
            session.flush()
            session.add(
                CorrectionRequest(
                    id=ident,
                    person_id=person,
                    account_id=account_id,
                    fields=sorted(given),
                    proposal=sealed,
                    reason=" ".join(reason.split()),
                )
            )
            session.flush()
            record(kind=REQUESTED, subject="person", subject_id=person, detail={"fields": sorted(given)})
    except IntegrityError as error:
        if "uq_correction_request_open" not in str(error):
            raise
        raise Refused([_no("", "您已有一份正在办理的更正申请，请等待办理或先撤回。", "E_DUP")]) from error
    return ident


def _open(person: UUID) -> Any:
    return (
        select(CorrectionRequest)
        .where(CorrectionRequest.person_id == person, CorrectionRequest.state.in_(("submitted", "returned")))
        .with_for_update()
    )


def withdraw(*, request_id: UUID, account_id: UUID) -> None:
    """Take one's own request back while nobody has decided it.

    :raises Unknown: no such request of this account; :raises Refused: it is decided already.
    """
    with transaction() as session:
        found = session.get(CorrectionRequest, (tenant_id(), request_id), with_for_update=True)
        if found is None or found.account_id != account_id:
            raise Unknown(str(request_id))
        if found.state not in ("submitted", "returned"):
            raise Refused([_no("", "这份申请已经办结，不能撤回。", "E_STATE")])
        found.state, found.proposal = "withdrawn", None
        found.version += 1
        record(kind=WITHDRAWN, subject="person", subject_id=found.person_id)


def wanted_of(found: CorrectionRequest) -> dict[str, str] | None:
    """What a request wants, in clear; None when its key is gone or it is decided. Sensitive values are among it."""
    if found.proposal is None:
        return None
    try:
        text = keyring().decrypt(found.proposal, table=_TABLE, column="proposal", row=found.id)
    except Unreadable:
        return None
    wanted: dict[str, str] = orjson.loads(text)
    return wanted


def decide(*, request_id: UUID, verdict: str, answer: str, ranges: tuple[Range, ...]) -> None:
    """Agree (the record is changed in the same transaction), refuse, or send back.

    :param verdict: ``effective``, ``rejected`` or ``returned``.
    :param ranges: where the decider may decide; the person must be in them.
    :raises Refused: the state, the same person, no answer where one is due, or what the rules of the record say.
    """
    with transaction() as session:
        found = session.get(CorrectionRequest, (tenant_id(), request_id), with_for_update=True)
        if found is None:
            raise Unknown(str(request_id))
        who = origin()
        own = session.scalar(select(Account.person_id).where(Account.id == who.actor_id)) if who.actor_id else None
        asked_on = found.submitted_at.astimezone(clock.ZONE).date()
        decider = found.account_id if is_same_person(found.account_id, on=asked_on) else who.actor_id
        wrong = decision_findings(
            found.state, submitter=found.account_id, person=found.person_id, decider=decider, decider_person=own
        )
        if verdict not in ("effective", "rejected", "returned"):
            wrong.append(_no("verdict", "请选择同意、退回或不同意。", "E_REQUIRED"))
        elif verdict != "effective":
            wrong += text_findings("answer", "答复", answer)
        if wrong:
            raise Refused(wrong)
        if verdict == "effective":
            _apply(found, ranges)
        found.state, found.answer = verdict, " ".join(answer.split()) or None
        found.version += 1
        found.decided_by, found.decided_name, found.decided_at = who.actor_id, who.actor, clock.now()
        if verdict != "returned":
            found.proposal = None  # what was wanted stands in the record now, or nowhere
        record(
            kind=DECIDED,
            subject="person",
            subject_id=found.person_id,
            detail={"fields": found.fields, "verdict": verdict, "reason": found.answer},
        )


def _apply(found: CorrectionRequest, ranges: tuple[Range, ...]) -> None:
    wanted = wanted_of(found)
    if wanted is None:
        raise Refused([_no("", "申请内容的密钥已经更换，读不出来了，请退回申请人重新填写。", "E_STATE")])
    with transaction() as session:
        version = session.scalar(select(Person.version).where(Person.id == found.person_id)) or 0
    edit(
        person=found.person_id,
        version=version,
        reading=read(wanted),
        ranges=ranges,
        reason=f"本人申请更正：{found.reason}",
    )


def revealed(person: UUID, fields: Sequence[str], request_id: UUID) -> None:
    """Write down that an officer saw sensitive values of a request in full; the member reads it on the privacy page."""
    record(
        kind="people.member.revealed",
        subject="person",
        subject_id=person,
        detail={"fields": list(fields), "purpose": "审核本人提出的更正申请", "request": str(request_id)},
    )


def _no(field: str, message: str, code: str) -> Finding:
    return Finding("PV.01", Severity.BLOCK, field, message, code=code)
