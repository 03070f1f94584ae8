"""What the pages of access share."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from markupsafe import Markup

from core import clock
from core.access.gate import may
from core.access.opening import open_roles
from core.access.own import VIEW
from core.access.queries.grants import GrantRow, grant_of, roles
from core.web.tables import badge

bp = Blueprint("access", __name__, template_folder="../templates")

_TONES = {"current": "ok", "coming": "info", "ended": "plain"}


def state_badge(row: GrantRow) -> Markup:
    """Whether a grant holds, as a word."""
    state = row.state(clock.today())
    word = {"current": _("有效"), "coming": _("未生效"), "ended": _("已结束")}[state]
    return badge(word, _TONES[state])


def role_choices() -> list[tuple[str, str]]:
    """Every role that can be granted: templates, then the tenant's own."""
    own, _used = roles(today=clock.today())
    return [(one.code, one.title) for one in open_roles().values()] + [(one.code, one.title) for one in own]


def day_of(text: str | None) -> date | None:
    """A date typed or in an address; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def id_of(text: str | None) -> UUID | None:
    """An id typed or in an address; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def grant_or_404(grant_id: UUID) -> GrantRow:
    """The grant, if it stands within the asker's reach; else as if there were none."""
    found = grant_of(grant_id)
    if found is None or not may(VIEW, found.path):
        abort(404)
    return found


def typed(*names: str) -> dict[str, str]:
    """What was typed into these fields."""
    return {name: request.form.get(name, "").strip() for name in names}
