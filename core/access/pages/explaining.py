"""看看此人能看到什么: an account's rights by unit, what it can list, and yes or no with why for one thing."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask_babel import gettext as _

from core import clock
from core.access.acting import actor_of
from core.access.actor import Actor
from core.access.explain import Answer, explain
from core.access.gate import may, ranges, requires
from core.access.opening import grouped, open_permissions
from core.access.own import EDIT, VIEW
from core.access.pages.site import bp, day_of, state_badge
from core.access.queries.grants import account_of, grants
from core.access.subjects import Subject, find, lists
from core.web.settings_sections import sections


@bp.get("/settings/access/accounts/<uuid:account_id>", endpoint="account")
@requires(VIEW)
def account_page(account_id: UUID) -> str:
    """An account's grants; what it may do in each unit; what it would see; and the answer about one subject."""
    found, today = account_of(account_id), clock.today()
    if found is None:
        abort(404)
    day = day_of(request.args.get("on")) or today
    rows, total = grants(ranges(VIEW), today=today, soon=today, account=account_id, limit=200)
    if not total and not _everything():
        abort(404)  # nothing of it stands within the asker's reach: as if there were no such account
    who = actor_of(account_id)
    subject, permission = request.args.get("subject", "").strip(), request.args.get("permission", "")
    answers = _answers(who, found[1], permission, subject, day)
    return render_template(
        "access/account.html", account=found, rows=[(row, state_badge(row)) for row in rows], day=day,
        units=_by_unit(who, day), answers=answers, reason_rows=_reason_rows,
        seen_facts=[(_(title), f"{count:,}") for title, count in _seen(who, day)], subject=subject, permission=permission,
        permissions=[(one.name, one.title) for one in sorted(open_permissions().values(), key=lambda one: one.name)],
        asked=bool(permission), editable=may(EDIT), sections=sections(),
    )  # fmt: skip


def _reason_rows(answer: Answer) -> list[tuple[str, str, str, str]]:
    return [
        (_(one.role), one.unit, f"{one.valid_from} {_('至')} {one.valid_to or _('不限期')}", one.why)
        for one in answer.reasons
    ]


def _everything() -> bool:
    return any(start.count(".") <= 1 for start, _end in ranges(VIEW))


def _visible(start: str) -> bool:
    return any(first <= start < last for first, last in ranges(VIEW))


def _by_unit(who: Actor | None, day: date) -> list[tuple[str, list[Any]]]:
    """What the account may do in each unit it was granted something on, within the asker's reach."""
    units: dict[str, tuple[str, set[str]]] = {}
    for held in who.holdings if who else ():
        if held.holds(day) and _visible(held.path):
            units.setdefault(held.path, (held.unit_name, set()))[1].update(held.permissions)
    return [(name, grouped(names)) for _path, (name, names) in sorted(units.items())]


def _seen(who: Actor | None, day: date) -> list[tuple[str, int]]:
    """How many rows each list would show, counting only what the asker may see too."""
    if who is None:
        return []
    mine = ranges(VIEW)
    return [(one.title, one.count(_both(who.ranges(one.permission, day), mine))) for one in lists()]


def _both(theirs: tuple[tuple[str, str], ...], mine: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    shared = ((max(a, c), min(b, d)) for a, b in theirs for c, d in mine)
    return tuple(sorted((start, end) for start, end in shared if start < end))


def _answers(
    who: Actor | None, name: str, permission: str, text: str, day: date
) -> list[tuple[Subject | None, Answer]]:
    """One answer for each thing that the text can mean; without a text, the answer about anywhere."""
    if permission not in open_permissions():
        return []
    if not text:
        return [(None, explain(who, name, permission, subject=_("任一党组织"), path=None, day=day))]
    shown = [one for one in find(text) if (_visible(one.path) if one.path else _everything())]
    return [(one, explain(who, name, permission, subject=one.title, path=one.path, day=day)) for one in shown[:20]]
