"""The roster."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "person",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("former_name", sa.Text(), nullable=True),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("pinyin", sa.Text(collation="C"), nullable=False),
        sa.Column("initials", sa.Text(collation="C"), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("ethnic", sa.Text(), nullable=True),
        sa.Column("id_kind", sa.Text(), server_default="id_card", nullable=False),
        sa.Column("id_no_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_masked", sa.Text(), nullable=True),
        sa.Column("birth", sa.Date(), nullable=False),
        sa.Column("birth_by_id", sa.Date(), nullable=True),
        sa.Column("mismatch_reason", sa.Text(), nullable=True),
        sa.Column("native_place", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("degree", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("address_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("join_date", sa.Date(), nullable=True),
        sa.Column("regular_date", sa.Date(), nullable=True),
        sa.Column("class_codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("lost_since", sa.Date(), nullable=True),
        sa.Column("work_start", sa.Date(), nullable=True),
        sa.Column("marital", sa.Text(), nullable=True),
        sa.Column("household", sa.Text(), nullable=True),
        sa.Column("no_post", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("before_1949", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("skills", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "standing IN ('probationary','formal','suspended','removed','died','transferred_out','holding')",
            name=op.f("ck_person_standing"),
        ),
        sa.CheckConstraint(
            "standing NOT IN ('probationary','formal') OR unit_id IS NOT NULL", name=op.f("ck_person_placed")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_person_tenant_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["core.unit.tenant_id", "core.unit.id"], name=op.f("fk_person_tenant_id_unit_id")
        ),
    )
    op.create_index(op.f("ix_person_tenant_id_birth"), "person", ["tenant_id", "birth"], unique=False, schema="core")
    op.create_index(
        op.f("ix_person_tenant_id_initials"), "person", ["tenant_id", "initials"], unique=False, schema="core"
    )
    op.create_index(op.f("ix_person_tenant_id_name"), "person", ["tenant_id", "name"], unique=False, schema="core")
    op.create_index(
        op.f("ix_person_tenant_id_name_key_id"), "person", ["tenant_id", "name_key", "id"], unique=False, schema="core"
    )
    op.create_index(
        op.f("ix_person_tenant_id_phone_index"), "person", ["tenant_id", "phone_index"], unique=False, schema="core"
    )
    op.create_index(op.f("ix_person_tenant_id_pinyin"), "person", ["tenant_id", "pinyin"], unique=False, schema="core")
    op.create_index(
        op.f("ix_person_tenant_id_unit_id_name_key"),
        "person",
        ["tenant_id", "unit_id", "name_key"],
        unique=False,
        schema="core",
    )
    op.create_index(
        "uq_person_id_no",
        "person",
        ["tenant_id", "id_no_index"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("standing IN ('probationary', 'formal', 'suspended', 'holding')"),
    )
    op.create_tenant_table(
        "person_key",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_person_key_tenant_id_id"),
            ondelete="CASCADE",
        ),
        key=("key", "id"),
    )
    op.create_tenant_table(
        "membership_spell",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("start_reason", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("doc_no", sa.Text(), nullable=True),
        sa.Column("doc_organ", sa.Text(), nullable=True),
        sa.Column("doc_date", sa.Date(), nullable=True),
        sa.Column("continues_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "continues_id"],
            ["core.membership_spell.tenant_id", "core.membership_spell.id"],
            name=op.f("fk_membership_spell_tenant_id_continues_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_membership_spell_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_membership_spell_tenant_id_person_id_started_on"),
        "membership_spell",
        ["tenant_id", "person_id", "started_on"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "placement",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_placement_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_placement_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_placement_tenant_id_unit_id"),
        ),
    )
    op.create_index(
        op.f("ix_placement_tenant_id_person_id_valid_from"),
        "placement",
        ["tenant_id", "person_id", "valid_from"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_placement_tenant_id_unit_id"), "placement", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "person_class",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_person_class_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_person_class_tenant_id_code_person_id"),
        "person_class",
        ["tenant_id", "code", "person_id"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_index(
        op.f("ix_person_class_tenant_id_person_id"),
        "person_class",
        ["tenant_id", "person_id"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "person_change",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("new", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_person_change_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        rights="SELECT, INSERT",
    )
    op.create_index(
        op.f("ix_person_change_tenant_id_person_id_at"),
        "person_change",
        ["tenant_id", "person_id", "at"],
        unique=False,
        schema="core",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("person_change", schema="core")
    op.drop_table("person_class", schema="core")
    op.drop_table("placement", schema="core")
    op.drop_table("membership_spell", schema="core")
    op.drop_table("person_key", schema="core")
    op.drop_table("person", schema="core")
