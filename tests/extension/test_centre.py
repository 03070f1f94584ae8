"""The tab 插件: a secretary's administrator sees what a plugin is, switches it, sets it up, and no secret is ever shown."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from core.app import create_app
from core.database import db
from core.extension import holdings, registry, tasks
from core.extension.host import host
from core.extension.installation import install, remove
from core.jobs.run import run_due
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.extension.test_lifecycle import hall, inside  # noqa: F401  (the fixture)

BASE = "/settings/plugins/hall"


def url(tenant) -> str:
    return f"http://{tenant.slug}.dangjian.test"


def send(client, tenant, path: str, **data: str):
    """Fill in the form that the page shows and send it."""
    page = client.get(path, base_url=url(tenant))
    token = token_of(page.text)
    return client.post(path, base_url=url(tenant), data={"csrf_token": token, **data})


@pytest.fixture
def client(hall, tenant):  # noqa: F811
    return sign_in(hall, tenant)


def test_the_list_says_what_a_plugin_is_and_leads_to_switching_it_on(client, tenant):
    page = client.get("/settings/plugins/", base_url=url(tenant))
    assert "场地" in page.text
    assert f"{BASE}/enable" in page.text
    preview = client.get(f"{BASE}/enable", base_url=url(tenant)).text
    assert "查看活动场地" in preview
    assert "党支部书记" in preview
    assert client.get("/p/hall/rooms", base_url=url(tenant)).status_code == 404
    assert send(client, tenant, f"{BASE}/enable").status_code == 303
    assert client.get("/p/hall/rooms", base_url=url(tenant)).text == "活动场地"
    assert "已启用" in client.get(BASE, base_url=url(tenant)).text


def test_switching_off_says_first_what_it_touches(client, tenant, hall):  # noqa: F811
    send(client, tenant, f"{BASE}/enable")
    inside(
        hall,
        tenant,
        lambda: (
            db.session().execute(
                text(f"INSERT INTO p_hall.room (tenant_id, id, title) VALUES ({tenant.id}, gen_random_uuid(), 'x')")
            ),
            db.session().commit(),
        ),
    )
    preview = client.get(f"{BASE}/disable", base_url=url(tenant)).text
    assert "停用会影响什么" in preview
    assert "room" in preview
    assert client.get("/p/hall/rooms", base_url=url(tenant)).status_code == 200
    assert send(client, tenant, f"{BASE}/disable").status_code == 303
    assert client.get("/p/hall/rooms", base_url=url(tenant)).status_code == 404
    assert inside(hall, tenant, lambda: holdings.counts("hall")) == {"room": 1}


def test_the_settings_form_is_made_from_the_declaration_and_a_secret_is_nowhere(client, tenant, hall):  # noqa: F811
    send(client, tenant, f"{BASE}/enable")
    page = client.get(f"{BASE}/settings", base_url=url(tenant)).text
    assert "提前天数" in page
    assert 'type="password"' in page
    wrong = send(client, tenant, f"{BASE}/settings", days="很多", token="开门密码")
    assert wrong.status_code == 422
    assert "须为整数" in wrong.text
    assert "开门密码" not in wrong.text
    assert send(client, tenant, f"{BASE}/settings", days="30", token="开门密码").status_code == 303
    for path in (BASE, f"{BASE}/settings", "/settings/plugins/", "/settings/audit/"):
        assert "开门密码" not in client.get(path, base_url=url(tenant)).text
    assert "已设置" in client.get(BASE, base_url=url(tenant)).text
    send(client, tenant, f"{BASE}/settings", days="31", **{"token.remove": "1"})
    assert "已设置" not in client.get(f"{BASE}/settings", base_url=url(tenant)).text


def test_a_secret_is_in_no_audit_entry_and_no_log(client, tenant, hall, caplog):  # noqa: F811
    send(client, tenant, f"{BASE}/enable")
    with caplog.at_level("DEBUG"):
        send(client, tenant, f"{BASE}/settings", days="30", token="开门密码")
    assert "开门密码" not in caplog.text

    def kept():
        return str(
            db.session().execute(text("SELECT kind, detail FROM core.audit_event WHERE kind LIKE 'plugin.%'")).all()
        )

    events = inside(hall, tenant, kept)
    assert "plugin.configured" in events
    assert "开门密码" not in events


def test_export_and_purge_are_ordered_from_the_pages(client, tenant, hall):  # noqa: F811
    send(client, tenant, f"{BASE}/enable")
    token = token_of(client.get(BASE, base_url=url(tenant)).text)
    assert client.post(f"{BASE}/export", base_url=url(tenant), data={"csrf_token": token}).status_code == 303
    inside(hall, tenant, run_due)
    made = inside(hall, tenant, lambda: tasks.tasks_of("hall")[0])
    leads = client.get(f"{BASE}/archives/{made.id}", base_url=url(tenant))
    archive = client.get(leads.location, base_url=url(tenant))
    assert archive.data[:2] == b"PK"
    assert archive.headers["Cache-Control"] == "private, no-store"
    on = send(client, tenant, f"{BASE}/purge", typed="场地", export="have")
    assert on.status_code == 422
    send(client, tenant, f"{BASE}/disable")
    assert "与插件名称不一致" in send(client, tenant, f"{BASE}/purge", typed="", export="have").text
    assert send(client, tenant, f"{BASE}/purge", typed="场地", export="have").status_code == 303
    assert "正在清除数据" in client.get(BASE, base_url=url(tenant)).text
    inside(hall, tenant, run_due)
    assert "数据已清除" in client.get(BASE, base_url=url(tenant)).text


def test_who_may_not_see_the_settings_sees_no_plugins_and_an_unknown_name_is_404(client, tenant, hall):  # noqa: F811
    member = {"login": "li", "name": "李书记", "role": "member", "unit_id": tenant.root_unit_id, "password": PASSWORD}
    inside(hall, tenant, lambda: add_account(**member))
    other = sign_in(hall, tenant, "li")
    for path in ("/settings/plugins/", BASE, f"{BASE}/enable", f"{BASE}/purge"):
        assert other.get(path, base_url=url(tenant)).status_code == 403
    assert client.get("/settings/plugins/nothing", base_url=url(tenant)).status_code == 404
    assert client.get("/settings/plugins/nothing/purge", base_url=url(tenant)).status_code == 404


def test_a_plugin_whose_code_was_removed_spoils_nothing_and_can_be_purged(settings, client, tenant, hall, monkeypatch):  # noqa: F811
    send(client, tenant, f"{BASE}/enable")
    inside(
        hall,
        tenant,
        lambda: (
            db.session().execute(
                text(f"INSERT INTO p_hall.room (tenant_id, id, title) VALUES ({tenant.id}, gen_random_uuid(), 'x')")
            ),
            db.session().commit(),
        ),
    )
    monkeypatch.setattr(registry, "discover", lambda: ())
    after = create_app(settings)
    after.testing = True
    try:
        late = sign_in(after, tenant)
        for path in ("/", "/people/", "/settings/", "/todos/"):
            assert late.get(path, base_url=url(tenant)).status_code in (200, 302, 303, 404)
        assert late.get("/", base_url=url(tenant)).status_code == 200
        listed = late.get("/settings/plugins/", base_url=url(tenant)).text
        assert "程序已移除" in listed
        assert "现在没有运行" in listed
        assert late.get(BASE, base_url=url(tenant)).status_code == 200
        assert send(late, tenant, f"{BASE}/disable").status_code == 303
        assert send(late, tenant, f"{BASE}/purge", typed="hall", export="first").status_code == 303
        inside(after, tenant, run_due)
        done = inside(after, tenant, lambda: tasks.tasks_of("hall")[0])
        assert (done.state, done.done) == ("done", 1)
        assert done.file_id is not None
        assert inside(after, tenant, lambda: holdings.counts("hall")) == {"room": 0}
    finally:
        with after.app_context():
            db.engine.dispose()


def test_a_plugin_for_a_newer_sdk_is_shown_as_not_usable(settings, tenant, make_plugin, monkeypatch):
    found = make_plugin("later", sdk='">=9"')
    monkeypatch.setattr(registry, "discover", lambda: (found,))
    app = create_app(settings)
    app.testing = True
    try:
        client = sign_in(app, tenant)
        assert "不能使用" in client.get("/settings/plugins/", base_url=url(tenant)).text
        refused = send(client, tenant, "/settings/plugins/later/enable")
        assert refused.status_code == 422
        with app.app_context():
            assert host().plugins["later"].state == "incompatible"
    finally:
        with app.app_context():
            db.engine.dispose()


def test_a_faulty_package_is_not_called_a_mismatch_of_versions(settings, tenant, make_plugin, monkeypatch):
    later, sound = make_plugin("later", sdk='">=9"'), make_plugin("broken")
    broken = replace(sound, manifest=None, problems=("colour: is no key of a manifest",))
    monkeypatch.setattr(registry, "discover", lambda: (later, broken))
    app = create_app(settings)
    app.testing = True
    try:
        client = sign_in(app, tenant)
        for path in ("/settings/plugins/broken", "/settings/plugins/later"):
            page = client.get(path, base_url=url(tenant)).text
            assert ("安装包有错误" in page, "版本或其他插件不相配" in page) == ("broken" in path, "later" in path)
        listed = client.get("/settings/plugins/", base_url=url(tenant)).text
        assert listed.count("安装包有错误") == listed.count("版本或其他插件不相配") == 1
    finally:
        with app.app_context():
            db.engine.dispose()


def test_a_plugin_that_others_need_is_not_switched_off_before_them(settings, tenant, make_plugin, monkeypatch):
    base, above = make_plugin("base", title='"底座"'), make_plugin("above", title='"上层"', requires='["base>=1"]')
    for one in (base, above):
        install(settings.database_owner_url, one.manifest, one.folder)
    monkeypatch.setattr(registry, "discover", lambda: (base, above))
    app = create_app(settings)
    app.testing = True
    try:
        client = sign_in(app, tenant)
        assert "将一并启用：底座" in client.get("/settings/plugins/above/enable", base_url=url(tenant)).text
        assert send(client, tenant, "/settings/plugins/above/enable").status_code == 303
        refused = send(client, tenant, "/settings/plugins/base/disable")
        assert refused.status_code == 422
        assert "请先停用“上层”" in refused.text
        send(client, tenant, "/settings/plugins/above/disable")
        assert send(client, tenant, "/settings/plugins/base/disable").status_code == 303
    finally:
        for one in (base, above):
            remove(settings.database_owner_url, one.name)
        with app.app_context():
            db.engine.dispose()
