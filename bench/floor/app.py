"""The floor's application: six endpoints, each a view of some lines over a query of its own."""

import os
from uuid import UUID

import orjson
import psycopg
from flask import Flask, Response, request
from psycopg_pool import ConnectionPool

from bench.floor import reads
from bench.floor.access import Asking, check_change
from bench.floor.create import create
from bench.floor.page import page

VIEW, EDIT, UNITS = "people.member.view", "people.member.edit", "organization.unit.view"


def _json(data: object, status: int = 200) -> Response:
    return Response(orjson.dumps(data), status, content_type="application/json")


def create_app() -> Flask:
    """The application on the database that the environment names."""
    app = Flask(__name__)
    app.secret_key = os.environ["DANGJIAN_SECRET_KEY"]
    app.config.update(SESSION_COOKIE_NAME="dangjian", SESSION_REFRESH_EACH_REQUEST=False, WTF_CSRF_TIME_LIMIT=None)
    threads = int(os.environ["DANGJIAN_THREADS"])
    pool: ConnectionPool[psycopg.Connection] = ConnectionPool(
        os.environ["DANGJIAN_DATABASE_URL"], min_size=1, max_size=threads, open=True
    )

    @app.get("/t/<slug>/api/v1/people")
    def people(slug: str) -> Response:
        asking = Asking(pool, slug, VIEW)
        return _json(reads.people(asking, UUID(request.args["unit"]), request.args["sex"], int(request.args["limit"])))

    @app.get("/t/<slug>/api/v1/people/<uuid:person>")
    def member(slug: str, person: UUID) -> Response:
        found, version = reads.member(Asking(pool, slug, VIEW), person)
        answer = _json(found)
        answer.headers["ETag"] = f'"{version}"'
        return answer

    @app.post("/t/<slug>/api/v1/people")
    def new_member(slug: str) -> Response:
        check_change()
        made = create(Asking(pool, slug, EDIT), orjson.loads(request.get_data()))
        answer = _json(made, 201)
        answer.headers["ETag"], answer.headers["Location"] = '"1"', f"/t/{slug}/api/v1/people/{made['id']}"
        return answer

    @app.get("/t/<slug>/api/v1/dashboard")
    def dashboard(slug: str) -> Response:
        return _json(reads.dashboard(Asking(pool, slug, VIEW)))

    @app.get("/t/<slug>/api/v1/units/tree")
    def tree(slug: str) -> Response:
        return _json(reads.tree(Asking(pool, slug, UNITS)))

    @app.get("/t/<slug>/people/")
    def listing(slug: str) -> str:
        asking = Asking(pool, slug, VIEW)
        found = reads.listed(asking, UUID(request.args["unit"]), request.args["sex"], 50, above=True)
        return page(slug, asking, found)

    return app
