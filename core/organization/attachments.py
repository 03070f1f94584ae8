"""The files of a unit, and the papers by which a change of the organisation was asked for and decided."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from core.database.read import row
from core.files.purposes import Purpose, declare_purpose
from core.organization.models import Unit, UnitChange

_UNIT = select(Unit.path).where(Unit.id == bindparam("id"))
_CHANGE = (
    select(Unit.path)
    .select_from(UnitChange)
    .join(Unit, (Unit.tenant_id == UnitChange.tenant_id) & (Unit.id == UnitChange.unit_id))
    .where(UnitChange.id == bindparam("id"))
)


def _unit(unit_id: UUID) -> str | None:
    found = row(_UNIT, id=unit_id)
    return found[0] if found else None


def _change(change_id: UUID) -> str | None:
    found = row(_CHANGE, id=change_id)
    return found[0] if found else None


MATERIAL = declare_purpose(
    Purpose(
        code="organization.unit.material",
        title=_l("党组织材料"),
        subject="unit",
        view="organization.unit.view",
        edit="organization.unit.edit",
        locate=_unit,
        archive_class="02",
    )
)
PAPER = declare_purpose(
    Purpose(
        code="organization.change.paper",
        title=_l("请示与批复文件"),
        subject="unit_change",
        view="organization.unit.view",
        edit="organization.change.submit",
        locate=_change,
        archive_class="02",
    )
)
