"""A case of development, the acts it consists of, and who stands by the person.

An act 办理记录 is written once and never changed: the application role has no right to, but to take out what was written
about somebody who is to be forgotten. The acts of a case form a chain of hashes. Everything else a case says is a projection
of its acts, written in the same transaction, so that lists and reports read columns alone.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import BytewiseText, Model, declare_sealed, tenant_key

SCHEMA = {"schema": "p_development"}
#: The main states in their order, and the side states (section 2 of the specification).
MAIN_STATES = (
    "visitor", "applicant", "activist", "dev_object", "reviewed", "adopted", "probationary", "conv_requested", "conv_voted",
    "full", "archived",
)  # fmt: skip
SIDE_STATES = (
    "deferred", "suspended", "withdrawn", "removed_from_pool", "returned", "not_approved", "probation_extended",
    "probation_postponed", "probation_cancelled", "not_recognised", "transferred_out", "deceased", "direct_admission",
    "posthumous", "removed",
)  # fmt: skip
_MAIN = ", ".join(f"'{one}'" for one in MAIN_STATES)
_SIDE = ", ".join(f"'{one}'" for one in SIDE_STATES)


class Case(Model):
    """One person's way into the Party, from the application to the archive: a projection of its acts."""

    __tablename__ = "development_case"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "state", "applied_on"),
        Index(None, "tenant_id", "origin_unit_id", postgresql_where=text("origin_unit_id IS NOT NULL")),
        Index(None, "tenant_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index(None, "tenant_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
        Index(None, "tenant_id", "next_due_on", postgresql_where=text("next_due_on IS NOT NULL")),
        Index(None, "tenant_id", "approved_on", postgresql_where=text("approved_on IS NOT NULL")),
        Index(None, "tenant_id", "expiry_on", postgresql_where=text("expiry_on IS NOT NULL")),
        Index(None, "tenant_id", "name_key", "id"),
        Index(None, "tenant_id", "initials"),
        Index(
            "uq_development_case_open_id_no",
            "tenant_id",
            "id_no_index",
            unique=True,
            postgresql_where=text("closed_on IS NULL AND id_no_index IS NOT NULL"),
        ),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("origin_unit_id", to="unit", on_delete="SET NULL (origin_unit_id)"),
        tenant_key("person_id", to="person", on_delete="SET NULL (person_id)"),
        tenant_key("account_id", to="account", on_delete="SET NULL (account_id)"),
        CheckConstraint(f"state IN ({_MAIN})", name="state"),
        CheckConstraint(f"side IN ('', {_SIDE})", name="side"),
        CheckConstraint("special IN ('', 'direct', 'posthumous')", name="special"),
        CheckConstraint("step BETWEEN 0 AND 25 AND stage BETWEEN 1 AND 5", name="step"),
        SCHEMA,
    )

    #: the branch that handles it; of a migrant's the host's 流入地, which leads (S1-15)
    unit_id: Mapped[UUID]
    #: of a migrant: the branch at the place of origin 流出地, when it is the tenant's too; it co-signs 7, 12 and 23
    origin_unit_id: Mapped[UUID | None]
    #: on the roster: from the approval on, or at once for somebody who is there
    person_id: Mapped[UUID | None]
    #: the person's own account, which sees the own steps
    account_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(BytewiseText)
    name_key: Mapped[str] = mapped_column(BytewiseText)
    initials: Mapped[str] = mapped_column(BytewiseText)
    #: GB/T 2261.1: 1 男, 2 女
    sex: Mapped[str]
    birth: Mapped[date]
    #: codes as the roster's: GB 3304, GB/T 4658, the tenant's posts
    ethnic: Mapped[str | None]
    education: Mapped[str | None]
    post: Mapped[str | None]
    occupation: Mapped[str | None]
    employer: Mapped[str | None]
    #: code of ``flow.words.SOURCES``
    source_kind: Mapped[str | None]
    migrant: Mapped[bool] = mapped_column(Boolean, server_default="false")
    league_member: Mapped[bool] = mapped_column(Boolean, server_default="false")
    work_start: Mapped[date | None]
    #: codes of ``flow.words.TRAITS``: front_line, new_field, technical, key_post …
    traits: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    id_no_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_no_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_no_masked: Mapped[str | None]
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_masked: Mapped[str | None]
    #: family, résumé, address and what else is delicate: JSON (``cases.sealing.private_of``)
    private_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)

    #: one of :data:`MAIN_STATES`: how far it came
    state: Mapped[str] = mapped_column(server_default="visitor")
    #: one of :data:`SIDE_STATES`, or empty on the main way
    side: Mapped[str] = mapped_column(server_default="")
    #: '' | direct | posthumous: ways that skip the twenty-five steps (articles 26 and 27)
    special: Mapped[str] = mapped_column(server_default="")
    #: last main step done, 0 to 25, and its stage, 1 to 5
    step: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    stage: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    #: step → the day it was done
    done_days: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    applied_on: Mapped[date | None]
    talked_on: Mapped[date | None]
    #: named an activist, and from when the year of training counts
    named_on: Mapped[date | None]
    clock_from: Mapped[date | None]
    #: the branch committee's meeting of step 7, and the listing as development object of step 8
    object_on: Mapped[date | None]
    listed_on: Mapped[date | None]
    trained_on: Mapped[date | None]
    #: political review concluded (10), branch committee's review (12), pre-review passed (13)
    checked_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    prereviewed_on: Mapped[date | None]
    adopted_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    oath_on: Mapped[date | None]
    #: the first day on which conversion may be voted, extension included
    expiry_on: Mapped[date | None]
    extended_months: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    requested_on: Mapped[date | None]
    converted_on: Mapped[date | None]
    converted_approved_on: Mapped[date | None]
    standing_on: Mapped[date | None]
    archived_on: Mapped[date | None]
    #: when it ended, whichever way, and why (the side state, or ``archived``)
    closed_on: Mapped[date | None]
    close_reason: Mapped[str | None]
    #: the step that waits next, and the last day for it, where a rule sets one
    next_step: Mapped[int | None] = mapped_column(SmallInteger)
    next_due_on: Mapped[date | None]
    #: how many rulings of live acts stay in the register of irregularities
    flags: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    #: rules of the health check that stand against it today beyond what was explained when it was recorded
    found_rules: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    #: the plan's year in which a place is held or taken; written by the plan
    plan_year: Mapped[int | None] = mapped_column(SmallInteger)
    #: control number of the living form 入党志愿书
    form_no: Mapped[str | None]
    #: edition of the rules that judged the last act
    rules: Mapped[str | None]
    chain_head: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("'\\x'::bytea"))
    act_count: Mapped[int] = mapped_column(Integer, server_default="0")
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Act(Model):
    """One thing that was done in a case. It is added, never changed; a correction is a further act (``corrects_id``)."""

    __tablename__ = "development_act"
    __table_args__ = (
        Index(None, "tenant_id", "case_id", "seq", unique=True),
        Index(None, "tenant_id", "kind", "act_on"),
        Index(None, "tenant_id", "recorded_at"),
        tenant_key("case_id", to="p_development.development_case", on_delete="CASCADE"),
        CheckConstraint("step BETWEEN 0 AND 25", name="step"),
        CheckConstraint("redacted_on IS NULL OR (data = '{}' AND sealed IS NULL)", name="redacted"),
        SCHEMA,
    )

    case_id: Mapped[UUID]
    #: 1, 2, 3 … within the case
    seq: Mapped[int] = mapped_column(Integer)
    #: code of ``flow.KINDS``
    kind: Mapped[str]
    #: the step it belongs to; 0 for none
    step: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    #: the day it happened
    act_on: Mapped[date]
    #: the organisation that did it; no foreign key: an act outlives its unit
    unit_id: Mapped[UUID]
    #: facts of classes P1 and P2, as ``flow.KINDS[kind].fields`` names them
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: facts of class P3: JSON under the tenant's keys
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: who recorded it; no foreign key, for the same reason
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: the act that this one replaces (or, with ``voids``, takes away)
    corrects_id: Mapped[UUID | None]
    voids: Mapped[bool] = mapped_column(Boolean, server_default="false")
    #: of the correction, of the late entry, of going on in spite of a ruling
    reason: Mapped[str] = mapped_column(server_default="")
    #: rulings that were passed over by name: [{"rule", "reason"}]
    overrides: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    #: what the gates said then: [{"rule", "outcome", "message", "article", "fix"}]
    rulings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    #: edition of the rules on the day of the act, and versions of the rule values it was judged by
    ruleset: Mapped[str]
    terms: Mapped[str] = mapped_column(server_default="")
    file_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    #: keyed hash of the facts, and of this link of the case's chain
    content: Mapped[bytes] = mapped_column(LargeBinary)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: since when the facts are forgotten; the chain still holds
    redacted_on: Mapped[date | None]


class Helper(Model):
    """Somebody who stands by a person now or did: contact 培养联系人 or sponsor 入党介绍人. A projection of the acts."""

    __tablename__ = "development_helper"
    __table_args__ = (
        Index(None, "tenant_id", "case_id"),
        Index(None, "tenant_id", "person_id", "role"),
        tenant_key("case_id", to="p_development.development_case", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="SET NULL (person_id)"),
        CheckConstraint("role IN ('contact', 'sponsor')", name="role"),
        SCHEMA,
    )

    case_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    name: Mapped[str]
    role: Mapped[str]
    #: host | origin
    side: Mapped[str] = mapped_column(server_default="host")
    since: Mapped[date]
    until: Mapped[date | None]


MODELS = (Case, Act, Helper)

declare_sealed(Case, "id_no_cipher", "phone_cipher", "private_cipher")
declare_sealed(Act, "sealed")
