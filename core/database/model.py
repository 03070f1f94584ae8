"""The declarative base, and what every tenant table has in common."""

import os
import time
from typing import TYPE_CHECKING
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, ForeignKeyConstraint, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from core.database.session import TenantSession

#: Constraint names are part of the schema: errors are translated by them, and migrations drop them by name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: Text compared byte by byte: the only order that is the same everywhere and usable by an index under row security.
BytewiseText = Text(collation="C")


def uuid7() -> UUID:
    """A version 7 UUID made here: time-ordered, so that indexes grow at one end, and unguessable.

    It shows its creation time: never use it for ballots, opinions or hardship records.
    """
    stamp = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10))
    value = (stamp << 80) | (0x7 << 76) | ((noise >> 68) << 64) | (0b10 << 62) | (noise & ((1 << 62) - 1))
    return UUID(int=value)


class Base(DeclarativeBase):
    """Base of all mapped classes; tables live in the schema ``core`` unless they say otherwise."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING, schema="core"), type_annotation_map={str: Text(), UUID: Uuid()}
    )


db = SQLAlchemy(
    model_class=Base, session_options={"class_": TenantSession, "expire_on_commit": False, "autoflush": True}
)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class TenantModel(Model):
    """A row that belongs to one tenant.

    ``tenant_id`` leads every key. It is filled from the bound tenant when the row is flushed and cannot be changed.
    """

    __abstract__ = True

    #: the tenant that owns the row
    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-20)
    #: version 7 UUID made by the application
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-19)


def tenant_key(*columns: str, to: str, on_delete: str | None = None, name: str | None = None) -> ForeignKeyConstraint:
    """A composite foreign key inside the tenant: ``(tenant_id, column)`` → ``core.<to>(tenant_id, id)``.

    A key without the tenant would be checked past row security and accept another tenant's row (reliability I5).

    :param on_delete: such as ``CASCADE`` or ``SET NULL (unit_id)``.
    """
    target = to if "." in to else f"core.{to}"
    return ForeignKeyConstraint(
        ["tenant_id", *columns], [f"{target}.tenant_id", f"{target}.id"], ondelete=on_delete, name=name
    )
