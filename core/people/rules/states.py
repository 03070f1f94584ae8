"""How membership moves from state to state. 02-roster 2.2, R2.12, R2.13.

Only an approved document moves a state; a death needs its date and where it is known from. The rules refuse or allow;
they never move anything by themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from core.calendar_arithmetic import add_months, add_years
from core.people.codes import label
from core.people.rules.policy import DEFAULT_POLICY, EDU, RosterPolicy
from core.people.rules.record import Document
from core.people.rules.wording import block, shown
from core.policy.findings import Finding

_ARTICLE_24: Final = f"{EDU}第二十四条"

_REMOVALS_OF_FORMAL: Final = frozenset(
    {
        "expelled", "quit_removed", "advised_out", "advised_refused_removed", "self_withdrawn_removed", "lost_removed",
        "not_recognised",
    }
)  # fmt: skip
_REMOVALS_OF_PROBATIONARY: Final = frozenset(
    {"probation_cancelled", "not_recognised", "quit_removed", "self_withdrawn_removed", "lost_removed"}
)
_LEAVING: Final = frozenset({"transferred_out", "whole_unit_out"})
_ARRIVING: Final = frozenset({"transferred_in", "whole_unit_in"})

#: (from, to) → the reasons (of ending or of starting a spell) that lead there. What is not here is not allowed.
TRANSITIONS: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("probationary", "formal"): frozenset({"confirmed"}),
    ("probationary", "removed"): _REMOVALS_OF_PROBATIONARY,
    ("probationary", "died"): frozenset({"died"}),
    ("probationary", "transferred_out"): _LEAVING,
    ("formal", "suspended"): frozenset({"suspended"}),
    ("formal", "removed"): _REMOVALS_OF_FORMAL,
    ("formal", "died"): frozenset({"died"}),
    ("formal", "transferred_out"): _LEAVING,
    ("suspended", "formal"): frozenset({"restored", "restored_after_suspension"}),
    ("suspended", "removed"): _REMOVALS_OF_FORMAL,
    ("suspended", "died"): frozenset({"died"}),
    ("suspended", "transferred_out"): _LEAVING,
    ("removed", "probationary"): frozenset({"readmitted"}),
    ("transferred_out", "formal"): _ARRIVING,
    ("transferred_out", "probationary"): _ARRIVING,
    ("holding", "formal"): frozenset({"placed"}),
    ("holding", "probationary"): frozenset({"placed"}),
}

#: States that count in the totals of members (2.2: a suspended member does not).
COUNTED_STATES: Final = frozenset({"probationary", "formal"})

#: Endings after which nobody is restored, only readmitted, and only after some years (R2.13).
WAITING_REASONS: Final = frozenset(
    {
        "advised_out", "advised_refused_removed", "self_withdrawn_removed", "quit_removed", "lost_removed", "expelled",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Death:
    """A death as it is known: the day, and the source (certificate, notice of the family, unit)."""

    died_on: date
    source: str


class SuspensionGround(StrEnum):
    """What somebody's membership may be suspended for (R2.12). There is no other ground."""

    SETTLED_ABROAD = "settled_abroad"
    STUDY_ABROAD = "study_abroad"
    LOST_CONTACT = "lost_contact"


@dataclass(frozen=True, slots=True)
class Suspension:
    """A proposal to suspend: why, since when that has been so, and for a lost contact whether all was tried."""

    ground: SuspensionGround | None
    since: date | None
    searches_exhausted: bool = False


def may_change_state(
    *,
    current: str,
    to: str,
    reason: str,
    as_of: date,
    document: Document | None = None,
    death: Death | None = None,
    suspension: Suspension | None = None,
    ended: tuple[str, date] | None = None,
    policy: RosterPolicy = DEFAULT_POLICY,
) -> tuple[Finding, ...]:
    """Why membership may not move from ``current`` to ``to``; empty if it may. States and reasons are codes.

    :param reason: end or start reason of a spell, or ``confirmed`` (转正) or ``placed`` (编入支部).
    :param ended: reason and day of the ending of the last spell, for somebody who comes back.
    """
    return tuple(_may_change_state(current, to, reason, as_of, document, death, suspension, ended, policy))


def _may_change_state(
    current: str,
    to: str,
    reason: str,
    as_of: date,
    document: Document | None,
    death: Death | None,
    suspension: Suspension | None,
    ended: tuple[str, date] | None,
    policy: RosterPolicy,
) -> Iterator[Finding]:
    if current == "removed" and to == "formal":
        yield _no_restoration(ended)
        return
    allowed = TRANSITIONS.get((current, to))
    if allowed is None:
        yield _not_from_here(current, to)
        return
    if reason not in allowed:
        yield _wrong_reason(current, to, reason, allowed)
    if to == "died":
        yield from _death_rule(death, as_of)
    elif reason != "placed":
        yield from _document_rule(document, as_of)
    if to == "suspended":
        yield from check_suspension(suspension, as_of=as_of, policy=policy)
    if to == "probationary" and current == "removed":
        yield from check_readmission(ended, as_of=as_of, policy=policy)


def _not_from_here(current: str, to: str) -> Finding:
    here, there = label("membership_state", current), label("membership_state", to)
    nexts = [label("membership_state", target) for source, target in TRANSITIONS if source == current]
    allowed = "、".join(f"“{state}”" for state in nexts)
    sentence = f"党籍状态不能由“{here}”变为“{there}”，只能变为{allowed}"
    if not nexts:
        sentence = f"党籍状态不能由“{here}”变为“{there}”，“{here}”不再变动"
    return block("2.2", "membership_state", sentence, code="E_STATE")


def _wrong_reason(current: str, to: str, reason: str, allowed: frozenset[str]) -> Finding:
    named = label("end_reason", reason)
    if named == reason:
        named = label("start_reason", reason)
    there = label("membership_state", to)
    options = "、".join(sorted(_reason_label(code) for code in allowed))
    sentence = f"“{named}”不能作为由“{label('membership_state', current)}”变为“{there}”的原因，应为：{options}"
    return block("2.2", "reason", sentence, code="E_STATE")


def _reason_label(code: str) -> str:
    own = {"confirmed": "预备党员转正", "placed": "编入党支部"}.get(code)
    ending = label("end_reason", code)
    return own or (ending if ending != code else label("start_reason", code))


def _document_rule(document: Document | None, as_of: date) -> Iterator[Finding]:
    """2.2: an approved document with number, organ and date."""
    if document is None or not (document.number.strip() and document.organ.strip()):
        sentence = "党籍状态凭批准文件变动。请填写文件号、批准机关和批准日期"
        yield block("2.2", "document", sentence, code="E_REQUIRED", fix="补填批准文件")
    if document is not None and document.decided_on > as_of:
        sentence = f"批准日期{shown(document.decided_on)}还没有到，应不晚于{shown(as_of)}"
        yield block("2.2", "document", sentence, code="E_RANGE")


def _death_rule(death: Death | None, as_of: date) -> Iterator[Finding]:
    """2.2: the date of a death and its source."""
    if death is None or not death.source.strip():
        sentence = "登记去世须填写去世日期和依据，例如死亡证明或家属告知"
        yield block("2.2", "died_on", sentence, code="E_REQUIRED")
    if death is not None and death.died_on > as_of:
        sentence = f"去世日期{shown(death.died_on)}还没有到，应不晚于{shown(as_of)}"
        yield block("2.2", "died_on", sentence, code="E_RANGE")


def check_suspension(
    suspension: Suspension | None, *, as_of: date, policy: RosterPolicy = DEFAULT_POLICY
) -> tuple[Finding, ...]:
    """R2.12: membership is suspended for one of three grounds, each with its condition met; nothing else."""
    if suspension is None or suspension.ground is None:
        sentence = (
            f"停止党籍只适用于三种情形：出国（境）定居；出国（境）学习研究超过{policy.overseas_study_years}年未返回；"
            f"失去联系{policy.lost_after_months}个月以上且经多方查找仍联系不上"
        )
        return (block("R2.12", "ground", sentence, code="E_STATE", source=_ARTICLE_24),)
    if suspension.since is None or suspension.since > as_of:
        sentence = f"请填写这种情形从哪一天开始，应不晚于{shown(as_of)}"
        return (block("R2.12", "since", sentence, code="E_REQUIRED", source=_ARTICLE_24),)
    if suspension.ground is SuspensionGround.STUDY_ABROAD:
        return tuple(_study_abroad_rule(suspension.since, as_of, policy))
    if suspension.ground is SuspensionGround.LOST_CONTACT:
        return tuple(_lost_rule(suspension.since, suspension.searches_exhausted, as_of, policy))
    return ()


def _study_abroad_rule(since: date, as_of: date, policy: RosterPolicy) -> Iterator[Finding]:
    limit = add_years(since, policy.overseas_study_years)
    if as_of <= limit:
        sentence = (
            f"出国（境）学习研究自{shown(since)}起，到{shown(limit)}才满{policy.overseas_study_years}年，"
            "超过之后仍未返回的才可停止党籍"
        )
        yield block("R2.12", "since", sentence, code="E_RANGE", source=_ARTICLE_24)


def _lost_rule(since: date, searches_exhausted: bool, as_of: date, policy: RosterPolicy) -> Iterator[Finding]:
    limit = add_months(since, policy.lost_after_months)
    if as_of < limit:
        sentence = f"失去联系自{shown(since)}起，到{shown(limit)}才满{policy.lost_after_months}个月"
        yield block("R2.12", "since", sentence, code="E_RANGE", source=_ARTICLE_24)
    if not searches_exhausted:
        sentence = "失联党员须先通过各种渠道查找，并留下查找记录，仍联系不上的才可停止党籍"
        yield block("R2.12", "searches_exhausted", sentence, code="E_STATE", source=_ARTICLE_24)


def check_restoration(
    *,
    current: str,
    document: Document | None,
    as_of: date,
    ended: tuple[str, date] | None = None,
    policy: RosterPolicy = DEFAULT_POLICY,
) -> tuple[Finding, ...]:
    """R2.13: only a suspended membership is restored; whoever left in another way may be readmitted."""
    return may_change_state(
        current=current,
        to="formal",
        reason="restored_after_suspension",
        as_of=as_of,
        document=document,
        ended=ended,
        policy=policy,
    )


def _no_restoration(ended: tuple[str, date] | None) -> Finding:
    why = f"因{label('end_reason', ended[0])}出党的" if ended else "已经出党的"
    sentence = f"{why}，不能恢复党籍，可重新入党"
    return block("R2.13", "membership_state", sentence, code="E_STATE", source=_ARTICLE_24, fix="办理重新入党")


def check_readmission(
    ended: tuple[str, date] | None, *, as_of: date, policy: RosterPolicy = DEFAULT_POLICY
) -> tuple[Finding, ...]:
    """R2.13: not within five years after having been advised out, removed or expelled."""
    if ended is None or ended[0] not in WAITING_REASONS:
        return ()
    earliest = add_years(ended[1], policy.readmission_wait_years)
    if as_of >= earliest:
        return ()
    sentence = (
        f"{shown(ended[1])}{label('end_reason', ended[0])}，{policy.readmission_wait_years}年内不能重新入党，"
        f"最早为{shown(earliest)}"
    )
    return (block("R2.13", "join_date", sentence, code="E_RANGE", source="《中国共产党不合格党员组织处置办法》"),)
