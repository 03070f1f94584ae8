"""Units, their history, bodies, posts and changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "unit",
        sa.Column("code", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subtype", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("path_end", sa.Text(collation="C"), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("unit_mode", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("can_approve_probationary", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.Column("approval_doc_no", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("venue", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("path < path_end", name=op.f("ck_unit_path_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_unit_tenant_id_parent_id"),
        ),
    )
    op.create_index(
        op.f("ix_unit_tenant_id_code"),
        "unit",
        ["tenant_id", "code"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("code IS NOT NULL"),
    )
    op.create_index(op.f("ix_unit_tenant_id_name"), "unit", ["tenant_id", "name"], unique=False, schema="core")
    op.create_index(
        op.f("ix_unit_tenant_id_parent_id"), "unit", ["tenant_id", "parent_id"], unique=False, schema="core"
    )
    op.create_index(op.f("ix_unit_tenant_id_path"), "unit", ["tenant_id", "path"], unique=False, schema="core")
    op.create_tenant_table(
        "unit_version",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subtype", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_unit_version_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_unit_version_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_unit_version_tenant_id_unit_id_valid_from"),
        "unit_version",
        ["tenant_id", "unit_id", "valid_from"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_unit_version_tenant_id_valid_from"),
        "unit_version",
        ["tenant_id", "valid_from"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "covered_unit",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("employees_under_35", sa.Integer(), nullable=True),
        sa.Column("guide_assigned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("formal_members", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_covered_unit_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_covered_unit_tenant_id_unit_id"), "covered_unit", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "body",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("term_no", sa.SmallInteger(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("approved_size", sa.SmallInteger(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_body_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_body_tenant_id_due_on"), "body", ["tenant_id", "due_on"], unique=False, schema="core")
    op.create_index(
        op.f("ix_body_tenant_id_unit_id_started_on"),
        "body",
        ["tenant_id", "unit_id", "started_on"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "term_extension",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.Text(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "body_id"],
            ["core.body.tenant_id", "core.body.id"],
            name=op.f("fk_term_extension_tenant_id_body_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_term_extension_tenant_id_body_id"),
        "term_extension",
        ["tenant_id", "body_id"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "post_holding",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("post_code", sa.Text(), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_to", sa.Date(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("approval", sa.Text(), server_default="pending", nullable=False),
        sa.Column("external", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("rank", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("held_to IS NULL OR held_from <= held_to", name=op.f("ck_post_holding_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "body_id"],
            ["core.body.tenant_id", "core.body.id"],
            name=op.f("fk_post_holding_tenant_id_body_id"),
            ondelete="SET NULL (body_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_post_holding_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_post_holding_tenant_id_person_id"),
        "post_holding",
        ["tenant_id", "person_id"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_post_holding_tenant_id_unit_id"), "post_holding", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "unit_change",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("targets", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("member_map", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("doc_no", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_index(
        op.f("ix_unit_change_tenant_id_state_effective_on"),
        "unit_change",
        ["tenant_id", "state", "effective_on"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_unit_change_tenant_id_unit_id"), "unit_change", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "unit_figures",
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("formal", sa.Integer(), server_default="0", nullable=False),
        sa.Column("probationary", sa.Integer(), server_default="0", nullable=False),
        sa.Column("female", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rural", sa.Integer(), server_default="0", nullable=False),
        sa.Column("senior_secondary", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_unit_figures_tenant_id_id"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("unit_figures", schema="core")
    op.drop_table("unit_change", schema="core")
    op.drop_table("post_holding", schema="core")
    op.drop_table("term_extension", schema="core")
    op.drop_table("body", schema="core")
    op.drop_table("covered_unit", schema="core")
    op.drop_table("unit_version", schema="core")
    op.drop_table("unit", schema="core")
