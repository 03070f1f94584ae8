"""What the health check offers to do with one click: the act with what its form offers, dated today."""

from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Refused, requires, today
from plugins.development.cases import recording
from plugins.development.cases.gates import late
from plugins.development.flow import KINDS
from plugins.development.pages.course import AT_ONCE
from plugins.development.pages.doing import loaded
from plugins.development.pages.forms import defaults, split
from plugins.development.pages.reading import version
from plugins.development.permissions import VIEW
from plugins.development.site import pages


@pages.post("/cases/<uuid:case_id>/at-once/<any('suspend'):kind>")
@requires(VIEW)
def at_once(case_id: UUID, kind: str) -> Response:
    """Record an act that the rules ask for today; what nobody asks for any more is not recorded."""
    held, known = loaded(case_id), KINDS[kind]
    held.require(known)
    asked = {AT_ONCE.get(one.rule) for _step, one in late(held.history, held.around)}
    if kind not in asked:
        abort(409)
    data, sealed = split(known, defaults(known, held.history, today(), {}))
    try:
        recording.act(
            case_id=case_id, kind=kind, act_on=today(), data=data, sealed=sealed, version=version()
        )  # fmt: skip
    except Refused as refused:
        flash(" ".join(one.message for one in refused.findings), "bad")
    else:
        flash(_("“%(what)s”已登记。", what=known.title), "ok")
    return redirect(url_for("p_development.case", case_id=case_id), 303)
