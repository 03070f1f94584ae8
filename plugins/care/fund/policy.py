"""The rule values of the fund (R6.11, R6.12); money in fen."""

from dataclasses import dataclass
from datetime import date

from core.sdk import Direction, PolicyKey, Tag, policy_set
from plugins.care.rules.money import Limits

_OWN = "党员互助基金（S4-127）；额度为本平台默认"
BRANCH = PolicyKey("care.grant.branch", 50_000, "分", Direction.MAX, _OWN, Tag.DESIGN, "支部委员会可批准的救助金额上限")
COMMITTEE = PolicyKey("care.grant.committee", 200_000, "分", Direction.MAX, _OWN, Tag.DESIGN, "不需公示的救助金额上限")
LOAN = PolicyKey("care.grant.loan_months", 12, "个月", Direction.MAX, _OWN, Tag.DESIGN, "互助借款的最长期限", lowest=1)
PUBLICITY = PolicyKey(
    "care.grant.publicity", 5, "个工作日", Direction.MIN, _OWN, Tag.DESIGN, "救助和困难认定的公示期", lowest=1
)
KEYS = (BRANCH, COMMITTEE, LOAN, PUBLICITY)


@dataclass(frozen=True, slots=True)
class Held:
    """What holds. :param publicity: working days. :param version: to store with a decision."""

    limits: Limits
    publicity: int
    version: str


def limits(*, as_of: date, unit_path: str | None = None) -> Held:
    """The values for a unit on a day."""
    found = policy_set(KEYS, as_of=as_of, unit_path=unit_path)
    n = {key.key: int(str(found[key.key])) for key in KEYS}
    return Held(Limits(n[BRANCH.key], n[COMMITTEE.key], n[LOAN.key]), n[PUBLICITY.key], found.version)
