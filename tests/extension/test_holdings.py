"""What a plugin holds goes out as an archive, comes back as it was, and is removed for good; a killed worker's work is taken up."""

import io
import json
import zipfile
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from core.database import db
from core.extension import actions, holdings, tasks, working
from core.extension.bundle import opened
from core.extension.impact import impact
from core.extension.lifecycle import standing_of
from core.files.actions import bytes_of, store
from core.files.models import StoredFile
from core.jobs.run import run_due
from core.policy.findings import Refused
from tests.extension.test_lifecycle import VENUE, application, inside

PHOTO = """


from core.files.purposes import Purpose


@implements
def register_purposes():
    return (Purpose("hall.photo", "照片", "room", "settings.view", "settings.edit", lambda _id: "", "P2", ("txt",)),)
"""


@pytest.fixture
def hall(settings, make_plugin, monkeypatch):
    """An application with the plugin hall, which keeps photographs."""
    yield from application(settings, make_plugin, monkeypatch, init=VENUE + PHOTO)


@pytest.fixture
def full(hall, tenant):
    """Seven rooms and a sealed file in the plugin hall, which is switched on and set up."""

    def act():
        actions.enable(name="hall")
        actions.save_settings(name="hall", given={"days": "30", "token": "开门密码"})
        put_in(7)

    inside(hall, tenant, act)
    return hall


def put_in(count: int) -> None:
    """So many rooms, and a photograph of one of them."""
    session = db.session()
    for number in range(count):
        session.execute(
            text("INSERT INTO p_hall.room (tenant_id, id, title) VALUES (:t, gen_random_uuid(), :title)"),
            {"t": session.serve(), "title": f"会议室{number}"},
        )
    session.commit()
    room = session.execute(text("SELECT id FROM p_hall.room LIMIT 1")).scalar_one()
    store(
        stream_or_bytes="现场照片".encode(), filename="门.txt", purpose="hall.photo", subject="room", subject_id=room,
        unit_path="",
    )  # fmt: skip


def returned(file: StoredFile) -> bytes:
    """A file's bytes."""
    return bytes_of(file.id, file.key_number)


def off(app, tenant):
    inside(app, tenant, lambda: actions.disable(name="hall"))


def exported(app, tenant) -> bytes:
    """Everything as an archive."""

    def act():
        made = tasks.order_export(name="hall")
        run_due()
        done = tasks.task(made)
        assert (done.state, done.problem) == ("done", "")
        assert done.done == done.total == 8
        found = db.session.get(StoredFile, (db.session().serve(), done.file_id))
        return bytes_of(found.id, found.key_number)

    return inside(app, tenant, act)


def purged(app, tenant, **given):
    def act():
        made = tasks.order_purge(**{"name": "hall", "typed": "场地", "export": tasks.NONE, **given})
        run_due()
        return tasks.task(made)

    return inside(app, tenant, act)


def members(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


def with_member(archive: bytes, name: str, content: bytes) -> bytes:
    """The archive with one member replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for known, old in members(archive).items():
            out.writestr(known, content if known == name else old)
    return target.getvalue()


def test_an_archive_counts_and_hashes_what_it_holds_and_nothing_secret(full, tenant):
    found = members(exported(full, tenant))
    manifest = json.loads(found["manifest.json"])
    assert (manifest["plugin"], manifest["version"], manifest["schema_serial"]) == ("hall", "1.0", 1)
    assert [(one["kind"], one["name"], one.get("rows")) for one in manifest["members"]][:2] == [
        ("tables", "room", 7),
        ("files", "files", 1),
    ]
    assert "开门密码" not in "".join(content.decode("utf-8", "replace") for content in found.values())


def test_what_was_exported_and_purged_comes_back_as_it_was(full, tenant):
    before = exported(full, tenant)
    off(full, tenant)
    done = purged(full, tenant)
    assert (done.state, done.done) == ("done", 8)

    def nothing_left():
        assert holdings.counts("hall") == {"room": 0}
        assert standing_of("hall").state == "purged"
        assert impact("hall").settings == 0
        assert impact("hall").files == 0
        tasks.order_import(name="hall", content=before)
        run_due()
        assert tasks.tasks_of("hall")[0].problem == ""

    inside(full, tenant, nothing_left)
    inside(full, tenant, lambda: actions.enable(name="hall"))
    first, second = members(before), members(exported(full, tenant))
    times = (first.pop("manifest.json"), second.pop("manifest.json"))
    assert first == second
    assert json.loads(times[0])["members"] == json.loads(times[1])["members"]


def test_an_archive_that_was_touched_or_is_anothers_is_refused_and_nothing_written(full, tenant, other_tenant):
    archive = exported(full, tenant)
    off(full, tenant)
    purged(full, tenant)
    rows = members(archive)["tables/room.ndjson"]
    forged = json.loads(members(archive)["manifest.json"]) | {"version": "9"}
    cases = {
        "被改动": with_member(archive, "tables/room.ndjson", rows.replace("会议室1".encode(), "会议室9".encode())),
        "不是本平台导出": with_member(archive, "manifest.json", json.dumps(forged).encode()),
        "manifest": with_member(archive, "manifest.json", b"[]"),
        "损坏": b"no zip at all",
    }

    def act():
        for named, content in cases.items():
            tasks.order_import(name="hall", content=content)
            run_due()
            newest = tasks.tasks_of("hall")[0]
            assert newest.state == "failed"
            assert named in newest.problem
        assert holdings.counts("hall") == {"room": 0}

    inside(full, tenant, act)

    def elsewhere():
        tasks.order_import(name="hall", content=archive)
        run_due()
        assert "其他单位" in tasks.tasks_of("hall")[0].problem

    inside(full, other_tenant, elsewhere)


def test_an_import_needs_a_plugin_that_is_off_and_empty(full, tenant):
    archive = exported(full, tenant)
    with pytest.raises(Refused, match="已启用"):
        inside(full, tenant, lambda: tasks.order_import(name="hall", content=archive))
    off(full, tenant)

    def act():
        tasks.order_import(name="hall", content=archive)
        run_due()
        assert "没有数据" in tasks.tasks_of("hall")[0].problem

    inside(full, tenant, act)


def test_a_purge_asks_for_the_name_and_the_export_and_never_runs_while_the_plugin_is_on(full, tenant):
    with pytest.raises(Refused, match="还在使用"):
        purged(full, tenant)
    off(full, tenant)
    with pytest.raises(Refused) as refused:
        purged(full, tenant, typed="厂地", export="")
    assert {one.field for one in refused.value.findings} == {"typed", "export"}
    assert inside(full, tenant, lambda: holdings.counts("hall")) == {"room": 7}


def test_a_purge_can_export_first(full, tenant):
    off(full, tenant)
    done = purged(full, tenant, export=tasks.FIRST)
    assert done.state == "done"

    def act():
        found = db.session.get(StoredFile, (db.session().serve(), done.file_id))
        with opened(io.BytesIO(bytes_of(found.id, found.key_number))) as archive:
            assert archive.count == 8
        assert holdings.counts("hall") == {"room": 0}

    inside(full, tenant, act)


class Killed(BaseException):
    """A worker's sudden end."""


@contextmanager
def killed_after(monkeypatch, calls: int):
    """The worker dies when progress was noted so often."""
    said, real = [], working.progress

    def progress(task_id, more, **state):
        real(task_id, more, **state)
        said.append(more)
        if len(said) == calls:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(working, "progress", progress)
        yield


def lease_over():
    """The dead worker's lease has run out."""
    session = db.session()
    session.execute(
        text(
            "UPDATE core.outbox SET lease_until = clock_timestamp() - interval '1 s', state = 'pending' WHERE kind = 'extension.task' AND state = 'running'"
        )
    )
    session.commit()


def test_a_killed_purge_is_taken_up_where_it_stopped(full, tenant, monkeypatch):
    off(full, tenant)
    monkeypatch.setattr(holdings, "BATCH", 2)

    def act():
        made = tasks.order_purge(name="hall", typed="hall", export=tasks.NONE)
        with killed_after(monkeypatch, 4), pytest.raises(Killed):
            run_due()
        left = holdings.counts("hall")["room"]
        assert 0 < left < 7
        assert tasks.task(made).state == "running"
        with pytest.raises(Refused, match="正在清除"):
            actions.enable(name="hall")
        lease_over()
        run_due()
        assert tasks.task(made).state == "done"
        assert tasks.task(made).done == 8
        assert holdings.counts("hall") == {"room": 0}

    inside(full, tenant, act)


def test_a_killed_export_is_made_anew_and_a_killed_import_leaves_nothing_half(full, tenant, monkeypatch):
    def export():
        made = tasks.order_export(name="hall")
        with killed_after(monkeypatch, 2), pytest.raises(Killed):
            run_due()
        assert tasks.task(made).file_id is None
        lease_over()
        run_due()
        assert tasks.task(made).state == "done"

    inside(full, tenant, export)
    archive = exported(full, tenant)
    off(full, tenant)
    purged(full, tenant)

    def restore():
        tasks.order_import(name="hall", content=archive)
        with killed_after(monkeypatch, 2), pytest.raises(Killed):
            run_due()
        assert holdings.counts("hall") == {"room": 0}
        lease_over()
        run_due()
        assert holdings.counts("hall") == {"room": 7}

    inside(full, tenant, restore)


def test_two_orders_at_once_are_one(full, tenant):
    def act():
        tasks.order_export(name="hall")
        with pytest.raises(Refused, match="正在导出"):
            tasks.order_export(name="hall")
        run_due()

    inside(full, tenant, act)
