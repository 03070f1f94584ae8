"""``kill -9`` in the middle of an import: what was written stays whole, and the next start goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select, text, update

from core.config import Settings
from core.database import db
from core.importing.command import run_import
from core.importing.models import ImportRun
from core.people.models import MembershipSpell, Person, PersonClass, Placement
from tenants.provision import NewTenant
from tests.importing.conftest import member, roster

PROGRAM = """
import json, sys
from dataclasses import replace
from pathlib import Path
from core.app import create_app
from core.config import Settings
from core.database import bound
from core.importing import kinds
from core.importing.command import run_import
given = json.load(sys.stdin)
app = create_app(Settings(**{**given["settings"], "data_dir": Path(given["settings"]["data_dir"])}))
kinds._kinds["people"] = replace(kinds.kind_of("people"), batch_rows=20)
with app.app_context(), bound(tenant_id=given["tenant"]):
    run_import("people", Path(given["file"]).read_bytes(), "x.xlsx", progress=lambda done, total: print(done, flush=True))
"""


def test_a_killed_import_leaves_whole_batches_and_goes_on(
    settings: Settings, inside: NewTenant, branches: object, tmp_path: Path
) -> None:
    del branches
    rows = [member(serial % 100, 公民身份号码=_number(serial)) for serial in range(1, 401)]
    file = tmp_path / "x.xlsx"
    file.write_bytes(roster(*rows))
    plain = {
        name: str(getattr(settings, name))
        for name in (
            "data_dir",
            "database_url",
            "database_owner_url",
            "database_system_url",
            "secret_key",
            "master_key",
        )
    }
    given = json.dumps({"settings": plain, "tenant": inside.id, "file": str(file)})
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(given)
    child.stdin.close()
    while int(child.stdout.readline()) < 100:
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    time.sleep(0.5)  # the server notices the lost connection and rolls its open transaction back

    db.session.remove()
    written = db.session.scalar(select(func.count()).select_from(Person)) or 0
    marker = db.session.scalar(select(ImportRun.next_row))
    assert 0 < written < 400
    assert written == marker
    assert written % 20 == 0
    for table in (MembershipSpell, Placement, PersonClass):
        assert db.session.scalar(select(func.count()).select_from(table)) == written

    db.session.execute(update(ImportRun).values(held_until=func.now() - text("interval '1 s'")))
    db.session.commit()
    from dataclasses import replace

    from core.importing import kinds

    people = kinds.kind_of("people")
    kinds._kinds["people"] = replace(people, batch_rows=20)
    try:
        result = run_import("people", file.read_bytes(), "x.xlsx")
    finally:
        kinds._kinds["people"] = people
    assert (result.created, result.unchanged) == (400, 0)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 400
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 1


def _number(serial: int) -> str:
    from core.people.identity_number import check_character

    digits = f"35052519800101{serial * 2 + 1:03d}"
    return digits + check_character(digits)
