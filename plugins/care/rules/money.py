"""Hardship grades, subsidies and the mutual-aid fund (R6.07 to R6.12). Money is fen, as whole numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugins.care.rules.findings import Said, Severity
from plugins.care.rules.rounds import Grade


@dataclass(frozen=True, slots=True)
class Household:
    """What a hint of a grade is taken from, per month or year alike, in fen.

    :param line: the locality's minimum living standard. :param medical: paid out of one's own pocket.
    """

    income_per_head: int
    line: int
    medical: int = 0
    income: int = 0


def grade_hint(given: Household) -> Grade | None:
    """A hint only; officers decide (R6.08)."""
    if given.income_per_head < given.line or 2 * given.medical > given.income > 0:
        return Grade.A
    if 2 * given.income_per_head < 3 * given.line:
        return Grade.B
    return Grade.C if given.income_per_head < 2 * given.line else None


def profile_rulings(
    *,
    decided: date | None,
    published_from: date | None,
    workdays_published: int,
    valid_from: date,
    valid_to: date,
    least_workdays: int = 5,
) -> list[Said]:
    """R6.07: decided by the branch, made public for five working days (without the income), valid for a year at most."""
    found = []
    if decided is None:
        found.append(
            Said("R6.07", Severity.BLOCK, "没有支部研究意见。", "请先经支部大会或支委会研究。", "E_REQUIRED", "decided")
        )
    if published_from is None or workdays_published < least_workdays:
        message = f"公示{workdays_published}个工作日，不足{least_workdays}个。"
        found.append(Said("R6.07", Severity.BLOCK, message, "公示内容不含收入金额。", "E_STATE", "published"))
    if valid_to <= valid_from or valid_to > _year_later(valid_from):
        found.append(Said("R6.07", Severity.BLOCK, "有效期最长12个月。", "请在期满前复核。", "E_RANGE", "valid_to"))
    return found


def review_on(decided: date, valid_to: date) -> date:
    """The day of the yearly review: 31 October, or the end of what is valid. A decision since August is that year's review."""
    this_year = date(decided.year, 10, 31)
    return min(valid_to, this_year if decided < date(decided.year, 8, 1) else date(decided.year + 1, 10, 31))


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


#: Classes of members who joined before the founding of the state, by the day they joined (R6.09).
SUBSIDY_CLASSES: tuple[tuple[int, date, date], ...] = (
    (1, date.min, date(1937, 7, 6)),
    (2, date(1937, 7, 7), date(1945, 9, 2)),
    (3, date(1945, 9, 3), date(1949, 9, 30)),
)


def subsidy_class(join: date) -> int | None:
    """The class of a member without retirement benefits; ``None`` for who joined later."""
    return next((number for number, start, end in SUBSIDY_CLASSES if start <= join <= end), None)


def paid_until(died: date) -> tuple[int, int]:
    """The last month that is paid, in full: that of the death."""
    return died.year, died.month


def months_paid(start: date, died: date | None, as_of: date) -> int:
    """Whole calendar months paid from the month of ``start`` on."""
    end = min(as_of, died) if died else as_of
    return max((end.year - start.year) * 12 + end.month - start.month + 1, 0)


def overlapping(periods: Iterable[tuple[date, date | None]]) -> bool:
    """Whether two periods of a subsidy overlap (half-open)."""
    last: date | None = date.min
    for start, end in sorted(periods, key=lambda one: one[0]):
        if last is None or start < last:
            return True
        last = end
    return False


class Flow(StrEnum):
    """What money of the fund came or went for."""

    OPENING = "opening"
    DONATION = "donation"
    DUES = "dues"
    FISCAL = "fiscal"
    OTHER = "other"
    REPAYMENT = "repayment"
    GRANT = "grant"
    LOAN = "loan"
    REFUND = "refund"


FLOWS = {
    Flow.OPENING: "期初结余",
    Flow.DONATION: "捐助",
    Flow.DUES: "党费注入",
    Flow.FISCAL: "财政拨款",
    Flow.OTHER: "其他收入",
    Flow.REPAYMENT: "借款归还",
    Flow.GRANT: "救助支出",
    Flow.LOAN: "互助借款",
    Flow.REFUND: "退回捐助",
}
#: Money that goes out; everything else comes in.
OUT = frozenset({Flow.GRANT, Flow.LOAN, Flow.REFUND})


def signed(flow: Flow, amount: int) -> int:
    """The amount as it changes the balance."""
    return -amount if flow in OUT else amount


def posting_rulings(balance: int, flow: Flow, amount: int) -> list[Said]:
    """R6.10: the fund is never overdrawn; an amount is positive, its direction is the flow's."""
    if amount <= 0:
        return [
            Said("R6.10", Severity.BLOCK, "金额须大于零。", "退回请用“退回捐助”，不要填负数。", "E_RANGE", "amount")
        ]
    left = balance + signed(flow, amount)
    if left >= 0:
        return []
    message = f"基金结余{yuan(balance)}元，不足以支出{yuan(amount)}元。"
    return [Said("R6.10", Severity.BLOCK, message, "请先落实资金来源。", "E_BALANCE", "amount")]


def yuan(fen: int) -> str:
    """Fen as yuan with two places."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


class Body(StrEnum):
    """Who approves a grant, lowest first."""

    BRANCH = "branch"
    COMMITTEE = "committee"


BODIES = {Body.BRANCH: "支部委员会", Body.COMMITTEE: "党委会议"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to what amount (fen) who approves, and from where publicity is needed (R6.11)."""

    branch: int = 50_000
    committee: int = 200_000
    loan_months: int = 12


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant or loan that is to be approved.

    :param approvers: persons of the approving meeting. :param related: the applicant and relatives.
    """

    amount: int
    approved_by: Body
    approvers: Sequence[str]
    related: Sequence[str]
    published: bool = False
    loan: bool = False
    months: int = 0
    interest: int = 0


def grant_rulings(given: Grant, limits: Limits = Limits()) -> list[Said]:
    """R6.11: the right body, publicity above the limit, nobody who is concerned, loans short and without interest."""
    found = []
    if given.amount <= 0:
        found.append(Said("R6.11", Severity.BLOCK, "金额须大于零。", "", "E_RANGE", "amount"))
    if given.amount > limits.branch and given.approved_by is Body.BRANCH:
        message = f"{yuan(given.amount)}元超过支部委员会可批准的{yuan(limits.branch)}元。"
        found.append(Said("R6.11", Severity.BLOCK, message, "请报党委会议批准。", "E_PERM", "approved_by"))
    if given.amount > limits.committee and not given.published:
        message = f"{yuan(given.amount)}元超过{yuan(limits.committee)}元，须先公示。"
        found.append(Said("R6.11", Severity.BLOCK, message, "请公示后再批准。", "E_STATE", "published"))
    taking_part = sorted(set(given.approvers) & set(given.related))
    if taking_part:
        message = f"{'、'.join(taking_part)}与申请有关，不能参加研究。"
        found.append(Said("R6.11", Severity.BLOCK, message, "请回避后重新研究。", "E_CONFLICT", "approvers"))
    if given.loan and (not 1 <= given.months <= limits.loan_months or given.interest):
        message = f"互助借款期限最长{limits.loan_months}个月，不计利息。"
        found.append(Said("R6.11", Severity.BLOCK, message, "", "E_RANGE", "months"))
    return found


def publication_due(last: date | None, as_of: date) -> list[Said]:
    """R6.12: income and expenditure are published at least yearly."""
    if last is not None and as_of <= _year_later(last):
        return []
    since = f"上次公布是{last:%Y-%m-%d}" if last else "还没有公布过"
    return [Said("R6.12", Severity.WARN, f"基金收支每年至少公布一次，{since}。", "请公布收支情况。", field="published")]
