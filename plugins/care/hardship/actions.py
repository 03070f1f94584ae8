"""A member's hardship: applied for or found, studied by the branch, made public, decided, reviewed (R6.07, R6.08)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Finding, add_months, record, today, transaction
from core.sdk.notices import is_working_day, touch
from plugins.care.findings import block, findings, settle
from plugins.care.fund.policy import limits
from plugins.care.hardship.models import Hardship
from plugins.care.people import ACTIVE, Hand, member, taken, unit
from plugins.care.rules.money import Household, grade_hint, profile_rulings, review_on
from plugins.care.sealing import seal, unseal

STATES = {
    "submitted": "已提交",
    "branch_reviewed": "支部已研究",
    "published": "公示中",
    "approved": "已认定",
    "refused": "未认定",
    "ended": "已退出",
}
CAUSES = {
    "illness": "因病",
    "disability": "因残",
    "disaster": "因灾",
    "unemployment": "下岗失业",
    "schooling": "子女就学",
    "old_weak": "年老体弱",
    "labour": "缺劳力",
    "other": "其他",
}
SOURCES = {"application": "本人申请", "finding": "组织发现"}


def hint_of(figures: Mapping[str, int]) -> str | None:
    """The grade that the figures (fen) hint at; officers decide (R6.08)."""
    if not figures.get("line"):
        return None
    given = {name: figures.get(name, 0) for name in ("income_per_head", "line", "medical", "income")}
    found = grade_hint(Household(**given))
    return found.value if found else None


def submit(
    *, person_id: UUID, source: str, grade: str, causes: Sequence[str], figures: Mapping[str, int], detail: str, by: Hand,
    as_of: date | None = None,
) -> UUID:  # fmt: skip
    """Begin a case. :raises Refused: the person is no active member, or one is under way."""
    with transaction() as session:
        person, place = member(person_id)
        found = []
        if person.standing not in ACTIVE:
            found.append(block("R6.07", "person", "只认定在册的党员。", "E_STATE"))
        running = select(Hardship.id).where(
            Hardship.person_id == person.id, Hardship.state.in_(("submitted", "branch_reviewed", "published"))
        )
        if session.scalar(running.limit(1)) is not None:
            found.append(block("R6.07", "person", f"{person.name}已有一份正在办理的认定。", "E_DUP"))
        settle(found)
        made = uuid4()
        one = Hardship(
            id=made, person_id=person.id, unit_id=place.id, source=source, grade=grade, hint=hint_of(figures),
            causes=list(causes), figures_cipher=seal(json.dumps(dict(figures)), Hardship, "figures_cipher", made),
            detail_cipher=seal(detail, Hardship, "detail_cipher", made), submitted_on=as_of or today(),
            submitted_by=by.account, submitter=by.name,
        )  # fmt: skip
        session.add(one)
        _done(one, "submitted")
        return made


def _done(one: Hardship, kind: str, /, **detail: Any) -> None:
    with transaction() as session:
        session.flush()
        touch("care.hardship", one.id)
        record(kind=f"care.hardship.{kind}", subject="care_hardship", subject_id=one.id, detail=detail)


def _state(one: Hardship, *allowed: str) -> list[Finding]:
    return (
        [] if one.state in allowed else [block("R6.07", "", f"这份认定{STATES[one.state]}，不能这样办理。", "E_STATE")]
    )


def figures_of(one: Hardship) -> dict[str, int]:
    """The figures in fen, opened."""
    text = unseal(one.figures_cipher, Hardship, "figures_cipher", one.id)
    return json.loads(text) if text else {}


def review(*, hardship_id: UUID, at: str, grade: str, by: Hand, on: date, version: int | None = None) -> None:
    """The branch's meeting or committee has studied it and proposes a grade."""
    with transaction():
        one: Hardship = taken(Hardship, hardship_id, version=version)
        found = _state(one, "submitted")
        if on > today() or on < one.submitted_on:
            found.append(block("R6.07", "on", "研究日期应在提交之后、今天以前。", "E_RANGE"))
        settle([*found, *_not_self(one, by)])
        one.state, one.reviewed_at, one.reviewed_on, one.reviewer, one.grade = "branch_reviewed", at, on, by.name, grade
        _done(one, "reviewed", grade=grade)


def _not_self(one: Hardship, by: Hand) -> list[Finding]:
    if by.person is not None and by.person == one.person_id:
        return [block("R6.07", "", "本人不能办理自己的认定。", "E_CONFLICT", "请由其他同志办理。")]
    return []


def make_public(*, hardship_id: UUID, by: Hand, version: int | None = None, as_of: date | None = None) -> None:
    """Publicity begins: name, branch and grade, never the income."""
    with transaction():
        one: Hardship = taken(Hardship, hardship_id, version=version)
        settle(_state(one, "branch_reviewed"))
        one.state, one.published_from = "published", as_of or today()
        _done(one, "published", by=by.name)


def workdays(first: date, as_of: date) -> int:
    """Working days of publicity that are over: those after its first day, before today."""
    days = (as_of - first).days
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, days))


def decide(
    *, hardship_id: UUID, agree: bool, grade: str, reason: str, valid_to: date | None, by: Hand,
    version: int | None = None, as_of: date | None = None,
) -> None:  # fmt: skip
    """The committee decides. :raises Refused: R6.07, or who decides has submitted it."""
    day = as_of or today()
    with transaction() as session:
        one: Hardship = taken(Hardship, hardship_id, version=version)
        found = _state(one, "published") if agree else _state(one, "submitted", "branch_reviewed", "published")
        if (one.submitted_by is not None and one.submitted_by == by.account) or one.submitter == by.name:
            found.append(block("R6.07", "", "提交人不能认定自己提交的申请。", "E_CONFLICT", "请由其他同志认定。"))
        found += _not_self(one, by)
        if not agree and not reason.strip():
            found.append(block("R6.07", "reason", "请写明不予认定的理由。", "E_REQUIRED"))
        until = valid_to or add_months(day, 12)
        if agree:
            least = limits(as_of=day, unit_path=unit(one.unit_id).path).publicity
            over = workdays(one.published_from, day) if one.published_from else 0
            found += findings(
                profile_rulings(
                    decided=one.reviewed_on, published_from=one.published_from, workdays_published=over, valid_from=day,
                    valid_to=until, least_workdays=least,
                )
            )  # fmt: skip
        settle(found)
        one.decided_on, one.decider = day, by.name
        one.reason_cipher = seal(reason, Hardship, "reason_cipher", one.id)
        one.state = "approved" if agree else "refused"
        if agree:
            one.grade, one.valid_from, one.valid_to = grade, day, until
            one.review_on = review_on(day, until)
            earlier = session.scalars(
                select(Hardship).where(
                    Hardship.person_id == one.person_id, Hardship.state == "approved", Hardship.id != one.id
                )
            )
            for before in earlier:
                before.state, before.ended_on = "ended", day
        _done(one, one.state, grade=grade)


def end(*, hardship_id: UUID, reason: str, by: Hand, version: int | None = None) -> None:
    """The hardship is over, or the member gone. :raises Refused: without a reason."""
    with transaction():
        one: Hardship = taken(Hardship, hardship_id, version=version)
        found = _state(one, "approved")
        if not reason.strip():
            found.append(block("R6.07", "reason", "请写明退出的原因。", "E_REQUIRED"))
        settle(found)
        one.state, one.ended_on = "ended", today()
        one.reason_cipher = seal(reason, Hardship, "reason_cipher", one.id)
        _done(one, "ended", by=by.name)


def end_expired(as_of: date) -> int:
    """What is valid no longer leaves the register; the review's reminder came before. :returns: how many."""
    with transaction() as session:
        found = session.scalars(select(Hardship).where(Hardship.state == "approved", Hardship.valid_to <= as_of)).all()
        for one in found:
            one.state, one.ended_on = "ended", as_of
            _done(one, "ended", expired=True)
        return len(found)
