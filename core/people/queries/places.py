"""Units as lists of people need them: the range of paths, the way down from the root, about how many members.

A worker remembers them. What it remembers is used at once and proved afterwards: each holds the tenant's data counter
under which it was read, the request's first flush brings the present one, and when the two differ the place is read
again (:func:`proved`). So a list costs one flush, and a moved unit is never listed at its old place.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from uuid import UUID

from flask import has_request_context
from sqlalchemy import Integer, Text, Uuid, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from core.access.actor import Range
from core.database import tenant_id
from core.database.read import flush
from core.organization.models import Unit, UnitFigures
from core.tenancy.memory import data_version

_KEPT = 20_000
#: What may change without the place having changed.
_PASSING = ("members", "everybody", "version")
_places: "OrderedDict[tuple[int, UUID], Place]" = OrderedDict()


@dataclass(frozen=True, slots=True)
class Place:
    """A unit on a list's page.

    :param above: (id, short name) of each unit from the root down to this one's parent.
    :param members: how many the subtree counted when it was read: for choosing a plan, never shown.
    :param everybody: how many the tenant counted then.
    :param version: the data counter under which it was read.
    """

    id: UUID
    name: str
    short_name: str
    type: str
    state: str
    path: str
    path_end: str
    above: tuple[tuple[str, str], ...]
    members: int
    everybody: int
    version: int

    @property
    def range(self) -> Range:
        """The subtree as a range of paths."""
        return self.path, self.path_end

    @property
    def is_root(self) -> bool:
        """Whether it is the tenant's root, so that the subtree is everything."""
        return self.path.count(".") == 1


_own, _above = aliased(Unit), aliased(Unit)
_UNIT = select(Unit.id, Unit.name, Unit.short_name, Unit.type, Unit.state, Unit.path, Unit.path_end).where(
    Unit.id == bindparam("unit", type_=Uuid())
)
_ABOVE = (
    select(cast(_above.id, Text), _above.short_name)
    .join(_own, (_own.path > _above.path) & (_own.path < _above.path_end))
    .where(_own.id == bindparam("unit", type_=Uuid()))
    .order_by(_above.path)
)
_below = aliased(Unit)
_sum = cast(func.coalesce(func.sum(UnitFigures.members), 0), Integer)
_EVERYBODY = select(_sum)
_MEMBERS = (
    select(_sum)
    .join(_below, (_below.tenant_id == UnitFigures.tenant_id) & (_below.id == UnitFigures.id))
    .join(_own, (_below.path >= _own.path) & (_below.path < _own.path_end))
    .where(_own.id == bindparam("unit", type_=Uuid()))
)


def remembered(unit: UUID) -> Place | None:
    """What this worker remembers of a unit, or else the unit as it is; ``None`` when there is no such unit.

    In a request, ask :func:`proved` for it after the flush that used it.
    """
    known = _places.get((tenant_id(), unit)) if has_request_context() else None
    return known or _load(unit)


def proved(place: Place) -> Place | None:
    """The place as it is now: the same object when nothing of the tenant has changed since it was read."""
    if not has_request_context() or place.version == data_version():
        return place
    found = _load(place.id)
    same = found is not None and replace(found, **{name: getattr(place, name) for name in _PASSING}) == place
    return place if same else found


def _load(unit: UUID) -> Place | None:
    given = {"unit": unit}
    units, above, members, everybody = flush((_UNIT, given), (_ABOVE, given), (_MEMBERS, given), (_EVERYBODY, {}))
    if not units:
        return None
    own, name, short_name, kind, state, path, path_end = units[0]
    place = Place(
        id=own,
        name=name,
        short_name=short_name,
        type=kind,
        state=state,
        path=path,
        path_end=path_end,
        above=tuple((row[0], row[1]) for row in above),
        members=members[0][0],
        everybody=everybody[0][0],
        version=data_version() if has_request_context() else 0,
    )
    if has_request_context():
        _places[tenant_id(), unit] = place
        while len(_places) > _KEPT:
            _places.popitem(last=False)
    return place
