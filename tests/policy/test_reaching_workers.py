"""A value set by one process holds in every other on its next request."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import clock
from core.database import bound, db
from core.database.read import rows
from core.policy.actions import set_value, withdraw
from core.policy.platform import set_platform_value
from core.tenancy.memory import STATE
from tests.conftest import sign_in

ROOT = Path(__file__).parents[2]
KEY = "identity.second_factor.roles"
#: What the other process does: the whole application, built anew, sets or withdraws the value.
OTHER = """
import sys
from core import clock
from core.app import create_app
from core.database import bound
from core.policy.actions import set_value, withdraw
given = dict(key="identity.second_factor.roles", effective_from=clock.today(), as_of=clock.today(), reason="文件")
with create_app().app_context(), bound(tenant_id=int(sys.argv[1])):
    set_value(value="tenant_admin", **given) if sys.argv[2] == "set" else withdraw(**given)
"""


@pytest.fixture
def elsewhere(settings, tenant):
    """Do it in another process."""

    def run(what):
        environment = os.environ | {
            "DANGJIAN_DATA_DIR": str(settings.data_dir),
            "DANGJIAN_DATABASE_URL": settings.database_url,
            "DANGJIAN_SECRET_KEY": settings.secret_key,
            "DANGJIAN_MASTER_KEY": settings.master_key,
            "DANGJIAN_BASE_DOMAIN": settings.base_domain,
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-c", OTHER, str(tenant.id), what],
            env=environment,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr[-2000:]

    return run


def test_a_value_set_in_another_process_holds_on_the_next_request(app, tenant, elsewhere):
    client, base = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    assert client.get("/", base_url=base).status_code == 200
    assert client.get("/", base_url=base).status_code == 200  # by what this worker remembers
    elsewhere("set")
    answer = client.get("/", base_url=base)
    assert answer.status_code == 303
    assert "second-factor" in answer.location
    elsewhere("withdraw")
    assert client.get("/", base_url=base).status_code == 200


def _version():
    with db.session.begin():
        return rows(STATE)[0][0]


def test_setting_withdrawing_and_the_operators_value_each_tell_the_workers(app, tenant):
    day = clock.today()
    given = {"key": KEY, "effective_from": day, "as_of": day, "reason": "文件"}
    with app.app_context(), bound(tenant_id=tenant.id):
        found = [_version()]
        set_value(value="tenant_admin", **given)
        found.append(_version())
        withdraw(**given)
        found.append(_version())
    assert found == sorted(set(found))
    given = {
        "key": "notices.snooze.times",
        "effective_from": day,
        "reason": "Circular 12",
        "set_by": "运维",
        "as_of": day,
    }
    with app.app_context():
        set_platform_value(value=1, **given)
        with bound(tenant_id=tenant.id):
            found.append(_version())
        set_platform_value(value=None, **given)
        with bound(tenant_id=tenant.id):
            assert found[-2] < found[-1] < _version()
