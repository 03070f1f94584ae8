"""Terms of leadership bodies: how long, until when, when to remind (R1.09 to R1.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar_arithmetic import add_months
from core.organization.codes import BodyStatus, Domain, ExtensionKind, UnitType
from core.organization.policy import OrganizationPolicy
from core.policy.findings import Finding, Severity

_TERM = "《关于党的基层组织任期的意见》"
_ELECTION = "《中国共产党基层组织选举工作条例》第三条"
_FURTHER_DAYS = (90, 30, 0)


def term_years(unit_type: UnitType, domain: Domain, policy: OrganizationPolicy) -> int:
    """R1.09: years of a term; every body of a village or community has the village term.

    :raises ValueError: a group, which has no elected body.
    """
    if unit_type is UnitType.GROUP:
        raise ValueError("a group has no body and no term")
    if domain in (Domain.VILLAGE, Domain.COMMUNITY):
        return policy.term_village_community
    if unit_type in (UnitType.COMMITTEE, UnitType.WORK_COMMITTEE):
        return policy.term_committee
    return policy.term_gb if unit_type is UnitType.GENERAL_BRANCH else policy.term_branch


def due_on(started_on: date, years: int) -> date:
    """R1.09: the day the term is complete."""
    return add_months(started_on, 12 * years)


def reminder_on(due: date, policy: OrganizationPolicy) -> date:
    """R1.11: the day of the first reminder, six calendar months before ``due``."""
    return add_months(due, -policy.term_remind)


def reminder_dates(due: date, policy: OrganizationPolicy, *, until: date) -> Iterator[date]:
    """R1.11: every day a reminder falls on up to ``until``: six months, 90, 30 and 0 days before, then weekly."""
    first = reminder_on(due, policy)
    days = sorted({first, *(due - timedelta(days=ahead) for ahead in _FURTHER_DAYS)})
    yield from (day for day in days if first <= day <= until)
    late = due + timedelta(days=7)
    while late <= until:
        yield late
        late += timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Extension:
    """A re-election put off (``EXTEND``) or brought forward (``ADVANCE``) by whole months, with the superior's document."""

    kind: ExtensionKind
    months: int
    approver: str | None = None
    doc_no: str | None = None


def extension_findings(
    extension: Extension, policy: OrganizationPolicy, *, already_months: int = 0
) -> tuple[Finding, ...]:
    """R1.10: at most twelve months in all, and only with the superior's approval.

    :param already_months: months granted before to the same body in the same direction.
    """
    word = "延期" if extension.kind is ExtensionKind.EXTEND else "提前"
    found: list[Finding] = []
    total = extension.months + already_months
    if extension.months < 1:
        found.append(_extension("months", f"{word}换届的月数须为1至{policy.term_extend_max}的整数。", "E_RANGE"))
    elif total > policy.term_extend_max:
        said = f"合计{total}个月" if already_months else f"{extension.months}个月"
        message = f"{word}换届{said}，超过上限；{word}期限一般不超过{policy.term_extend_max}个月。"
        found.append(_extension("months", message, "E_RANGE"))
    if not (extension.approver or "").strip():
        message = f"{word}换届须经上级党组织批准，请填写批准的党组织。"
        found.append(_extension("approver", message, "E_REQUIRED"))
    return tuple(found)


def extended_due_on(due: date, extension: Extension) -> date:
    """The due date an approved extension gives."""
    months = extension.months if extension.kind is ExtensionKind.EXTEND else -extension.months
    return add_months(due, months)


def stored_status(*, started_on: date, ended_on: date | None, extended: bool, as_of: date) -> BodyStatus:
    """What a body is by its own record, before due dates are looked at."""
    if ended_on is not None and ended_on <= as_of:
        return BodyStatus.ENDED
    if started_on > as_of:
        return BodyStatus.PREPARING
    return BodyStatus.EXTENDED if extended else BodyStatus.IN_TERM


def body_state(*, stored: BodyStatus, due: date | None, as_of: date, policy: OrganizationPolicy) -> BodyStatus:
    """The state of a body on ``as_of``, computed from its stored status and its (last approved) due date.

    The due day itself still belongs to the term. An extended body stays ``EXTENDED`` until its new due date.
    """
    if stored in (BodyStatus.PREPARING, BodyStatus.ENDED) or due is None:
        return stored
    if as_of > due:
        return BodyStatus.OVERDUE
    if stored is BodyStatus.EXTENDED:
        return BodyStatus.EXTENDED
    return BodyStatus.DUE_SOON if as_of >= reminder_on(due, policy) else BodyStatus.IN_TERM


def body_findings(
    *,
    started_on: date,
    ended_on: date | None,
    established_on: date | None,
    others: tuple[tuple[date, date | None], ...],
) -> tuple[Finding, ...]:
    """Dates of a body (R1.B): it ends after it starts, starts after its unit, and overlaps no other body of the unit.

    :param others: half-open intervals (start, end or None) of the unit's other bodies.
    """
    found: list[Finding] = []
    if ended_on is not None and ended_on < started_on:
        found.append(_body("ended_on", f"班子届满日期{ended_on}早于任职起始日期{started_on}。", "E_RANGE"))
    if established_on is not None and started_on < established_on:
        message = f"班子任职起始日期{started_on}早于党组织成立日期{established_on}。"
        found.append(_body("started_on", message, "E_RANGE"))
    for start, end in others:
        if start < (ended_on or date.max) and started_on < (end or date.max):
            message = f"与{start}起任职的班子时间重叠；同一党组织同时只有一届班子，请先结束上一届。"
            found.append(_body("started_on", message, "E_CONFLICT"))
    return tuple(found)


def _extension(field: str, message: str, code: str) -> Finding:
    return Finding("R1.10", Severity.BLOCK, field, message, source=f"{_TERM}；{_ELECTION}", code=code)


def _body(field: str, message: str, code: str) -> Finding:
    return Finding("R1.B", Severity.BLOCK, field, message, source=_TERM, code=code)
