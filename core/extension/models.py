"""Which plugins are installed, which tenant uses them, how they are set, and what they failed at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel
from core.database.model import Model
from core.tenancy.sealed import declare_sealed


class PluginInstallation(Model):
    """A plugin whose tables are in this database. It stays when the code is gone, so that it can be purged."""

    __tablename__ = "plugin_installation"
    __table_args__ = {"schema": "platform"}

    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    title: Mapped[str]
    #: of the plugin's code when its tables were last brought up to date
    version: Mapped[str]
    schema_serial: Mapped[int] = mapped_column(Integer, server_default="0")
    #: installed | failed | purging | held (an operator holds it back)
    state: Mapped[str] = mapped_column(server_default="installed")
    #: why it failed; empty otherwise
    problem: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PluginFault(Model):
    """A failure of a plugin, told once for each kind with how often it happened. Never a value, never a message."""

    __tablename__ = "plugin_fault"
    __table_args__ = {"schema": "platform"}

    plugin: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    hook: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    #: the exception's class
    what: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    #: 0 where no tenant was served
    of_tenant: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger, server_default="1")
    first_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    trace: Mapped[str]


class PluginUse(TenantModel):
    """A plugin that the tenant has, or had, switched on."""

    __tablename__ = "plugin_use"
    __table_args__ = (Index(None, "tenant_id", "plugin", unique=True),)

    plugin: Mapped[str] = mapped_column(Text(collation="C"))
    #: enabled | disabled | purging | purged
    state: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    changed_by: Mapped[UUID | None]


class PluginSetting(TenantModel):
    """One setting of a plugin in the tenant; a secret one is encrypted with the tenant's key."""

    __tablename__ = "plugin_setting"
    __table_args__ = (Index(None, "tenant_id", "plugin", "key", unique=True),)

    plugin: Mapped[str] = mapped_column(Text(collation="C"))
    key: Mapped[str] = mapped_column(Text(collation="C"))
    value: Mapped[Any] = mapped_column(JSONB, nullable=True)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)


class PluginMissed(TenantModel):
    """What became of a person while a plugin was off: it is told when it is on again. Ids only, of no key: both may go."""

    __tablename__ = "plugin_missed"
    __table_args__ = (
        Index(None, "tenant_id", "plugin", "id"),
        CheckConstraint("kind IN ('merge', 'redact')", name="kind"),
        CheckConstraint("(kind = 'merge') = (gone_id IS NOT NULL)", name="gone"),
    )

    plugin: Mapped[str] = mapped_column(Text(collation="C"))
    #: merge | redact
    kind: Mapped[str]
    #: the record that was kept, or the person erased
    person_id: Mapped[UUID]
    #: the record that was dropped
    gone_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class PluginTask(TenantModel):
    """A longer piece of work on what a plugin holds of the tenant: an export, an import of one, a purge."""

    __tablename__ = "plugin_task"
    __table_args__ = (
        Index(None, "tenant_id", "plugin", "started_at"),
        Index(
            "uq_plugin_task_open", "tenant_id", "plugin", unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        CheckConstraint("kind IN ('export', 'import', 'purge')", name="kind"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
    )  # fmt: skip

    plugin: Mapped[str] = mapped_column(Text(collation="C"))
    #: export | import | purge
    kind: Mapped[str]
    #: waiting | running | done | failed
    state: Mapped[str] = mapped_column(server_default="waiting")
    #: rows and files so far, of how many there were at the start
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    #: why it failed, in Chinese; empty otherwise
    problem: Mapped[str] = mapped_column(server_default="")
    #: the archive that an export made, or that an import reads
    file_id: Mapped[UUID | None]
    started_by: Mapped[UUID | None]
    started_by_name: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


declare_sealed(PluginSetting, "secret")
