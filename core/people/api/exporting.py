"""The roster in bulk, a line for each member."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.access.gate import may, ranges, requires
from core.api.lines import ROWS, streamed
from core.api.operations import LINES
from core.audit.actions import record as audit
from core.people.actions.privacy import purpose_of
from core.people.added.fields import open_fields
from core.people.added.stored import for_programs
from core.people.api import shapes
from core.people.api.reading import asked
from core.people.api.site import EXPORT, EXPORT_FULL, bp
from core.people.queries.lists import Asked, Page, members
from core.people.queries.ordering import Cursor
from core.people.queries.sealed import in_clear
from core.people.queries.statements import FIELDS
from core.policy.findings import Finding, Refused, Severity


@bp.post(
    "/people/export", summary=_l("导出党员名册（每行一名）"), query=shapes.ExportQuery, takes=shapes.ExportBody, raw=LINES,
    says=_l("以 NDJSON 逐行给出，人数不限；须写明用途，会留痕。"),
)  # fmt: skip
@requires(EXPORT)
def export(query: dict[str, Any], body: dict[str, Any]) -> Response:
    """Every member that the filters match, in their order."""
    wanted = replace(asked(query, ranges(EXPORT)), limit=ROWS)
    purpose = purpose_of(body["purpose"])
    first = members(wanted)
    if first is None:
        abort(404)
    _allow(first, body["full"])
    audit(
        kind="people.exported",
        subject="unit" if first.place else None,
        subject_id=first.place.id if first.place else None,
        detail={"rows": first.total, "full": body["full"], "purpose": purpose, "filters": wanted.criteria.recorded},
    )
    return streamed(lambda place: _page(wanted, first, place, body["full"]), lambda row: row)


def _allow(first: Page, full: bool) -> None:
    if full and not may(EXPORT_FULL, first.place.path if first.place else None):
        message = _("您没有导出完整证件号码、电话和住址的权限，可以导出隐去部分内容的名册。")
        raise Refused([Finding("2.9", Severity.BLOCK, "full", message, code="E_PERM")])


def _page(wanted: Asked, first: Page, place: str | None, full: bool) -> tuple[Sequence[Any], str | None]:
    """The rows behind a place, and the next place."""
    page = first
    if place is not None:
        found = members(replace(wanted, cursor=Cursor.read(place, wanted.order)), with_total=False)
        if found is None:  # the unit is gone meanwhile: so are its members
            return (), None
        page = found
    items = [dict(zip(FIELDS, row, strict=False)) for row in page.rows]
    people = [item["id"] for item in items]
    if open_fields():
        added = for_programs(people, clear=full)
        items = [{**item, "added": added[item["id"]]} for item in items]
    clear = in_clear(people) if full else {}
    return [{**item, **clear.get(item["id"], {})} for item in items] if full else items, page.next
