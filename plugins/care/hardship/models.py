"""The register of members in hardship, and subsidies for members of before the founding of the state (R6.07 to R6.09)."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.sdk import Model, tenant_key
from plugins.care.fund.models import SCHEMA, account_key


class Hardship(Model):
    """A member's hardship as it was applied for or found, decided, and until when that holds."""

    __tablename__ = "care_hardship"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "valid_to"),
        Index(
            "uq_care_hardship_open",
            "tenant_id",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('submitted','branch_reviewed','published')"),
        ),
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "submitted_by"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        account_key("submitted_by"),
        CheckConstraint("grade IN ('A','B','C')", name="grade"),
        CheckConstraint(
            "state IN ('submitted','branch_reviewed','published','approved','refused','ended')", name="state"
        ),
        CheckConstraint("state <> 'approved' OR (valid_from IS NOT NULL AND valid_to > valid_from)", name="valid"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: application | finding
    source: Mapped[str]
    grade: Mapped[str]
    #: the grade that the figures hint at; officers decide
    hint: Mapped[str | None]
    causes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: income per head, minimum living standard, medical cost, income (fen, JSON)
    figures_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: family and circumstances
    detail_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default="submitted")
    submitted_on: Mapped[date]
    submitted_by: Mapped[UUID | None]
    submitter: Mapped[str]
    #: meeting | committee of the branch
    reviewed_at: Mapped[str | None]
    reviewed_on: Mapped[date | None]
    reviewer: Mapped[str | None]
    published_from: Mapped[date | None]
    decided_on: Mapped[date | None]
    decider: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    #: before 31 October
    review_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    reason_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class SubsidyRate(Model):
    """What a class is paid a month from a month on."""

    __tablename__ = "care_subsidy_rate"
    __table_args__ = (
        Index(None, "tenant_id", "class_no", "valid_from", unique=True),
        CheckConstraint("class_no IN (1,2,3)", name="class"),
        CheckConstraint("monthly_fen > 0", name="amount"),
        SCHEMA,
    )

    class_no: Mapped[int] = mapped_column(SmallInteger)
    valid_from: Mapped[date]
    monthly_fen: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]


class Subsidy(Model):
    """A member who is paid: from which month, until which."""

    __tablename__ = "care_subsidy"
    __table_args__ = (
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("class_no IN (1,2,3)", name="class"),
        CheckConstraint("last_month IS NULL OR last_month >= first_month", name="months"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    class_no: Mapped[int] = mapped_column(SmallInteger)
    #: first days of months; the last one is paid in full
    first_month: Mapped[date]
    last_month: Mapped[date | None]
    end_reason: Mapped[str | None]
    payee_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class SubsidyRun(Model):
    """The payments of a month in a unit and below."""

    __tablename__ = "care_subsidy_run"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "month", unique=True),
        Index(None, "tenant_id", "made_by"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        account_key("made_by"),
        CheckConstraint("state IN ('draft','approved','paid')", name="state"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    month: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="draft")
    made_by: Mapped[UUID | None]
    maker: Mapped[str]
    decider: Mapped[str | None]
    decided_on: Mapped[date | None]
    paid_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class SubsidyPayment(Model):
    """One member's amount of one month; nobody is paid twice for a month."""

    __tablename__ = "care_subsidy_payment"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "month", unique=True),
        Index(None, "tenant_id", "run_id"),
        Index(None, "tenant_id", "subsidy_id"),
        tenant_key("run_id", to="p_care.care_subsidy_run", on_delete="CASCADE"),
        tenant_key("subsidy_id", to="p_care.care_subsidy", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("class_no IN (1,2,3)", name="class"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    run_id: Mapped[UUID]
    subsidy_id: Mapped[UUID]
    person_id: Mapped[UUID]
    month: Mapped[date]
    class_no: Mapped[int] = mapped_column(SmallInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)


MODELS = (Hardship, SubsidyRate, Subsidy, SubsidyRun, SubsidyPayment)
