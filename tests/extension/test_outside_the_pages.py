"""Plugins by the API and the command line, and what operators see; many hands at once."""

import json
import threading
from dataclasses import replace
from io import BytesIO

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core import config
from core.app import create_app
from core.cli import main
from core.database import bound, db
from core.database.system import system_engine
from core.extension import actions, checking, condition, holdings, lifecycle, tasks
from core.extension.host import host
from core.extension.installation import schemas
from core.jobs.run import run_due
from core.policy.findings import Refused
from core.runtime import services
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.extension.test_lifecycle import hall, inside  # noqa: F401  (the fixture)
from tests.tenants.test_operators import operator, ops  # noqa: F401  (the fixtures)


class Program:
    """A caller of the API."""

    def __init__(self, app, tenant, login="admin") -> None:
        self._client, self._base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"
        self._token = token_of(self._client.get("/", base_url=self._base).text)

    def get(self, path: str):
        return self._client.get(f"/api/v1/plugins{path}", base_url=self._base)

    def send(self, method: str, path: str, body=None, **headers: str):
        headers = {"X-CSRFToken": self._token, **headers}
        return self._client.open(
            f"/api/v1/plugins{path}", base_url=self._base, method=method, json=body, headers=headers
        )

    def upload(self, path: str, content: bytes | None):
        data = {} if content is None else {"file": (BytesIO(content), "hall.zip")}
        more = {"headers": {"X-CSRFToken": self._token}, "content_type": "multipart/form-data"}
        return self._client.post(f"/api/v1/plugins{path}", base_url=self._base, data=data, **more)


@pytest.fixture
def program(hall, tenant):  # noqa: F811
    return Program(hall, tenant)


def test_a_program_lists_switches_and_sets_up_plugins(program, tenant):
    listed = program.get("").json["items"]
    assert [(one["name"], one["state"]) for one in listed if one["name"] == "hall"] == [("hall", "installed")]
    assert program.send("POST", "/hall/enable").json == {"enabled": ["hall"]}
    assert program.send("POST", "/hall/enable").json == {"enabled": []}
    assert program.get("/hall").json["state"] == "enabled"
    found = program.get("/hall/settings")
    assert [(one["key"], one["value"]) for one in found.json["items"]] == [("days", 14), ("token", None)]
    body = {"values": {"days": 30, "token": "开门密码"}}
    assert program.send("PATCH", "/hall/settings", body).status_code == 428
    done = program.send("PATCH", "/hall/settings", body, **{"If-Match": found.headers["ETag"]})
    assert done.status_code == 200, done.text
    assert "开门密码" not in done.text
    assert [(one["value"], one["is_set"]) for one in done.json["items"]][1] == (None, True)
    assert program.get("/hall/impact").json["settings"] == 2
    assert program.send("POST", "/hall/disable").json["state"] == "disabled"
    assert program.send("POST", "/hall/disable").status_code == 422
    assert program.get("/nothing").status_code == 404


@pytest.mark.parametrize("values", [{"days": "many"}, {"days": [1]}, {"nights": 1}, {"token": {"a": 1}}])
def test_settings_of_wrong_types_are_refused_and_named(program, values):
    program.send("POST", "/hall/enable")
    tag = program.get("/hall/settings").headers["ETag"]
    refused = program.send("PATCH", "/hall/settings", {"values": values}, **{"If-Match": tag})
    assert refused.status_code == 422
    assert refused.json["field"] == next(iter(values))
    assert program.get("/hall/settings").headers["ETag"] == tag


def test_a_program_exports_purges_and_brings_back_what_a_plugin_holds(program, hall, tenant):  # noqa: F811
    def at(path):
        return program._client.get(path, base_url=program._base)

    program.send("POST", "/hall/enable")
    first = program.send("POST", "/hall/export", **{"Idempotency-Key": "e1"})
    assert (first.status_code, first.json["kind"], first.json["state"]) == (201, "export", "waiting")
    assert program.send("POST", "/hall/export", **{"Idempotency-Key": "e1"}).json == first.json
    assert program.send("POST", "/hall/export").json["rule"] == "PL.02"  # one piece of work at a time
    inside(hall, tenant, run_due)
    done = at(first.headers["Location"]).json
    assert (done["state"], done["problem"]) == ("done", "")
    archive = at(f"/api/v1/files/{done['file_id']}/content").data
    assert archive[:2] == b"PK"
    body = {"typed": "场地", "export": "have"}
    assert program.send("POST", "/hall/purge", body).json["rule"] == "PL.02"  # still on
    program.send("POST", "/hall/disable")
    assert program.send("POST", "/hall/purge", {**body, "typed": "别的"}).json["field"] == "typed"
    assert program.send("POST", "/hall/purge", {"typed": "场地"}).json["field"] == "export"
    gone = program.send("POST", "/hall/purge", body)
    assert (gone.status_code, gone.json["kind"]) == (201, "purge")
    assert program.get("/hall").json["state"] == "purging"
    inside(hall, tenant, run_due)
    assert program.get("/hall").json["state"] == "purged"
    back = program.upload("/hall/import", archive)
    assert (back.status_code, back.json["kind"], back.json["file_id"]) == (201, "import", None), back.text
    inside(hall, tenant, run_due)
    listed = program.get("/hall/tasks").json["items"]
    assert [(one["kind"], one["state"]) for one in listed] == [
        ("import", "done"),
        ("purge", "done"),
        ("export", "done"),
    ]
    assert [program.upload("/hall/import", content).json["field"] for content in (b"", None)] == ["file", "file"]
    assert program.get(f"/hall/tasks/{tenant.root_unit_id}").status_code == 404
    unknown = [program.send("POST", f"/nothing/{verb}", body).status_code for verb in ("export", "purge", "import")]
    assert unknown == [404] * 3


def test_what_a_plugin_holds_is_taken_and_purged_by_those_alone_who_change_settings(program, hall, tenant):  # noqa: F811
    officer = {
        "login": "officer", "name": "赵", "role": "committee_officer", "unit_id": tenant.root_unit_id, "password": PASSWORD,
    }  # fmt: skip
    inside(hall, tenant, lambda: add_account(**officer))
    other = Program(hall, tenant, "officer")
    body = {"typed": "场地", "export": "none"}
    assert [other.send("POST", f"/hall/{verb}", body).status_code for verb in ("export", "import", "purge")] == [
        403
    ] * 3
    assert other.get("/hall/tasks").status_code == 200


def both(app, tenant, first, second):
    """Two acts at the same time in two threads; gives what each ended with."""
    ready, ends = threading.Barrier(2), {}

    def act(name, work):
        with app.app_context(), bound(tenant_id=tenant.id):
            ready.wait()
            try:
                ends[name] = work()
            except Refused as refused:
                ends[name] = refused
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=pair) for pair in ((0, first), (1, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ends[0], ends[1]


def test_switching_on_from_two_tabs_switches_on_once(hall, tenant):  # noqa: F811
    def on():
        return actions.enable(name="hall")

    assert sorted(both(hall, tenant, on, on)) == [(), ("hall",)]

    def told():
        return (
            db.session().execute(text("SELECT count(*) FROM core.audit_event WHERE kind = 'plugin.enabled'")).scalar()
        )

    assert inside(hall, tenant, told) == 1


def test_switching_on_and_purging_at_once_end_in_one_of_the_two(hall, tenant):  # noqa: F811
    for _ in range(5):
        ends = both(
            hall,
            tenant,
            lambda: actions.enable(name="hall"),
            lambda: tasks.order_purge(name="hall", typed="hall", export=tasks.NONE),
        )
        state = inside(hall, tenant, lambda: lifecycle.standing_of("hall").used)
        refused = [isinstance(end, Refused) for end in ends]
        assert sorted(refused) == [False, True]
        assert state == ("enabled" if refused[1] else "purging")
        if state == "enabled":
            inside(hall, tenant, lambda: actions.disable(name="hall"))
        else:
            inside(hall, tenant, run_due)


def test_switched_on_in_one_process_it_is_there_in_another_at_its_next_request(settings, hall, tenant):  # noqa: F811
    second = create_app(settings)
    second.testing = True
    base = f"http://{tenant.slug}.dangjian.test"
    client = second.test_client()
    assert client.get("/p/hall/open", base_url=base).status_code == 404
    inside(hall, tenant, lambda: actions.enable(name="hall"))
    assert client.get("/p/hall/open", base_url=base).text == "公开"
    inside(hall, tenant, lambda: actions.disable(name="hall"))
    assert client.get("/p/hall/open", base_url=base).status_code == 404
    with second.app_context():
        db.engine.dispose()


def test_a_check_needs_no_database_and_says_all_faults(make_plugin):
    broken = make_plugin("shaky", init="raise LookupError('no')", sdk='">=9"', schema_serial="2")
    said = checking.check_plugin("shaky", (broken,))
    assert any("SDK" in one for one in said)
    assert any("schema_serial is 2" in one for one in said)
    lame = make_plugin("lame", init="import nowhere_at_all")
    assert any("nowhere_at_all" in one for one in checking.check_plugin("lame", (lame,)))
    sound = make_plugin("fine", init="")
    assert checking.check_plugin("fine", (sound,)) == []
    assert "no installed distribution" in checking.check_plugin("absent", ())[0]
    forked = make_plugin("forked", revisions={"0001": "", "0002": "", "0003": ""}, schema_serial="3")
    third = forked.folder / "migrations" / "0003_step.py"
    third.write_text(third.read_text("utf-8").replace('down_revision = "0002"', 'down_revision = "0001"'), "utf-8")
    assert checking.check_plugin("forked", (forked,)) == [
        "its revisions have 2 ends (0002, 0003); they must form one line"
    ]


def test_a_thread_that_a_plugin_starts_while_it_is_loaded_sets_it_aside_and_no_process_waits_for_it(make_plugin):
    code = """
    import threading

    ENOUGH = threading.Event()

    def work():
        ENOUGH.wait(60)

    THREAD = threading.Thread(target=work, name="beside")
    THREAD.start()
    """
    lively = make_plugin("lively", init=code)
    assert checking.check_plugin("lively", (lively,)) == [
        "it starts a thread while it is loaded (beside): let a job do its work"
    ]
    thread = next(one for one in threading.enumerate() if one.name == "beside")
    assert thread.daemon
    assert thread._tstate_lock not in threading._shutdown_locks
    thread._target.__globals__["ENOUGH"].set()
    thread.join(10)


def test_operators_see_state_faults_and_who_uses_it(hall, tenant, ops):  # noqa: F811
    ops.client = _signed_in_elsewhere(hall, ops)
    inside(hall, tenant, lambda: actions.enable(name="hall"))
    hall.test_client().get("/p/hall/broken", base_url=f"http://{tenant.slug}.dangjian.test")
    page = ops.get("/operator/plugins")
    assert page.status_code == 200
    assert "场地" in page.text
    one = ops.get("/operator/plugins/hall").text
    assert "LookupError" in one
    assert "张三" not in one
    assert ops.post("/operator/plugins/hall/faults/clear", {}, "/operator/plugins/hall").status_code == 303
    assert "LookupError" not in ops.get("/operator/plugins/hall").text
    assert ops.get("/operator/plugins/nothing").status_code == 404


def _signed_in_elsewhere(app, found):
    """The same operator's cookies in a client of another application."""
    client = app.test_client()
    client._cookies.update(found.client._cookies)
    client.environ_base.update(found.client.environ_base)
    return client


def test_an_orphan_is_told_to_the_operator_with_the_tenants_that_use_it(hall, tenant):  # noqa: F811
    inside(hall, tenant, lambda: actions.enable(name="hall"))
    with hall.app_context():
        gone = host().plugins.pop("hall")
        try:
            with system_engine().connect() as connection:
                found = {one.name: one for one in condition.conditions(connection)}["hall"]
        finally:
            host().plugins["hall"] = gone
    assert (found.state, found.used) == ("orphaned", 1)


@pytest.fixture
def command(settings, hall, monkeypatch):  # noqa: F811
    """Runs a command on the database of the tests."""
    monkeypatch.setattr(config, "load_settings", lambda **_: replace(settings))
    monkeypatch.setattr(services, "services", _as_it_is(settings))

    def run(*arguments: str, status: int = 0):
        done = CliRunner().invoke(main, ["plugin", *arguments, "--json"])
        assert done.exit_code == status, done.output
        return json.loads(done.output.strip().splitlines()[-1])

    return run


def _as_it_is(settings):
    from contextlib import contextmanager

    from core.runtime.services import Services

    @contextmanager
    def found(*_given, **_options):
        yield Services(settings=settings, postgres=None, valkey=None)

    return found


def test_the_command_line_takes_a_plugin_through_its_life(command, tenant, tmp_path, hall, settings):  # noqa: F811
    assert "hall" in [one["name"] for one in command("list")["plugins"]]
    at = ("--tenant", tenant.slug)
    assert command("enable", "hall", *at) == {"tenant": tenant.slug, "enabled": ["hall"]}

    def fill():
        db.session().execute(
            text(f"INSERT INTO p_hall.room (tenant_id, id, title) VALUES ({tenant.id}, gen_random_uuid(), 'x')")
        )
        db.session().commit()

    inside(hall, tenant, fill)
    assert command("impact", "hall", *at)["tables"] == {"room": 1}
    target = tmp_path / "out.zip"
    assert command("export", "hall", *at, "--to", str(target))["records"] == 1
    assert target.stat().st_mode & 0o077 == 0
    assert "没有覆盖" in command("export", "hall", *at, "--to", str(target), status=2)["error"]
    assert "缺少 --confirm" in command("purge", "hall", *at, status=2)["error"]
    assert "还在使用" in command("purge", "hall", *at, "--confirm", "hall", status=1)["error"]
    command("disable", "hall", *at)
    assert command("purge", "hall", *at, "--confirm", "hall")["records"] == 1
    assert inside(hall, tenant, lambda: holdings.counts("hall")) == {"room": 0}
    assert command("import", "hall", str(target), *at)["records"] == 1
    assert inside(hall, tenant, lambda: holdings.counts("hall")) == {"room": 1}
    assert "没有代号" in command("enable", "hall", "--tenant", "nobody", status=1)["error"]
    assert command("purge", "hall", "--everything", "--confirm", "hall")["removed"] is True
    assert "hall" not in schemas(settings.database_owner_url)
    assert "没有插件" in command("purge", "hall", "--everything", "--confirm", "hall", status=1)["error"]


def test_a_plugin_that_is_kept_out_is_told_to_balancers_and_doctors_and_the_rest_serves(
    settings, make_plugin, monkeypatch
):
    from core.extension import registry

    broken = make_plugin("shaky", init="raise LookupError('张三')")
    monkeypatch.setattr(registry, "discover", lambda: (broken,))
    app = create_app(settings)
    answer = app.test_client().get("/readyz", base_url="http://dangjian.test")
    assert answer.status_code == 200
    said = answer.text.splitlines()
    assert said[0] == "ok"
    assert [line for line in said if "plugin" in line] == ["degraded: plugin shaky quarantined"]
    later = make_plugin("later", sdk='">=9"')
    found = {one.name: one for one in condition.examine(settings.database_url, (later,))}
    assert found["later"].state == "incompatible"
    assert "SDK" in found["later"].problems[0]
    with app.app_context():
        db.engine.dispose()
