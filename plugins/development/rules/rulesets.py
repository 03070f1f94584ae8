"""The two editions of the working rules, and which one judges an act: the one in force on the act's own day.

《中国共产党发展党员工作细则》: issued 2014-05-28; revised and issued anew 2026-05-11, in force from that day.
"""

from dataclasses import dataclass
from datetime import date

_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One edition.

    :param code: stored with every decision.
    :param shift: how much higher its article numbers are from the eighteenth article of the newer edition on.
    """

    code: str
    title: str
    in_force_from: date
    shift: int

    def article(self, number: int) -> str:
        """The article that holds what article ``number`` of the 2026 edition holds."""
        return f"《中国共产党发展党员工作细则》（{self.code[2:]}）第{chinese(number + (self.shift if number >= 18 else 0))}条"


RS2014 = RuleSet("RS2014", "2014年印发的细则", date(2014, 5, 28), 1)
RS2026 = RuleSet("RS2026", "2026年修订的细则", date(2026, 5, 11), 0)
RULE_SETS = (RS2014, RS2026)


def ruleset(act_date: date) -> RuleSet:
    """The edition that judges an act of that day; what was done earlier is judged by the older one as well."""
    return RS2026 if act_date >= RS2026.in_force_from else RS2014


def chinese(number: int) -> str:
    """A number below one hundred in Chinese: 14 → 十四."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")
