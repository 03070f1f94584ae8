"""Committees and officers of a unit: R1.06 to R1.08, R1.16, R1.19, R1.20, R1.22."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.calendar_arithmetic import completed_years
from core.organization.codes import COMMITTEE_POSTS, SECRETARY_POSTS, Approval, HowTaken, PostCode, UnitType
from core.organization.labels import label
from core.organization.policy import OrganizationPolicy
from core.organization.rules.facts import Officer, UnitFacts
from core.policy.findings import Finding, Severity

_BRANCH = "《中国共产党支部工作条例（试行）》第十一条"
_OFFICER = "《中国共产党支部工作条例（试行）》第二十一条"
_ELECTION = "《中国共产党基层组织选举工作条例》"


def committee_findings(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.06, R1.07: whether the unit has the committee it should have, of the right size."""
    if unit.type is UnitType.BRANCH:
        return _branch_committee(unit, policy)
    size = unit.committee_size
    if unit.type is UnitType.GROUP or size is None:
        return ()
    if unit.type is UnitType.GENERAL_BRANCH:
        least, most, limit = policy.gb_committee_size_min, policy.gb_committee_size_max, None
    else:
        least, most, limit = policy.committee_size_min, policy.committee_size_max, policy.committee_size_limit
    if least <= size <= most:
        return ()
    at_most = f"，最多不超过{limit}人" if limit is not None else ""
    message = f"“{unit.name}”委员会{size}人，一般由{least}至{most}人组成{at_most}。"
    return (Finding("R1.07", Severity.WARN, "committee_size", message, source=_ELECTION, code="E_RANGE"),)


def _branch_committee(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    size, need = unit.committee_size, policy.branch_committee_min_formal
    least, most, limit = (
        policy.branch_committee_size_min,
        policy.branch_committee_size_max,
        policy.branch_committee_size_limit,
    )
    usual = f"支部委员会由{least}至{most}人组成，一般不超过{limit}人"
    if size is not None and size > limit:
        return (_r106(Severity.BLOCK, "committee_size", f"“{unit.name}”支委会{size}人，超过{limit}人；{usual}。"),)
    if unit.formal >= need:
        if size is None:
            message = f"“{unit.name}”有正式党员{unit.formal}人（{need}人以上），应设支部委员会；{usual}。"
            return (_r106(Severity.WARN, "committee_size", message),)
        if not least <= size <= most:
            return (_r106(Severity.WARN, "committee_size", f"“{unit.name}”支委会{size}人；{usual}。"),)
        return ()
    few = f"正式党员{unit.formal}人（不足{need}人），不设支部委员会，设1名书记，必要时设1名副书记"
    found: list[Finding] = []
    if size is not None:
        found.append(_r106(Severity.WARN, "committee_size", f"“{unit.name}”{few}。"))
    if unit.deputies > 1:
        found.append(_r106(Severity.WARN, "deputies", f"“{unit.name}”副书记{unit.deputies}人；{few}。"))
    return tuple(found)


def _r106(severity: Severity, field: str, message: str) -> Finding:
    return Finding("R1.06", severity, field, message, source=_BRANCH, code="E_RANGE")


def secretary_findings(
    officer: Officer, policy: OrganizationPolicy, *, in_election: bool = False, override_doc: str | None = None
) -> tuple[Finding, ...]:
    """R1.08: a secretary is a formal member with a year's party age; an election refuses others unless a document allows."""
    if officer.post is not PostCode.SECRETARY:
        return ()
    years = policy.secretary_min_party_years
    severity = Severity.BLOCK if in_election and not (override_doc or "").strip() else Severity.WARN
    if not officer.formal:
        message = f"“{officer.name}”不是正式党员；书记应由正式党员担任，一般有{years}年以上党龄。"
        return (Finding("R1.08", severity, "person_id", message, source=_OFFICER, code="E_STATE"),)
    if officer.party_years < years:
        message = f"“{officer.name}”党龄{officer.party_years}年；书记一般应有{years}年以上党龄。"
        return (Finding("R1.08", severity, "person_id", message, source=_OFFICER, code="E_RANGE"),)
    return ()


def post_findings(officer: Officer, *, established_on: date | None = None) -> tuple[Finding, ...]:
    """Dates and origin of a post holding (R1.P).

    It ends after it starts and starts after its unit. An officer from outside the subtree is allowed only for
    an appointed secretary (第一书记), who is then marked as from outside.
    """
    found: list[Finding] = []
    if officer.started_on and officer.ended_on and officer.ended_on < officer.started_on:
        message = f"“{officer.name}”的离任日期{officer.ended_on}早于任职日期{officer.started_on}。"
        found.append(Finding("R1.P", Severity.BLOCK, "ended_on", message, code="E_RANGE"))
    if established_on and officer.started_on and officer.started_on < established_on:
        message = f"“{officer.name}”的任职日期{officer.started_on}早于党组织成立日期{established_on}。"
        found.append(Finding("R1.P", Severity.BLOCK, "started_on", message, code="E_RANGE"))
    if not officer.in_subtree and not may_be_external(officer):
        post = label(officer.post)
        message = f"“{officer.name}”不是本党组织及下级的党员，不能任{post}；只有上级指派的书记可以来自外部。"
        found.append(Finding("R1.P", Severity.BLOCK, "person_id", message, source=_OFFICER, code="E_SCOPE"))
    return tuple(found)


def may_be_external(officer: Officer) -> bool:
    """Whether somebody of another unit may hold this post: an appointed secretary."""
    return officer.post in SECRETARY_POSTS and officer.how in (HowTaken.APPOINTED, HowTaken.ACTING)


def single_secretary_findings(
    *, name: str, units: Sequence[str], policy: OrganizationPolicy, override_doc: str | None = None
) -> tuple[Finding, ...]:
    """R1.16: one person holds one secretary's post at a time.

    :param units: names of every unit where the person is, or is to be, secretary.
    """
    if len(units) < 2 or not policy.secretary_single_post or (override_doc or "").strip():
        return ()
    message = f"“{name}”同时担任{'、'.join(units)}的书记；一人同时只任一个书记职务。"
    fix = "先免去原职务，或填写上级批准文号"
    return (Finding("R1.16", Severity.WARN, "person_id", message, fix=fix, source=_OFFICER, code="E_CONFLICT"),)


def vacancy_findings(
    unit: UnitFacts, *, vacant_since: date | None, as_of: date, policy: OrganizationPolicy
) -> tuple[Finding, ...]:
    """R1.19: no secretary for more than thirty days, or a committee fallen below three.

    :param vacant_since: first day without a secretary; ``None`` when there is one.
    """
    found: list[Finding] = []
    fix = "组织补选；确有必要时上级党组织可以指派"
    if vacant_since is not None:
        days = (as_of - vacant_since).days
        if days > policy.vacancy:
            message = f"“{unit.name}”书记空缺已{days}天，超过{policy.vacancy}天，应及时补选。"
            found.append(_vacancy("secretary", message, fix))
    least = policy.branch_committee_size_min
    if unit.committee_size is not None and unit.committee_size < least:
        message = f"“{unit.name}”委员会仅{unit.committee_size}人，少于{least}人，应及时补选。"
        found.append(_vacancy("committee_size", message, fix))
    return tuple(found)


def _vacancy(field: str, message: str, fix: str) -> Finding:
    return Finding("R1.19", Severity.WARN, field, message, fix=fix, source=_BRANCH, code="E_STATE")


def approval_needed(post: PostCode) -> Approval | None:
    """R1.20: secretary and deputy need approval, other committee members filing; other posts neither."""
    if post in SECRETARY_POSTS:
        return Approval.APPROVED
    return Approval.FILED if post in COMMITTEE_POSTS else None


def approval_label(post: PostCode, approval: Approval | None) -> str:
    """R1.20: what is shown beside an officer: 待批 until the superior answered, then 已批准 or 已备案; else nothing."""
    needed = approval_needed(post)
    if needed is None:
        return ""
    if approval is Approval.APPROVED or approval is needed:
        return label(approval)
    return label(Approval.PENDING)


@dataclass(frozen=True, slots=True)
class AgeStructure:
    """R1.22: average ages of officers and of all members in years (None: no births known), and their gap."""

    officers: Fraction | None
    members: Fraction | None

    @property
    def gap(self) -> Fraction | None:
        """How much older the officers are than the members, in years."""
        return None if self.officers is None or self.members is None else self.officers - self.members


def age_structure(officers: Iterable[date], members: Iterable[date], *, as_of: date) -> AgeStructure:
    """R1.22: the age structure on ``as_of``, from dates of birth."""
    return AgeStructure(_mean_age(officers, as_of), _mean_age(members, as_of))


def _mean_age(births: Iterable[date], as_of: date) -> Fraction | None:
    ages = [completed_years(birth, as_of) for birth in births]
    return Fraction(sum(ages), len(ages)) if ages else None


def age_findings(
    *, name: str, officer_births: Sequence[date], member_births: Sequence[date], as_of: date, policy: OrganizationPolicy
) -> tuple[Finding, ...]:
    """R1.22: officers five years older than their members on average, or all of them fifty and more: for information."""
    found: list[Finding] = []
    gap = age_structure(officer_births, member_births, as_of=as_of).gap
    if gap is not None and gap >= policy.officers_age_gap:
        message = f"“{name}”班子平均年龄比党员平均年龄大{one_decimal(gap)}岁。"
        found.append(Finding("R1.22", Severity.INFO, "officers", message, fix="换届时注意年轻党员的培养使用"))
    limit = policy.officers_all_over
    if officer_births and all(completed_years(birth, as_of) >= limit for birth in officer_births):
        message = f"“{name}”班子成员年龄均在{limit}岁以上。"
        found.append(Finding("R1.22", Severity.INFO, "officers", message, fix="换届时注意年轻党员的培养使用"))
    return tuple(found)


def one_decimal(value: Fraction) -> str:
    """A ratio with one decimal, half up (00-conventions 0.4)."""
    tenths = (abs(value) * 10 + Fraction(1, 2)).__floor__()
    return f"{'-' if value < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


def committee_size(posts: Iterable[tuple[str, PostCode]]) -> int | None:
    """Number of different persons on committee posts beyond secretary and deputy's; None when there is no committee.

    :param posts: (person, post) of the holdings of now.
    """
    held: dict[str, set[PostCode]] = defaultdict(set)
    for person, post in posts:
        if post in COMMITTEE_POSTS:
            held[person].add(post)
    on_committee = any(post not in SECRETARY_POSTS for held_posts in held.values() for post in held_posts)
    return len(held) if on_committee else None
