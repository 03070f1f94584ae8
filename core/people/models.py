"""The roster: persons, their membership, where they were placed, and what was changed (02-roster 2.1)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    func,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import BytewiseText, TenantModel, tenant_key, watch
from core.tenancy.sealed import declare_sealed


class Person(TenantModel):
    """Somebody on the roster, with their present standing.

    Identity number, phone and address are kept three ways at most: encrypted, masked for lists, and as a blind index.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index(None, "tenant_id", "name_key", "id"),
        Index(None, "tenant_id", "name"),
        Index(None, "tenant_id", "pinyin"),
        Index(None, "tenant_id", "initials"),
        Index(None, "tenant_id", "unit_id", "name_key"),
        Index(None, "tenant_id", "birth"),
        Index(
            "uq_person_id_no",
            "tenant_id",
            "id_no_index",
            unique=True,
            postgresql_where=text("standing IN ('probationary', 'formal', 'suspended', 'holding')"),
        ),
        Index(None, "tenant_id", "phone_index"),
        Index(None, "tenant_id", "group_id", postgresql_where=text("group_id IS NOT NULL")),
        tenant_key("unit_id", to="unit"),
        tenant_key("group_id", to="unit"),
        CheckConstraint(
            "standing IN ('probationary','formal','suspended','removed','died','transferred_out','holding')",
            name="standing",
        ),
        CheckConstraint("standing NOT IN ('probationary','formal') OR unit_id IS NOT NULL", name="placed"),
    )

    name: Mapped[str] = mapped_column(BytewiseText)
    #: 曾用名
    former_name: Mapped[str | None]
    #: order of names: pinyin with the surname's own reading, then the characters
    name_key: Mapped[str] = mapped_column(BytewiseText)
    #: full pinyin and initials of the first reading; other readings are in person_key
    pinyin: Mapped[str] = mapped_column(BytewiseText)
    initials: Mapped[str] = mapped_column(BytewiseText)
    #: GB/T 2261.1: 1 男, 2 女
    sex: Mapped[str] = mapped_column(Text)
    #: GB 3304
    ethnic: Mapped[str | None]
    #: id_card | none (approved, for the old and those abroad)
    id_kind: Mapped[str] = mapped_column(server_default="id_card")
    id_no_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_no_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_no_masked: Mapped[str | None]
    #: of the Party file, which governs Party files (R2.03)
    birth: Mapped[date]
    #: of the identity number, when it differs
    birth_by_id: Mapped[date | None]
    #: why sex or birth differ from the identity number
    mismatch_reason: Mapped[str | None]
    native_place: Mapped[str | None]
    #: GB/T 4658
    education: Mapped[str | None]
    degree: Mapped[str | None]
    #: 工作岗位, tenant code
    post: Mapped[str | None]
    employer: Mapped[str | None]
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_masked: Mapped[str | None]
    address_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: probationary | formal | suspended | removed | died | transferred_out | holding (no branch yet, R2.14)
    standing: Mapped[str]
    #: the branch that counts the person; None only when nobody does
    unit_id: Mapped[UUID | None]
    #: 党小组 of that branch
    group_id: Mapped[UUID | None]
    #: 加入党组织日期
    join_date: Mapped[date | None]
    #: 转为正式党员日期
    regular_date: Mapped[date | None]
    #: codes of the class tags that hold today, sorted (the dated ones are in person_class)
    class_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    #: 是否失联: since when
    lost_since: Mapped[date | None]
    work_start: Mapped[date | None]
    #: GB/T 2261.2
    marital: Mapped[str | None]
    household: Mapped[str | None]
    #: 无职党员
    no_post: Mapped[bool] = mapped_column(Boolean, server_default="false")
    #: joined before 1949-10-01
    before_1949: Mapped[bool] = mapped_column(Boolean, server_default="false")
    skills: Mapped[str | None]
    remark: Mapped[str | None]
    #: the import that made it
    import_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}


class PersonKey(TenantModel):
    """A further search key of a person: another reading of the name, or the name from its second character on.

    ``id`` is the person's id; equality and prefix ranges on ``key`` use the index under row security.
    """

    __tablename__ = "person_key"
    # The second index serves the cascade and the renewal of a person's keys.
    __table_args__ = (Index(None, "tenant_id", "id"), tenant_key("id", to="person", on_delete="CASCADE"))

    key: Mapped[str] = mapped_column(BytewiseText, primary_key=True, sort_order=-19)
    __mapper_args__ = {}


class MembershipSpell(TenantModel):
    """A continuous membership 党籍; somebody readmitted has several."""

    __tablename__ = "membership_spell"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "started_on"),
        Index(None, "tenant_id", "continues_id", postgresql_where=text("continues_id IS NOT NULL")),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("continues_id", to="membership_spell"),
    )

    person_id: Mapped[UUID]
    started_on: Mapped[date]
    #: developed | readmitted | restored | restored_after_suspension | transferred_in | whole_unit_in | imported | direct |
    #: posthumous
    start_reason: Mapped[str]
    ended_on: Mapped[date | None]
    #: expelled | quit_removed | advised_out | … | suspended | died | transferred_out | whole_unit_out
    end_reason: Mapped[str | None]
    #: the decision that ended (or restored) it: number, organ, date
    doc_no: Mapped[str | None]
    doc_organ: Mapped[str | None]
    doc_date: Mapped[date | None]
    #: the suspended spell that this one restores
    continues_id: Mapped[UUID | None]
    #: the import that made it
    import_id: Mapped[UUID | None]


class Placement(TenantModel):
    """Where a person's relation 组织关系 was, during a half-open span of days."""

    __tablename__ = "placement"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "valid_from"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="span"),
    )

    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    group_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: imported | admitted | moved | unit_change | restored
    cause: Mapped[str]
    #: the import that made it
    import_id: Mapped[UUID | None]


class PersonClass(TenantModel):
    """A dated class tag of a person: rural 农村, retired 离退休 and others."""

    __tablename__ = "person_class"
    __table_args__ = (
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "code", "person_id", postgresql_where=text("valid_to IS NULL")),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
    )

    person_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(BytewiseText)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: the import that made it
    import_id: Mapped[UUID | None]


class PersonChange(TenantModel):
    """One field of one person changed: old, new, who, why. Sensitive values are masked."""

    __tablename__ = "person_change"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "at"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
    )

    person_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    field: Mapped[str]
    old: Mapped[object | None] = mapped_column(JSONB)
    new: Mapped[object | None] = mapped_column(JSONB)
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    reason: Mapped[str | None]
    #: the import that made it
    import_id: Mapped[UUID | None]


class MemberFieldValue(TenantModel):
    """A person's value of a further field that a plugin declared; no row where there is none.

    It stands in the column of its kind, or encrypted (as text, bound to the row's id) when the field is of class P3.
    """

    __tablename__ = "member_field_value"
    __table_args__ = (
        Index(None, "tenant_id", "person_id", "field", unique=True),
        Index(None, "tenant_id", "field"),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        CheckConstraint("num_nonnulls(text, number, day, cipher) = 1", name="one_value"),
    )

    person_id: Mapped[UUID]
    #: the field's key, which begins with the plugin's name
    field: Mapped[str] = mapped_column(BytewiseText)
    #: text, long_text, a choice's code, ``1`` for a flag
    text: Mapped[str | None] = mapped_column(BytewiseText)
    number: Mapped[Decimal | None] = mapped_column(Numeric)
    day: Mapped[date | None]
    cipher: Mapped[bytes | None] = mapped_column(LargeBinary)


class RevealCount(TenantModel):
    """How many full views of sensitive fields an account made on a day. ``id`` is the account's id."""

    __tablename__ = "reveal_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(SmallInteger, server_default="0")


declare_sealed(MemberFieldValue, "cipher")
watch(Person, PersonClass, Placement, MembershipSpell, MemberFieldValue)


#: Tables that are part of a person's own record: they go with it, and nothing of value is lost beside it.
OWN_TABLES = frozenset(
    f"core.{model.__tablename__}"
    for model in (PersonKey, MembershipSpell, Placement, PersonClass, PersonChange, MemberFieldValue)
)
