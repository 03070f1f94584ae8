"""The application with the CAS plugin, and a CAS server that answers as the protocol's specification records."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server

from core.config import Settings
from tests.plugins.hosting import hosting


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application with the plugin, allowed to speak to this machine."""
    reaching = replace(settings, outbound_allow="127.0.0.0/8", outbound_http=True)
    with hosting(reaching, "cas") as made:
        yield made


@dataclass
class School:
    """A CAS server of a school.

    :param user: who is signed in there. :param tickets: each good once, for the service it was made for.
    :param body: answered instead of what the protocol says.
    """

    url: str = ""
    user: str = "2019001"
    attributes: dict[str, str] = field(default_factory=lambda: {"cn": "李教授", "gh": "T-77"})
    tickets: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def validated(self, *, attributes: bool) -> str:
        """CAS Protocol 3.0, appendix A: the answers of /serviceValidate and /p3/serviceValidate."""
        space = 'xmlns:cas="http://www.yale.edu/tp/cas"'
        ticket, service = request.args["ticket"], request.args["service"]
        if self.tickets.pop(ticket, None) != service:
            return (
                f'<cas:serviceResponse {space}>\n <cas:authenticationFailure code="INVALID_TICKET">\n'
                f"    Ticket {escape(ticket)} not recognized\n  </cas:authenticationFailure>\n</cas:serviceResponse>"
            )
        more = "".join(f"<cas:{name}>{escape(value)}</cas:{name}>" for name, value in self.attributes.items())
        return (
            f"<cas:serviceResponse {space}>\n <cas:authenticationSuccess>\n  <cas:user>{escape(self.user)}</cas:user>\n"
            + (f"  <cas:attributes>{more}</cas:attributes>\n" if attributes else "")
            + " </cas:authenticationSuccess>\n</cas:serviceResponse>"
        )


def _serving(school: School) -> Flask:
    made = Flask("school")

    @made.get("/authserver/login")
    def login() -> Response:
        ticket = f"ST-{len(school.tickets) + 1}-abc"
        school.tickets[ticket] = request.args["service"]
        joined = "&" if "?" in request.args["service"] else "?"
        return redirect(f"{request.args['service']}{joined}{urlencode({'ticket': ticket})}")  # type: ignore[return-value]

    @made.get("/authserver/serviceValidate")
    @made.get("/authserver/p3/serviceValidate", defaults={"attributes": True})
    def validate(attributes: bool = False) -> Response:
        return Response(school.body or school.validated(attributes=attributes), mimetype="application/xml")

    return made


@pytest.fixture(scope="module")
def _served() -> Iterator[School]:
    school = School()
    server = make_server("127.0.0.1", 0, _serving(school), threaded=True)
    school.url = f"http://127.0.0.1:{server.server_port}/authserver"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield school
    server.shutdown()
    thread.join()


@pytest.fixture
def school(_served: School) -> School:
    """The server as it stands at first."""
    fresh = School(url=_served.url)
    _served.user, _served.attributes, _served.tickets, _served.body = fresh.user, fresh.attributes, {}, ""
    return _served
