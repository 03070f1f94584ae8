"""Connect the API's conventions to the application."""

from typing import Any

from flask import Flask, Response, abort, request
from flask_babel import gettext as _

from core.api import document
from core.api.answers import Unmet, unmet
from core.api.bodies import Misread
from core.api.operations import LINES, PROBLEM
from core.api.verbs import PREFIX, Verbs
from core.web.errors import problem_of

#: Answers a program may want; anything else is a 406.
OFFERED = ("application/json", PROBLEM, LINES, "application/octet-stream", "text/csv", "application/pdf")
_COMMON = frozenset({None, "", "*/*", "application/json"})


def add(app: Flask, verbs: Verbs) -> None:
    """Make a part's verbs routable and show them in the document. Called in the part's ``register(app)``."""
    document.of(app).register_blueprint(verbs)


def _misread(error: Misread) -> Response:
    return problem_of(error.findings, error.status)


def register(app: Flask) -> None:
    """Answer unmet preconditions and malformed requests; ask what the caller can read."""
    document.make(app)
    app.register_error_handler(Unmet, unmet)
    app.register_error_handler(Misread, _misread)

    @app.before_request
    def acceptable() -> Any:
        wanted = request.headers.get("Accept")
        if wanted in _COMMON or not request.path.startswith(PREFIX):
            return None
        if not any(kind.startswith("multipart/") or request.accept_mimetypes[kind] > 0 for kind in OFFERED):
            abort(406, _("这里的回答是 JSON（application/json）。请在 Accept 中写明可以接受。"))
        return None
