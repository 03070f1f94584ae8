"""What is due, who was told, notices with their recipients, and how each account wants to be told."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, DateTime, Index, Integer, LargeBinary, SmallInteger, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import Grant
from core.database import BytewiseText, TenantModel, tenant_key, watch


class Deadline(TenantModel):
    """Something that has to be done by a day, as a registered rule found it: the row lives as long as the duty does."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index(
            "uq_deadline_open",
            "tenant_id",
            "rule",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "tenant_id", "due_on", "id"),
        Index(None, "tenant_id", "held_path", postgresql_where=text("state = 'open'")),
        Index(None, "tenant_id", "subject_id"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("state IN ('open', 'done', 'gone')", name="state"),
    )

    #: code of the registered rule
    rule: Mapped[str] = mapped_column(BytewiseText)
    #: what it is about: a unit, a person, a change, a step of a notice
    subject_id: Mapped[UUID]
    #: the unit it is about, with its path
    unit_id: Mapped[UUID]
    path: Mapped[str] = mapped_column(BytewiseText)
    #: path of the unit whose office-holders must act: the nearest upwards where anybody may; None: nobody may
    held_path: Mapped[str | None] = mapped_column(BytewiseText)
    title: Mapped[str]
    #: first day on which it is work
    opens_on: Mapped[date]
    due_on: Mapped[date]
    #: open | done | gone (the duty fell away)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    #: the version of the policy values that gave the dates
    policy_version: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: put off: no reminder before this day, and folded away until then
    snoozed_until: Mapped[date | None]
    snoozes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    snooze_reason: Mapped[str | None]
    #: the last day on which somebody nudged
    nudged_on: Mapped[date | None]


class DeadlineTouched(TenantModel):
    """A subject whose deadlines have to be looked at before the present transaction commits; written by triggers.

    Every row has an id of its own, so that two transactions never wait for each other here.
    """

    __tablename__ = "deadline_touched"

    #: unit | person | change | step | grant
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]


class ReminderRun(TenantModel):
    """A day whose reminders were made: the row that lets them be made once."""

    __tablename__ = "reminder_run"
    __table_args__ = (Index(None, "tenant_id", "day", unique=True),)

    day: Mapped[date]
    made: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Message(TenantModel):
    """One thing told to one account on one channel: in the product, or by e-mail. Told once: the key is unique."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "tenant_id", "account_id", "channel", "key", unique=True),
        Index(None, "tenant_id", "account_id", "available_at", "id", postgresql_where=text("channel = 'in_app'")),
        Index(None, "tenant_id", "available_at", postgresql_where=text("state = 'waiting'")),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        CheckConstraint("channel IN ('in_app', 'email')", name="channel"),
        CheckConstraint("state IN ('waiting', 'sent', 'dropped')", name="state"),
    )

    account_id: Mapped[UUID]
    #: in_app | email
    channel: Mapped[str]
    #: item × reminder, such as deadline:<id>:2026-12-01:T-30
    key: Mapped[str] = mapped_column(BytewiseText)
    #: a kind of core.notices.kinds: what a person may choose a digest for
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    #: {"endpoint": …, "values": {…}}, or nothing to lead to
    link: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    #: deadline or notice that it is about: asked again before it is sent (R16.03)
    about: Mapped[UUID | None]
    #: waiting | sent | dropped (what it was about was over)
    state: Mapped[str]
    #: not before this moment: quiet hours and digests are in it already
    available_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: made up for after the day it belonged to (R16.09)
    late: Mapped[bool] = mapped_column(Boolean, server_default="false")


class Notice(TenantModel):
    """A notice 通知 of a unit."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(None, "tenant_id", "path", "id"),
        Index(None, "tenant_id", "read_by", postgresql_where=text("state = 'published'")),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        CheckConstraint("level IN ('normal', 'important', 'urgent')", name="level"),
        CheckConstraint("mode IN ('direct', 'steps')", name="mode"),
    )

    #: the unit that issues it
    unit_id: Mapped[UUID]
    path: Mapped[str] = mapped_column(BytewiseText)
    title: Mapped[str]
    #: sanitised HTML
    body: Mapped[str]
    #: normal | important | urgent
    level: Mapped[str] = mapped_column(Text, server_default="normal")
    #: direct: to everybody at once; steps: each level passes it on
    mode: Mapped[str] = mapped_column(Text, server_default="direct")
    #: {"units": [ids], "who": members | officers | both, "tags": [...], "persons": [ids]}
    audience: Mapped[dict[str, object]] = mapped_column(JSONB)
    #: last day on which it is to have been read
    read_by: Mapped[date | None]
    #: draft | published | withdrawn
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    author_id: Mapped[UUID | None]
    author: Mapped[str]
    #: rises with each correction after publication
    number: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_reason: Mapped[str | None]
    #: the last day on which the unread were nudged
    nudged_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    __mapper_args__ = {"version_id_col": version}


class NoticeVersion(TenantModel):
    """What a published notice said before a correction."""

    __tablename__ = "notice_version"
    __table_args__ = (
        Index(None, "tenant_id", "notice_id", "number", unique=True),
        tenant_key("notice_id", to="notice", on_delete="CASCADE"),
    )

    notice_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str]
    body: Mapped[str]
    #: why it was corrected, and how many had read it by then
    reason: Mapped[str]
    readers: Mapped[int] = mapped_column(Integer, server_default="0")
    replaced_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    replaced_by: Mapped[str]


class NoticeReceipt(TenantModel):
    """That a notice was given to somebody, and when they read it. ``id`` is the notice's id: the row is as lean as can be.

    The recipient is a person of the roster, or an account that belongs to none.
    """

    __tablename__ = "notice_receipt"
    __table_args__ = (
        Index(None, "tenant_id", "recipient_id", "id"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("id", to="notice", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
    )

    recipient_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-18)
    #: where the recipient belonged when it was given
    unit_id: Mapped[UUID]
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class NoticeStep(TenantModel):
    """A level that has to pass a notice on: its officers were given it, and give it to those below."""

    __tablename__ = "notice_step"
    __table_args__ = (
        Index(None, "tenant_id", "notice_id", "unit_id", unique=True),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("notice_id", to="notice", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
    )

    notice_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    made_on: Mapped[date]
    due_on: Mapped[date]
    passed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    passed_by: Mapped[str | None]
    note: Mapped[str | None]


class NoticePreference(TenantModel):
    """How an account wants to be told by e-mail. ``id`` is the account's id; no row: the defaults of each kind."""

    __tablename__ = "notice_preference"
    __table_args__ = (
        tenant_key("id", to="account", on_delete="CASCADE"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet"),
    )

    #: kind → once | daily | weekly | off
    modes: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    #: hours of rest of its own, besides the tenant's; Asia/Shanghai, usually over midnight
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]


class CalendarFeed(TenantModel):
    """The secret address under which a calendar program reads an account's deadlines. ``id`` is the account's id."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(None, "tenant_id", "digest", unique=True),
        tenant_key("id", to="account", on_delete="CASCADE"),
    )

    #: SHA-256 of the secret: the address itself is shown once and kept nowhere
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    used_on: Mapped[date | None]


watch(Deadline, DeadlineTouched, NoticeStep, Grant)
