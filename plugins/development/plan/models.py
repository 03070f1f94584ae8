"""The plan: three-year programmes, annual plans with their quota, who is listed, what was asked for and changed (9.1).

A place is no row: it is taken by a case that passed pre-review and is not decided (I3), or that was approved in the year
(I2). So a plan and its cases can never disagree; a change that takes places locks the plans of its chain and counts.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Integer, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Model, tenant_key

SCHEMA = {"schema": "p_development"}
CASES = "p_development.development_case"
PLANS = "p_development.development_plan"


def account_key(column: str) -> ForeignKeyConstraint:
    """A key to an account that may be removed one day; names are kept beside it."""
    return tenant_key(column, to="account", on_delete=f"SET NULL ({column})")


class Programme(Model):
    """A three-year programme 三年发展党员规划 (S4-06)."""

    __tablename__ = "development_programme"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "start_year", unique=True),
        Index(None, "tenant_id", "submitted_by"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        account_key("submitted_by"),
        CheckConstraint("state IN ('draft','submitted','approved','closed')", name="state"),
        CheckConstraint("start_year BETWEEN 1990 AND 2200", name="start_year"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    start_year: Mapped[int] = mapped_column(SmallInteger)
    #: what is to be reached, in words
    goals: Mapped[str] = mapped_column(server_default="")
    #: places by year: {"2026": 490, …}, three years
    places: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    #: structure targets as a plan has them
    targets: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[str] = mapped_column(server_default="draft")
    submitted_by: Mapped[UUID | None]
    submitter: Mapped[str | None]
    number: Mapped[str | None]
    decider: Mapped[str | None]
    decided_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Plan(Model):
    """The plan of an organisation for a year 年度发展党员计划; its quota comes from the plan above."""

    __tablename__ = "development_plan"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "year", unique=True),
        Index(None, "tenant_id", "year", "state"),
        Index(None, "tenant_id", "parent_id"),
        Index(None, "tenant_id", "submitted_by"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("parent_id", to=PLANS, on_delete="SET NULL (parent_id)"),
        account_key("submitted_by"),
        CheckConstraint("quota >= 0 AND reserve >= 0 AND supplement >= 0", name="places"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="year"),
        CheckConstraint("state IN ('draft','submitted','approved','adjusted','closed')", name="state"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    #: the plan its quota was split from; None at the top
    parent_id: Mapped[UUID | None]
    quota: Mapped[int] = mapped_column(Integer, server_default="0")
    #: held back at this level for supplements 机动
    reserve: Mapped[int] = mapped_column(Integer, server_default="0")
    #: further places that were approved, with number and reason (I7)
    supplement: Mapped[int] = mapped_column(Integer, server_default="0")
    #: structure targets: {"women": 30, …} as a share in percent, {"women_count": 5, …} as a number of people
    targets: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    #: how many are to be approved by the end of each of the twelve months; None: evenly
    milestones: Mapped[list[int] | None] = mapped_column(JSONB(none_as_null=True))
    #: how many activists to keep at all times (S4-25)
    pool_target: Mapped[int | None] = mapped_column(Integer)
    #: last year's statistics and this year's goals (S4-07)
    basis: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="draft")
    submitted_by: Mapped[UUID | None]
    submitter: Mapped[str | None]
    submitted_on: Mapped[date | None]
    number: Mapped[str | None]
    decider: Mapped[str | None]
    decided_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}

    @property
    def whole(self) -> int:
        """Quota with what was added."""
        return self.quota + self.supplement


class PlanChange(Model):
    """What was done to a plan. Its rows are never changed."""

    __tablename__ = "development_plan_change"
    __table_args__ = (
        Index(None, "tenant_id", "plan_id", "at"),
        tenant_key("plan_id", to=PLANS, on_delete="CASCADE"),
        SCHEMA,
    )

    plan_id: Mapped[UUID]
    #: as :data:`plugins.development.plan.words.CHANGES` names it
    kind: Mapped[str]
    before: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    after: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    #: of the document it rests on
    number: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Supplement(Model):
    """A request for further places 追加名额; the level above decides (I7)."""

    __tablename__ = "development_supplement"
    __table_args__ = (
        Index(None, "tenant_id", "plan_id", "state"),
        Index(None, "tenant_id", "requested_by"),
        tenant_key("plan_id", to=PLANS, on_delete="CASCADE"),
        account_key("requested_by"),
        CheckConstraint("places > 0", name="places"),
        CheckConstraint("state IN ('requested','approved','refused')", name="state"),
        SCHEMA,
    )

    plan_id: Mapped[UUID]
    places: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="requested")
    requested_by: Mapped[UUID | None]
    requester: Mapped[str]
    requested_on: Mapped[date]
    #: of the approving document
    number: Mapped[str | None]
    answer: Mapped[str | None]
    decider: Mapped[str | None]
    decided_on: Mapped[date | None]


class PlanItem(Model):
    """A person whom a branch lists in a year's plan (S3-08)."""

    __tablename__ = "development_plan_item"
    __table_args__ = (
        Index(
            "uq_development_plan_item_case", "tenant_id", "year", "case_id", unique=True,
            postgresql_where=text("removed_on IS NULL"),
        ),
        Index(None, "tenant_id", "plan_id"),
        Index(None, "tenant_id", "case_id"),
        tenant_key("plan_id", to=PLANS, on_delete="CASCADE"),
        tenant_key("case_id", to=CASES, on_delete="CASCADE"),
        SCHEMA,
    )  # fmt: skip

    plan_id: Mapped[UUID]
    case_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    #: why first: key post, technical field, front line, young (S3-09); empty without
    priority: Mapped[str] = mapped_column(server_default="")
    #: month in which the branch means to bring the person up, 1 to 12
    month: Mapped[int | None] = mapped_column(SmallInteger)
    added_on: Mapped[date]
    adder: Mapped[str]
    removed_on: Mapped[date | None]
    removed_reason: Mapped[str | None]


class UnitReport(Model):
    """What a unit reports before the plan is made: structure, activists, wanted places, and whether it can develop."""

    __tablename__ = "development_plan_report"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "year", unique=True),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("wanted >= 0 AND (non_members IS NULL OR non_members >= 0)", name="counts"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    #: of the plan it is for
    year: Mapped[int] = mapped_column(SmallInteger)
    #: members by structure and people by stage, as they stood on the day
    figures: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    #: people in the unit who are not members: without any, nobody can be developed
    non_members: Mapped[int | None] = mapped_column(Integer)
    wanted: Mapped[int] = mapped_column(Integer)
    #: why it has no conditions for development; empty when it has
    without_conditions: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    reporter: Mapped[str]
    reported_on: Mapped[date]


MODELS = (Programme, Plan, PlanChange, Supplement, PlanItem, UnitReport)
