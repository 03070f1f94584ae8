"""Particulars of a unit that need no change with approval: contacts, place, venue, code, covered employers."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.audit.actions import plain, record
from core.audit.kinds import declare as declare_kind
from core.database import tenant_id, transaction
from core.identity.actions import rights_changed
from core.organization.actions.writing import tell
from core.organization.codes import Domain, UnitMode
from core.organization.models import CoveredUnit, Unit
from core.organization.queries.units import coded
from core.organization.rules.form import (
    code_findings,
    credit_code_findings,
    established_findings,
    region_findings,
)
from core.policy.findings import Finding, Refused, Severity
from core.policy.objections import UnitChange, objections

declare_kind("organization.unit.edited", "修改党组织基本信息", keep=True)
declare_kind("organization.covered.added", "登记覆盖单位")
declare_kind("organization.covered.removed", "取消覆盖单位")

#: What :func:`edit_unit` may set; the name, type, place in the tree and state move only by a change.
EDITABLE = frozenset(
    {
        "code",
        "short_name",
        "domain",
        "unit_mode",
        "region_code",
        "can_approve_probationary",
        "established_on",
        "approval_doc_no",
        "ends_on",
        "contact_name",
        "contact_phone",
        "address",
        "venue",
        "remark",
    }
)
_MOST = 500


def edit_unit(*, unit_id: UUID, version: int, values: Mapping[str, Any], as_of: date | None = None) -> None:
    """Set particulars of a unit.

    :param version: the version the person saw; another one means somebody was faster.
    :param values: by name, out of :data:`EDITABLE`; None or empty text empties a field.
    :raises Refused: findings on the values, or ``E_CONFLICT`` when the unit was changed meanwhile.
    """
    unknown = set(values) - EDITABLE
    if unknown:
        raise ValueError(f"not to be edited: {', '.join(sorted(unknown))}")
    given = {name: (value or None) if isinstance(value, str) else value for name, value in values.items()}
    with transaction() as session:
        unit = session.get_one(Unit, (tenant_id(), unit_id), with_for_update=True)
        if unit.version != version:
            message = f"“{unit.name}”刚刚被他人修改，请载入最新内容后再改。"
            raise Refused([_finding("version", message, "E_CONFLICT")])
        found = _value_findings(unit, given, as_of or clock.today())
        changed = {name: value for name, value in given.items() if getattr(unit, name) != value}
        if changed:
            asked = {name: (getattr(unit, name), value) for name, value in changed.items()}
            found += objections(UnitChange("edited", unit_id, asked))
        if found:
            raise Refused(found)
        if not changed:
            return
        said = {name: [plain(getattr(unit, name)), plain(value)] for name, value in changed.items()}
        for name, value in changed.items():
            setattr(unit, name, value)
        unit.updated_at = clock.now()
        record(kind="organization.unit.edited", subject="unit", subject_id=unit_id, detail={"changes": said})
        tell("unit.changed", unit, fields=sorted(changed))
        if "short_name" in changed:
            rights_changed()


def _value_findings(unit: Unit, given: Mapping[str, Any], as_of: date) -> list[Finding]:
    found: list[Finding] = []
    code = given.get("code")
    if code:
        taken = coded(code)
        found += code_findings(code, taken=taken not in (None, unit.id))
    if "short_name" in given and not given["short_name"]:
        found.append(_finding("short_name", "简称不能为空。", "E_REQUIRED"))
    if given.get("domain") and given["domain"] not in set(Domain):
        found.append(_finding("domain", "所属领域不在代码表中。", "E_FORMAT"))
    if given.get("unit_mode") and given["unit_mode"] not in set(UnitMode):
        found.append(_finding("unit_mode", "组建方式不在代码表中。", "E_FORMAT"))
    found += region_findings(given.get("region_code"))
    found += established_findings(given.get("established_on"), as_of=as_of)
    found += (
        _finding(name, f"内容有{len(value)}个字，超过{_MOST}个字。", "E_RANGE")
        for name, value in given.items()
        if isinstance(value, str) and len(value) > _MOST
    )
    return found


def cover(
    *,
    unit_id: UUID,
    name: str,
    credit_code: str | None = None,
    nature: str | None = None,
    industry: str | None = None,
    employees: int | None = None,
    employees_under_35: int | None = None,
    guide_assigned: bool = False,
    formal_members: int | None = None,
) -> UUID:
    """Record an employer the unit covers; returns its id.

    :raises Refused: no name, a wrong credit code, negative or contradicting numbers, or the same employer twice.
    """
    with transaction() as session:
        unit = session.get_one(Unit, (tenant_id(), unit_id), with_for_update=True)
        found = list(credit_code_findings(credit_code))
        if not name.strip():
            found.append(_finding("name", "请填写单位名称。", "E_REQUIRED"))
        numbers = {"employees": employees, "employees_under_35": employees_under_35, "formal_members": formal_members}
        found += (_finding(field, "人数不能为负。", "E_RANGE") for field, value in numbers.items() if (value or 0) < 0)
        if employees is not None and 0 <= employees < (employees_under_35 or 0):
            found.append(_finding("employees_under_35", "35岁以下职工数不能多于职工总数。", "E_RANGE"))
        same = select(CoveredUnit.id).where(CoveredUnit.unit_id == unit_id, CoveredUnit.name == name.strip())
        if session.scalar(same):
            found.append(_finding("name", f"“{name.strip()}”已经在覆盖单位中。", "E_DUP"))
        if found:
            raise Refused(found)
        covered = CoveredUnit(
            unit_id=unit_id,
            name=name.strip(),
            credit_code=(credit_code or "").strip().upper() or None,
            nature=nature or None,
            industry=industry or None,
            guide_assigned=guide_assigned,
            **numbers,
        )
        session.add(covered)
        session.flush()
        detail = {"unit": unit.name, "name": covered.name}
        record(kind="organization.covered.added", subject="covered_unit", subject_id=covered.id, detail=detail)
        return covered.id


def uncover(*, covered_id: UUID) -> None:
    """Take an employer off the unit's list."""
    with transaction() as session:
        covered = session.get_one(CoveredUnit, (tenant_id(), covered_id))
        record(
            kind="organization.covered.removed",
            subject="covered_unit",
            subject_id=covered_id,
            detail={"name": covered.name},
        )
        session.delete(covered)


def _finding(field: str, message: str, code: str) -> Finding:
    return Finding("R1.F", Severity.BLOCK, field, message, code=code)
