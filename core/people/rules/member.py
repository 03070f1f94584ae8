"""Everything the rules say of one member's record, together: forms, the API and imports ask here.

A record that nothing is wrong with costs about 5 µs: :func:`is_plainly_right` says so without making a finding. It
only ever says yes when the rules themselves would find nothing (the tests compare the two).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from core.people.codes import FEMALE, FORMAL, MALE, PROBATIONARY
from core.people.identity_number import fault
from core.people.rules import fields, identity, joining
from core.people.rules.policy import DEFAULT_POLICY, RosterPolicy
from core.people.rules.record import MemberRecord
from core.people.values import is_chinese_name, is_phone
from core.policy.findings import Finding


def check_member(
    record: MemberRecord,
    *,
    as_of: date,
    policy: RosterPolicy = DEFAULT_POLICY,
    reason: str | None = None,
    on_import: bool = False,
    duplicate: Finding | None = None,
) -> tuple[Finding, ...]:
    """Every finding of R2.01 to R2.08, R2.14, R2.15 and 2.1 on one record, the first reason first.

    Uniqueness (R2.04) and shared phones need the roster: see ``duplicate_in_file``, ``duplicate_in_roster`` (hand
    what they give as ``duplicate``) and ``phone_shared``.

    :param as_of: the day the record is judged on.
    :param reason: why sex or birth differ from the number; an import refuses such a row without one (R2.03).
    :param on_import: nobody can be asked: a row that lacks only what can be asked for later is kept.
    :param duplicate: what R2.04 found. It stands before R2.03: a number that is somebody else's explains why sex and
        birth do not fit.
    """
    if duplicate is None and is_plainly_right(record, as_of, policy):
        return ()
    return all_findings(record, as_of=as_of, policy=policy, reason=reason, on_import=on_import, duplicate=duplicate)


def all_findings(
    record: MemberRecord,
    *,
    as_of: date,
    policy: RosterPolicy = DEFAULT_POLICY,
    reason: str | None = None,
    on_import: bool = False,
    duplicate: Finding | None = None,
) -> tuple[Finding, ...]:
    """What :func:`check_member` answers, by asking every rule even of a record that is plainly right."""
    return tuple(_findings(record, as_of, policy, reason=reason, on_import=on_import, duplicate=duplicate))


def complete(record: MemberRecord, *, as_of: date) -> MemberRecord:
    """The record with sex and birth taken from its number, and the kind of member from its dates, where not given.

    What ``check_member`` informs of as taken is what is put here; store the completed record.
    """
    added: dict[str, Any] = {}
    said = identity.id_facts(record, as_of=as_of)
    if said is not None:
        if record.sex not in (MALE, FEMALE) and "sex" not in record.unreadable:
            added["sex"] = said.sex
        if record.birth is None and "birth" not in record.unreadable:
            added["birth"] = said.birth
    if not record.person_type and "person_type" not in record.unreadable and record.regular_date is not None:
        added["person_type"] = FORMAL
    return replace(record, **added) if added else record


def _findings(
    record: MemberRecord,
    as_of: date,
    policy: RosterPolicy,
    *,
    reason: str | None,
    on_import: bool,
    duplicate: Finding | None,
) -> Iterator[Finding]:
    completed = complete(record, as_of=as_of)
    yield from fields.name_rule(record, policy)
    yield from identity.id_rule(record, as_of=as_of)
    if duplicate is not None:
        yield duplicate
    said = identity.id_facts(record, as_of=as_of)
    if said is not None:
        unexplained = on_import and not (reason or "").strip()
        yield from identity.mismatch_rule(record, said, must_be_explained=unexplained)
        yield from identity.derived_rule(record, said)
    yield from joining.birth_rule(completed, as_of=as_of)
    yield from fields.branch_rule(record)
    yield from fields.readable_rule(record, policy, on_import=on_import)
    yield from joining.join_rule(completed, as_of=as_of, policy=policy)
    yield from joining.regular_rule(completed, as_of=as_of, policy=policy)
    yield from joining.type_rule(record)
    yield from fields.required_rule(completed, policy, on_import=on_import)
    yield from fields.phone_rule(record)


def is_plainly_right(record: MemberRecord, as_of: date, policy: RosterPolicy) -> bool:
    """Whether everything required is given and every rule is kept, by the shortest way to know it."""
    birth, join = record.birth, record.join_date
    if (
        record.unreadable
        or birth is None
        or join is None
        or not (record.ethnic and record.education and record.post and record.address and record.branch)
    ):
        return False
    name, id_no = record.name, record.id_no
    return (
        policy.name_min <= len(name) <= policy.name_max
        and is_chinese_name(name)
        and fault(id_no, as_of=as_of) is None
        and record.sex == (MALE if id_no[16] in "13579" else FEMALE)
        and birth == date.fromisoformat(id_no[6:14])
        and is_phone(record.phone)
        and policy.founded_on <= join <= as_of
        and join.year - birth.year > policy.min_age  # in the year of the birthday the rule itself counts
        and _dates_are_plainly_right(record, join, as_of, policy)
    )


def _dates_are_plainly_right(record: MemberRecord, join: date, as_of: date, policy: RosterPolicy) -> bool:
    regular = record.regular_date
    if record.person_type == PROBATIONARY:
        return regular is None and record.membership_state in (None, "probationary")
    if record.person_type != FORMAL or regular is None or regular > as_of:
        return False
    if record.membership_state not in (None, "formal", "suspended"):
        return False
    months = (regular.year - join.year) * 12 + regular.month - join.month
    return (
        months > policy.probation_months or (months == policy.probation_months and regular.day >= join.day)
    ) and months < policy.probation_months + policy.probation_extension_months
