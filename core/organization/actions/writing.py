"""What every verb that writes units needs: ordinals, history rows, the move of a subtree, ending a unit."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, SmallInteger, cast, func, select, update

from core.database import db, tenant_id
from core.database.session import TenantSession
from core.events.actions import emit
from core.organization import events as _declared  # noqa: F401  (declares what is told here)
from core.organization import paths
from core.organization.codes import UnitStatus
from core.organization.models import Body, CoveredUnit, PostHolding, Unit, UnitVersion
from core.organization.plan import NewUnit
from core.tenancy.models import TenantState


def session() -> TenantSession:
    """The session of the present transaction."""
    return db.session()  # type: ignore[return-value]


def lock_tree() -> None:
    """Let no other change of the tree begin in this tenant until the transaction ends: two moves could make a circle."""
    session().execute(select(TenantState.next_unit).with_for_update())


def next_ordinals(count: int) -> int:
    """Take ``count`` ordinals for new units; returns the first."""
    taken = update(TenantState).values(next_unit=TenantState.next_unit + count).returning(TenantState.next_unit)
    return int(session().execute(taken).scalar_one()) - count


def unit_of(unit_id: UUID) -> Unit:
    """The unit as an entity.

    :raises sqlalchemy.exc.NoResultFound: the tenant has no such unit.
    """
    return session().get_one(Unit, (tenant_id(), unit_id))


def short_name_of(name: str) -> str:
    """A unit's short name when none is given: the full name without 中共 in front."""
    return name.removeprefix("中共") or name


def make_unit(new: NewUnit, *, parent: Unit, on: date, change_id: UUID | None, doc_no: str | None) -> Unit:
    """Make an active unit under ``parent`` with its first history row and the employers it covers."""
    path, path_end = paths.path_of(parent.path, next_ordinals(1))
    unit = Unit(
        code=new.code or None,
        name=new.name,
        short_name=new.short_name or short_name_of(new.name),
        type=new.type.value,
        subtype=new.subtype.value if new.subtype else None,
        parent_id=parent.id,
        path=path,
        path_end=path_end,
        depth=paths.depth(path),
        domain=new.domain.value if new.domain else parent.domain,
        established_on=on,
        approval_doc_no=doc_no,
        ends_on=new.ends_on,
        state=UnitStatus.ACTIVE.value,
    )
    session().add(unit)
    session().flush()
    session().add_all(CoveredUnit(unit_id=unit.id, name=name) for name in new.covered)
    write_history(unit, on=on, change_id=change_id)
    tell("unit.created", unit, parent=parent.id, type=unit.type, on=on, change=change_id)
    return unit


def tell(event: str, unit: Unit, **data: object) -> None:
    """Tell of something that happened to a unit; what is None is left out."""
    known = {name: value for name, value in data.items() if value is not None}
    emit(event, subject="unit", subject_id=unit.id, unit_path=unit.path, data=known)


def write_history(unit: Unit, *, on: date, change_id: UUID | None) -> None:
    """Record that the unit is from ``on`` on what it is now (:func:`core.organization.rules.history.succeeded`)."""
    session().flush()
    open_one = session().scalar(
        select(UnitVersion).where(UnitVersion.unit_id == unit.id, UnitVersion.valid_to.is_(None)).with_for_update()
    )
    state = {
        "name": unit.name,
        "short_name": unit.short_name,
        "type": unit.type,
        "subtype": unit.subtype,
        "parent_id": unit.parent_id,
        "state": "dissolved" if unit.state == UnitStatus.DISSOLVED else "active",
        "change_id": change_id,
    }
    if open_one is not None and open_one.valid_from == on:
        for name, value in state.items():
            setattr(open_one, name, value)
        return
    if open_one is not None:
        open_one.valid_to = on
    session().add(UnitVersion(unit_id=unit.id, valid_from=on, **state))


def move_subtree(unit: Unit, parent: Unit) -> None:
    """Hang a unit with everything below it under another superior: one statement for all paths."""
    session().flush()
    old, old_end = unit.path, unit.path_end
    moved = paths.below(parent.path, paths.label_of(old)) + func.substr(Unit.path, len(old) + 1)
    session().execute(
        update(Unit)
        .where(Unit.path >= old, Unit.path < old_end)
        .values(
            path=moved,
            path_end=func.concat(func.substr(moved, 1, func.length(moved) - 1), "/"),
            depth=cast(Unit.depth + (parent.depth + 1 - unit.depth), SmallInteger),
        ),
        execution_options={"synchronize_session": False},
    )
    session().expire_all()
    unit.parent_id = parent.id
    session().flush()


def end_unit(unit: Unit, *, on: date, change_id: UUID) -> None:
    """Dissolve a unit: its groups with it, its posts and body closed on the day."""
    groups = session().scalars(
        select(Unit).where(Unit.parent_id == unit.id, Unit.type == "group", Unit.state == "active")
    )
    for one in (*groups, unit):
        one.state = UnitStatus.DISSOLVED.value
        one.dissolved_on = on
        close_posts(on=on, unit_id=one.id)
        session().execute(
            update(Body)
            .where(Body.unit_id == one.id, Body.ended_on.is_(None))
            .values(ended_on=func.greatest(Body.started_on, on))  # none ends before it began
        )
        write_history(one, on=on, change_id=change_id)
        tell("unit.dissolved", one, on=on, change=change_id)


def close_posts(
    *, on: date, unit_id: UUID | None = None, person_id: UUID | None = None, body_id: UUID | None = None
) -> int:
    """End the open holdings of a unit, a person or a body on a day; returns how many."""
    wanted: list[ColumnElement[bool]] = [PostHolding.held_to.is_(None)]
    for column, value in (
        (PostHolding.unit_id, unit_id),
        (PostHolding.person_id, person_id),
        (PostHolding.body_id, body_id),
    ):
        if value is not None:
            wanted.append(column == value)
    if len(wanted) == 1:
        raise ValueError("say whose posts are to be closed")
    found = session().scalars(select(PostHolding).where(*wanted)).all()
    for holding in found:
        holding.held_to = max(on, holding.held_from)
    return len(found)
