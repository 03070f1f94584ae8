"""Imports: one row for each run, its file, what was found, what must be restored by an undo."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key
from core.tenancy.sealed import declare_sealed

#: States in which a run holds its kind: no other run of the kind may write then.
HOLDING = ("applying", "undoing")


class ImportRun(TenantModel):
    """One import from the upload of a file to its end, or its undoing."""

    __tablename__ = "import_run"
    __table_args__ = (
        Index(None, "tenant_id", "created_at"),
        # One import of a kind writes at a time; the second is told or waits.
        Index(
            "uq_import_run_holding",
            "tenant_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('applying', 'undoing')"),
        ),
        CheckConstraint(
            "state IN ('uploaded', 'inspected', 'mapped', 'checking', 'checked', 'waiting', 'applying', 'applied', "
            "'undoing', 'undone', 'failed', 'cancelled')",
            name="state",
        ),
    )

    #: name of the registered kind, such as people
    kind: Mapped[str]
    file_name: Mapped[str]
    file_size: Mapped[int]
    #: SHA-256 of the file, hexadecimal
    file_digest: Mapped[str]
    #: uploaded → inspected → mapped → checking → checked → (waiting) → applying → applied → undoing → undone;
    #: failed | cancelled
    state: Mapped[str] = mapped_column(server_default="uploaded")
    #: what was recognised: sheets with headings, samples, proposed fields (see core.importing.inspection)
    layout: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: {"columns": {column key: field}, "constants": {field: text}, "sheets": [names]}
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: {"mode": "both" | "add" | "update", "reasons": {sheet: {row: text}}, "reason": text for all rows}
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: rows of data in the file, known after the inspection
    row_count: Mapped[int] = mapped_column(Integer, server_default="0")
    #: how many rows have been gone through in the present state
    next_row: Mapped[int] = mapped_column(Integer, server_default="0")
    created: Mapped[int] = mapped_column(Integer, server_default="0")
    updated: Mapped[int] = mapped_column(Integer, server_default="0")
    unchanged: Mapped[int] = mapped_column(Integer, server_default="0")
    refused: Mapped[int] = mapped_column(Integer, server_default="0")
    #: figures of the tenant after the import, by the kind
    totals: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: what of stored records changes: {"rows": n, "cells": n, "since": rows, "fields": {title: rows}}
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: why it failed, or what the undo had to leave, in Chinese
    problem: Mapped[str | None]
    #: {"removed": n, "restored": n, "kept": [sentences]} after an undo
    undone: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: the account that uploaded, None for a command
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    #: until when the run's worker is believed alive while it holds its kind
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ImportFile(TenantModel):
    """A file of a run: the one that was sent, or the same with an error column."""

    __tablename__ = "import_file"
    __table_args__ = (
        Index(None, "tenant_id", "run_id", "purpose", unique=True),
        tenant_key("run_id", to="import_run", on_delete="CASCADE"),
    )

    run_id: Mapped[UUID]
    #: original | errors | refused | changes
    purpose: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportFinding(TenantModel):
    """What a rule found in a row, in the last check or the application."""

    __tablename__ = "import_finding"
    __table_args__ = (
        Index(None, "tenant_id", "run_id", "position"),
        tenant_key("run_id", to="import_run", on_delete="CASCADE"),
    )

    run_id: Mapped[UUID]
    #: place of the row among all rows of data, from 0
    position: Mapped[int] = mapped_column(Integer)
    sheet: Mapped[str]
    #: number of the row as Excel counts
    row_number: Mapped[int] = mapped_column(Integer)
    field: Mapped[str]
    rule: Mapped[str]
    #: BLOCK | WARN | INFO
    severity: Mapped[str]
    #: whether the row was refused (all its findings say so)
    refused: Mapped[bool]
    #: whether a typed reason would let the row pass
    needs_reason: Mapped[bool] = mapped_column(server_default="false")
    message: Mapped[str]
    #: the cell's text; masked for sensitive fields
    value: Mapped[str] = mapped_column(server_default="")


class ImportChange(TenantModel):
    """One field of a stored record that a row would change (the last check), or did (the application). As shown, masked."""

    __tablename__ = "import_change"
    __table_args__ = (
        Index(None, "tenant_id", "run_id", "position"),
        tenant_key("run_id", to="import_run", on_delete="CASCADE"),
    )

    run_id: Mapped[UUID]
    #: place of the row among all rows of data, from 0
    position: Mapped[int] = mapped_column(Integer)
    sheet: Mapped[str]
    #: number of the row as Excel counts
    row_number: Mapped[int] = mapped_column(Integer)
    #: the record's name
    whom: Mapped[str]
    field: Mapped[str]
    title: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    #: who changed it in the product since it was last imported, and when; empty when nobody did
    since: Mapped[str] = mapped_column(server_default="")


class ImportEffect(TenantModel):
    """What a record was before an import changed it. Created records need none: they carry the run's id."""

    __tablename__ = "import_effect"
    __table_args__ = (
        Index(None, "tenant_id", "run_id"),
        tenant_key("run_id", to="import_run", on_delete="CASCADE"),
    )

    run_id: Mapped[UUID]
    #: table name of the record, such as person
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    #: values before, by the kind; ciphertexts stay ciphertexts
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: the record's version after the change: another one means that somebody changed it since
    version_after: Mapped[int] = mapped_column(Integer)


class ImportMapping(TenantModel):
    """How the columns of one template were mapped the last time; ``fingerprint`` is made of its headings."""

    __tablename__ = "import_mapping"
    __table_args__ = (Index(None, "tenant_id", "kind", "fingerprint", unique=True),)

    kind: Mapped[str]
    #: SHA-256 of the headings, hexadecimal
    fingerprint: Mapped[str]
    #: {column key: field}
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: what an empty cell was said to mean (same | none | plain), empty if nobody was asked
    outline: Mapped[str] = mapped_column(server_default="")
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


declare_sealed(ImportFile, "content")
