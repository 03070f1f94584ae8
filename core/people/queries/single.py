"""One person: the record as its page and the API show it, and what happened to it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from core.access.actor import Range
from core.database.read import flush
from core.organization.models import PostHolding, Unit
from core.people.added import stored
from core.people.added.fields import open_field
from core.people.models import MembershipSpell, Person, PersonChange, PersonClass, Placement
from core.people.queries.places import Place, proved, remembered

#: What :func:`one` reads, in this order; identifiers as text.
FIELDS = (
    "id", "version", "name", "former_name", "sex", "ethnic", "id_kind", "id_no", "birth", "birth_by_id",
    "mismatch_reason", "native_place", "education", "degree", "post", "employer", "phone", "has_address", "standing", "unit_id",
    "unit", "group_id", "group", "join_date", "regular_date", "class_tags", "lost_since", "work_start", "marital", "household",
    "no_post", "before_1949", "skills", "remark", "created_at", "updated_at",
)  # fmt: skip
_PATH = len(FIELDS)
_p, _group = Person, aliased(Unit)
# From parent to parent by the primary key: a few rows whatever the size of the tenant, and nothing that a worker would
# have to remember of each of its branches. Part of the one statement: each more costs a tenth of the request.
_u, _upper = aliased(Unit), aliased(Unit)
_up = (
    select(_u.id, _u.parent_id, _u.path, _u.short_name)
    .join(_p, _p.unit_id == _u.id)
    .where(_p.id == bindparam("person", type_=Uuid()))
    .cte("up", recursive=True)
)
_up = _up.union_all(
    select(_upper.id, _upper.parent_id, _upper.path, _upper.short_name).join(_up, _up.c.parent_id == _upper.id)
)
_WAY = func.array(select(_up.c.short_name).order_by(_up.c.path).scalar_subquery(), type_=ARRAY(Text))
_ONE = (
    select(
        cast(_p.id, Text), _p.version, _p.name, _p.former_name, _p.sex, _p.ethnic, _p.id_kind, _p.id_no_masked, _p.birth,
        _p.birth_by_id, _p.mismatch_reason, _p.native_place, _p.education, _p.degree, _p.post, _p.employer, _p.phone_masked,
        _p.address_cipher.is_not(None), _p.standing, cast(_p.unit_id, Text), Unit.short_name, cast(_p.group_id, Text),
        _group.short_name, _p.join_date, _p.regular_date, _p.class_codes, _p.lost_since, _p.work_start, _p.marital,
        _p.household, _p.no_post, _p.before_1949, _p.skills, _p.remark, _p.created_at, _p.updated_at, Unit.path, _WAY,
    )
    .join(Unit, (Unit.id == _p.unit_id), isouter=True)
    .join(_group, (_group.id == _p.group_id), isouter=True)
    .where(_p.id == bindparam("person", type_=Uuid()))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A person found.

    :param values: by :data:`FIELDS`.
    :param path: of the unit that counts the person; ``""`` for somebody whom no unit counts.
    :param unit_path: short names from the root down to that unit.
    """

    values: dict[str, Any]
    path: str
    unit_path: list[str]
    #: further fields → value or ``None``; what is sealed is masked
    added: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """The person's id."""
        return UUID(self.values["id"])

    @property
    def version(self) -> int:
        """Rises with each change."""
        version: int = self.values["version"]
        return version

    @property
    def place(self) -> Place | None:
        """That unit with the units above it."""
        place = remembered(UUID(self.values["unit_id"])) if self.path else None
        return proved(place) if place else None


def one(person: UUID, ranges: tuple[Range, ...]) -> Found | None:
    """A person within the ranges; ``None`` for somebody unknown and for somebody elsewhere alike.

    Somebody whom no unit counts is seen by those who see the whole tenant.
    """
    given = {"person": person}
    found, *added = flush((_ONE, given), *stored.question(person))
    if not found:
        return None
    path = found[0][_PATH] or ""
    if not _sees(ranges, path):
        return None
    values = dict(zip(FIELDS, found[0], strict=False))
    return Found(values, path, list(found[0][_PATH + 1]), stored.answered(added[0]) if added else {})


def _sees(ranges: tuple[Range, ...], path: str) -> bool:
    if not path:
        return any(start.count(".") <= 1 for start, _ in ranges)
    return any(start <= path < end for start, end in ranges)


@dataclass(frozen=True, slots=True)
class Spell:
    """A continuous membership."""

    id: UUID
    started_on: date
    start_reason: str
    ended_on: date | None
    end_reason: str | None
    doc_no: str | None
    doc_organ: str | None
    doc_date: date | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a unit, half-open."""

    id: UUID
    unit_id: UUID
    unit: str
    group: str | None
    valid_from: date
    valid_to: date | None
    cause: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A class tag with its days, half-open."""

    id: UUID
    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field changed."""

    at: datetime
    field: str
    old: Any
    new: Any
    actor: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """A post held in a unit."""

    unit_id: UUID
    unit: str
    post_code: str
    held_from: date
    held_to: date | None


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a person, newest first."""

    spells: list[Spell]
    stays: list[Stay]
    tags: list[Tag]
    changes: list[Change]
    posts: list[Post]


_who = bindparam("person", type_=Uuid())
_s, _l, _t, _c, _h = MembershipSpell, Placement, PersonClass, PersonChange, PostHolding
_SPELLS = (
    select(_s.id, _s.started_on, _s.start_reason, _s.ended_on, _s.end_reason, _s.doc_no, _s.doc_organ, _s.doc_date)
    .where(_s.person_id == _who)
    .order_by(_s.started_on.desc(), _s.id.desc())
)
_STAYS = (
    select(_l.id, _l.unit_id, Unit.short_name, _group.short_name, _l.valid_from, _l.valid_to, _l.cause)
    .join(Unit, (Unit.tenant_id == _l.tenant_id) & (Unit.id == _l.unit_id))
    .join(_group, (_group.id == _l.group_id), isouter=True)
    .where(_l.person_id == _who)
    .order_by(_l.valid_from.desc(), _l.id.desc())
)
_TAGS = (
    select(_t.id, _t.code, _t.valid_from, _t.valid_to)
    .where(_t.person_id == _who)
    .order_by(_t.valid_to.desc().nulls_first(), _t.valid_from.desc(), _t.code)
)
_CHANGES = (
    select(_c.at, _c.field, _c.old, _c.new, _c.actor, _c.reason)
    .where(_c.person_id == _who)
    .order_by(_c.at.desc(), _c.id.desc())
    .limit(500)
)
_POSTS = (
    select(_h.unit_id, Unit.short_name, _h.post_code, _h.held_from, _h.held_to)
    .join(Unit, (Unit.tenant_id == _h.tenant_id) & (Unit.id == _h.unit_id))
    .where(_h.person_id == _who)
    .order_by(_h.held_to.desc().nulls_first(), _h.held_from.desc())
)


def history(person: UUID) -> History:
    """Spells, placements, tags, changes and posts of a person (whose right to be seen was asked before)."""
    given = {"person": person}
    spells, stays, tags, changes, posts = flush(*((q, given) for q in (_SPELLS, _STAYS, _TAGS, _CHANGES, _POSTS)))
    return History(
        [Spell(*row) for row in spells],
        [Stay(*row) for row in stays],
        [Tag(*row) for row in tags],
        [Change(*row) for row in changes if "." not in row[1] or open_field(row[1])],
        [Post(*row) for row in posts],
    )
