"""Addresses that reminders lead to: the form that does what is due, by the case alone."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, url_for
from werkzeug.wrappers import Response

from core.sdk import requires
from plugins.development.deadlines import FORMS
from plugins.development.pages.doing import loaded
from plugins.development.permissions import VIEW
from plugins.development.site import pages


def _leads(kind: str) -> Callable[..., Response]:
    @requires(VIEW)
    def now(case_id: UUID) -> Response:
        held = loaded(case_id)
        form = held.form_of(kind)
        return redirect(form or url_for("p_development.case", case_id=case_id), 303)

    return now


for _kind in FORMS:
    pages.add_url_rule(f"/cases/<uuid:case_id>/now/{_kind}", f"now_{_kind}", _leads(_kind))
