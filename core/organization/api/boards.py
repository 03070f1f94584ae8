"""Boards over many units: terms by due date, vacancies, officers."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import lazy_gettext as _l

from core.access.gate import ranges, requires
from core.api.paging import listed, page_of
from core.api.shapes import Paged
from core.organization.api import shapes
from core.organization.api.site import VIEW, bp
from core.organization.queries import boards


@bp.get("/terms", summary=_l("各级班子，按届满日期"), query=Paged, gives=shapes.TermPage)
@requires(VIEW)
def terms(query: dict[str, Any]) -> Response:
    """Present bodies, the earliest due first."""
    page = page_of(query, order="organization.terms", read=(date.fromisoformat, str))
    found = boards.terms_behind(ranges(VIEW), after=page.after, limit=page.limit + 1)
    return listed(found, page, shown=lambda one: asdict(one[0]), key=lambda one: (one[0].due_on, one[1]))


@bp.get("/vacancies", summary=_l("书记空缺"), query=Paged, gives=shapes.VacancyPage)
@requires(VIEW)
def vacancies(query: dict[str, Any]) -> Response:
    """Units without a secretary, the longest vacant first, those never recorded last."""
    page = page_of(query, order="organization.vacancies", read=(date.fromisoformat, str))
    found = boards.vacancies_behind(ranges(VIEW), after=page.after, limit=page.limit + 1)
    return listed(found, page, shown=lambda one: asdict(one[0]), key=lambda one: (one[1], one[2]))


@bp.get("/officers", summary=_l("班子成员"), query=shapes.OfficerQuery, gives=shapes.OfficerPage)
@requires(VIEW)
def officers(query: dict[str, Any]) -> Response:
    """Everybody in a post, in the order of the tree."""
    post = query.get("post", "")
    page = page_of(query, order=f"organization.officers.{post}", read=(str, str, UUID))
    found = boards.officers_behind(ranges(VIEW), post=post, after=page.after, limit=page.limit + 1)
    return listed(
        found, page, shown=lambda one: asdict(one[0]), key=lambda one: (one[1], one[0].post_code, one[0].holding_id)
    )
