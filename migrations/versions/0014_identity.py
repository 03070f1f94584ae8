"""Accounts: addresses, second factors, sessions, links; operators of the installation."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NOW = sa.text("clock_timestamp()")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    for name in ("email_cipher", "email_index", "phone_cipher", "phone_index", "totp_cipher"):
        op.add_column("account", sa.Column(name, sa.LargeBinary(), nullable=True), schema="core")
    op.add_column("account", sa.Column("totp_confirmed_at", TIME, nullable=True), schema="core")
    op.add_column("account", sa.Column("totp_counter", sa.BigInteger(), nullable=True), schema="core")
    for name in ("email_index", "phone_index", "person_id"):
        op.create_index(
            op.f(f"ix_account_tenant_id_{name}"),
            "account",
            ["tenant_id", name],
            unique=True,
            schema="core",
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    _of_account(
        "account_session",
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("strong", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("seen_at", TIME, server_default=NOW, nullable=False),
    )
    _index("account_session", "account_id")
    _index("account_session", "seen_at")
    _of_account(
        "account_hold",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(collation="C"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.Column("succeeded_at", TIME, nullable=True),
        sa.Column("at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("kind IN ('password', 'second')", name=op.f("ck_account_hold_kind")),
    )
    _index("account_hold", "account_id", "kind", "network", unique=True)
    _of_account(
        "account_passkey",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
    )
    _index("account_passkey", "credential", unique=True)
    _index("account_passkey", "account_id")
    _of_account("account_recovery_code", sa.Column("digest", sa.LargeBinary(), nullable=False))
    _index("account_recovery_code", "account_id", "digest", unique=True)
    _of_account(
        "account_link",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("address_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("kind IN ('invite', 'reset', 'email')", name=op.f("ck_account_link_kind")),
    )
    _index("account_link", "digest", unique=True)
    _index("account_link", "account_id")
    op.create_tenant_table(
        "spent_challenge",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("spent_at", TIME, server_default=NOW, nullable=False),
    )
    _index("spent_challenge", "digest", unique=True)
    _index("spent_challenge", "spent_at")
    _operators()


def _of_account(name: str, *columns: sa.Column) -> None:
    """A table of rows that go with their account."""
    op.create_tenant_table(
        name,
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f(f"fk_{name}_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    op.create_index(name, table, ["tenant_id", *columns], unique=unique, schema="core")


def _operators() -> None:
    op.create_global_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(collation="C"), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("last_sign_in_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("login", name=op.f("uq_operator_login")),
        reason="those who run the installation; they belong to no tenant and see no member data",
    )
    op.create_global_table(
        "operator_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("seen_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_session")),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["platform.operator.id"],
            name=op.f("fk_operator_session_operator_id"),
            ondelete="CASCADE",
        ),
        reason="sign-ins of operators",
    )
    op.create_global_table(
        "operator_hold",
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("network", sa.Text(collation="C"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("operator_id", "network", name=op.f("pk_operator_hold")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["platform.operator.id"], name=op.f("fk_operator_hold_operator_id"), ondelete="CASCADE"
        ),
        reason="failed sign-ins of operators, by network",
    )
    op.create_global_table(
        "operator_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, server_default=NOW, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_event")),
        reason="what operators did",
    )
    op.create_index(op.f("ix_operator_event_at"), "operator_event", ["at"], schema="platform")
    op.execute("REVOKE UPDATE, DELETE ON platform.operator_event FROM dangjian_system")


def downgrade() -> None:
    """Take back."""
    for name in ("operator_event", "operator_hold", "operator_session", "operator"):
        op.drop_table(name, schema="platform")
    for name in (
        "spent_challenge", "account_link", "account_recovery_code", "account_passkey", "account_hold", "account_session",
    ):  # fmt: skip
        op.drop_table(name, schema="core")
    for name in ("email_index", "phone_index", "person_id"):
        op.drop_index(op.f(f"ix_account_tenant_id_{name}"), "account", schema="core")
    for name in (
        "totp_counter", "totp_confirmed_at", "totp_cipher", "phone_index", "phone_cipher", "email_index", "email_cipher",
    ):  # fmt: skip
        op.drop_column("account", name, schema="core")
