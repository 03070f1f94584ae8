"""Papers of a case: what everybody of the branch's committee may see, and what is sealed."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, bindparam, select

from core.sdk import Unit, row
from core.sdk.files import PAPERS, Purpose
from plugins.development.models.case import Case
from plugins.development.permissions import RECORD, SEALED, VIEW

SUBJECT = "development_case"
_PLACE = (
    select(Unit.path)
    .join(Case, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .where(Case.id == bindparam("case_id", type_=Uuid()))
)


def place(case_id: UUID) -> str | None:
    """The path of the unit that handles a case now."""
    found = row(_PLACE, case_id=case_id)
    return found[0] if found else None


PAPER = Purpose(
    code="development.case.paper", title=_l("材料"), subject=SUBJECT, view=VIEW, edit=RECORD, locate=place, privacy="P2",
    kinds=PAPERS, archive_class="05",
)  # fmt: skip
SEALED_PAPER = Purpose(
    code="development.case.sealed", title=_l("政审等保密材料"), subject=SUBJECT, view=SEALED, edit=SEALED, locate=place,
    privacy="P3", kinds=PAPERS, archive_class="05",
)  # fmt: skip
PURPOSES = (PAPER, SEALED_PAPER)
