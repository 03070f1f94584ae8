"""The policy values of the roster with their defaults (annexe B). A tenant may set others; none is hard-coded in a rule.

Each field is annotated with what it is :class:`About`; its source is an article, ``[R]`` for a rule
recalled but not found in a stored source, ``[D]`` for a default of this design.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Final, Literal, NamedTuple, get_type_hints

EDU: Final = "《中国共产党党员教育管理工作条例》"

#: Everything 02-roster 2.1 marks as required.
_REQUIRED: Final = frozenset(
    {
        "name", "sex", "ethnic", "id_no", "birth", "education", "person_type", "branch", "join_date", "post", "phone",
        "address",
    }
)  # fmt: skip
#: What a workbook must bring for a row to be kept; the rest is asked for afterwards by the list of missing items.
_REQUIRED_ON_IMPORT: Final = frozenset({"name", "sex", "id_no", "birth", "person_type", "branch", "join_date"})
#: What an import may leave out when the cell cannot be read; everything else refuses the row.
_MAY_BE_DROPPED: Final = frozenset(
    {"post", "degree", "marital", "health", "household", "class_tags", "group", "work_start", "native_place"}
)


_FOUNDED_ON: Final = date(1921, 7, 23)
_FOUNDING_OF_THE_REPUBLIC: Final = date(1949, 10, 1)
_PROBATION_CERTAIN_FROM: Final = date(1983, 1, 1)


class About(NamedTuple):
    """What a policy value is called in the policy store, what it counts, and what it rests on."""

    key: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class RosterPolicy:
    """What the rules of the roster are judged by. One instance is one version of the policy."""

    required: Annotated[frozenset[str], About("roster.required", "fields", "02-roster 2.1")] = _REQUIRED
    required_on_import: Annotated[frozenset[str], About("roster.required_on_import", "fields", "[D]")] = (
        _REQUIRED_ON_IMPORT
    )
    may_be_dropped: Annotated[frozenset[str], About("roster.may_be_dropped", "fields", "[D]")] = _MAY_BE_DROPPED
    name_min: Annotated[int, About("roster.name.min", "characters", "[D]")] = 2
    name_max: Annotated[int, About("roster.name.max", "characters", "[D]")] = 30
    phone_shared_max: Annotated[int, About("roster.phone.shared_max", "members", "R2.08 [D]")] = 2

    founded_on: Annotated[date, About("member.join.earliest", "date", "R2.05")] = _FOUNDED_ON
    min_age: Annotated[int, About("member.min_age", "years", "《中国共产党章程》第一条 [R]")] = 18
    age_exempt_before: Annotated[date, About("member.min_age.exempt_before", "date", "R2.05")] = (
        _FOUNDING_OF_THE_REPUBLIC
    )
    probation_months: Annotated[int, About("member.probation", "months", "《中国共产党章程》第七条")] = 12
    probation_extension_months: Annotated[
        int, About("member.probation.extension_max", "months", "《中国共产党章程》第七条")
    ] = 12
    probation_grace_days: Annotated[int, About("member.probation.grace", "days", "R2.06 [D]")] = 90
    probation_certain_from: Annotated[date, About("member.probation.certain_from", "date", "R2.06 [R]")] = (
        _PROBATION_CERTAIN_FROM
    )

    exclude_suspension: Annotated[bool, About("party_age.exclude_suspension", "yes/no", "[R]")] = True
    birthday_basis: Annotated[
        Literal["join_date", "regular_date"], About("party_birthday.basis", "join_date | regular_date", "R2.10 [D]")
    ] = "join_date"
    under35: Annotated[Literal["lte", "lt"], About("age.under35", "lte | lt", "STAT")] = "lte"
    medal_years: Annotated[int, About("medal.party_age", "years", "MEDAL")] = 50
    medal_ahead_months: Annotated[int, About("medal.ahead", "months", "16-notices-archives, MEDAL-50 [D]")] = 2
    medal_month_day: Annotated[tuple[int, int], About("medal.day", "month and day", "MEDAL")] = (7, 1)
    probation_reminders: Annotated[tuple[int, ...], About("member.probation.remind", "days before", "[D]")] = (
        90,
        30,
        0,
    )

    lost_after_months: Annotated[int, About("lost.after", "months", f"{EDU}第二十四条")] = 6
    overseas_study_years: Annotated[int, About("overseas.study_limit", "years", f"{EDU}第二十四条")] = 5
    readmission_wait_years: Annotated[int, About("readmit.wait", "years", "DIS")] = 5
    deletion_days: Annotated[int, About("roster.deletion", "days", "02-roster 2.8 [D]")] = 7


#: The policy as it comes.
DEFAULT_POLICY: Final = RosterPolicy()


def policy_values() -> Iterator[tuple[str, object, About]]:
    """Every policy value of the roster in the order of the class: field, default, what it is about."""
    hints = get_type_hints(RosterPolicy, include_extras=True)
    for item in fields(RosterPolicy):
        yield item.name, item.default, hints[item.name].__metadata__[0]
