"""The files of a member: materials such as certificates and registration forms."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from core.database.read import row
from core.files.purposes import Purpose, declare_purpose
from core.organization.models import Unit
from core.people.models import Person

_PATH = (
    select(Unit.path)
    .select_from(Person)
    .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id), isouter=True)
    .where(Person.id == bindparam("id"))
)


def locate(person_id: UUID) -> str | None:
    """The path of the unit that counts a person; ``""`` for somebody whom no unit counts, None for nobody."""
    found = row(_PATH, id=person_id)
    return None if found is None else found[0] or ""


MATERIAL = declare_purpose(
    Purpose(
        code="people.member.material",
        title=_l("党员材料"),
        subject="person",
        view="people.member.reveal",
        edit="people.member.edit",
        locate=locate,
        privacy="P3",
        archive_class="05",
    )
)
