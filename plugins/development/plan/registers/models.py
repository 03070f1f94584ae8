"""Registers beside the plan: key management, notices, the pool's yearly analysis, accountability, the ledger of forms."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Model, tenant_key
from plugins.development.plan.models import CASES, PLANS, SCHEMA, account_key

KEYS = "p_development.development_key_unit"
RANGES = "p_development.development_form_range"
MATTERS = "p_development.development_accountability"


class KeyUnit(Model):
    """An organisation under key management 重点管理 (S4-11): two years without admission, or three."""

    __tablename__ = "development_key_unit"
    __table_args__ = (
        Index(
            "uq_development_key_unit_open", "tenant_id", "unit_id", unique=True,
            postgresql_where=text("lifted_on IS NULL"),
        ),
        Index(None, "tenant_id", "unit_id", "opened_on"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("level IN ('committee','county')", name="level"),
        SCHEMA,
    )  # fmt: skip

    unit_id: Mapped[UUID]
    #: whose list it stands on
    level: Mapped[str]
    #: whole years without admission when it was listed, or raised to the county's list
    years: Mapped[int] = mapped_column(SmallInteger)
    opened_on: Mapped[date]
    correction_due: Mapped[date]
    #: when it was last checked, for the next check's day
    checked_on: Mapped[date | None]
    measures: Mapped[str] = mapped_column(server_default="")
    lifted_on: Mapped[date | None]
    lift_reason: Mapped[str | None]
    lifter: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class KeyCheck(Model):
    """A quarterly check by the committee, a half-yearly one by the county."""

    __tablename__ = "development_key_check"
    __table_args__ = (
        Index(None, "tenant_id", "key_id", "checked_on"),
        tenant_key("key_id", to=KEYS, on_delete="CASCADE"),
        CheckConstraint("result IN ('corrected','partly','none')", name="result"),
        SCHEMA,
    )

    key_id: Mapped[UUID]
    #: 2026Q3 or 2026H2
    period: Mapped[str]
    checked_on: Mapped[date]
    found: Mapped[str]
    result: Mapped[str]
    checker: Mapped[str]


class LagNotice(Model):
    """A notice to a unit that is behind 滞后单位通知, with the figures it rests on."""

    __tablename__ = "development_lag_notice"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "year", "month"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    month: Mapped[int] = mapped_column(SmallInteger)
    #: quota, used, reserved, expected, colour
    figures: Mapped[dict[str, object]] = mapped_column(JSONB)
    demand: Mapped[str]
    sent_on: Mapped[date]
    sender: Mapped[str]
    reply_due: Mapped[date]
    reply: Mapped[str | None]
    replied_on: Mapped[date | None]
    replier: Mapped[str | None]


class PoolAnalysis(Model):
    """The yearly analysis of the activist pool by a committee or the county (article 11)."""

    __tablename__ = "development_pool_analysis"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "year", unique=True),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    #: the pool's figures on that day
    figures: Mapped[dict[str, object]] = mapped_column(JSONB)
    conclusion: Mapped[str]
    measures: Mapped[str]
    analysed_on: Mapped[date]
    analyst: Mapped[str]


class Accountability(Model):
    """A matter of accountability 责任追究 (S0-15): traced to a step, an act and people. What is said in it is sealed."""

    __tablename__ = "development_accountability"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "case_id"),
        Index(None, "tenant_id", "plan_id"),
        Index(None, "tenant_id", "opened_by"),
        Index(
            "uq_development_accountability_cause", "tenant_id", "cause", unique=True,
            postgresql_where=text("cause IS NOT NULL"),
        ),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("case_id", to=CASES, on_delete="SET NULL (case_id)"),
        tenant_key("plan_id", to=PLANS, on_delete="SET NULL (plan_id)"),
        account_key("opened_by"),
        CheckConstraint("state IN ('open','concluded','closed')", name="state"),
        CheckConstraint("step IS NULL OR step BETWEEN 0 AND 25", name="step"),
        SCHEMA,
    )  # fmt: skip

    unit_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    #: the act it is about; acts are never removed while their case is there
    act_id: Mapped[UUID | None]
    plan_id: Mapped[UUID | None]
    step: Mapped[int | None] = mapped_column(SmallInteger)
    #: as :data:`plugins.development.plan.words.FAULTS` names it
    fault: Mapped[str]
    #: the rule that was broken; empty when a person found it
    rule: Mapped[str] = mapped_column(server_default="")
    #: what made it open by itself, so that it opens once; None when a person opened it
    cause: Mapped[str | None]
    facts_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default="open")
    opened_on: Mapped[date]
    opened_by: Mapped[UUID | None]
    opener: Mapped[str]
    #: founded | unfounded
    finding: Mapped[str | None]
    conclusion_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    concluded_on: Mapped[date | None]
    concluder: Mapped[str | None]
    #: as :data:`plugins.development.plan.words.HANDLINGS` names it
    handling: Mapped[str | None]
    handling_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    handled_on: Mapped[date | None]
    handler: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Accountable(Model):
    """Somebody who is answerable in a matter."""

    __tablename__ = "development_accountable"
    __table_args__ = (
        Index(None, "tenant_id", "accountability_id"),
        Index(None, "tenant_id", "account_id"),
        Index(None, "tenant_id", "person_id"),
        tenant_key("accountability_id", to=MATTERS, on_delete="CASCADE"),
        account_key("account_id"),
        tenant_key("person_id", to="person", on_delete="SET NULL (person_id)"),
        SCHEMA,
    )

    accountability_id: Mapped[UUID]
    name: Mapped[str]
    #: what they were in it: 经办人, 支部书记 …
    part: Mapped[str] = mapped_column(server_default="")
    account_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]


class FormRange(Model):
    """Blank application forms that were received, numbers first to last (D38)."""

    __tablename__ = "development_form_range"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "received_on"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("first_number <= last_number AND first_number >= 0", name="numbers"),
        SCHEMA,
    )

    #: the committee that keeps them
    unit_id: Mapped[UUID]
    prefix: Mapped[str] = mapped_column(server_default="")
    first_number: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)
    #: digits a number is written with
    digits: Mapped[int] = mapped_column(SmallInteger)
    received_on: Mapped[date]
    received_from: Mapped[str]
    receiver: Mapped[str]


class FormNumber(Model):
    """One numbered form: received, issued for a case, used, or voided with the reason. A voided one never lives again."""

    __tablename__ = "development_form_number"
    __table_args__ = (
        Index(None, "tenant_id", "number", unique=True),
        Index(None, "tenant_id", "unit_id", "state", "number"),
        Index(None, "tenant_id", "range_id"),
        Index(None, "tenant_id", "case_id"),
        Index(
            "uq_development_form_number_live", "tenant_id", "case_id", unique=True,
            postgresql_where=text("state IN ('issued','used')"),
        ),
        tenant_key("range_id", to=RANGES, on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("case_id", to=CASES, on_delete="SET NULL (case_id)"),
        CheckConstraint("state IN ('received','issued','used','voided')", name="state"),
        SCHEMA,
    )  # fmt: skip

    #: None for a number that was written on a form before the ledger was kept
    range_id: Mapped[UUID | None]
    unit_id: Mapped[UUID]
    number: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="received")
    case_id: Mapped[UUID | None]
    #: to whom, as the ledger on paper has it
    holder: Mapped[str | None]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    used_on: Mapped[date | None]
    voided_on: Mapped[date | None]
    void_reason: Mapped[str | None]
    voider: Mapped[str | None]


MODELS = (KeyUnit, KeyCheck, LagNotice, PoolAnalysis, Accountability, Accountable, FormRange, FormNumber)
