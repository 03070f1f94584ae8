"""Rooms and bookings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
SCHEMA = "p_venue"


def _key(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    target = [f"{to}.tenant_id", f"{to}.id"]
    return sa.ForeignKeyConstraint(["tenant_id", column], target, name=f"fk_{table}_{column}", ondelete=on_delete)


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "room",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="ck_room_name"),
        sa.CheckConstraint("seats BETWEEN 1 AND 5000", name="ck_room_seats"),
        _key("room", "unit_id", "core.unit", "CASCADE"),
        schema=SCHEMA,
    )
    op.create_index("ix_room_tenant_id_unit_id_name", "room", ["tenant_id", "unit_id", "name"], schema=SCHEMA)
    op.create_tenant_table(
        "booking",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="booked"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("length(topic) BETWEEN 1 AND 100", name="ck_booking_topic"),
        sa.CheckConstraint("starts < ends", name="ck_booking_hours"),
        sa.CheckConstraint("state IN ('booked', 'cancelled')", name="ck_booking_state"),
        _key("booking", "room_id", "p_venue.room", "CASCADE"),
        _key("booking", "unit_id", "core.unit", "CASCADE"),
        _key("booking", "person_id", "core.person", "SET NULL (person_id)"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_booking_tenant_id_room_id_day_starts", "booking", ["tenant_id", "room_id", "day", "starts"], schema=SCHEMA
    )
    op.create_index("ix_booking_tenant_id_unit_id_day", "booking", ["tenant_id", "unit_id", "day"], schema=SCHEMA)
    op.create_index(
        "ix_booking_tenant_id_person_id_day", "booking", ["tenant_id", "person_id", "day"], schema=SCHEMA,
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.drop_table("booking", schema=SCHEMA)
    op.drop_table("room", schema=SCHEMA)
