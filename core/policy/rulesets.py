"""Rule sets with dates: which text was in force on the day a case is judged by. Pure.

A decision stores the codes of the sets it was judged by, so that a later text does not change what it says of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One edition of a text whose rules the product applies.

    :param code: stored with decisions, such as ``org.branch/2018``.
    :param family: what it is an edition of; of one family one set holds on a day.
    :param title: the text's name.
    :param source: document number, or where it was published.
    :param in_force_from: first day it holds.
    :param in_force_to: first day it holds no more; None while it is in force.
    """

    code: str
    family: str
    title: str
    source: str
    in_force_from: date
    in_force_to: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.in_force_from <= on and (self.in_force_to is None or on < self.in_force_to)


class NoRuleSet(LookupError):
    """No edition of the text was in force on the day."""


_known: dict[str, RuleSet] = {}


def register(sets: Iterable[RuleSet]) -> None:
    """Add rule sets; the very same again changes nothing.

    :raises ValueError: a code is taken, a set ends before it begins, or two of a family hold on one day.
    """
    for new in sets:
        if new.in_force_to is not None and new.in_force_to <= new.in_force_from:
            raise ValueError(f"rule set {new.code} ends before it begins")
        for known in _known.values():
            if known.code == new.code and known != new:
                raise ValueError(f"rule set {new.code} is registered twice")
            if known.family == new.family and known != new and _overlap(known, new):
                raise ValueError(f"rule sets {known.code} and {new.code} hold on the same day")
        _known[new.code] = new


def _overlap(one: RuleSet, other: RuleSet) -> bool:
    latest = max(one.in_force_from, other.in_force_from)
    return one.holds(latest) and other.holds(latest)


def pick(family: str, on: date) -> RuleSet:
    """The edition in force on a day.

    :raises NoRuleSet: none was.
    """
    for found in _known.values():
        if found.family == family and found.holds(on):
            return found
    raise NoRuleSet(f"{family} has no rule set in force on {on.isoformat()}")


def picked(families: Iterable[str], on: date) -> tuple[str, ...]:
    """The codes in force on a day of several families; a family without one is left out."""
    wanted = tuple(families)
    return tuple(found.code for found in rule_sets() if found.family in wanted and found.holds(on))


def rule_sets() -> Sequence[RuleSet]:
    """All of them, by family, the newest edition first."""
    newest = sorted(_known.values(), key=lambda one: one.in_force_from, reverse=True)
    return sorted(newest, key=lambda one: one.family)


def title_of(code: str) -> str:
    """A set's title with its code's edition; the code itself when nobody knows it any more."""
    found = _known.get(code)
    return found.title if found else code


register(
    (
        RuleSet("constitution/2017", "constitution", "《中国共产党章程》（2017年修正）", "党的十九大", date(2017, 10, 24), date(2022, 10, 22)),
        RuleSet("constitution/2022", "constitution", "《中国共产党章程》（2022年修正）", "党的二十大", date(2022, 10, 22)),
        RuleSet("org.branch/2018", "org.branch", "《中国共产党支部工作条例（试行）》", "中共中央2018年10月28日印发", date(2018, 10, 28)),
        RuleSet("org.term/2018", "org.term", "《关于党的基层组织任期的意见》", "中共中央办公厅2018年7月印发", date(2018, 7, 1)),
        RuleSet("member.education/2019", "member.education", "《中国共产党党员教育管理工作条例》", "中共中央2019年5月印发", date(2019, 5, 6)),
        RuleSet("member.development/2014", "member.development", "《中国共产党发展党员工作细则》", "中共中央办公厅2014年5月印发", date(2014, 5, 28)),
    )
)  # fmt: skip
