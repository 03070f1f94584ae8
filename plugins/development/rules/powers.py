"""Which organisation may do what (section 1), and where an application may be handed in (G1.3)."""

from dataclasses import dataclass
from enum import StrEnum

from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import RS2014, RuleSet


class UnitType(StrEnum):
    """Kinds of organisation as the rules tell them apart."""

    GROUP = "group"
    BRANCH = "branch"
    FLOATING = "floating"
    TEMPORARY = "temporary"
    GENERAL_BRANCH = "general_branch"
    SUB_COMMITTEE = "sub_committee"  #: under a township's or street's committee, such as a village's
    COMMITTEE = "committee"  #: grass-roots committee or work committee
    LEADING_GROUP = "leading_group"  #: 党组
    COUNTY_OFFICE = "county_office"


class Act(StrEnum):
    """What the rules let an organisation do."""

    TAKE = "take"
    NAME = "name"
    PROPOSE = "propose"
    DELIBERATE = "deliberate"
    ADOPT = "adopt"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as the rules see it.

    :param approves: the stored flag that it may approve admissions; only a grass-roots committee can have it.
    :param development_enabled: a floating branch that meets the conditions for all stages.
    """

    type: UnitType
    approves: bool | None = None
    development_enabled: bool = False


_POWERS = {
    UnitType.GROUP: frozenset[Act](),
    UnitType.BRANCH: frozenset({Act.TAKE, Act.NAME, Act.PROPOSE, Act.ADOPT}),
    UnitType.FLOATING: frozenset({Act.TAKE}),
    UnitType.TEMPORARY: frozenset({Act.TAKE}),
    UnitType.GENERAL_BRANCH: frozenset({Act.DELIBERATE}),
    UnitType.SUB_COMMITTEE: frozenset({Act.DELIBERATE}),
    UnitType.COMMITTEE: frozenset({Act.APPROVE}),
    UnitType.LEADING_GROUP: frozenset[Act](),
    UnitType.COUNTY_OFFICE: frozenset[Act](),
}


def may(unit: Unit, act: Act) -> bool:
    """Whether an organisation has a power."""
    if unit.type is UnitType.FLOATING and unit.development_enabled:
        return act in _POWERS[UnitType.BRANCH]
    if act is Act.APPROVE and unit.type is UnitType.COMMITTEE:
        return unit.approves is not False
    return act in _POWERS[unit.type]


def approval_power(unit: Unit, rules: RuleSet) -> list[Ruling]:
    """G13.1: only a committee with the power may pre-review and approve (E26, E27)."""
    if may(unit, Act.APPROVE):
        return []
    why = {
        UnitType.GENERAL_BRANCH: "党总支不能审批（预审）预备党员，只能审议",
        UnitType.SUB_COMMITTEE: "乡镇（街道）党委所辖的基层党委不能审批（预审）预备党员，只能审议",
        UnitType.LEADING_GROUP: "党组不能审批预备党员",
        UnitType.TEMPORARY: "临时党组织不能接收、审批预备党员",
    }.get(unit.type, "这个党组织没有审批预备党员的权限")
    return [Ruling("G13.1", Outcome.BLOCK, f"{why}。", rules.article(22), "请报具有审批权限的基层党委。", field="unit")]


class Place(StrEnum):
    """Where an application may go."""

    UNIT = "unit"  #: the organisation of the person's unit of work or study
    UNIT_LOCALITY = "unit_locality"
    SUPERVISING = "supervising"  #: of the unit's supervising department
    RESIDENCE = "residence"
    FLOATING = "floating"


@dataclass(frozen=True, slots=True)
class Applicant:
    """What decides where to apply."""

    employed: bool
    employer_has_unit: bool
    mobile: bool = False


def places(person: Applicant, rules: RuleSet) -> frozenset[Place]:
    """The organisations a person may apply to (§6; the editions differ for units without one)."""
    if not person.employed:
        found = {Place.RESIDENCE}
    elif person.employer_has_unit:
        found = {Place.UNIT}
    elif rules is RS2014:
        found = {Place.RESIDENCE, *({Place.UNIT_LOCALITY, Place.SUPERVISING} if person.mobile else ())}
    else:
        found = {Place.UNIT_LOCALITY, Place.SUPERVISING, Place.RESIDENCE}
    return frozenset(found | ({Place.FLOATING} if person.mobile else set()))
