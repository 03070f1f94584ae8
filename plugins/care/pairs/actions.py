"""A pair: planned with its guarantees, signed, under way with quarterly progress, achieved or ended (R6.13)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select

from core.sdk import Finding, record, today, transaction
from core.sdk.notices import touch
from plugins.care.findings import block, findings, settle
from plugins.care.pairs.models import Milestone, Package, Pair, Progress
from plugins.care.people import Hand, member, taken
from plugins.care.rules.pairs import NEXT, PACKAGES, STATES, pairing_rulings
from plugins.care.sealing import seal

KINDS = {"member": "困难党员", "mass": "困难群众"}
ACTIVE = ("planned", "signed", "running")


def plan(
    *, kind: str, helper_id: UUID, helped_id: UUID | None, helped_name: str, cause: str, income: str,
    plans: Mapping[str, tuple[str, str]], reason: str, by: Hand, as_of: date | None = None,
) -> UUID:  # fmt: skip
    """Make a pair.

    :param plans: package (skill, project, income) → (plan, target).
    :raises Refused: R6.13; a helper of three needs a reason.
    """
    with transaction() as session:
        helper, place = member(helper_id)
        session.refresh(helper, with_for_update=True)  # two pairs of one helper at once are counted one after the other
        busy = select(func.count()).select_from(Pair).where(
            Pair.helper_id == helper.id, or_(*(Pair.state == one for one in ACTIVE))
        )  # fmt: skip
        found = []
        if kind == "member":
            if helped_id is None:
                found.append(block("R6.13", "helped", "请选择帮扶对象。", "E_REQUIRED"))
            elif helped_id == helper.id:
                found.append(block("R6.13", "helped", "帮扶人和帮扶对象不能是同一人。", "E_CONFLICT"))
            else:
                place = member(helped_id)[1]
        elif not helped_name.strip():
            found.append(block("R6.13", "helped_name", "请填写困难群众的姓名。", "E_REQUIRED"))
        same = False
        if kind == "member" and helped_id is not None:
            there = select(Pair.id).where(
                Pair.helped_id == helped_id, Pair.kind == kind, or_(*(Pair.state == one for one in ACTIVE))
            )
            same = session.scalar(there.limit(1)) is not None
        given = {name: texts for name, texts in plans.items() if texts[0].strip() and texts[1].strip()}
        found += findings(
            pairing_rulings(
                helper_pairs=int(session.scalar(busy) or 0), helped_has_same=same, plans=given, kinds=PACKAGES
            )
        )
        settle(found, reason)
        made = uuid4()
        session.add(
            Pair(
                id=made, kind=kind, helper_id=helper.id, helped_id=helped_id if kind == "member" else None,
                helped_name_cipher=seal(helped_name, Pair, "helped_name_cipher", made) if kind == "mass" else None,
                unit_id=place.id, cause_cipher=seal(cause, Pair, "cause_cipher", made), planned_on=as_of or today(),
                before_cipher=seal(income, Pair, "before_cipher", made), reason=reason.strip() or None,
            )
        )  # fmt: skip
        session.flush()
        for name, (text, target) in given.items():
            session.add(Package(id=uuid4(), pair_id=made, kind=name, plan=text.strip(), target=target.strip()))
        _done(made, "planned", by=by.name)
        return made


def _done(pair: UUID, kind: str, /, **detail: Any) -> None:
    with transaction() as session:
        session.flush()
        touch("care.pair", pair)
        record(kind=f"care.pair.{kind}", subject="care_pair", subject_id=pair, detail=detail)


def _moves(one: Pair, to: str) -> list[Finding]:
    if to in NEXT[one.state]:
        return []
    return [block("R6.13", "", f"结对现在是“{STATES[one.state]}”，不能变为“{STATES[to]}”。", "E_STATE")]


def move(*, pair_id: UUID, to: str, on: date, result: str = "", income: str = "", version: int | None = None) -> None:
    """Sign it, begin, or end it; an achievement needs the income after and a result."""
    with transaction():
        one: Pair = taken(Pair, pair_id, version=version)
        found = _moves(one, to)
        if on > today():
            found.append(block("R6.13", "on", "日期不能晚于今天。", "E_RANGE"))
        if to == "achieved" and not income.strip():
            found.append(block("R6.13", "income", "请填写帮扶后的年收入。", "E_REQUIRED"))
        if to in ("achieved", "ended") and not result.strip():
            found.append(block("R6.13", "result", "请写明帮扶的结果。", "E_REQUIRED"))
        settle(found)
        one.state = to
        if to == "signed":
            one.signed_on = on
        if to in ("achieved", "ended"):
            one.ended_on = on
            one.result_cipher = seal(result, Pair, "result_cipher", one.id)
            one.after_cipher = seal(income, Pair, "after_cipher", one.id) or one.after_cipher
        _done(one.id, to)


def add_milestone(*, pair_id: UUID, package: str, title: str, due_on: date) -> UUID:
    """A step with a day."""
    with transaction() as session:
        one: Pair = taken(Pair, pair_id)
        settle([] if one.state in ACTIVE else [block("R6.13", "", "结对已经结束。", "E_STATE")])
        made = uuid4()
        session.add(Milestone(id=made, pair_id=one.id, package=package, title=title, due_on=due_on))
        _done(one.id, "milestone")
        return made


def reach(*, milestone_id: UUID, on: date) -> None:
    """A step is reached."""
    with transaction():
        step: Milestone = taken(Milestone, milestone_id)
        found = [block("R6.13", "on", "日期不能晚于今天。", "E_RANGE")] if on > today() else []
        settle([*found, *([block("R6.13", "", "这一步已经完成。", "E_DUP")] if step.done_on else [])])
        step.done_on = on
        _done(step.pair_id, "reached")


def note(*, pair_id: UUID, text: str, on: date, by: Hand) -> UUID:
    """What was done and reached in a quarter."""
    with transaction() as session:
        one: Pair = taken(Pair, pair_id)
        found = [] if one.state in ("signed", "running") else [block("R6.13", "", "签订协议后才登记进展。", "E_STATE")]
        if on > today():
            found.append(block("R6.13", "on", "日期不能晚于今天。", "E_RANGE"))
        settle(found)
        made = uuid4()
        session.add(
            Progress(
                id=made,
                pair_id=one.id,
                noted_on=on,
                actor=by.name,
                text_cipher=seal(text, Progress, "text_cipher", made),
            )
        )
        one.last_progress_on = max(on, one.last_progress_on or on)
        one.state = "running"
        _done(one.id, "noted")
        return made
