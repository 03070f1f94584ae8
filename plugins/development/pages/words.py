"""How states and due days are said on the screen; what codes are called stands in ``flow.words``."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from core.sdk import badge
from plugins.development.flow.words import SIDES, STATES

#: Stage → its short name, for figures, filters and the stepper.
STAGES = {
    1: _l("申请入党"),
    2: _l("积极分子"),
    3: _l("发展对象"),
    4: _l("预备党员接收"),
    5: _l("教育考察和转正"),
}
DUES = {"overdue": _l("已逾期"), "week": _l("7天内到期"), "soon": _l("30天内到期"), "found": _l("体检发现问题")}
SEXES = {"1": _l("男"), "2": _l("女")}
_TONES = {
    "applicant": "info", "activist": "info", "dev_object": "info", "reviewed": "info", "adopted": "brand",
    "probationary": "brand", "conv_requested": "brand", "conv_voted": "brand", "full": "ok", "archived": "ok",
    "deferred": "warn", "suspended": "warn", "returned": "warn", "probation_extended": "warn",
    "probation_postponed": "warn", "direct_admission": "ok", "posthumous": "ok",
}  # fmt: skip
#: Side states with which the way goes on.
_GOING_ON = frozenset({"deferred", "suspended", "returned", "probation_extended", "probation_postponed"})


def state_said(state: str, side: str = "") -> tuple[Any, str]:
    """What a case's state is called, with its tone; a side state says more than the main one."""
    if side and (side in _GOING_ON or side in SIDES):
        return SIDES[side], _TONES.get(side, "plain")
    return STATES[state], _TONES.get(state, "plain")


def state_badge(state: str, side: str = "") -> Markup:
    """The state as a badge."""
    return badge(*state_said(state, side))


def due_said(due: date | None, today: date) -> tuple[str, str]:
    """How a due day is said, with its tone; empty for days that are far away."""
    if due is None:
        return "", ""
    left = (due - today).days
    if left < 0:
        return str(_("逾期%(n)s天", n=-left)), "bad"
    if left == 0:
        return str(_("今天到期")), "bad"
    return (str(_("还有%(n)s天", n=left)), "warn" if left <= 7 else "plain") if left <= 60 else ("", "")


def due_shown(due: date | None, today: date) -> Markup | None:
    """A due day with how far it is."""
    if due is None:
        return None
    said, tone = due_said(due, today)
    return Markup("<time>{}</time> {}").format(due, badge(said, tone) if said else "")
