"""Behind pgbouncer in transaction mode, with a pool that somebody keeps poisoning: no foreign row, and none for nobody."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from core.app import create_app
from core.database import db
from core.database.read import rows
from core.database.setup import register
from core.organization.models import CoveredUnit, Unit
from tests.conftest import make_tenant, sign_in
from tests.isolation.bouncer import PROGRAM, Bouncer
from tests.isolation.checks import serving
from tests.isolation.ground import EFFORT, UNIT

assert PROGRAM.exists(), f"{PROGRAM} is missing: apt-get install pgbouncer"
THREADS = 8


@pytest.fixture(scope="module")
def bouncer(settings, data_dir):
    folder = Path(settings.data_dir) / "postgres" / "bouncer"  # where the server's own user may go
    with Bouncer(settings, folder) as running:
        yield running


@pytest.fixture(scope="module")
def poisoned(bouncer, pair):
    """Every few milliseconds somebody leaves a session-level setting on one of the pool's connections."""
    over = threading.Event()
    counted = [0]

    def poison() -> None:
        with bouncer.connect() as connection:
            while not over.wait(0.002):
                connection.execute(f"SET SESSION app.tenant_id = '{random.choice(pair)}'")
                counted[0] += 1

    thread = threading.Thread(target=poison)
    thread.start()
    yield counted
    over.set()
    thread.join()
    assert counted[0] > 100


@pytest.fixture(scope="module")
def pooled(bouncer):
    app = Flask("pooled")
    register(app, url=bouncer.settings.database_url, prepare=bouncer.settings.database_prepare, pool_size=THREADS)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_pool_really_is_poisoned(bouncer, pair, poisoned):
    """The control: a careless reader in autocommit sees whatever tenant was left there."""
    seen = set()
    with bouncer.connect() as connection:
        for _ in range(300):
            seen |= {tenant for (tenant,) in connection.execute("SELECT DISTINCT tenant_id FROM core.unit")}
            time.sleep(0.001)
    assert seen & set(pair)


def one_request(app: Flask, dice: random.Random, pair: tuple[int, int]) -> tuple[int | None, set[int], int]:
    """One unit of work for a tenant or nobody: (whom, tenants seen, rows seen)."""
    tenant = dice.choice([*pair, *pair, None])
    with serving(app, tenant):
        kind = dice.choice(
            ["engine", "engine"] if tenant is None else ["engine", "orm", "fast", "words", "change", "fail"]
        )
        if kind == "engine":
            with db.engine.connect() as connection:
                found = connection.scalars(select(UNIT.c.tenant_id)).all()
        elif kind == "orm":
            found = [unit.tenant_id for unit in db.session.scalars(select(Unit))]
        elif kind == "fast":
            found = [owner for (owner,) in rows(select(UNIT.c.tenant_id))]
        elif kind == "words":
            found = db.session.scalars(text("SELECT tenant_id FROM core.unit")).all()
        elif kind == "change":
            touched = db.session.execute(update(CoveredUnit).values(nature="x").returning(CoveredUnit.tenant_id))
            found = [owner for (owner,) in touched]
            db.session.commit()
        else:
            found = db.session.scalars(text("SELECT tenant_id FROM core.unit")).all()
            with pytest.raises(Exception, match="division"):
                db.session.execute(text("SELECT 1/0"))
        return tenant, set(found), len(found)


def test_thousands_of_requests_see_their_own_rows_only(pooled, pair, poisoned):
    requests, per_thread = [], 400 * EFFORT

    def work(seed: int) -> None:
        dice = random.Random(seed)
        requests.extend(one_request(pooled, dice, pair) for _ in range(per_thread))

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, seed) for seed in range(THREADS)]:
            done.result()
    assert len(requests) == THREADS * per_thread
    for tenant, seen, _ in requests:
        assert seen == (set() if tenant is None else {tenant})
    assert sum(count for *_, count in requests) > 5000


def test_the_whole_application_serves_two_tenants_through_it(app, bouncer, poisoned):
    tenants = [make_tenant(app, f"单位{mark}", f"中共{mark}县委员会") for mark in ("甲子", "乙丑")]
    through = create_app(bouncer.settings)
    through.testing = True
    wrong = []

    def work(seed: int) -> None:
        mine, other = tenants[seed % 2], tenants[1 - seed % 2]
        marks = ("甲子", "乙丑") if seed % 2 == 0 else ("乙丑", "甲子")
        client = sign_in(through, mine)
        for turn in range(40):
            answer = client.get("/", base_url=f"http://{mine.slug}.dangjian.test")
            stranger = client.get("/", base_url=f"http://{other.slug}.dangjian.test")
            nobody = client.get("/", base_url="http://nobody.dangjian.test")
            if answer.status_code != 200 or marks[0] not in answer.text or marks[1] in answer.text:
                wrong.append(("own", turn, answer.status_code))
            if stranger.status_code != 303 or nobody.status_code != 404 or marks[0] in nobody.text + stranger.text:
                wrong.append(("other", turn, stranger.status_code, nobody.status_code))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, seed) for seed in range(4)]:
            done.result()
    with through.app_context():
        db.engine.dispose()
    assert wrong == []
