"""What care adds to every member's record and to the member list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from core.sdk import ListColumn, MemberField, Unit, ranges, rows, within
from core.sdk import bounds as given_by
from plugins.care.models import Visit
from plugins.care.permissions import VIEW

#: Whom to call when somebody is taken to hospital, or opens no door.
FIELDS = (
    MemberField(
        key="care.urgent_contact", title=_l("紧急联系人及电话"), privacy="P3", headings=("紧急联系人", "家属联系方式"),
        help="如“李某（女儿）138…”，加密保存，走访和遇到急事时使用。",
    ),
)  # fmt: skip
COLUMNS = (ListColumn("care.visited_on", _l("最近走访"), kind="date"),)
_PEOPLE = Visit.person_id == any_(bindparam("people", type_=ARRAY(PG_UUID(as_uuid=True))))


def visited_on(page: Sequence[Sequence[Any]]) -> Mapping[str, Mapping[str, date]]:
    """When each member of a page was last visited, as far as the viewer may see visits; one statement for the page."""
    held = ranges(VIEW)
    if not held:
        return {}
    found = rows(
        select(Visit.person_id, func.max(Visit.made_on))
        .join(Unit, (Unit.tenant_id == Visit.tenant_id) & (Unit.id == Visit.unit_id))
        .where(_PEOPLE, within(Unit.path, len(held)))
        .group_by(Visit.person_id),
        people=[UUID(str(one[0])) for one in page],
        **given_by(held),
    )
    return {"care.visited_on": {str(person): on for person, on in found}}
