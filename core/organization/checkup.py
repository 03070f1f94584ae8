"""The check-up of one unit: every structural rule asked at once, for the unit page and reports."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.organization import dependants
from core.organization.codes import PostCode, UnitType
from core.organization.policy import OrganizationPolicy
from core.organization.queries.cards import HoldingRow, Leadership, UnitCard
from core.organization.queries.units import UnitRow, units
from core.organization.rules.committees import age_findings, committee_findings, committee_size, vacancy_findings
from core.organization.rules.size import group_findings, unit_size_findings
from core.policy.findings import Finding, Severity


def checkup(card: UnitCard, leadership: Leadership, *, as_of: date, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.02 to R1.07, R1.14, R1.19, R1.21 and R1.22 on a unit as it is on ``as_of``.

    What would refuse a new unit is only a warning about one that exists.
    """
    row = units([card.id])[card.id]
    held = [holding for holding in leadership.holdings if holding.held_on(as_of)]
    posts = [(str(holding.person_id), PostCode(holding.post_code)) for holding in held]
    members = dependants.residents([card.id]) if row.type in (UnitType.BRANCH, UnitType.GROUP) else ()
    facts = row.facts(
        committee_size=committee_size(posts),
        deputies=sum(post is PostCode.DEPUTY_SECRETARY for _, post in posts),
        retired=sum(member.retired for member in members),
    )
    leader = next((m.formal for m in members if m.person_id in _leaders(held)), None)
    found = [
        *unit_size_findings(facts, policy),
        *committee_findings(facts, policy),
        *group_findings(facts, leader_formal=leader, policy=policy),
        *vacancy_findings(facts, vacant_since=_vacant_since(row, leadership, as_of), as_of=as_of, policy=policy),
        *age_findings(
            name=card.name,
            officer_births=[m.birth for m in members if m.birth and m.person_id in {h.person_id for h in held}],
            member_births=[m.birth for m in members if m.birth],
            as_of=as_of,
            policy=policy,
        ),
    ]
    if not card.contact_name:
        found.append(
            Finding("1.8", Severity.INFO, "contact_name", "没有登记联系人。", fix="在“编辑”中补充联系人和电话")
        )
    return tuple(_softened(finding) for finding in found)


def _softened(finding: Finding) -> Finding:
    if finding.severity is not Severity.BLOCK:
        return finding
    return Finding(
        finding.rule, Severity.WARN, finding.field, finding.message, finding.fix, finding.source, finding.code
    )


def _leaders(held: Sequence[HoldingRow]) -> set[UUID]:
    return {holding.person_id for holding in held if holding.post_code == PostCode.GROUP_LEADER}


def _vacant_since(unit: UnitRow, leadership: Leadership, as_of: date) -> date | None:
    """Since when the last recorded secretary is gone; None with a secretary, or when none was ever recorded."""
    if unit.type is UnitType.GROUP:
        return None
    secretaries = [holding for holding in leadership.holdings if holding.post_code == PostCode.SECRETARY]
    if any(holding.held_on(as_of) for holding in secretaries):
        return None
    return max((holding.held_to for holding in secretaries if holding.held_to), default=None)
