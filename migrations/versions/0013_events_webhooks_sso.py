"""Events, outgoing webhooks with their log, and the providers of single sign-on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)
NOW, CLOCK = sa.text("now()"), sa.text("clock_timestamp()")
#: Written once, read, and removed when their time of keeping is over.
APPENDED = "SELECT, INSERT, DELETE"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "event",
        sa.Column("at", MOMENT, server_default=CLOCK, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", sa.Text()),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("policy", postgresql.JSONB()),
        sa.Column("data", postgresql.JSONB(), server_default="{}", nullable=False),
        rights=APPENDED,
    )
    _index("event", "at")
    _webhooks()
    _providers()


def _webhooks() -> None:
    op.create_tenant_table(
        "webhook_endpoint",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary()),
        sa.Column("old_secret_until", MOMENT),
        sa.Column("failing_since", MOMENT),
        sa.Column("rest_until", MOMENT),
        sa.Column("last_success_at", MOMENT),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'disabled')", name=op.f("ck_webhook_endpoint_state")),
    )
    op.create_tenant_table(
        "webhook_delivery",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("created_at", MOMENT, server_default=CLOCK, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'failed', 'dropped')", name=op.f("ck_webhook_delivery_state")
        ),
        _key("webhook_delivery", "endpoint_id", "webhook_endpoint"),
    )
    _index("webhook_delivery", "endpoint_id", "created_at")
    _index("webhook_delivery", "created_at")
    _index("webhook_delivery", "event_id", "endpoint_id", unique=True)


def _providers() -> None:
    op.create_tenant_table(
        "identity_provider",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("matches", sa.Text(), server_default="none", nullable=False),
        sa.Column("links_on_first", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("second_factor", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('oidc', 'wecom', 'dingtalk')", name=op.f("ck_identity_provider_kind")),
    )
    op.create_tenant_table(
        "identity_link",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("linked_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("last_used_at", MOMENT),
        _key("identity_link", "provider_id", "identity_provider"),
        _key("identity_link", "account_id", "account"),
    )
    _index("identity_link", "provider_id", "subject", unique=True)
    _index("identity_link", "account_id", "provider_id", unique=True)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"core.{to}.tenant_id", f"core.{to}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete="CASCADE",
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    op.create_index(name, table, ["tenant_id", *columns], unique=unique, schema="core")


def downgrade() -> None:
    """Undo."""
    for table in ("identity_link", "identity_provider", "webhook_delivery", "webhook_endpoint", "event"):
        op.drop_table(table, schema="core")
