"""Occasions, who went, what was found out and promised, and what came of it (06-care 6.1).

All of it is P3. Rows of an occasion have random ids (a time-ordered one would tell when somebody fell ill), and what was
written about somebody lies encrypted under the tenant's keys.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKeyConstraint, Index, Integer, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Model, declare_sealed, tenant_key

SCHEMA = {"schema": "p_care"}
_NOW = func.now()


def _account(column: str) -> ForeignKeyConstraint:
    return tenant_key(column, to="account", on_delete=f"SET NULL ({column})")


class Case(Model):
    """An occasion of the four (四必访) in a member's life, from its report to its close."""

    __tablename__ = "care_case"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "person_id", "reported_on"),
        Index(None, "tenant_id", "due_on", postgresql_where=text("state IN ('confirmed', 'assigned')")),
        Index(None, "tenant_id", "same_as_id", postgresql_where=text("same_as_id IS NOT NULL")),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("same_as_id", to="p_care.care_case", on_delete="SET NULL (same_as_id)"),
        CheckConstraint("kind IN ('hardship','illness','family_dispute','wedding_funeral')", name="kind"),
        CheckConstraint(
            "state IN ('reported','confirmed','assigned','visited','following','closed','not_established')",
            name="state",
        ),
        CheckConstraint(
            "state IN ('reported','not_established') OR (confirmed_on IS NOT NULL AND due_on IS NOT NULL)",
            name="confirmed",
        ),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    person_id: Mapped[UUID]
    #: the branch that looks after it; it follows the member
    unit_id: Mapped[UUID]
    kind: Mapped[str]
    sub_kind: Mapped[str]
    #: normal | urgent
    severity: Mapped[str] = mapped_column(server_default="normal")
    #: reported | confirmed | assigned | visited | following | closed | not_established
    state: Mapped[str] = mapped_column(server_default="reported")
    #: report | officer | died | bulk
    source: Mapped[str] = mapped_column(server_default="report")
    occurred_on: Mapped[date]
    reported_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    #: the last day for the visit (R6.01)
    due_on: Mapped[date | None]
    first_visit_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    #: the occasion that this one seems to be, reported within a week; once accepted this one is not established
    same_as_id: Mapped[UUID | None]
    merged: Mapped[bool] = mapped_column(Boolean, server_default="false")
    #: the versions of the policy values from which ``due_on`` was computed
    terms: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class CaseReport(Model):
    """Somebody told of an occasion; several may tell of the same one."""

    __tablename__ = "care_report"
    __table_args__ = (
        Index(None, "tenant_id", "case_id"),
        Index(None, "tenant_id", "account_id"),
        tenant_key("case_id", to="p_care.care_case", on_delete="CASCADE"),
        _account("account_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    case_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    by_name: Mapped[str]
    reported_on: Mapped[date]
    detail_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)


class Step(Model):
    """What was done with an occasion: its history, to which is only added."""

    __tablename__ = "care_step"
    __table_args__ = (
        Index(None, "tenant_id", "case_id", "at"),
        tenant_key("case_id", to="p_care.care_case", on_delete="CASCADE"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    case_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    #: what was done, such as reported, confirmed, assigned, visited, closed, reopened, moved, merged
    verb: Mapped[str]
    actor: Mapped[str]
    reason_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)


class Assignment(Model):
    """Somebody is to go."""

    __tablename__ = "care_assignment"
    __table_args__ = (
        Index(None, "tenant_id", "case_id", "account_id", unique=True),
        Index(None, "tenant_id", "account_id"),
        tenant_key("case_id", to="p_care.care_case", on_delete="CASCADE"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    case_id: Mapped[UUID]
    account_id: Mapped[UUID]
    name: Mapped[str]
    officer: Mapped[bool] = mapped_column(Boolean, server_default="false")
    assigned_on: Mapped[date]


class Visit(Model):
    """A visit that was made: for an occasion, in a round, or of one's own accord."""

    __tablename__ = "care_visit"
    __table_args__ = (
        Index(None, "tenant_id", "case_id"),
        Index(None, "tenant_id", "person_id", "made_on"),
        Index(None, "tenant_id", "unit_id", "made_on"),
        Index(None, "tenant_id", "recorded_by"),
        Index(None, "tenant_id", "token", unique=True, postgresql_where=text("token IS NOT NULL")),
        tenant_key("case_id", to="p_care.care_case", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        _account("recorded_by"),
        CheckConstraint("gift_fen >= 0", name="gift"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    made_on: Mapped[date]
    recorded_on: Mapped[date]
    recorded_by: Mapped[UUID | None]
    recorder: Mapped[str]
    #: home | hospital | office | remote | other
    channel: Mapped[str] = mapped_column(server_default="home")
    #: the member did not want it; it counts, with a note
    refused: Mapped[bool] = mapped_column(Boolean, server_default="false")
    #: comfort money in fen, and goods
    gift_fen: Mapped[int] = mapped_column(Integer, server_default="0")
    goods: Mapped[str | None]
    #: whether the member agreed to a photo
    photo_consent: Mapped[bool] = mapped_column(Boolean, server_default="false")
    content_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    promise_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: why remote, refused, late or with too few
    note_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: sent with the form, so that a form sent twice over a slow network makes one visit
    token: Mapped[UUID | None]


class Visitor(Model):
    """Somebody who went on a visit."""

    __tablename__ = "care_visitor"
    __table_args__ = (
        Index(None, "tenant_id", "visit_id"),
        Index(None, "tenant_id", "account_id"),
        tenant_key("visit_id", to="p_care.care_visit", on_delete="CASCADE"),
        _account("account_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    visit_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    name: Mapped[str]
    officer: Mapped[bool] = mapped_column(Boolean, server_default="false")
    #: a relative of the member is not counted (R6.02)
    relative: Mapped[bool] = mapped_column(Boolean, server_default="false")


class FollowUp(Model):
    """A need found on a visit: who sees to it, until when, and what came of it."""

    __tablename__ = "care_follow_up"
    __table_args__ = (
        Index(None, "tenant_id", "visit_id"),
        Index(None, "tenant_id", "case_id", "state"),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "owner_id", "state"),
        tenant_key("visit_id", to="p_care.care_visit", on_delete="CASCADE"),
        tenant_key("case_id", to="p_care.care_case", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        _account("owner_id"),
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="state"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    visit_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    owner_id: Mapped[UUID | None]
    owner: Mapped[str]
    due_on: Mapped[date]
    #: open | done | dropped
    state: Mapped[str] = mapped_column(server_default="open")
    ended_on: Mapped[date | None]
    #: what the member said of the result, 1 to 5
    satisfaction: Mapped[int | None]
    #: nothing once the member is to be forgotten
    need_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    result_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class ContactLink(Model):
    """A member on an officer's contact list 支委联系党员 (R6.15)."""

    __tablename__ = "care_contact_link"
    __table_args__ = (
        Index(None, "tenant_id", "account_id", "person_id", unique=True, postgresql_where=text("ended_on IS NULL")),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    account_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    since: Mapped[date]
    ended_on: Mapped[date | None]
    last_on: Mapped[date | None]


class Talk(Model):
    """A contact or heart-to-heart talk 谈心 with a member."""

    __tablename__ = "care_talk"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "made_on"),
        Index(None, "tenant_id", "unit_id", "made_on"),
        Index(None, "tenant_id", "account_id", "made_on"),
        Index(None, "tenant_id", "link_id"),
        tenant_key("link_id", to="p_care.care_contact_link", on_delete="SET NULL (link_id)"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        _account("account_id"),
        CheckConstraint("kind IN ('contact', 'organization', 'members', 'masses', 'colleagues')", name="kind"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)
    link_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    talker: Mapped[str]
    #: contact 联系党员 | organization 党组织与党员 | members 党员之间 | masses 党员与群众 | colleagues 干部职工之间
    kind: Mapped[str]
    made_on: Mapped[date]
    #: visit | phone | meeting | message
    channel: Mapped[str] = mapped_column(server_default="meeting")
    content_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)


MODELS = (Case, CaseReport, Step, Assignment, Visit, Visitor, FollowUp, ContactLink, Talk)

# What lies under the tenant's keys is sealed anew before an old key is destroyed.
declare_sealed(CaseReport, "detail_cipher")
declare_sealed(Step, "reason_cipher")
declare_sealed(Visit, "content_cipher", "promise_cipher", "note_cipher")
declare_sealed(FollowUp, "need_cipher", "result_cipher")
declare_sealed(Talk, "content_cipher")
