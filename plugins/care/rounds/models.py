"""Consolation rounds 慰问, and greetings: cards for 1 July and political birthdays (R6.04 to R6.06)."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.sdk import Model, tenant_key
from plugins.care.fund.models import SCHEMA, account_key


class Round(Model):
    """A consolation round: when, for whom, how much."""

    __tablename__ = "care_round"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "year"),
        Index(None, "tenant_id", "state", "closes_on"),
        Index(None, "tenant_id", "fund_id", postgresql_where=text("fund_id IS NOT NULL")),
        Index(None, "tenant_id", "submitted_by"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("fund_id", to="p_care.care_fund", on_delete="SET NULL (fund_id)"),
        account_key("submitted_by"),
        CheckConstraint("festival IN ('spring','july','new_year','mid_autumn','double_ninth')", name="festival"),
        CheckConstraint("state IN ('draft','submitted','approved','closed')", name="state"),
        CheckConstraint("opens_on <= closes_on", name="days"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    festival: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    #: {"grades": ["A", "B"], "pre_1949": true, "seriously_ill": true}
    criteria: Mapped[dict[str, object]] = mapped_column(JSONB)
    #: class (A, B, C, pre_1949, seriously_ill, policy) → fen
    amounts: Mapped[dict[str, int]] = mapped_column(JSONB)
    #: where the money comes from: dues | fiscal | fund | other
    source: Mapped[str] = mapped_column(server_default="dues")
    fund_id: Mapped[UUID | None]
    #: draft | submitted | approved | closed
    state: Mapped[str] = mapped_column(server_default="draft")
    submitted_by: Mapped[UUID | None]
    submitter: Mapped[str | None]
    decider: Mapped[str | None]
    decided_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    #: why somebody who belongs on the list is not on it, or why it was sent back
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class RoundEntry(Model):
    """A member on a round's list."""

    __tablename__ = "care_round_entry"
    __table_args__ = (
        Index(None, "tenant_id", "round_id", "person_id", unique=True),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("round_id", to="p_care.care_round", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("state IN ('listed','received','died','refused','away','removed')", name="state"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    round_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: why: A, B, C, pre_1949, seriously_ill, policy
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    amount_fen: Mapped[int] = mapped_column(BigInteger, server_default="0")
    goods: Mapped[str | None]
    #: listed | received | died | refused | away | removed
    state: Mapped[str] = mapped_column(server_default="listed")
    #: who signed: the member or who took it for them
    received_by: Mapped[str | None]
    received_on: Mapped[date | None]
    visitor: Mapped[str | None]
    #: why added by hand, removed, or not handed over
    remark: Mapped[str | None]


class Greeting(Model):
    """A card: for 1 July, or for a political birthday. One a member, kind and year."""

    __tablename__ = "care_greeting"
    __table_args__ = (
        Index(None, "tenant_id", "kind", "year", "person_id", unique=True),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "unit_id", "kind", "year"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("kind IN ('july','birthday')", name="kind"),
        CheckConstraint("channel IN ('print','message')", name="channel"),
        SCHEMA,
    )

    kind: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    day: Mapped[date]
    #: years since joining; a tenth is flagged
    years: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    round: Mapped[bool] = mapped_column(Boolean, server_default="false")
    channel: Mapped[str] = mapped_column(server_default="print")
    delivered_on: Mapped[date | None]


class GreetingText(Model):
    """What a unit writes on its cards; the nearest unit upwards that wrote something counts."""

    __tablename__ = "care_greeting_text"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "kind", unique=True),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("kind IN ('july','birthday')", name="kind"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    kind: Mapped[str]
    text: Mapped[str]
    signed: Mapped[str]


class OptOut(Model):
    """A member who wants no cards of a kind."""

    __tablename__ = "care_opt_out"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "kind", unique=True),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        CheckConstraint("kind IN ('july','birthday')", name="kind"),
        SCHEMA,
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    since: Mapped[date]


MODELS = (Round, RoundEntry, Greeting, GreetingText, OptOut)
