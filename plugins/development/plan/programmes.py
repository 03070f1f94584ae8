"""Three-year programmes (S4-06): made, submitted, approved, and held against the annual plans of their years."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Finding, is_same_person, origin, record, today, transaction, uuid7
from plugins.development.plan.models import Plan, Programme
from plugins.development.plan.planning import values_refused
from plugins.development.plan.records import block, hand, settle, taken

YEARS = 3


def years_of(start: int) -> range:
    """The three years of a programme."""
    return range(start, start + YEARS)


def _refused(start: int, places: Mapping[str, int], targets: Mapping[str, int], goals: str) -> list[Finding]:
    found = values_refused(targets, None)
    if not 1990 <= start <= 2197:
        found.append(block("S4-06", "start_year", "起始年份不对，例如 2027。", "E_RANGE"))
    if set(places) - {str(year) for year in years_of(start)} or any(not 0 <= one <= 100_000 for one in places.values()):
        found.append(block("S4-06", "places", "三年的名额应为不小于0的整数。", "E_RANGE"))
    if not goals.strip():
        found.append(block("S4-06", "goals", "请写明规划的目标和措施。", "E_REQUIRED"))
    return found


def save(
    *, unit_id: UUID, start_year: int, goals: str, places: Mapping[str, int], targets: Mapping[str, int] | None = None,
    programme_id: UUID | None = None, version: int | None = None,
) -> UUID:  # fmt: skip
    """Make a programme or change one that is being made.

    :raises Refused: wrong values; the unit has one that overlaps; it was submitted.
    """
    with transaction() as session:
        found = _refused(start_year, places, targets or {}, goals)
        overlap = select(Programme.id).where(
            Programme.unit_id == unit_id, Programme.start_year > start_year - YEARS, Programme.start_year < start_year + YEARS,
            Programme.id != programme_id if programme_id else Programme.id.is_not(None),
        )  # fmt: skip
        if session.scalar(overlap.limit(1)) is not None:
            found.append(
                block("S4-06", "start_year", "与已有的三年规划年份重叠。", "E_DUP", "请打开原规划，或换起始年份。")
            )
        settle(found)
        if programme_id is None:
            made = Programme(id=uuid7(), unit_id=unit_id, start_year=start_year, state="draft", version=1)
            session.add(made)
        else:
            made = taken(Programme, programme_id, version=version)
            settle([] if made.state == "draft" else [block("S4-06", "", "规划已提交，不能修改。", "E_STATE")])
        made.start_year, made.goals, made.places, made.targets = (
            start_year,
            goals.strip(),
            dict(places),
            dict(targets or {}),
        )
        session.flush()
        record(kind="development.programme.saved", subject="development_programme", subject_id=made.id)
        return made.id


def submit(*, programme_id: UUID, version: int | None = None) -> None:
    """Ask for approval. :raises Refused: it is not being made."""
    with transaction() as session:
        one: Programme = taken(Programme, programme_id, version=version)
        settle([] if one.state == "draft" else [block("S4-06", "", "只有编制中的规划可以提交。", "E_STATE")])
        one.state, one.submitted_by, one.submitter = "submitted", origin().actor_id, hand()
        session.flush()
        record(kind="development.programme.submitted", subject="development_programme", subject_id=one.id)


def decide(*, programme_id: UUID, approved: bool, number: str = "", version: int | None = None) -> None:
    """Approve a programme, or send it back. :raises Refused: the submitter decides; no number."""
    with transaction() as session:
        one: Programme = taken(Programme, programme_id, version=version)
        found = [] if one.state == "submitted" else [block("S4-06", "", "规划没有提交。", "E_STATE")]
        if is_same_person(one.submitted_by, on=today()):
            found.append(block("S4-06", "", "提交人不能审批自己提交的规划。", "E_CONFLICT", "请由另一位同志办理。"))
        if approved and not number.strip():
            found.append(block("S4-06", "number", "请填写批准文号或会议编号。", "E_REQUIRED"))
        settle(found)
        if approved:
            one.state, one.number, one.decider, one.decided_on = "approved", number.strip(), hand(), today()
        else:
            one.state = "draft"
        session.flush()
        kind = "approved" if approved else "returned"
        record(kind=f"development.programme.{kind}", subject="development_programme", subject_id=one.id)


def compared(one: Programme) -> list[tuple[int, int, Plan | None]]:
    """(year, places of the programme, the unit's annual plan of that year) of its three years."""
    with transaction() as session:
        years = list(years_of(one.start_year))
        plans: dict[int, Any] = {
            plan.year: plan
            for plan in session.scalars(select(Plan).where(Plan.unit_id == one.unit_id, Plan.year.in_(years)))
        }
    return [(year, int(one.places.get(str(year), 0)), plans.get(year)) for year in years]
