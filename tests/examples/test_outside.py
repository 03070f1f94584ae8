"""The way without code inside: a signed message goes out, a program with a scoped token comes back and asks."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from standardwebhooks import Webhook

from core.clock import now, today
from core.database import db, uuid7
from core.events.registry import Event
from core.identity.tokens import issue
from core.webhooks.messages import body_of
from tests.conftest import make_tenant
from tests.examples.conftest import inside
from tests.served import Served

PROGRAM = Path(__file__).parent / "outside/receiver.py"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SCOPE = "organization.unit.view"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def ask(port: int, body: bytes | None = None, headers: dict[str, str] | None = None):
    with urlopen(Request(f"http://127.0.0.1:{port}/", body, headers or {}), timeout=10) as answer:
        return answer.status, answer.read()


@pytest.fixture
def outside(app, settings):
    """The product as it is served, and the program beside it: (tenant, port)."""
    tenant, port = make_tenant(app), free_port()
    token = inside(
        app,
        tenant,
        lambda: issue(account_id=tenant.admin_id, title="大屏", scopes=[SCOPE], days=30, held=[SCOPE]).token,
    )
    with app.app_context():
        db.engine.dispose()
    with Served(settings) as web:
        environment = os.environ | {
            "DANGJIAN_API": f"http://127.0.0.1:{web.port}", "DANGJIAN_HOST": f"{tenant.slug}.dangjian.test",
            "DANGJIAN_TOKEN": token, "DANGJIAN_SECRET": SECRET,
        }  # fmt: skip
        with subprocess.Popen(
            [sys.executable, str(PROGRAM), str(port)], env=environment, stderr=subprocess.DEVNULL
        ) as program:
            deadline = time.monotonic() + 20
            while True:
                try:
                    ask(port)
                    break
                except URLError:
                    assert time.monotonic() < deadline
                    assert program.poll() is None
            yield tenant, port
            program.terminate()


def signed(event: Event, secret: str) -> tuple[bytes, dict[str, str]]:
    body, at, ident = body_of(event), datetime.now(UTC), f"msg_{event.id.hex}"
    signature = Webhook(secret).sign(ident, at, body)
    headers = {"webhook-id": ident, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    return body.encode(), headers


def test_a_program_outside_hears_of_a_unit_and_asks_what_it_is_called(outside):
    tenant, port = outside
    event = Event(uuid7(), now(), "unit.created", "unit", tenant.root_unit_id, "", None, "", today(), None, {})
    body, headers = signed(event, SECRET)
    assert ask(port, body, headers)[0] == 204
    assert ask(port, body, headers)[0] == 204
    assert json.loads(ask(port)[1]) == ["中共清源县委员会"]


def test_a_message_that_nobody_signed_is_refused(outside):
    tenant, port = outside
    event = Event(uuid7(), now(), "unit.created", "unit", tenant.root_unit_id, "", None, "", today(), None, {})
    body, headers = signed(event, "whsec_" + "QUFB" * 8)
    with pytest.raises(HTTPError, match="401"):
        ask(port, body, headers)
    assert json.loads(ask(port)[1]) == []
