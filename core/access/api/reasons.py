"""Why an account may do something, or not."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.acting import actor_of
from core.access.api.site import bp
from core.access.explain import Answer as Because
from core.access.explain import explain
from core.access.gate import may, ranges, requires
from core.access.opening import open_permissions
from core.access.own import VIEW
from core.access.queries import grants as asked
from core.access.subjects import Subject, find
from core.api import fields
from core.api.answers import answer
from core.api.shapes import Answer, Query


class WhyQuery(Query):
    """What is asked about."""

    permission = fields.Text(_l("权限，见 /permissions"), least=1, most=80, required=True)
    subject = fields.Text(_l("编号、名称或代号；不写为任一党组织"), least=1, most=200)
    on = fields.Day(_l("哪一天；不写为今天"))


class ReasonShape(Answer):
    """What one grant says."""

    grants = fields.Flag(_l("这项授权给出这个权限"), required=True)
    role = fields.Text(required=True)
    unit = fields.Text(required=True)
    valid_from = fields.Day(required=True)
    valid_to = fields.Day(allow_none=True, required=True)
    why = fields.Text(required=True)


class WhyShape(Answer):
    """Yes or no about one thing."""

    yes = fields.Flag(required=True)
    account = fields.Text(required=True)
    permission = fields.Text(required=True)
    title = fields.Text(required=True)
    subject = fields.Text(required=True)
    subject_id = fields.Id(allow_none=True, required=True)
    day = fields.Day(required=True)
    reasons = fields.Many(fields.Nested(ReasonShape), required=True)
    masked = fields.Flag(_l("只见隐去后的样子"), allow_none=True, required=True)
    needed = fields.Many(fields.Text(most=2000), required=True)


class WhysShape(Answer):
    """An answer for each thing that the subject can mean."""

    items = fields.Many(fields.Nested(WhyShape), required=True)


def _why(one: Subject | None, found: Because) -> dict[str, Any]:
    return {**found.as_dict(), "subject_id": one.id if one else None}


def _everything() -> bool:
    return any(start.count(".") <= 1 for start, _end in ranges(VIEW))


@bp.get("/accounts/<uuid:account_id>/rights", summary=_l("某人为什么能或不能办某事"), query=WhyQuery, gives=WhysShape)
@requires(VIEW)
def explain_rights(account_id: UUID, query: dict[str, Any]) -> Response:
    """Whether an account holds a permission about something, grant by grant; only for what the asker may see too."""
    found, day = asked.account_of(account_id), query.get("on") or clock.today()
    if found is None or not (_everything() or _has_grants(account_id, day)):
        abort(404)
    if query["permission"] not in open_permissions():
        abort(404)
    who, name, permission = actor_of(account_id), found[1], query["permission"]
    text = query.get("subject", "").strip()
    if not text:
        because = explain(who, name, permission, subject="任一党组织", path=None, day=day)
        return answer({"items": [_why(None, because)]})
    meant = [one for one in find(text) if (may(VIEW, one.path) if one.path else _everything())][:20]
    return answer(
        {
            "items": [
                _why(one, explain(who, name, permission, subject=one.title, path=one.path, day=day)) for one in meant
            ]
        }
    )


def _has_grants(account_id: UUID, day: date) -> bool:
    return bool(asked.grants_after(ranges(VIEW), today=day, soon=day, account=account_id, limit=1))
