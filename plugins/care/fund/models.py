"""The mutual-aid fund 党员互助基金: its ledger, applications to it, and what is to be repaid (06-care 6.1, R6.10 to R6.12).

Money is fen. The ledger is only added to: the application has no right to change its rows, and a mistake is undone by a
counter-posting. The fund's row holds the running balance and is locked for each posting.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.sdk import Model, tenant_key

SCHEMA = {"schema": "p_care"}


def account_key(column: str) -> ForeignKeyConstraint:
    """A key to an account that may be removed one day; names are kept beside it."""
    return tenant_key(column, to="account", on_delete=f"SET NULL ({column})")


class Fund(Model):
    """A fund of a unit, with its running balance."""

    __tablename__ = "care_fund"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id"),
        Index(None, "tenant_id", "accountant_id"),
        Index(None, "tenant_id", "cashier_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        account_key("accountant_id"),
        account_key("cashier_id"),
        CheckConstraint("balance_fen >= 0", name="balance"),
        CheckConstraint("accountant_id IS NULL OR accountant_id <> cashier_id", name="duties"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    title: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    #: who books; who pays out: never the same
    accountant_id: Mapped[UUID | None]
    cashier_id: Mapped[UUID | None]
    balance_fen: Mapped[int] = mapped_column(BigInteger, server_default="0")
    #: number of the last entry
    entries: Mapped[int] = mapped_column(Integer, server_default="0")
    published_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class Application(Model):
    """Somebody asks the fund for a grant 救助 or a loan 互助借款."""

    __tablename__ = "care_application"
    __table_args__ = (
        Index(None, "tenant_id", "fund_id", "state"),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "unit_id"),
        Index(None, "tenant_id", "submitted_by"),
        tenant_key("fund_id", to="p_care.care_fund", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        account_key("submitted_by"),
        CheckConstraint("kind IN ('grant','loan')", name="kind"),
        CheckConstraint("amount_fen > 0 AND (approved_fen IS NULL OR approved_fen > 0)", name="amount"),
        CheckConstraint(
            "state IN ('submitted','branch_reviewed','published','approved','paid','acknowledged','archived','refused')",
            name="state",
        ),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    fund_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: grant | loan
    kind: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    #: of a loan, without interest
    months: Mapped[int] = mapped_column(Integer, server_default="0")
    #: emergency: paid soon; whether the applicant has donated plays no part
    urgent: Mapped[bool] = mapped_column(server_default="false")
    #: nothing once the applicant is to be forgotten
    reason_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: names of relatives, who keep away from the decision
    relatives: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    state: Mapped[str] = mapped_column(server_default="submitted")
    submitted_on: Mapped[date]
    submitted_by: Mapped[UUID | None]
    submitter: Mapped[str]
    #: what the branch committee said, when, who noted it
    review_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    reviewed_on: Mapped[date | None]
    reviewer: Mapped[str | None]
    published_from: Mapped[date | None]
    published_to: Mapped[date | None]
    #: branch | committee
    body: Mapped[str | None]
    approvers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    approved_fen: Mapped[int | None] = mapped_column(BigInteger)
    decided_on: Mapped[date | None]
    decider: Mapped[str | None]
    #: the accounts that took part so far: who decides is none of them, who pays out has not decided
    hands: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    #: the versions of the policy values the decision rests on
    terms: Mapped[str | None]
    paid_on: Mapped[date | None]
    acknowledged_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Entry(Model):
    """One posting. Its rows are never changed."""

    __tablename__ = "care_fund_entry"
    __table_args__ = (
        Index(None, "tenant_id", "fund_id", "number", unique=True),
        Index(None, "tenant_id", "fund_id", "booked_on"),
        Index(None, "tenant_id", "application_id"),
        Index(
            "uq_care_fund_entry_reverses_id",
            "tenant_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        tenant_key("fund_id", to="p_care.care_fund", on_delete="CASCADE"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("abs(change_fen) = amount_fen", name="change"),
        CheckConstraint("balance_fen >= 0", name="balance"),
        SCHEMA,
    )

    fund_id: Mapped[UUID]
    #: counts up within the fund, without gaps
    number: Mapped[int] = mapped_column(Integer)
    booked_on: Mapped[date]
    #: as :class:`plugins.care.rules.money.Flow` names it
    flow: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    #: as it changes the balance
    change_fen: Mapped[int] = mapped_column(BigInteger)
    #: after it
    balance_fen: Mapped[int] = mapped_column(BigInteger)
    #: from or to whom, as on the receipt; of grants the number of the application alone
    party: Mapped[str]
    note: Mapped[str]
    application_id: Mapped[UUID | None]
    #: the entry that this one undoes
    reverses_id: Mapped[UUID | None]
    actor: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Repayment(Model):
    """An instalment of a loan."""

    __tablename__ = "care_repayment"
    __table_args__ = (
        Index(None, "tenant_id", "application_id", "number", unique=True),
        Index(None, "tenant_id", "due_on", postgresql_where=text("paid_fen < amount_fen")),
        tenant_key("application_id", to="p_care.care_application", on_delete="CASCADE"),
        CheckConstraint("amount_fen > 0 AND paid_fen BETWEEN 0 AND amount_fen", name="amount"),
        SCHEMA,
    )

    application_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_fen: Mapped[int] = mapped_column(BigInteger, server_default="0")
    paid_on: Mapped[date | None]


class Publication(Model):
    """Income and expenditure of a span of days were made public (R6.12)."""

    __tablename__ = "care_publication"
    __table_args__ = (
        Index(None, "tenant_id", "fund_id", "published_on"),
        tenant_key("fund_id", to="p_care.care_fund", on_delete="CASCADE"),
        CheckConstraint("first_on <= last_on AND last_on <= published_on", name="span"),
        SCHEMA,
    )

    fund_id: Mapped[UUID]
    first_on: Mapped[date]
    last_on: Mapped[date]
    published_on: Mapped[date]
    place: Mapped[str]
    #: what was made public, by flow, in fen, with the balances before and after
    figures: Mapped[dict[str, int]] = mapped_column(JSONB)
    publisher: Mapped[str]


MODELS = (Fund, Application, Entry, Repayment, Publication)
