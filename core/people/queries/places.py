"""Units as lists of people need them: the range of paths, the way down from the root, about how many members.

A worker remembers them. What it remembers is used at once and proved afterwards: each holds the tenant's data counter
under which it was read, the request's first flush brings the present one, and when the two differ the place is read
again (:func:`proved`). So a list costs one flush, and a moved unit is never listed at its old place.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import has_request_context
from sqlalchemy import ARRAY, Integer, Text, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from core.access.actor import Range
from core.database import BytewiseText, tenant_id
from core.database.read import Query, Row, flush
from core.organization.models import Unit, UnitFigures
from core.organization.paths import above
from core.tenancy.memory import data_version

_KEPT = 20_000
_places: "OrderedDict[tuple[int, UUID], Place]" = OrderedDict()
#: About how many each large tenant counts, as it was when somebody first asked. It only helps to choose a plan, and
#: adding up thousands of units for it would cost more than the list.
_everybody: dict[int, int] = {}
_LARGE = 50_000


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


_own = aliased(Unit)
_UNIT = select(Unit.id, Unit.name, Unit.short_name, Unit.type, Unit.state, Unit.path, Unit.path_end).where(
    Unit.id == bindparam("unit", type_=Uuid())
)
_ABOVE = (
    select(cast(Unit.id, Text), Unit.short_name)
    .where(Unit.path == any_(bindparam("paths", type_=ARRAY(BytewiseText))))
    .order_by(Unit.path)
)
# The same before the path is known: from parent to parent by the primary key, however many units there are.
_first, _upper = aliased(Unit), aliased(Unit)
_up = (
    select(_first.id, _first.parent_id, _first.path, _first.short_name)
    .where(_first.id == bindparam("unit", type_=Uuid()))
    .cte("up", recursive=True)
)
_up = _up.union_all(
    select(_upper.id, _upper.parent_id, _upper.path, _upper.short_name).join(_up, _up.c.parent_id == _upper.id)
)
_WAY = (
    select(cast(_up.c.id, Text), _up.c.short_name)
    .where(_up.c.id != bindparam("unit", type_=Uuid()))
    .order_by(_up.c.path)
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
    """The place as it is now: the same object when it has not changed since it was read."""
    return renewed(place, flush(*renewal(place))) if is_doubtful(place) else place


def is_doubtful(place: Place) -> bool:
    """Whether anything of the tenant has changed since the place was read. Ask after the request's first flush."""
    return has_request_context() and place.version != data_version()


def renewal(place: Place) -> tuple[Query, ...]:
    """The questions by which a doubtful place is read again, for a flush that asks other things as well."""
    return (_UNIT, {"unit": place.id}), (_ABOVE, {"paths": list(above(place.path))})


def renewed(place: Place, answers: Sequence[list[Row]]) -> Place | None:
    """The place by the answers to :func:`renewal`: the same object when it has not changed; ``None``: it is gone."""
    units, names = answers
    if not units:
        _places.pop((tenant_id(), place.id), None)
        return None
    if units[0][5] != place.path:  # the names were asked for the old way down
        return _load(place.id)
    found = _made(units[0], names, place.members, place.everybody)
    _keep(found)
    return place if replace(found, version=place.version) == place else found


def _load(unit: UUID) -> Place | None:
    given, tenant = {"unit": unit}, tenant_id()
    known = _everybody.get(tenant) if has_request_context() else None
    counting: tuple[Query, ...] = ((_EVERYBODY, {}),) if known is None else ()
    units, names, members, *counted = flush((_UNIT, given), (_WAY, given), (_MEMBERS, given), *counting)
    if not units:
        return None
    if known is None:
        known = counted[0][0][0]
        if known >= _LARGE:
            _everybody[tenant] = known
    place = _made(units[0], names, members[0][0], known)
    _keep(place)
    return place


def _made(unit: Row, names: Sequence[Row], members: int, everybody: int) -> Place:
    own, name, short_name, kind, state, path, path_end = unit
    return Place(
        id=own,
        name=name,
        short_name=short_name,
        type=kind,
        state=state,
        path=path,
        path_end=path_end,
        above=tuple((row[0], row[1]) for row in names),
        members=members,
        everybody=everybody,
        version=data_version() if has_request_context() else 0,
    )


def _keep(place: Place) -> None:
    if has_request_context():
        _places[tenant_id(), place.id] = place
        while len(_places) > _KEPT:
            _places.popitem(last=False)
