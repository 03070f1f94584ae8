"""The rule values of visits and contacts (R6.01 to R6.03, R6.15), each a design default that a level may tighten."""

from dataclasses import dataclass
from datetime import date

from core.sdk import Direction, PolicyKey, Tag
from core.sdk.policy import policy_set
from plugins.care.rules.visits import Terms

_OWN = "党员四必访（S4）；天数为本平台默认"


def _days(name: str, default: int, title: str, *, least: int = 1) -> PolicyKey:
    return PolicyKey(f"care.visit.{name}", default, "天", Direction.MAX, _OWN, Tag.DESIGN, title, lowest=least)


ILLNESS = _days("illness", 3, "生病：核实后几天内走访")
WEDDING_FUNERAL = _days("wedding_funeral", 3, "红白喜事：核实后几天内走访")
FUNERAL = _days("funeral", 2, "丧事：核实后几天内走访")
FAMILY_DISPUTE = _days("family_dispute", 5, "家庭纠纷：核实后几天内走访")
HARDSHIP = _days("hardship", 7, "生产生活困难：核实后几天内走访")
RECORD = _days("record", 3, "走访后几天内登记")
CONFIRM = _days("confirm", 2, "报告后几天内核实")
MERGE = PolicyKey(
    "care.visit.merge", 7, "天", Direction.FREE, _OWN, Tag.DESIGN, "同类事项几天内再次报告视为同一件", lowest=1
)
VISITORS = PolicyKey(
    "care.visit.visitors", 2, "人", Direction.MIN, _OWN, Tag.DESIGN, "家庭纠纷、丧事至少几人走访", lowest=1
)
CONTACT = PolicyKey(
    "care.contact.days", 92, "天", Direction.MAX, "支委联系党员（S4-125）", Tag.DESIGN, "联系党员至多间隔几天", lowest=1
)
KEEP = PolicyKey("care.keep.years", 10, "年", Direction.FREE, _OWN, Tag.DESIGN, "办结的关怀记录保存几年", lowest=1)
_FRAIL = "党员教育管理工作条例（年老体弱党员学习不作硬性要求）；数字为本平台默认"
FRAIL_AGE = PolicyKey(
    "care.frail.age", 80, "岁", Direction.MAX, _FRAIL, Tag.DESIGN, "多少岁起学习不作硬性要求", lowest=60
)
FRAIL_VISITS = PolicyKey(
    "care.frail.visits", 2, "次", Direction.MIN, _FRAIL, Tag.DESIGN, "年老体弱党员每年至少走访几次", lowest=1
)

KEYS = (
    ILLNESS, WEDDING_FUNERAL, FUNERAL, FAMILY_DISPUTE, HARDSHIP, RECORD, CONFIRM, MERGE, VISITORS, CONTACT, KEEP,
    FRAIL_AGE, FRAIL_VISITS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers at a unit on a day.

    :param terms: of the visits. :param version: to store with what is computed of them.
    """

    terms: Terms
    contact: int
    confirm: int
    keep: int
    frail_age: int
    frail_visits: int
    version: str


def numbers(*, as_of: date, unit_path: str | None = None) -> Numbers:
    """The rule values that hold at a unit (``None``: the tenant as a whole) on a day."""
    found = policy_set(KEYS, as_of=as_of, unit_path=unit_path)
    n = {key.key.rsplit(".", 1)[1]: int(str(found[key.key])) for key in KEYS}
    terms = Terms(
        illness=n["illness"], wedding_funeral=n["wedding_funeral"], funeral=n["funeral"],
        family_dispute=n["family_dispute"], hardship=n["hardship"], record=n["record"], merge=n["merge"],
        visitors=n["visitors"],
    )  # fmt: skip
    return Numbers(terms, n["days"], n["confirm"], n["years"], n["age"], n["visits"], found.version)
