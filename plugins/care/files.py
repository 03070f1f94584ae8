"""Photos of visits: only with the member's consent, sealed, never published, kept no longer than the record."""

from uuid import UUID

from flask_babel import lazy_gettext as _l

from core.sdk.files import PICTURES, Purpose
from plugins.care.permissions import OPEN, VISIT
from plugins.care.queries.visits import visit


def visit_place(visit_id: UUID) -> str | None:
    """The path of the unit where a visit was made."""
    found = visit(visit_id)
    return found.path if found else None


PHOTO = Purpose(
    code="care.visit.photo",
    title=_l("走访照片"),
    subject="care_visit",
    view=OPEN,
    edit=VISIT,
    locate=visit_place,
    privacy="P3",
    kinds=tuple(sorted(PICTURES)),
)
