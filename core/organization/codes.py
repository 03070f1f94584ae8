"""Code lists of the organisation. Labels stand in ``labels``, what workbooks write for them in ``spellings``."""

from enum import StrEnum


class UnitType(StrEnum):
    """What a unit is; the layers of the hierarchy."""

    COMMITTEE = "committee"
    WORK_COMMITTEE = "work_committee"
    GENERAL_BRANCH = "general_branch"
    BRANCH = "branch"
    GROUP = "group"


class Subtype(StrEnum):
    """What kind of branch a branch is; other units have none."""

    STANDALONE = "standalone"
    JOINT = "joint"
    TEMPORARY = "temporary"
    FLOATING = "floating"
    RETIRED = "retired"
    STAY_BEHIND = "stay_behind"
    FUNCTIONAL = "functional"


class Domain(StrEnum):
    """The field of society a unit works in. ``ENTERPRISE`` is an enterprise whose ownership was not said."""

    VILLAGE = "village"
    COMMUNITY = "community"
    GOV = "gov"
    INSTITUTION = "institution"
    SOE = "soe"
    NONPUBLIC = "nonpublic"
    ENTERPRISE = "enterprise"
    SOCIAL_ORG = "social_org"
    SCHOOL = "school"
    OTHER = "other"


class UnitMode(StrEnum):
    """How the unit relates to the organisation it stands in (2017 collection of organisation items)."""

    SAME_AS_PARENT = "same_as_parent"
    LEGAL_ENTITY = "legal_entity"
    JOINT = "joint"


class UnitStatus(StrEnum):
    """Where a unit is in its life. Only a change in force moves a unit that is ``ACTIVE``."""

    DRAFT = "draft"
    APPLIED = "applied"
    APPROVED = "approved"
    ACTIVE = "active"
    DISSOLVING = "dissolving"
    DISSOLVED = "dissolved"
    REJECTED = "rejected"


class BodyStatus(StrEnum):
    """State of a leadership body. ``DUE_SOON`` and ``OVERDUE`` are computed from dates, never stored."""

    PREPARING = "preparing"
    IN_TERM = "in_term"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    EXTENDED = "extended"
    ENDED = "ended"


class ExtensionKind(StrEnum):
    """Whether a re-election is put off or brought forward."""

    EXTEND = "extend"
    ADVANCE = "advance"


class ChangeKind(StrEnum):
    """What a dated change does to units."""

    ESTABLISH = "establish"
    RENAME = "rename"
    REPARENT = "reparent"
    UPGRADE = "upgrade"
    SUBTYPE_CHANGE = "subtype_change"
    MERGE = "merge"
    SPLIT = "split"
    DISSOLVE = "dissolve"


class ChangeStatus(StrEnum):
    """Where a change is on its way. An effective one is never deleted: a correction is another change."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class PostCode(StrEnum):
    """Posts of the Party's officers."""

    SECRETARY = "01"
    DEPUTY_SECRETARY = "02"
    ORGANISATION = "03"
    PUBLICITY = "04"
    DISCIPLINE = "05"
    UNITED_FRONT = "06"
    YOUTH = "07"
    MASSES = "08"
    PRODUCTION = "09"
    SECRECY = "10"
    GROUP_LEADER = "11"
    DEPUTY_GROUP_LEADER = "12"
    ORGANISER = "13"
    ORGANISATION_CLERK = "14"
    GUIDE = "15"
    FULL_TIME_SECRETARY = "16"


class HowTaken(StrEnum):
    """How somebody came to a post."""

    ELECTED = "elected"
    APPOINTED = "appointed"
    BY_ELECTION = "by_election"
    ACTING = "acting"


class Approval(StrEnum):
    """What the superior has said about an officer (R1.20)."""

    FILED = "filed"
    APPROVED = "approved"
    PENDING = "pending"


#: Posts whose holders sit on the committee of a unit.
COMMITTEE_POSTS = frozenset(list(PostCode)[:10])

#: Posts whose holders need the superior's approval, not only filing (R1.20).
SECRETARY_POSTS = frozenset({PostCode.SECRETARY, PostCode.DEPUTY_SECRETARY})

#: The layers that count as "党组织" in totals; groups are part of a branch (T1.14).
COUNTED_TYPES = frozenset(set(UnitType) - {UnitType.GROUP})
