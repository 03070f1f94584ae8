"""The document and its reader: ``/api/openapi.json`` and ``/api/docs``."""

import orjson
from flask import Blueprint, Flask, Response
from flask_babel import get_locale

from core.access.gate import SIGNED_IN, requires
from core.api import own, setup
from core.api.document import whole

bp = Blueprint("api", __name__, url_prefix="/api", template_folder="templates")


@bp.get("/openapi.json")
@requires(SIGNED_IN)
def openapi() -> Response:
    """The OpenAPI document, with this tenant's address, in the reader's language."""
    response = Response(orjson.dumps(whole()), content_type="application/json")
    response.headers["Content-Language"] = str(get_locale() or "zh")
    return response


def register(app: Flask) -> None:
    """Add the pages, and the verbs on one's own account."""
    app.register_blueprint(bp)
    setup.add(app, own.bp)
