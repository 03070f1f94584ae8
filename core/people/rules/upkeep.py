"""Keeping the roster right: deleting, merging, lost contact, and the freeze. 02-roster 2.8, R2.11, R2.16."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final

from core.people.codes import label
from core.people.identity_number import are_twins
from core.people.rules.policy import DEFAULT_POLICY, RosterPolicy
from core.people.rules.record import MemberRecord
from core.people.rules.wording import block, inform, shown, warn
from core.policy.findings import Finding

_CURRENT: Final = frozenset({"probationary", "formal", "suspended", "holding"})


def check_deletion(
    *, entered_on: date, used_in: Collection[str], as_of: date, policy: RosterPolicy = DEFAULT_POLICY
) -> tuple[Finding, ...]:
    """2.8: only a wrong entry is deleted, within seven days and while nothing refers to it; else its state changes.

    :param used_in: Chinese names of what refers to the person (会议签到, 党费 …).
    """
    found: list[Finding] = []
    last = entered_on + timedelta(policy.deletion_days)
    if as_of > last:
        sentence = (
            f"这条记录{shown(entered_on)}录入，只有录错的记录可在{policy.deletion_days}天内（{shown(last)}以前）删除。"
            "党员离开的，请改党籍状态"
        )
        found.append(block("2.8", "", sentence, code="E_LOCKED", fix="改党籍状态"))
    if used_in:
        sentence = f"这条记录已用于{'、'.join(sorted(used_in))}，不能删除。党员离开的，请改党籍状态"
        found.append(block("2.8", "", sentence, code="E_LOCKED", fix="改党籍状态"))
    return tuple(found)


def check_merge(keep: MemberRecord, drop: MemberRecord, *, same_record: bool) -> tuple[Finding, ...]:
    """2.8: two records of one person become one, and both histories are kept. Two people never become one.

    :param same_record: whether both are the very same record.
    """
    if same_record:
        return (block("2.8", "", "不能把一条记录与它自己合并", code="E_CONFLICT"),)
    found: list[Finding] = []
    if keep.id_no and drop.id_no and keep.id_no != drop.id_no:
        if are_twins(keep.id_no, drop.id_no):
            sentence = "两条记录的公民身份号码只有末位不同，其中一个抄错了。请确认保留的号码正确"
            found.append(warn("2.8", "id_no", sentence, code="E_CONFLICT"))
        else:
            sentence = "两条记录的公民身份号码不同，是两个人，不能合并。号码填错的，请先更正号码"
            found.append(block("2.8", "id_no", sentence, code="E_CONFLICT"))
    if keep.name != drop.name:
        sentence = f"两条记录的姓名不同（{keep.name}、{drop.name}）。确是同一个人的请写明理由，另一个姓名记为曾用名"
        found.append(warn("2.8", "name", sentence, code="E_CONFLICT"))
    if keep.membership_state in _CURRENT and drop.membership_state in _CURRENT and keep.branch != drop.branch:
        sentence = "两条记录现在编在不同的党支部。请确认组织关系所在的党支部，并写明理由"
        found.append(warn("2.8", "branch", sentence, code="E_CONFLICT"))
    for field in ("sex", "birth"):
        if getattr(keep, field) != getattr(drop, field):
            sentence = f"两条记录的{'性别' if field == 'sex' else '出生日期'}不同，合并后以保留的记录为准"
            found.append(inform("2.8", field, sentence, code="E_CONFLICT"))
    return tuple(found)


def check_lost_cleared(*, evidence: str | None, contacted_on: date | None, as_of: date) -> tuple[Finding, ...]:
    """R2.11: the mark of a lost contact goes only with evidence that contact was made."""
    found: list[Finding] = []
    if not (evidence or "").strip():
        found.append(block("R2.11", "lost_contact", "解除失联须写明依据，例如联系方式和谈话记录", code="E_REQUIRED"))
    if contacted_on is None:
        found.append(block("R2.11", "lost_contact", "请填写取得联系的日期", code="E_REQUIRED"))
    elif contacted_on > as_of:
        sentence = f"取得联系的日期{shown(contacted_on)}还没有到，应不晚于{shown(as_of)}"
        found.append(block("R2.11", "lost_contact", sentence, code="E_RANGE"))
    return tuple(found)


def check_lost_marked(*, state: str, case_opened: bool) -> tuple[Finding, ...]:
    """R2.11: the mark is set by opening a case of lost contact, and only for current members."""
    found: list[Finding] = []
    if state not in _CURRENT:
        sentence = f"党籍状态为“{label('membership_state', state)}”的人员不作失联登记"
        found.append(block("R2.11", "lost_contact", sentence, code="E_STATE"))
    if not case_opened:
        sentence = "失联标记由失联登记产生，不能直接勾选。请先办理失联登记"
        found.append(block("R2.11", "lost_contact", sentence, code="E_STATE"))
    return tuple(found)


def frozen_by(effective_on: date, cut_offs: Iterable[date]) -> date | None:
    """R2.16: the first signed cut-off whose snapshot a change effective on that day would have altered, if any."""
    return min((cut_off for cut_off in cut_offs if effective_on <= cut_off), default=None)


def check_freeze(effective_on: date, cut_offs: Iterable[date]) -> Finding | None:
    """R2.16: a correction that reaches behind a signed cut-off needs a reason and is written as an amendment.

    The snapshot itself never changes.
    """
    cut_off = frozen_by(effective_on, cut_offs)
    if cut_off is None:
        return None
    sentence = f"{shown(cut_off)}的年报已经签定，这项更正从{shown(effective_on)}起算，不会改动年报，将另记为更正说明。请写明理由"
    return warn("R2.16", "", sentence, code="E_LOCKED")
