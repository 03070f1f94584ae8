"""Whether the process lives, and whether it can serve: for load balancers and supervisors."""

from flask import Blueprint, Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from core.access.gate import PUBLIC, requires
from core.audit.standing import faulty
from core.database import db
from core.database.migrate import VERSION_SCHEMA, VERSION_TABLE, head

bp = Blueprint("health", __name__)
#: Functions of the application that give lines anybody may read, each about something that does not work.
DEGRADED = "health.degraded"
_REVISION = text(f"SELECT version_num FROM {VERSION_SCHEMA}.{VERSION_TABLE}")  # noqa: S608  (our own constants)


@bp.get("/healthz")
@requires(PUBLIC)
def alive() -> Response:
    """200 while the process answers at all."""
    return Response("ok\n", content_type="text/plain")


@bp.get("/readyz")
@requires(PUBLIC)
def ready() -> Response:
    """200 when the database answers and stands at the revision this code knows, else 503 with the reason.

    What serves but is not sound is said in further lines beginning with ``degraded``: an audit record that did not verify,
    and what parts say of themselves (:data:`DEGRADED`), such as a plugin that is kept out.
    """
    try:
        with db.engine.connect() as connection:
            revision = connection.execute(_REVISION).scalar()
            connection.commit()
    except SQLAlchemyError:
        return Response("database unreachable\n", 503, content_type="text/plain")
    if revision != head():
        return Response("database not migrated\n", 503, content_type="text/plain")
    count = len(faulty(current_app.extensions["dangjian.settings"].data_dir))
    told = [f"the audit records of {count} tenants did not verify"] if count else []
    told += [line for tell in current_app.extensions.get(DEGRADED, ()) for line in tell()]
    return Response("\n".join(["ok", *(f"degraded: {line}" for line in told), ""]), content_type="text/plain")


def register(app: Flask) -> None:
    """Add ``/healthz`` and ``/readyz``."""
    app.register_blueprint(bp)
