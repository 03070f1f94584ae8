"""Members as things that rights can be asked about, and the roster as a list that somebody sees a part of."""

from sqlalchemy import Text, bindparam, cast, select

from core.access.actor import Range
from core.access.subjects import Subject, declare_list, declare_subject
from core.clock import today
from core.database.read import rows
from core.organization.models import Unit
from core.people.figures import figures
from core.people.models import Person
from core.people.permissions import VIEW

_BY_TEXT = (
    select(Person.id, Person.name, Unit.path, Unit.short_name)
    .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id), isouter=True)
    .order_by(Unit.path, Person.id)
    .limit(20)
)
_BY_ID = _BY_TEXT.where(cast(Person.id, Text) == bindparam("text"))
_BY_NAME = _BY_TEXT.where(Person.name == bindparam("text"))


def _persons(text: str) -> list[Subject]:
    found = rows(_BY_ID if len(text) == 36 else _BY_NAME, text=text)
    return [Subject("person", one, name, path or "", unit or "") for one, name, path, unit in found]


def _count(ranges: tuple[Range, ...]) -> int:
    return figures(ranges, as_of=today()).total


declare_subject("person", _persons)
declare_list("党员（正式和预备）", VIEW, _count)
