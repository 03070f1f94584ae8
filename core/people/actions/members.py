"""Making a member's record, and changing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access.actor import Range
from core.audit.actions import plain
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import transaction, uuid7
from core.database.single import one_flush
from core.events.actions import emit
from core.organization.barred import barred
from core.organization.models import Unit
from core.people import events
from core.people.actions import checking, writing
from core.people.added import writing as further
from core.people.models import MembershipSpell, Person, PersonClass, PersonKey
from core.people.record import SEALED, class_codes, derive, unseal
from core.people.rules import Document, MemberRecord
from core.people.rules.joining import WITHOUT_PROBATION, asks_probation
from core.people.rules.wording import block
from core.people.schemas import Reading
from core.policy.findings import Finding, Refused, refuse_blocked
from core.policy.objections import MemberChange, objections
from core.policy.used import Book, collecting
from core.tenancy.keys import keyring

declare_kind("people.member.created", "新增党员", keep=True)
declare_kind("people.member.edited", "修改党员信息", keep=True)

#: Fields that move somebody, which have verbs of their own (``placing``, ``standing``).
ELSEWHERE: Final = frozenset({"unit", "group", "person_type"})
_START_REASONS: Final = frozenset({"developed", "transferred_in", "whole_unit_in", "readmitted"}) | WITHOUT_PROBATION
#: Reasons by which a branch itself takes somebody into the Party, which a temporary one does not (R1.13).
ADMITTED: Final = frozenset({"developed", "readmitted"})


class Stale(Exception):
    """The record was changed by somebody else after it was read.

    :param version: the version it has now.
    """

    def __init__(self, version: int) -> None:
        super().__init__(f"the record is at version {version}")
        self.version = version


class Unknown(LookupError):
    """There is no such person within the actor's reach."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new record, and what the rules said of it."""

    id: UUID
    findings: tuple[Finding, ...]


def create(
    *,
    reading: Reading,
    ranges: tuple[Range, ...],
    reason: str | None = None,
    no_id_approval: str | None = None,
    start_reason: str = "developed",
    since: date | None = None,
    document: Document | None = None,
    as_of: date | None = None,
) -> Made:
    """Put somebody on the roster, in a branch within ``ranges``.

    :param reason: typed when a rule warns; kept as the reason of a mismatch between file and number.
    :param no_id_approval: the approval for somebody without an identity number.
    :param since: when the membership counts from, where that is not the day of joining; :param document: that began it.
    :raises Refused: with everything that is wrong.
    """
    day = as_of or clock.today()
    ring, person, values = keyring(), uuid7(), dict(reading.values)
    why = reason or values.get("mismatch_reason")
    try:
        with transaction(), collecting(defaults=False) as book:
            record, findings, around = checking.judge(
                checking.record_of(values, reading.unreadable, approval=no_id_approval),
                person=person,
                ring=ring,
                ranges=ranges,
                as_of=day,
                reason=why,
            )
            if start_reason not in _START_REASONS:
                findings.append(block("2.1", "start_reason", "党籍开始的原因不在规定的范围内", code="E_RANGE"))
            home = around.units.get(record.branch) if isinstance(record.branch, UUID) else None
            if home is not None and start_reason in ADMITTED:
                findings += barred("admit", name=home.name, subtype=home.subtype, path=home.path, as_of=day)
            if start_reason in WITHOUT_PROBATION:
                findings = [finding for finding in findings if not asks_probation(finding)]
            findings += _objections(
                "created", person, values.get("unit"), {}, {**values, **further.told_new(reading.added)}
            )
            found = refuse_blocked([*reading.findings, *findings], reason=why)
            columns = derive(_columns(person, values, record, found, why), ring, writing.NAMES)
            spell = (start_reason, since or columns["join_date"], document)
            _write_new(columns, spell, found, why, home.path if home else None, book)
            further.write(person, {key: (None, value) for key, value in reading.added.items()})
    except (IntegrityError, UniqueViolation) as error:
        raise _taken(error) from error
    return Made(person, found)


def _columns(
    person: UUID, values: Mapping[str, Any], record: MemberRecord, found: tuple[Finding, ...], why: str | None
) -> dict[str, Any]:
    columns = {name: value for name, value in values.items() if name not in ("unit", "group") and value is not None}
    columns |= {
        "id": person,
        "sex": record.sex,
        "birth": record.birth,
        "person_type": record.person_type,
        "unit_id": record.branch,
        "group_id": record.group,
        "id_no": record.id_no,
    }
    columns.setdefault("class_tags", ())
    if why and any(finding.rule == "R2.03" for finding in found):
        columns["mismatch_reason"] = why
    return columns


def _had_none(person: UUID) -> bool:
    """Whether somebody became a member without probation."""
    found = select(MembershipSpell.id).where(
        MembershipSpell.person_id == person, MembershipSpell.start_reason.in_(WITHOUT_PROBATION)
    )
    return writing.session().scalar(found.limit(1)) is not None


def _write_new(
    row: dict[str, Any], spell: tuple[str, date, Document | None], found: tuple[Finding, ...], why: str | None,
    path: str | None, book: Book,
) -> None:  # fmt: skip
    person, (start_reason, joined, paper) = row["id"], spell
    detail: dict[str, Any] = {"name": row["name"], "unit": str(row["unit_id"])}
    if why and found:
        detail |= {"reason": why, "rules": sorted({finding.rule for finding in found})}
    if book.used:
        detail["policy"] = book.stored
    with one_flush():
        writing.write_person(row)
        papers = {"doc_no": paper.number, "doc_organ": paper.organ, "doc_date": paper.decided_on} if paper else {}
        writing.write_spell(person, started_on=joined, start_reason=start_reason, **papers)
        writing.write_placement(person, unit=row["unit_id"], group=row["group_id"], valid_from=joined, cause="admitted")
        writing.write_tags(person, row["class_codes"], valid_from=joined)
        audit(kind="people.member.created", subject="person", subject_id=person, detail=detail)
        told = {"unit": row["unit_id"], "on": joined, "start_reason": start_reason}
        emit(events.CREATED, subject="person", subject_id=person, unit_path=path, data=told)


def _taken(error: IntegrityError | UniqueViolation) -> Exception:
    """Two made the same person at once: the unique index had the last word (R2.04)."""
    if "uq_person_id_no" not in str(error):
        return error
    sentence = "公民身份号码刚刚被登记在另一名党员名下。请刷新名册后核对"
    return Refused([block("R2.04", "id_no", sentence, code="E_DUP")])


def held(person: UUID, ranges: tuple[Range, ...], *, version: int | None = None) -> tuple[Person, str]:
    """The person, locked for the present transaction, and the path of the unit that counts him or her.

    :param version: the version that the change is based on.
    :raises Unknown: nobody of that id within the ranges.
    :raises Stale: the record has another version by now.
    """
    session = writing.session()
    found = session.scalar(select(Person).where(Person.id == person).with_for_update())
    path = ""
    if found is not None and found.unit_id is not None:
        path = session.scalar(select(Unit.path).where(Unit.id == found.unit_id)) or ""
    if found is None or not sees(ranges, path):
        raise Unknown(str(person))
    if version is not None and found.version != version:
        raise Stale(found.version)
    return found, path


def sees(ranges: tuple[Range, ...], path: str) -> bool:
    """Whether a place lies in the ranges; nobody's people belong to those who reach the whole tenant."""
    if not path:
        return any(start.count(".") <= 1 for start, _ in ranges)
    return any(start <= path < end for start, end in ranges)


def edit(
    *,
    person: UUID,
    version: int,
    reading: Reading,
    ranges: tuple[Range, ...],
    reason: str | None = None,
    no_id_approval: str | None = None,
    as_of: date | None = None,
) -> tuple[Finding, ...]:
    """Change fields of a record; what is not given stays. Placement and standing have verbs of their own.

    :returns: what the rules said of the record as it is now.
    :raises Refused: with everything that is wrong; :raises Stale: somebody else was faster; :raises Unknown: nobody.
    """
    day = as_of or clock.today()
    ring = keyring()
    try:
        with transaction() as session, collecting(defaults=False) as book:
            held_, path = held(person, ranges, version=version)
            now = clear_values(held_, ring)
            wanted = {name: value for name, value in reading.values.items() if name not in ELSEWHERE}
            _refuse_elsewhere(reading, now)
            why = reason or wanted.get("mismatch_reason") or held_.mismatch_reason
            approval = no_id_approval or ("先前已批准" if held_.id_kind == "none" else None)
            record, findings, _ = checking.judge(
                checking.record_of({**now, **wanted}, reading.unreadable, approval=approval),
                person=person,
                ring=ring,
                ranges=ranges,
                as_of=day,
                reason=why,
            )
            if any(map(asks_probation, findings)) and _had_none(person):
                findings = [finding for finding in findings if not asks_probation(finding)]
            added = further.differences(person, reading.added)
            said = further.told(added)
            findings += _objections(
                "edited", person, held_.unit_id,
                {**now, **{key: old for key, (old, _) in said.items()}},
                {**wanted, **{key: new for key, (_, new) in said.items()}},
            )  # fmt: skip
            found = refuse_blocked([*reading.findings, *findings], reason=why)
            if any(finding.rule == "R2.03" for finding in found):
                wanted["mismatch_reason"] = why
            changes = {name: value for name, value in wanted.items() if not _same(now.get(name), value)}
            if changes or added:
                _apply(held_, now, changes, record, day, reason, book, added)
                session.flush()
                told = {"unit": held_.unit_id, "fields": sorted([*changes, *added])}
                emit(events.CHANGED, subject="person", subject_id=person, unit_path=path, data=told, as_of=day)
    except (IntegrityError, UniqueViolation) as error:
        raise _taken(error) from error
    return found


def _objections(
    kind: str, person: UUID, unit: UUID | None, now: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[Finding]:
    """What others say against it; identity number, phone and address are not told."""
    said = {
        name: (now.get(name), value)
        for name, value in wanted.items()
        if name not in SEALED and not _same(now.get(name), value)
    }
    return objections(MemberChange(kind, person, unit, said)) if said else []


def _refuse_elsewhere(reading: Reading, now: Mapping[str, Any]) -> None:
    for field, where in (("unit", "“组织关系调整”"), ("group", "“组织关系调整”"), ("person_type", "“党籍变动”")):
        given = reading.values.get(field)
        if given is not None and given != now.get(field):
            raise Refused([block("2.2", field, f"这一项不能直接修改，请通过{where}办理", code="E_STATE")])


def _same(old: Any, new: Any) -> bool:
    return (old or None) == (new or None) or (isinstance(new, tuple) and class_codes(new) == class_codes(old or ()))


def clear_values(person: Person, ring: Any) -> dict[str, Any]:
    """A record's fields in clear, as :class:`~core.people.schemas.MemberSchema` names them. Never to be shown or logged."""
    values: dict[str, Any] = {
        name: getattr(person, name)
        for name in (
            "name", "sex", "birth", "ethnic", "native_place", "education", "degree", "former_name", "marital", "join_date",
            "regular_date", "post", "employer", "work_start", "household", "no_post", "skills", "remark", "mismatch_reason",
        )
    }  # fmt: skip
    for field, column in SEALED.items():
        sealed = getattr(person, column)
        values[field] = unseal(sealed, ring, column=column, row=person.id) if sealed else ""
    values["unit"], values["group"] = person.unit_id, person.group_id
    values["class_tags"] = tuple(person.class_codes)
    values["person_type"] = {"formal": "01", "suspended": "01", "probationary": "02"}.get(person.standing)
    if values["person_type"] is None and person.join_date is not None:
        values["person_type"] = "01" if person.regular_date else "02"
    return values


def _apply(
    person: Person,
    now: Mapping[str, Any],
    changes: dict[str, Any],
    record: MemberRecord,
    day: date,
    reason: str | None,
    book: Book,
    added: Mapping[str, tuple[Any, Any]],
) -> None:
    session = writing.session()
    further.write(person.id, added)
    masks = {field: getattr(person, mask) if mask else None for field, mask in writing.HIDDEN.items()}
    sources = {**changes, "id": person.id}
    if "id_no" in changes or "birth" in changes:  # birth_by_id depends on both
        sources |= {"id_no": record.id_no, "birth": record.birth}
    for column, value in derive(sources, keyring(), writing.NAMES).items():
        if column != "id":
            setattr(person, column, value)
    person.updated_at = clock.now()
    if "name" in changes:
        session.execute(delete(PersonKey).where(PersonKey.id == person.id))
    if "join_date" in changes:
        session.execute(
            update(MembershipSpell)
            .where(
                MembershipSpell.person_id == person.id,
                MembershipSpell.ended_on.is_(None),
                MembershipSpell.started_on == now["join_date"],
            )
            .values(started_on=changes["join_date"])
        )
    logged = _logged(person, now, changes, masks)
    with one_flush():
        if "name" in changes:
            writing.write_keys(person.id, changes["name"])
        writing.log(person.id, {**logged, **further.logged(added)}, reason=reason)
    if "class_tags" in changes:
        retag(person.id, now["class_tags"], changes["class_tags"], day)
    audit(
        kind="people.member.edited",
        subject="person",
        subject_id=person.id,
        detail={
            "changes": {field: [plain(old), plain(new)] for field, (old, new) in sorted(logged.items())},
            # what a plugin's fields hold goes when the plugin is purged, and the audit log does not: their names only
            **({"added": sorted(added)} if added else {}),
            **({"reason": reason} if reason else {}),
            **({"policy": book.stored} if book.used else {}),
        },
    )


def _logged(
    person: Person, now: Mapping[str, Any], changes: Mapping[str, Any], masks: Mapping[str, str | None]
) -> dict[str, tuple[Any, Any]]:
    logged: dict[str, tuple[Any, Any]] = {}
    for field, value in changes.items():
        if field in writing.HIDDEN:
            mask = writing.HIDDEN[field]
            new = getattr(person, mask) if mask else value
            logged[field] = (
                writing.hidden(field, masks[field] if mask else now[field]),
                writing.hidden(field, new),
            )
        else:
            logged[field] = (now.get(field), value)
    return logged


def retag(person: UUID, before: tuple[str, ...], after: tuple[str, ...], day: date) -> None:
    """End the class tags that are gone and begin the new ones, on ``day``."""
    old, new = set(class_codes(before)), set(class_codes(after))
    session = writing.session()
    for code in sorted(old - new):
        session.execute(
            update(PersonClass)
            .where(PersonClass.person_id == person, PersonClass.code == code, PersonClass.valid_to.is_(None))
            .values(valid_to=day)
        )
    with one_flush():
        writing.write_tags(person, sorted(new - old), valid_from=day)
