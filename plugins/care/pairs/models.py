"""Pairs 结对帮扶 with their three guarantees (R6.13)."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Model, tenant_key
from plugins.care.fund.models import SCHEMA


class Pair(Model):
    """A member helps another member, or somebody of the masses 困难群众 (seed S4-144)."""

    __tablename__ = "care_pair"
    __table_args__ = (
        Index(None, "tenant_id", "helper_id"),
        Index(None, "tenant_id", "helped_id"),
        Index(None, "tenant_id", "unit_id", "state"),
        Index(
            "uq_care_pair_active",
            "tenant_id",
            "helped_id",
            "kind",
            unique=True,
            postgresql_where=text("helped_id IS NOT NULL AND state IN ('planned','signed','running')"),
        ),
        tenant_key("helper_id", to="person", on_delete="CASCADE"),
        tenant_key("helped_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("kind IN ('member','mass')", name="kind"),
        CheckConstraint("helper_id <> helped_id", name="two"),
        CheckConstraint("state IN ('planned','signed','running','achieved','ended')", name="state"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    kind: Mapped[str]
    helper_id: Mapped[UUID]
    helped_id: Mapped[UUID | None]
    #: of somebody who is not on the roster
    helped_name_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    unit_id: Mapped[UUID]
    cause_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default="planned")
    planned_on: Mapped[date]
    signed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    last_progress_on: Mapped[date | None]
    #: yearly income before and after, in yuan
    before_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    after_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    result_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: why the helper has more than usual
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Package(Model):
    """One of the three guarantees of a pair, with its plan."""

    __tablename__ = "care_pair_package"
    __table_args__ = (
        Index(None, "tenant_id", "pair_id", "kind", unique=True),
        tenant_key("pair_id", to="p_care.care_pair", on_delete="CASCADE"),
        CheckConstraint("kind IN ('skill','project','income')", name="kind"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    pair_id: Mapped[UUID]
    kind: Mapped[str]
    plan: Mapped[str]
    target: Mapped[str]


class Milestone(Model):
    """A step of a guarantee."""

    __tablename__ = "care_pair_milestone"
    __table_args__ = (
        Index(None, "tenant_id", "pair_id", "due_on"),
        tenant_key("pair_id", to="p_care.care_pair", on_delete="CASCADE"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    pair_id: Mapped[UUID]
    package: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]


class Progress(Model):
    """What was done and reached in a quarter."""

    __tablename__ = "care_pair_progress"
    __table_args__ = (
        Index(None, "tenant_id", "pair_id", "noted_on"),
        tenant_key("pair_id", to="p_care.care_pair", on_delete="CASCADE"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    pair_id: Mapped[UUID]
    noted_on: Mapped[date]
    actor: Mapped[str]
    text_cipher: Mapped[bytes] = mapped_column(LargeBinary)


MODELS = (Pair, Package, Milestone, Progress)
