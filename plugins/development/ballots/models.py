"""The tables of ballots, polls and public notices.

Roll and ballots stand apart. The roll (:class:`Voter`) is kept; it says at the end that somebody voted, never when or how.
While a ballot runs, what was cast lies in two tables without a write-ahead log: :class:`Mark` says who has voted, and
:class:`Box` is one encrypted row that holds all choices in an order that is drawn anew with each vote. Both are emptied
in the transaction that counts them; what stays are totals (docs/decisions/0012-secret-ballots.md).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.sdk import Model, declare_sealed, tenant_key

SCHEMA = {"schema": "p_development"}
#: Tables that no audit record may be made of: one would say who voted when.
UNRECORDED = {**SCHEMA, "prefixes": ["UNLOGGED"], "info": {"unrecorded": True}}
_CASE = "p_development.development_case"
_BALLOT = "p_development.development_ballot"


class Ballot(Model):
    """One round of voting on one person: who may vote, how far it has come, and at the end its totals."""

    __tablename__ = "development_ballot"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "case_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("case_id", to=_CASE, on_delete="CASCADE"),
        CheckConstraint("kind IN ('accept','convert','approve','convert_approve','poll')", name="kind"),
        CheckConstraint("proposal IN ('accept','convert','extend','cancel','postpone','poll')", name="proposal"),
        CheckConstraint("way IN ('paper','phone','mixed')", name="way"),
        CheckConstraint("side IN ('','host','origin')", name="side"),
        CheckConstraint("state IN ('draft','open','counting','sealed','void')", name="state"),
        CheckConstraint("state <> 'sealed' OR in_favour IS NOT NULL", name="counted"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    case_id: Mapped[UUID]
    #: accept (15) | convert (23) | approve (17) | convert_approve (24) | poll
    kind: Mapped[str]
    #: what is voted on: accept | convert | extend | cancel | postpone | poll
    proposal: Mapped[str]
    #: months of an extension
    months: Mapped[int | None] = mapped_column(SmallInteger)
    #: of a poll of a migrant: host | origin
    side: Mapped[str] = mapped_column(server_default="")
    #: of a poll: object (before 7) | review (before 12) | conversion (before 23)
    stage: Mapped[str] = mapped_column(server_default="")
    #: paper | phone | mixed
    way: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    #: when the meeting begins; written opinions count when they came before
    meeting_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    place: Mapped[str] = mapped_column(server_default="")
    chair: Mapped[str] = mapped_column(server_default="")
    recorder: Mapped[str] = mapped_column(server_default="")
    counter_id: Mapped[UUID | None]
    counter: Mapped[str] = mapped_column(server_default="")
    supervisor_id: Mapped[UUID | None]
    supervisor: Mapped[str] = mapped_column(server_default="")
    #: how often it was begun; a server that failed makes it begin again
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    #: what the first counter read from the papers, until the second has read the same; (account, numbers)
    first_tally: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    due: Mapped[int | None]
    present: Mapped[int | None]
    issued: Mapped[int | None]
    returned: Mapped[int | None]
    in_favour: Mapped[int | None]
    against: Mapped[int | None]
    abstained: Mapped[int | None]
    invalid: Mapped[int | None]
    #: papers taken out because somebody without a vote had cast them
    removed: Mapped[int] = mapped_column(Integer, server_default="0")
    written_for: Mapped[int | None]
    written_other: Mapped[int | None]
    written_late: Mapped[int | None]
    #: adopted | not_adopted; of a poll pass | defer | refuse | invalid
    outcome: Mapped[str | None]
    #: rule values of a poll as they were then
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: receipts of the phones' ballots, in an order that tells nothing
    receipts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    void_reason: Mapped[str] = mapped_column(server_default="")
    counted_on: Mapped[date | None]
    #: the act in the case's record
    act_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Voter(Model):
    """Somebody on the roll of a ballot: whether they are due, present, voted. Never how."""

    __tablename__ = "development_voter"
    __table_args__ = (
        Index(None, "tenant_id", "ballot_id", "person_id", unique=True),
        Index(None, "tenant_id", "person_id"),
        tenant_key("ballot_id", to=_BALLOT, on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        CheckConstraint("way IN ('','phone','paper')", name="way"),
        CheckConstraint("written IN ('','before','late')", name="written"),
        CheckConstraint("NOT (present AND written = 'before')", name="written_absent"),
        SCHEMA,
    )

    #: random: it tells nothing of time
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    ballot_id: Mapped[UUID]
    person_id: Mapped[UUID]
    name: Mapped[str]
    #: of the five reasons for not being due; or watch | custody_law: without a vote
    excluded: Mapped[str] = mapped_column(server_default="")
    #: the superior's consent to it, and whether the meeting approved
    consent: Mapped[str] = mapped_column(server_default="")
    approved: Mapped[bool] = mapped_column(server_default="false")
    present: Mapped[bool] = mapped_column(server_default="false")
    #: phone | paper, of those present
    way: Mapped[str] = mapped_column(server_default="")
    #: a written opinion of somebody absent: before | late
    written: Mapped[str] = mapped_column(server_default="")
    #: y | n | a
    written_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: known when the ballot has been counted
    voted: Mapped[bool | None]


class Mark(Model):
    """Somebody has voted in a running ballot; the id is the one on the roll, so that there is one mark a voter."""

    __tablename__ = "development_ballot_mark"
    __table_args__ = (Index(None, "tenant_id", "ballot_id"), UNRECORDED)

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-19)
    ballot_id: Mapped[UUID]


class Box(Model):
    """What was cast in a running ballot, all of it in one encrypted value; the id is the ballot's."""

    __tablename__ = "development_ballot_box"
    __table_args__ = (tenant_key("id", to=_BALLOT, on_delete="CASCADE"), UNRECORDED)

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-19)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PublicNotice(Model):
    """A public notice on one or several persons: from when to when, where, and what came of it."""

    __tablename__ = "development_notice"
    __table_args__ = (
        Index(None, "tenant_id", "token", unique=True),
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "origin_unit_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("origin_unit_id", to="unit", on_delete="SET NULL (origin_unit_id)"),
        CheckConstraint("stage IN ('object','activist','acceptance','conversion')", name="stage"),
        CheckConstraint("state IN ('draft','running','concluded','void')", name="state"),
        CheckConstraint("ends_on >= starts_on", name="span"),
        SCHEMA,
    )

    #: the unguessable part of its public address
    token: Mapped[str]
    unit_id: Mapped[UUID]
    origin_unit_id: Mapped[UUID | None]
    stage: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: working days it must hang
    workdays: Mapped[int] = mapped_column(SmallInteger)
    #: the holidays of a year it crosses are not known yet: it cannot be concluded
    provisional: Mapped[bool] = mapped_column(server_default="false")
    #: where it hangs; at both places of migrants from and to the same days
    place: Mapped[str]
    other_place: Mapped[str] = mapped_column(server_default="")
    contact: Mapped[str]
    phone: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    concluded_on: Mapped[date | None]
    void_reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class NoticePerson(Model):
    """Somebody on a public notice, as they are shown there."""

    __tablename__ = "development_notice_person"
    __table_args__ = (
        Index(None, "tenant_id", "notice_id", "case_id", unique=True),
        Index(None, "tenant_id", "case_id"),
        tenant_key("notice_id", to="p_development.development_notice", on_delete="CASCADE"),
        tenant_key("case_id", to=_CASE, on_delete="CASCADE"),
        CheckConstraint("result IN ('','clear','stop')", name="result"),
        SCHEMA,
    )

    notice_id: Mapped[UUID]
    case_id: Mapped[UUID]
    rank: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    sex: Mapped[str]
    #: 1988-05
    birth_month: Mapped[str]
    post: Mapped[str]
    #: shown at both places
    migrant: Mapped[bool] = mapped_column(server_default="false")
    #: clear | stop once it is concluded
    result: Mapped[str] = mapped_column(server_default="")
    notice_act_id: Mapped[UUID | None]
    result_act_id: Mapped[UUID | None]


class Feedback(Model):
    """What somebody said to a notice: sealed; nothing of where it came from is kept but the day."""

    __tablename__ = "development_feedback"
    __table_args__ = (
        Index(None, "tenant_id", "notice_id"),
        Index(None, "tenant_id", "about_id", postgresql_where=text("about_id IS NOT NULL")),
        tenant_key("notice_id", to="p_development.development_notice", on_delete="CASCADE"),
        tenant_key("about_id", to="p_development.development_notice_person", on_delete="CASCADE"),
        CheckConstraint("state IN ('new','support','objection','concluded','dismissed')", name="state"),
        CheckConstraint("verdict IN ('','unfounded','no_bearing','unfit')", name="verdict"),
        {**SCHEMA, "info": {"unrecorded": True}},
    )

    #: random: it tells nothing of the minute
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    notice_id: Mapped[UUID]
    #: about whom, of those on the notice
    about_id: Mapped[UUID | None]
    received_on: Mapped[date]
    named: Mapped[bool]
    said_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: name and how to reach them, when they gave it
    sender_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default="new")
    verdict: Mapped[str] = mapped_column(server_default="")
    conclusion_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    concluded_on: Mapped[date | None]
    objection_act_id: Mapped[UUID | None]
    conclusion_act_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


MODELS = (Ballot, Voter, Mark, Box, PublicNotice, NoticePerson, Feedback)
declare_sealed(Voter, "written_cipher")
declare_sealed(Box, "content")
declare_sealed(Feedback, "said_cipher", "sender_cipher", "conclusion_cipher")
