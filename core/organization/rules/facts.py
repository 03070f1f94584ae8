"""What the organisation's rules are told: frozen facts, gathered by actions and imports."""

from dataclasses import dataclass
from datetime import date

from core.organization.codes import Domain, HowTaken, PostCode, Subtype, UnitStatus, UnitType


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """One unit as the rules see it.

    Counts are of active members; ``formal`` is the part of ``members`` that is formal, ``retired`` the part that is
    retired. ``committee_size`` counts the members of its committee, None when it has none. ``covered_units`` counts
    the organisations a joint branch covers.
    """

    name: str
    type: UnitType
    subtype: Subtype | None = None
    domain: Domain = Domain.OTHER
    status: UnitStatus = UnitStatus.ACTIVE
    members: int = 0
    formal: int = 0
    retired: int = 0
    covered_units: int = 0
    committee_size: int | None = None
    deputies: int = 0
    established_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who holds, or is to hold, a post.

    ``party_years`` are completed years since becoming formal; ``birth`` may be unknown; ``in_subtree`` says whether
    the person's own branch lies in the unit's subtree.
    """

    person_id: str
    name: str
    post: PostCode
    how: HowTaken = HowTaken.ELECTED
    formal: bool = True
    party_years: int = 0
    birth: date | None = None
    in_subtree: bool = True
    started_on: date | None = None
    ended_on: date | None = None
