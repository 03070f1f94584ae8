"""The dates of joining and of becoming a formal member, and the kind of member they make. R2.05 to R2.07."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from core.calendar_arithmetic import add_months, add_years, completed_years
from core.people.codes import FORMAL, PROBATIONARY, label
from core.people.identity_number import EARLIEST_BIRTH
from core.people.rules.policy import RosterPolicy
from core.people.rules.record import MemberRecord
from core.people.rules.wording import block, inform, shown, warn
from core.policy.findings import Finding

_STATE_OF_TYPE: Final = {FORMAL: "正式党员", PROBATIONARY: "预备党员"}
_TYPES_OF_STATE: Final = {"formal": FORMAL, "probationary": PROBATIONARY, "suspended": FORMAL}
#: Ways of becoming a member that have no probation: by the centre's or a province's own decision.
WITHOUT_PROBATION: Final = frozenset({"direct", "posthumous"})


def asks_probation(finding: Finding) -> bool:
    """Whether R2.06 refuses a day of becoming a formal member because no year lies before it."""
    return (finding.rule, finding.field, finding.blocks) == ("R2.06", "regular_date", True)


def birth_rule(record: MemberRecord, *, as_of: date) -> Iterator[Finding]:
    """2.1: somebody was born since 1900 and by today, whatever the number says."""
    if record.birth and not EARLIEST_BIRTH <= record.birth <= as_of:
        sentence = f"出生日期{shown(record.birth)}不合常理，应在1900年1月1日至{shown(as_of)}之间"
        yield block("2.1", "birth", sentence, code="E_RANGE", fix="核对出生日期")


def join_rule(record: MemberRecord, *, as_of: date, policy: RosterPolicy) -> Iterator[Finding]:
    """R2.05: joined since the Party was founded, by today, and of age."""
    join = record.join_date
    if join is None:
        return
    if join > as_of:
        sentence = f"加入党组织日期{shown(join)}还没有到，应不晚于{shown(as_of)}"
        yield block("R2.05", "join_date", sentence, code="E_RANGE", fix="核对加入党组织日期")
    if join < policy.founded_on:
        sentence = f"加入党组织日期{shown(join)}早于{shown(policy.founded_on)}党的成立"
        yield block("R2.05", "join_date", sentence, code="E_RANGE", fix="核对加入党组织日期")
    if record.birth is None or add_years(record.birth, policy.min_age) <= join:
        return
    age = completed_years(record.birth, join)
    had = f"加入党组织时{age}周岁" if age >= 0 else "加入党组织日期早于出生日期"
    sentence = f"{had}，不满{policy.min_age}周岁（出生{shown(record.birth)}，加入{shown(join)}）。请核对这两个日期"
    if join < policy.age_exempt_before and age >= 0:
        yield warn("R2.05", "join_date", f"{sentence}，确实如此的请写明理由", code="E_RANGE")
    else:
        yield block("R2.05", "join_date", sentence, code="E_RANGE", fix="核对出生日期和加入党组织日期")


def regular_rule(record: MemberRecord, *, as_of: date, policy: RosterPolicy) -> Iterator[Finding]:
    """R2.06: a formal member has a date of becoming one, a probation after joining."""
    join, regular = record.join_date, record.regular_date
    if regular is None:
        if record.person_type == FORMAL and "regular_date" not in record.unreadable:
            sentence = "正式党员没有填写转为正式党员日期。请补填；当年没有预备期的，填加入党组织日期"
            yield block("R2.06", "regular_date", sentence, code="E_REQUIRED", fix="补填转为正式党员日期")
        return
    if regular > as_of:
        sentence = f"转为正式党员日期{shown(regular)}还没有到（今天是{shown(as_of)}）。请核对；确实已定的请写明理由"
        yield warn("R2.06", "regular_date", sentence, code="E_RANGE", fix="核对转为正式党员日期")
    if join is None or record.person_type == PROBATIONARY:
        return
    if regular < join:
        sentence = f"转为正式党员日期{shown(regular)}早于加入党组织日期{shown(join)}。请核对这两个日期"
        yield block("R2.06", "regular_date", sentence, code="E_RANGE", fix="核对两个日期")
    elif regular < (earliest := add_months(join, policy.probation_months)):
        yield _too_early(join, regular, earliest, policy)
    elif regular > _latest_regular(join, policy):
        months = policy.probation_months + policy.probation_extension_months
        sentence = (
            f"转为正式党员日期{shown(regular)}距加入党组织日期{shown(join)}超过{months}个月，而预备期最多延长一年。"
            "请核对；确实如此的请写明理由"
        )
        yield warn("R2.06", "regular_date", sentence, code="E_RANGE", source="《中国共产党章程》第七条")


def _too_early(join: date, regular: date, earliest: date, policy: RosterPolicy) -> Finding:
    sentence = (
        f"转为正式党员日期{shown(regular)}距加入党组织日期{shown(join)}不满{policy.probation_months}个月，"
        f"最早应为{shown(earliest)}"
    )
    if join < policy.probation_certain_from:
        return warn("R2.06", "regular_date", f"{sentence}。当年没有预备期的请写明理由", code="E_RANGE")
    return block(
        "R2.06",
        "regular_date",
        f"{sentence}。请核对这两个日期",
        code="E_RANGE",
        fix="核对两个日期",
        source="《中国共产党章程》第七条",
    )


def _latest_regular(join: date, policy: RosterPolicy) -> date:
    latest = add_months(join, policy.probation_months + policy.probation_extension_months)
    return min(latest, date.max - timedelta(policy.probation_grace_days)) + timedelta(policy.probation_grace_days)


def type_rule(record: MemberRecord) -> Iterator[Finding]:
    """R2.07: kind of member, state and dates agree."""
    if record.person_type == PROBATIONARY and record.regular_date is not None:
        sentence = (
            f"人员类别是“预备党员”，却填了转为正式党员日期{shown(record.regular_date)}。"
            "已经转正的请把人员类别改为“正式党员”，没有转正的请删去这个日期"
        )
        yield block("R2.07", "regular_date", sentence, code="E_CONFLICT", fix="改正人员类别或删去日期")
    if not record.person_type and "person_type" not in record.unreadable and record.regular_date is not None:
        sentence = "人员类别没有填写，因填有转为正式党员日期，已按“正式党员”登记"
        yield inform("R2.07", "person_type", sentence, code="E_REQUIRED")
    expected = _TYPES_OF_STATE.get(record.membership_state or "")
    if expected and record.person_type and record.person_type != expected:
        sentence = (
            f"人员类别“{label('person_type', record.person_type)}”与党籍状态"
            f"“{label('membership_state', record.membership_state)}”不一致，应为“{_STATE_OF_TYPE[expected]}”"
        )
        yield block("R2.07", "person_type", sentence, code="E_CONFLICT", fix=_STATE_OF_TYPE[expected])
