"""Units, their history, their bodies and posts, and the changes that are made to them (01-organization 1.1)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import BytewiseText, TenantModel, tenant_key, watch


class Unit(TenantModel):
    """A Party organisation: committee 党委, work committee 党工委, general branch 党总支, branch 党支部 or group 党小组."""

    __tablename__ = "unit"
    __table_args__ = (
        Index(None, "tenant_id", "path"),
        Index(None, "tenant_id", "code", unique=True, postgresql_where=text("code IS NOT NULL")),
        Index(None, "tenant_id", "name"),
        Index(None, "tenant_id", "parent_id"),
        tenant_key("parent_id", to="unit"),
        CheckConstraint("path < path_end", name="path_range"),
    )

    #: 党组织代码, unique in the tenant
    code: Mapped[str | None] = mapped_column(BytewiseText)
    #: 全称, such as 中共清源县青岭乡委员会
    name: Mapped[str]
    #: 简称
    short_name: Mapped[str]
    #: committee | work_committee | general_branch | branch | group
    type: Mapped[str]
    #: of branches: standalone | joint | temporary | floating | retired | stay_behind | functional
    subtype: Mapped[str | None]
    #: None for the tenant's root alone
    parent_id: Mapped[UUID | None]
    #: labels from the root down, each closed by a dot; a subtree is the range path <= x < path_end
    path: Mapped[str] = mapped_column(BytewiseText)
    #: the path with its last dot raised by one: the first text behind the subtree
    path_end: Mapped[str] = mapped_column(BytewiseText)
    #: 0 for the root
    depth: Mapped[int] = mapped_column(SmallInteger)
    #: village | community | gov | institution | soe | nonpublic | social_org | school | other
    domain: Mapped[str | None]
    #: same_as_parent | legal_entity | joint
    unit_mode: Mapped[str | None]
    #: GB/T 2260: 6, 9 or 12 digits
    region_code: Mapped[str | None]
    can_approve_probationary: Mapped[bool] = mapped_column(server_default="false")
    established_on: Mapped[date | None]
    approval_doc_no: Mapped[str | None]
    #: draft | applied | approved | active | dissolving | dissolved | rejected
    state: Mapped[str] = mapped_column(server_default="active")
    dissolved_on: Mapped[date | None]
    #: planned end of a temporary branch
    ends_on: Mapped[date | None]
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    address: Mapped[str | None]
    #: 活动阵地: {"room": true, "books": …, "board": …, "av": …, "racks": …} (seed-map S2-82)
    venue: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    remark: Mapped[str | None]
    #: the import that made it
    import_id: Mapped[UUID | None]
    #: rises with each change, for the check of lost updates
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}


class UnitVersion(TenantModel):
    """What a unit was called and where it stood during a half-open span of days: the source of as-of views."""

    __tablename__ = "unit_version"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "valid_from"),
        Index(None, "tenant_id", "valid_from"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="span"),
    )

    unit_id: Mapped[UUID]
    valid_from: Mapped[date]
    #: first day on which it no longer holds; None: still holds
    valid_to: Mapped[date | None]
    name: Mapped[str]
    short_name: Mapped[str]
    type: Mapped[str]
    subtype: Mapped[str | None]
    parent_id: Mapped[UUID | None]
    #: active | dissolved
    state: Mapped[str]
    #: the change that began this span; None: imported or made with the tenant
    change_id: Mapped[UUID | None]


class CoveredUnit(TenantModel):
    """An employer that a Party unit covers (1..n a unit)."""

    __tablename__ = "covered_unit"
    __table_args__ = (Index(None, "tenant_id", "unit_id"), tenant_key("unit_id", to="unit", on_delete="CASCADE"))

    unit_id: Mapped[UUID]
    name: Mapped[str]
    #: 统一社会信用代码, 18 characters
    credit_code: Mapped[str | None]
    nature: Mapped[str | None]
    industry: Mapped[str | None]
    employees: Mapped[int | None]
    employees_under_35: Mapped[int | None]
    #: 党建工作指导员 assigned (seed S4)
    guide_assigned: Mapped[bool] = mapped_column(server_default="false")
    formal_members: Mapped[int | None]


class Body(TenantModel):
    """A leadership body 班子 of a unit during one term."""

    __tablename__ = "body"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "started_on"),
        Index(None, "tenant_id", "due_on"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
    )

    unit_id: Mapped[UUID]
    #: 届次
    term_no: Mapped[int | None] = mapped_column(SmallInteger)
    started_on: Mapped[date]
    #: years of the term by R1.09 on the day it began
    years: Mapped[int] = mapped_column(SmallInteger)
    #: computed by R1.09, moved only by an approved extension or advance
    due_on: Mapped[date]
    ended_on: Mapped[date | None]
    approved_size: Mapped[int | None] = mapped_column(SmallInteger)
    #: the import that made it
    import_id: Mapped[UUID | None]


class TermExtension(TenantModel):
    """An approved extension or advance of a term (R1.10)."""

    __tablename__ = "term_extension"
    __table_args__ = (Index(None, "tenant_id", "body_id"), tenant_key("body_id", to="body", on_delete="CASCADE"))

    body_id: Mapped[UUID]
    #: extend | advance
    kind: Mapped[str]
    months: Mapped[int] = mapped_column(SmallInteger)
    approver: Mapped[str]
    doc_no: Mapped[str]
    new_due_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PostHolding(TenantModel):
    """Somebody in a post of a unit. People stand above the organisation, hence no foreign key to the person."""

    __tablename__ = "post_holding"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id"),
        Index(None, "tenant_id", "person_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("body_id", to="body", on_delete="SET NULL (body_id)"),
        CheckConstraint("held_to IS NULL OR held_from <= held_to", name="span"),
    )

    unit_id: Mapped[UUID]
    body_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    #: the holder's name then
    person_name: Mapped[str]
    #: 01 书记 … 16 专职党务秘书
    post_code: Mapped[str]
    held_from: Mapped[date]
    held_to: Mapped[date | None]
    #: elected | appointed | by_election | acting
    how: Mapped[str]
    #: filed | approved | pending (R1.20)
    approval: Mapped[str] = mapped_column(server_default="pending")
    #: a first secretary from outside the unit's subtree
    external: Mapped[bool] = mapped_column(server_default="false")
    #: order within the body
    rank: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class UnitChange(TenantModel):
    """A dated change of the organisation (1.1 OrgChange): what is asked, who decided, what it did."""

    __tablename__ = "unit_change"
    __table_args__ = (
        Index(None, "tenant_id", "state", "effective_on"),
        Index(None, "tenant_id", "unit_id"),
    )

    #: establish | rename | reparent | upgrade | merge | split | dissolve | subtype_change
    kind: Mapped[str]
    #: the unit most concerned; None for an establishment before approval
    unit_id: Mapped[UUID | None]
    #: ids of the units that change, as text
    sources: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    targets: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    #: what is to become: attributes, new name, new parent, and so on
    wanted: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    #: person id → target unit id (R1.18)
    member_map: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    effective_on: Mapped[date]
    doc_no: Mapped[str | None]
    reason: Mapped[str | None]
    #: draft | submitted | approved | effective | rejected | cancelled
    state: Mapped[str] = mapped_column(server_default="draft")
    submitted_on: Mapped[date | None]
    submitted_by: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    #: findings accepted with a reason, as recorded when it was submitted
    findings: Mapped[list[dict[str, object]]] = mapped_column(JSONB, server_default="[]")
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    __mapper_args__ = {"version_id_col": version}


class UnitFigures(TenantModel):
    """Counts of the members placed in a unit itself (not below it), kept by triggers on ``person``.

    ``id`` is the unit's id. Members are those who count: probationary and formal (02-roster 2.2).
    """

    __tablename__ = "unit_figures"
    __table_args__ = (tenant_key("id", to="unit", on_delete="CASCADE"),)

    members: Mapped[int] = mapped_column(Integer, server_default="0")
    formal: Mapped[int] = mapped_column(Integer, server_default="0")
    probationary: Mapped[int] = mapped_column(Integer, server_default="0")
    female: Mapped[int] = mapped_column(Integer, server_default="0")
    #: with the class tag rural 农村
    rural: Mapped[int] = mapped_column(Integer, server_default="0")
    #: education codes 10–49 and 60–63 (90-annexes C)
    senior_secondary: Mapped[int] = mapped_column(Integer, server_default="0")


watch(Unit, Body, PostHolding, CoveredUnit, UnitChange)
