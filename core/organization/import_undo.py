"""Taking a whole import of units back: what it made and nobody uses goes, what it changed and nobody changed since returns."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, delete, select, update
from sqlalchemy.exc import IntegrityError

from core.database import db, tenant_id
from core.importing.kinds import Effect, Undone
from core.organization import dependants
from core.organization.models import Body, CoveredUnit, PostHolding, Unit, UnitChange
from core.organization.referring import referring

#: What is part of a unit or made from it, and what keeps it from being deleted by itself.
_OWN_TABLES = frozenset(
    {"core.unit", "core.unit_version", "core.unit_figures", "core.deadline", "core.person", "core.placement"}
)
_UNSYNCHRONISED = {"synchronize_session": False}


def undo(run_id: UUID, effects: Sequence[Effect]) -> Undone:
    """Take the import back inside the open transaction.

    A unit stays when somebody changed it, was placed or appointed in it, was granted a role on it, or hung another
    unit below it; so do the units above one that stays.
    """
    kept: list[str] = []
    session = db.session()
    session.execute(delete(Body).where(Body.import_id == run_id), execution_options=_UNSYNCHRONISED)
    restored = sum(_restore(effect, kept) for effect in effects)
    made = session.execute(
        select(Unit.id, Unit.name, Unit.version, Unit.path).where(Unit.import_id == run_id).order_by(Unit.path.desc())
    ).all()
    used = _used([row.id for row in made])
    staying: list[str] = []
    removed = 0
    for unit_id, name, version, path in made:
        above_one_that_stays = any(other.startswith(path) for other in staying)
        if version > 1 or unit_id in used or above_one_that_stays or not _remove(unit_id):
            staying.append(path)
            kept.append(f"“{name}”已被使用或修改，没有删除。")
        else:
            removed += 1
    return Undone(removed, restored, tuple(kept))


def _used(unit_ids: Sequence[UUID]) -> set[UUID]:
    """Units that something would silently vanish with: posts, covered employers, changes, grants."""
    used = dependants.uses(unit_ids)
    for table in (PostHolding, CoveredUnit, UnitChange):
        held = select(table.unit_id).where(table.unit_id.is_not(None)).distinct()
        used |= {one for one in db.session().scalars(held) if one is not None and one in unit_ids}
    return used | set(referring("core.unit", unit_ids, but=_OWN_TABLES))


def _remove(unit_id: UUID) -> bool:
    """Delete one unit unless something refers to it (people, units below)."""
    try:
        with db.session().begin_nested():
            db.session().execute(delete(Unit).where(Unit.id == unit_id), execution_options=_UNSYNCHRONISED)
    except IntegrityError:
        return False
    return True


def _restore(effect: Effect, kept: list[str]) -> int:
    if effect.subject == "body":
        return _reopen(effect.subject_id, kept)
    values = {
        name: date.fromisoformat(value) if isinstance(Unit.__table__.c[name].type, Date) and value else value
        for name, value in effect.before.items()
    }
    statement = (
        update(Unit)
        .where(Unit.id == effect.subject_id, Unit.version == effect.version_after)
        .values(**values, version=Unit.version + 1)
        .returning(Unit.id)
    )
    if db.session().execute(statement, execution_options=_UNSYNCHRONISED).scalar_one_or_none() is not None:
        return 1
    name = db.session().scalar(select(Unit.name).where(Unit.id == effect.subject_id))
    kept.append(f"“{name}”在导入后又被修改，没有恢复原值。")
    return 0


def _reopen(body_id: UUID, kept: list[str]) -> int:
    """A body that the import ended runs on, unless another one than the import's has begun since."""
    session = db.session()
    body = session.get(Body, (tenant_id(), body_id))
    if body is None:
        return 0
    others = select(Body.id).where(Body.unit_id == body.unit_id, Body.id != body_id, Body.started_on >= body.started_on)
    if session.scalar(others):
        kept.append("有党组织在导入后又换届，原班子的届满日期没有恢复。")
        return 0
    body.ended_on = None
    return 1
