"""Destruction of what is due: a list, two persons, and nothing in silence (R16.14).

Retention runs from the first day of the year after the paper's. Papers kept for ever and papers held for a reason are
never listed; one that is held after it was listed is spared when the list is carried out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, text, tuple_

from core import clock
from core.audit.actions import is_same_person, origin, record
from core.database import db, tenant_id, transaction, uuid7
from core.files import queries
from core.files.actions import purge
from core.files.models import DisposalItem, DisposalList, StoredFile
from core.files.policy import RETENTION, class_title
from core.policy.findings import Finding, Refused, Severity

Range = tuple[str, str]
#: Files on one list at most.
MOST = 1000
_NEXT = text("SELECT pg_advisory_xact_lock(hashtext('disposal_list'), :tenant)")
_f = StoredFile


@dataclass(frozen=True, slots=True)
class Due:
    """A file whose retention has ended."""

    id: UUID
    name: str
    archive_class: str
    filed_on: date
    years: int
    sha256: str
    removed: bool
    held_reason: str | None

    @property
    def class_name(self) -> str:
        """Its archive class."""
        return class_title(self.archive_class)


def _refused(rule: str, message: str, code: str, field: str = "") -> Refused:
    return Refused([Finding(rule, Severity.BLOCK, field, message, code=code)])


def retention(as_of: date) -> dict[str, int]:
    """Archive class → years it is kept; 0: for ever."""
    found = queries.numbers(*RETENTION.values(), as_of=as_of)
    return {code: found[key.key] for code, key in RETENTION.items()}


def years_of(found: StoredFile, periods: Mapping[str, int]) -> int:
    """How many years a file is kept; 0: for ever."""
    own = found.retention_years
    return own if own is not None else periods.get(found.archive_class or "", 0)


def is_due(filed_on: date, years: int, as_of: date) -> bool:
    """Whether a paper of that day may be destroyed: not before its years have passed, counted from the next year's start."""
    return years > 0 and filed_on.year + years < as_of.year


def _reach(ranges: Sequence[Range]) -> ColumnElement[bool]:
    return or_(*(and_(_f.unit_path >= start, _f.unit_path < end) for start, end in ranges))


def _due_condition(as_of: date) -> ColumnElement[bool]:
    year = func.extract("year", _f.filed_on)
    by_class = [
        and_(_f.archive_class == code, _f.retention_years.is_(None), year + years < as_of.year)
        for code, years in retention(as_of).items()
        if years
    ]
    own = and_(_f.archive_class.is_not(None), _f.retention_years > 0, year + _f.retention_years < as_of.year)
    return or_(own, *by_class)


_OPEN_ITEM = (
    select(DisposalItem.file_id)
    .join(DisposalList, (DisposalList.tenant_id == DisposalItem.tenant_id) & (DisposalList.id == DisposalItem.list_id))
    .where(DisposalList.state == "proposed")
)


def due(ranges: Sequence[Range], *, as_of: date, limit: int = 200, after: tuple[date, UUID] | None = None) -> list[Due]:
    """The files within these ranges that may be listed for destruction, the oldest first.

    :param after: the day and id of the last one seen: only those behind it.
    """
    if not ranges:
        return []
    periods = retention(as_of)
    behind = [tuple_(_f.filed_on, _f.id) > tuple_(literal(after[0]), literal(after[1]))] if after else []
    found = db.session.scalars(
        select(_f)
        .where(_reach(ranges), _f.purged_at.is_(None), _due_condition(as_of), _f.id.not_in(_OPEN_ITEM), *behind)
        .order_by(_f.filed_on, _f.id)
        .limit(limit)
    )
    return [
        Due(one.id, one.name, one.archive_class or "", one.filed_on, years_of(one, periods), one.sha256,
            one.removed_at is not None, one.held_reason)
        for one in found
    ]  # fmt: skip


@transaction()
def propose(*, file_ids: Sequence[UUID], reason: str, ranges: Sequence[Range], as_of: date) -> UUID:
    """Draw up a list of files to be destroyed: the first person's part.

    :raises Refused: no reason, nothing chosen, or a file that is not due (permanent, held, too young, out of reach).
    """
    who = origin()
    if who.actor_id is None:
        raise _refused("R16.14", "销毁清册须由登录的人员提出。", "E_PERM")
    if len(reason.strip()) < 4:
        raise _refused("R16.14", "请写明销毁理由，例如“保管期限已满，经鉴定无保存价值”。", "E_REQUIRED", "reason")
    wanted = list(dict.fromkeys(file_ids))[:MOST]
    session, periods = db.session, retention(as_of)
    session.execute(_NEXT, {"tenant": tenant_id() % 2_147_483_647})
    listed = set(session.scalars(_OPEN_ITEM))
    found = session.scalars(
        select(_f).where(_f.id.in_(wanted), _reach(ranges) if ranges else _f.id.is_(None), _f.purged_at.is_(None))
        .order_by(_f.filed_on, _f.id)
    ).all()  # fmt: skip
    if not wanted or len(found) != len(wanted):
        raise _refused("R16.14", "没有选择文件，或有的文件已不存在。请重新选择。", "E_REQUIRED", "file")
    for one in found:
        _may_be_listed(one, periods, as_of, listed)
    last = session.scalar(select(func.max(DisposalList.number)).where(DisposalList.number.like(f"{as_of.year}-%")))
    number = f"{as_of.year}-{int(last.split('-')[1]) + 1 if last else 1:03}"
    made = DisposalList(
        id=uuid7(), number=number, reason=reason.strip()[:500], proposed_by=who.actor_id, proposed_by_name=who.actor
    )
    session.add(made)
    session.flush()
    session.add_all(
        DisposalItem(
            list_id=made.id, file_id=one.id, name=one.name, archive_class=one.archive_class or "", sha256=one.sha256,
            filed_on=one.filed_on, years=years_of(one, periods),
        )
        for one in found
    )  # fmt: skip
    record(kind="archives.disposal_proposed", subject="disposal_list", subject_id=made.id,
           detail={"number": number, "files": len(found), "reason": made.reason})  # fmt: skip
    session.flush()
    return made.id


def _may_be_listed(one: StoredFile, periods: Mapping[str, int], as_of: date, listed: set[UUID]) -> None:
    years = years_of(one, periods)
    if not years:
        raise _refused("R16.14", f"“{one.name}”永久保存，不能列入销毁清册。", "E_STATE", "file")
    if one.held_reason:
        raise _refused("R16.14", f"“{one.name}”已注明不得销毁：{one.held_reason}。", "E_STATE", "file")
    if not is_due(one.filed_on, years, as_of):
        message = f"“{one.name}”保管{years}年，到{one.filed_on.year + years}年底才期满。"
        raise _refused("R16.14", message, "E_STATE", "file")
    if one.id in listed:
        raise _refused("R16.14", f"“{one.name}”已在另一份未办结的清册中。", "E_CONFLICT", "file")


@transaction()
def decide(*, list_id: UUID, agree: bool, opinion: str, ranges: Sequence[Range], as_of: date) -> tuple[int, int]:
    """The second person's part: agree, and the files are destroyed; or refuse, and none is.

    :returns: how many were destroyed, and how many spared because they are held or no longer due.
    :raises LookupError: no such list within the ranges.
    :raises Refused: the same person, or a list that is settled.
    """
    who, session = origin(), db.session
    held = session.scalar(select(DisposalList).where(DisposalList.id == list_id).with_for_update())
    items = session.scalars(select(DisposalItem).where(DisposalItem.list_id == list_id)).all() if held else []
    files = {one.id: one for one in session.scalars(
        select(_f).where(_f.id.in_([item.file_id for item in items])).with_for_update()
    )}  # fmt: skip
    if held is None or any(not _within(one.unit_path, ranges) for one in files.values()):
        raise LookupError(str(list_id))
    if held.state != "proposed":
        raise _refused("R16.14", "这份清册已经办结。", "E_STATE")
    if who.actor_id is None or is_same_person(held.proposed_by, on=held.proposed_at.astimezone(clock.ZONE).date()):
        raise _refused("R16.14", "提出清册的人不能自己同意，须由另一人鉴定。", "E_PERM")
    held.decided_by, held.decided_by_name, held.decided_at = who.actor_id, who.actor, clock.now()
    held.opinion, held.state = opinion.strip()[:500], "carried_out" if agree else "refused"
    destroyed = 0
    if agree:
        periods = retention(as_of)
        for item in items:
            destroyed += _carry_out(item, files.get(item.file_id), periods, as_of, held.id)
    detail = {"number": held.number, "destroyed": destroyed, "spared": len(items) - destroyed, "agreed": agree}
    record(kind="archives.disposal_decided", subject="disposal_list", subject_id=held.id, detail=detail)
    return destroyed, len(items) - destroyed


def _within(path: str, ranges: Sequence[Range]) -> bool:
    return any(start <= path < end for start, end in ranges)


def _carry_out(
    item: DisposalItem, found: StoredFile | None, periods: Mapping[str, int], as_of: date, list_id: UUID
) -> bool:
    if found is None or found.purged_at is not None or found.held_reason:
        item.outcome = "spared"
        return False
    if not is_due(found.filed_on, years_of(found, periods), as_of):
        item.outcome = "spared"
        return False
    purge(found)
    found.disposal_id, item.outcome = list_id, "destroyed"
    return True


@transaction()
def hold(*, file_id: UUID, reason: str, ranges: Sequence[Range]) -> None:
    """Say that a file must not be destroyed, and why; an empty reason takes that back.

    :raises LookupError: no such file within the ranges.
    """
    found = db.session.scalar(select(_f).where(_f.id == file_id, _f.purged_at.is_(None)).with_for_update())
    if found is None or not _within(found.unit_path, ranges):
        raise LookupError(str(file_id))
    found.held_reason = reason.strip()[:200] or None
    record(kind="archives.held", subject=found.subject, subject_id=found.subject_id,
           detail={"file": str(file_id), "name": found.name, "reason": found.held_reason})  # fmt: skip


def lists(ranges: Sequence[Range], *, limit: int = 50, after: str | None = None) -> list[tuple[DisposalList, int]]:
    """The lists whose files all stand within the ranges, with how many files are on each, newest first.

    :param after: the number of the last one seen: only those before it.
    """
    if not ranges:
        return []
    counted = select(func.count()).where(
        DisposalItem.tenant_id == DisposalList.tenant_id, DisposalItem.list_id == DisposalList.id
    ).scalar_subquery()  # fmt: skip
    within = ~_beyond(ranges).where(DisposalItem.list_id == DisposalList.id).correlate(DisposalList).exists()
    newest = select(DisposalList, counted).where(within).order_by(DisposalList.number.desc())
    if after is not None:
        newest = newest.where(DisposalList.number < after)
    found = db.session.execute(newest.limit(limit))
    return [(one, count) for one, count in found]


def list_of(list_id: UUID) -> tuple[DisposalList, list[DisposalItem]] | None:
    """A list with its items, or None."""
    held = db.session.scalar(select(DisposalList).where(DisposalList.id == list_id))
    if held is None:
        return None
    items = db.session.scalars(
        select(DisposalItem).where(DisposalItem.list_id == list_id).order_by(DisposalItem.filed_on, DisposalItem.id)
    )
    return held, list(items)


def reachable(list_id: UUID, ranges: Sequence[Range]) -> bool:
    """Whether all files of a list stand within the ranges."""
    if not ranges:
        return False
    return not db.session.scalar(select(_beyond(ranges).where(DisposalItem.list_id == list_id).exists()))


def _beyond(ranges: Sequence[Range]) -> Select[UUID]:
    """Files on lists that stand outside the ranges."""
    joined = (DisposalItem.tenant_id == _f.tenant_id) & (DisposalItem.file_id == _f.id)
    return select(_f.id).join(DisposalItem, joined).where(~_reach(ranges))
