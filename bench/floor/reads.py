"""The floor's queries: hand-written SQL and what is made of its rows."""

import base64
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from flask import abort, request

from bench.floor.access import Asking, Row

LIST_FIELDS = (
    "id", "name", "sex", "ethnic", "birth", "education", "standing", "join_date", "regular_date", "post", "id_no", "phone",
    "class_tags", "lost_since", "unit_id", "unit",
)  # fmt: skip

UNIT = "SELECT path, short_name FROM core.unit WHERE tenant_id = %(tenant)s AND id = %(unit)s"
ABOVE = """
    SELECT above.id::text, above.short_name
    FROM core.unit own JOIN core.unit above ON above.tenant_id = own.tenant_id AND own.path >= above.path AND own.path < above.path_end
    WHERE own.tenant_id = %(tenant)s AND own.id = %(unit)s ORDER BY above.path
"""
PAGE = """
    SELECT p.id::text, p.name, p.sex, p.ethnic, p.birth, p.education, p.standing, p.join_date, p.regular_date, p.post,
           p.id_no_masked, p.phone_masked, p.class_codes, p.lost_since, p.unit_id::text, u.short_name,
           p.name_key, count(*) OVER () AS total
    FROM core.unit top
    JOIN core.unit u ON u.tenant_id = top.tenant_id AND u.path >= top.path AND u.path < top.path_end
    JOIN core.person p ON p.tenant_id = u.tenant_id AND p.unit_id = u.id
    WHERE top.tenant_id = %(tenant)s AND top.id = %(unit)s AND p.tenant_id = %(tenant)s
      AND p.sex = %(sex)s AND p.standing IN ('formal', 'probationary')
    ORDER BY p.name_key, p.id LIMIT %(limit)s + 1
"""
#: For many rows: the keys first, the rows behind them.
DEFERRED = """
    WITH found AS (
        SELECT p.id, p.name_key, count(*) OVER () AS total
        FROM core.unit top
        JOIN core.unit u ON u.tenant_id = top.tenant_id AND u.path >= top.path AND u.path < top.path_end
        JOIN core.person p ON p.tenant_id = u.tenant_id AND p.unit_id = u.id
        WHERE top.tenant_id = %(tenant)s AND top.id = %(unit)s AND p.tenant_id = %(tenant)s
          AND p.sex = %(sex)s AND p.standing IN ('formal', 'probationary')
        ORDER BY p.name_key, p.id LIMIT %(limit)s + 1
    )
    SELECT p.id::text, p.name, p.sex, p.ethnic, p.birth, p.education, p.standing, p.join_date, p.regular_date, p.post,
           p.id_no_masked, p.phone_masked, p.class_codes, p.lost_since, p.unit_id::text, u.short_name,
           found.name_key, found.total
    FROM found
    JOIN core.person p ON p.tenant_id = %(tenant)s AND p.id = found.id
    JOIN core.unit u ON u.tenant_id = p.tenant_id AND u.id = p.unit_id
    ORDER BY found.name_key, found.id
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list, as the template and the API want it."""

    rows: list[Row]
    total: int
    next: str | None
    above: list[Row]


def listed(asking: Asking, unit: UUID, sex: str, limit: int, *, above: bool = False) -> Listed:
    """A page of a subtree's members of one sex, by name, with the exact total."""
    given = {"unit": unit, "sex": sex, "limit": limit}
    questions = [(UNIT, given), (PAGE, given), *([(ABOVE, given)] if above else [])]
    units, rows, *names = asking.ask(*questions)
    if not units:
        abort(404)
    asking.within(units[0][0])
    total = rows[0][-1] if rows else 0
    further = None
    if len(rows) > limit:
        rows = rows[:limit]
        plain = orjson.dumps(["name", False, rows[-1][-2], rows[-1][0]])
        further = base64.urlsafe_b64encode(plain).decode().rstrip("=")
    return Listed(rows, total, further, names[0] if names else [])


def people(asking: Asking, unit: UUID, sex: str, limit: int) -> dict[str, Any]:
    """The page as JSON."""
    found = listed(asking, unit, sex, limit)
    items = [dict(zip(LIST_FIELDS, row, strict=False)) for row in found.rows]
    link = None
    if found.next is not None:
        given = [(name, value) for name, value in request.args.items() if name != "after"]
        link = f"{request.path}?{urlencode([*given, ('after', found.next)])}"
    return {"items": items, "next": link, "total": found.total}


MEMBER_FIELDS = (
    "id", "version", "name", "former_name", "sex", "ethnic", "id_kind", "id_no", "birth", "birth_by_id",
    "mismatch_reason", "native_place", "education", "degree", "post", "employer", "phone", "has_address", "standing", "unit_id",
    "unit", "group_id", "group", "join_date", "regular_date", "class_tags", "lost_since", "work_start", "marital", "household",
    "no_post", "before_1949", "skills", "remark", "created_at", "updated_at",
)  # fmt: skip
MEMBER = """
    SELECT p.id::text, p.version, p.name, p.former_name, p.sex, p.ethnic, p.id_kind, p.id_no_masked, p.birth, p.birth_by_id,
           p.mismatch_reason, p.native_place, p.education, p.degree, p.post, p.employer, p.phone_masked,
           p.address_cipher IS NOT NULL, p.standing, p.unit_id::text, u.short_name, p.group_id::text, g.short_name,
           p.join_date, p.regular_date, p.class_codes, p.lost_since, p.work_start, p.marital, p.household,
           p.no_post, p.before_1949, p.skills, p.remark, p.created_at, p.updated_at,
           u.path, ARRAY(
               SELECT above.short_name FROM core.unit above
               WHERE above.tenant_id = %(tenant)s
                 AND above.path = ANY (ARRAY(SELECT left(u.path, 5 * n) FROM generate_series(1, u.depth + 1) AS n))
               ORDER BY above.path
           )
    FROM core.person p
    JOIN core.unit u ON u.tenant_id = p.tenant_id AND u.id = p.unit_id
    LEFT JOIN core.unit g ON g.tenant_id = p.tenant_id AND g.id = p.group_id
    WHERE p.tenant_id = %(tenant)s AND p.id = %(person)s
"""


def member(asking: Asking, person: UUID) -> tuple[dict[str, Any], int]:
    """One member with the names of the units above, and the record's version."""
    (found,) = asking.ask((MEMBER, {"person": person}))
    if not found:
        abort(404)
    row = found[0]
    asking.within(row[-2])
    return {**dict(zip(MEMBER_FIELDS, row, strict=False)), "unit_path": row[-1], "added": {}}, row[1]


DASHBOARD = """
    SELECT count(*), count(*) FILTER (WHERE 'rural' = ANY (p.class_codes)), count(*) FILTER (WHERE p.sex = '2'),
           count(*) FILTER (WHERE p.birth > %(born_after)s),
           count(*) FILTER (WHERE p.education >= '10' AND p.education < '50' OR p.education >= '60' AND p.education < '64'),
           count(*) FILTER (WHERE p.standing = 'probationary')
    FROM core.person p WHERE p.tenant_id = %(tenant)s AND p.standing IN ('formal', 'probationary')
"""


def dashboard(asking: Asking) -> dict[str, Any]:
    """The tenant's figures, counted."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    born_after = date(today.year - 36, today.month, min(today.day, 28) if today.month == 2 else today.day)
    (((total, rural, female, young, schooled, probationary),),) = asking.ask((DASHBOARD, {"born_after": born_after}))
    return {
        "as_of": today,
        "unit": None,
        "total": total,
        "rural": rural,
        "female": female,
        "age_35_or_under": young,
        "senior_secondary_or_above": schooled,
        "probationary": probationary,
    }


TREE = """
    SELECT u.id::text, u.parent_id::text, u.path, u.name, u.short_name, u.type, u.subtype, u.domain,
           coalesce(c.members, 0), coalesce(c.formal, 0), coalesce(c.probationary, 0), b.due_on
    FROM core.unit u
    LEFT JOIN (
        SELECT unit_id, max(due_on) AS due_on FROM core.body
        WHERE tenant_id = %(tenant)s AND ended_on IS NULL GROUP BY unit_id
    ) AS b ON b.unit_id = u.id
    LEFT JOIN (
        SELECT unit_id, count(*) AS members, count(*) FILTER (WHERE standing = 'formal') AS formal,
               count(*) FILTER (WHERE standing = 'probationary') AS probationary
        FROM core.person WHERE tenant_id = %(tenant)s AND standing IN ('formal', 'probationary') GROUP BY unit_id
    ) AS c ON c.unit_id = u.id
    WHERE u.tenant_id = %(tenant)s AND u.state IN ('active', 'dissolving')
    ORDER BY u.path
"""
TREE_FIELDS = (
    "id", "parent_id", "path", "name", "short_name", "type", "subtype", "domain", "members", "formal", "probationary", "due_on",
)  # fmt: skip


def tree(asking: Asking) -> dict[str, Any]:
    """All units in order, each with the counts of its whole subtree."""
    (rows,) = asking.ask((TREE, {}))
    below: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in reversed(rows):
        own = below[row[2]]
        for i, number in enumerate(row[8:11]):
            own[i] += number
        parent = row[2][:-5].rpartition(".")[0] + "." if row[1] else ""
        for i, number in enumerate(own):
            below[parent][i] += number
    return {"items": [dict(zip(TREE_FIELDS, (*row[:8], *below[row[2]], row[11]), strict=True)) for row in rows]}
