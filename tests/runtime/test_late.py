"""Libraries that few requests need are not loaded with the application: each costs memory in every process."""

import json
import subprocess
import sys

from core.config import Settings
from core.runtime.supervisor import environment

LATE = (
    "alembic", "authlib", "docx", "docxtpl", "flask_security", "httpx", "icalendar", "lxml", "mako", "passlib", "PIL", "puremagic",
    "pygments", "requests", "rich", "segno", "typst", "valkey", "webauthn", "xlsxwriter",
)  # fmt: skip
LOADED = "import json, sys; from core.app import create_app; create_app(); print(json.dumps(sorted(sys.modules)))"


def test_what_few_requests_need_is_loaded_when_it_is_needed(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "sqlalchemy" in loaded
    assert not loaded & set(LATE)
