"""The administrator's tab: an endpoint made, its secret seen once, its messages looked at and repeated."""

import re

import pytest

from core.database import bound, db, transaction, uuid7
from core.events.actions import declare_event, emit
from core.jobs.run import run_due
from tests.conftest import add_account, sign_in, token_of

HAPPENED = declare_event("test.happened", "发生了", {"to": "去处"})


@pytest.fixture
def office(allowing, tenant):
    """The administrator's browser."""
    client = sign_in(allowing, tenant)
    base = f"http://{tenant.slug}.dangjian.test"

    def get(path):
        return client.get(path, base_url=base)

    def post(path, **form):
        token = token_of(get("/settings/webhooks/new").text)
        return client.post(path, base_url=base, data={**form, "csrf_token": token})

    client.see, client.send = get, post
    return client


def work(app, tenant, *, happen=False):
    with app.app_context(), bound(tenant_id=tenant.id):
        if happen:
            with transaction():
                emit(HAPPENED, subject="unit", subject_id=uuid7(), data={"to": "乙支部"})
        run_due()
        db.session.remove()


def test_an_endpoint_is_made_tested_looked_at_and_removed(office, allowing, tenant, receiver):
    assert "还没有推送地址" in office.see("/settings/webhooks").text
    made = office.send("/settings/webhooks/new", title="OA系统", url=receiver.url, events=HAPPENED)
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.text)[0]
    path = re.search(r"/settings/webhooks/[0-9a-f-]{36}", made.text)[0]
    assert secret not in office.see(path).text
    assert office.send(f"{path}/ping").status_code == 303
    work(allowing, tenant, happen=True)
    page = office.see(path).text
    assert "测试消息" in page
    assert page.count("已送达") == 2
    message = re.search(rf"{path}/messages/[0-9a-f-]{{36}}", page)[0]
    assert "乙支部" in office.see(message).text
    assert office.send(f"{message}/repeat").status_code == 303
    work(allowing, tenant)
    assert len(receiver.got) == 3
    new = office.send(f"{path}/rotate")
    assert re.search(r"whsec_[A-Za-z0-9+/=]+", new.text)[0] != secret
    office.send(f"{path}/pause")
    assert "已暂停" in office.see(path).text
    assert office.send(f"{path}/remove").status_code == 303
    assert office.see(path).status_code == 404


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(office):
    answer = office.send("/settings/webhooks/new", title="OA", url="https://10.0.0.1/secret", events=HAPPENED)
    assert answer.status_code == 422
    assert "内部网络" in answer.text
    assert 'value="https://10.0.0.1/secret"' in answer.text
    assert re.search(rf'value="{HAPPENED}" checked', answer.text)
    none = office.send("/settings/webhooks/new", title="", url="")
    assert "至少选择一种事件" in none.text
    assert "请填写名称" in none.text


def test_an_outdated_edit_changes_nothing(office, receiver):
    made = office.send("/settings/webhooks/new", title="OA", url=receiver.url, events="*")
    path = re.search(r"/settings/webhooks/[0-9a-f-]{36}", made.text)[0]
    form = {"title": "新", "url": receiver.url, "events": "*"}
    assert office.send(f"{path}/edit", version="1", **form).status_code == 303
    office.send(f"{path}/edit", version="1", **{**form, "title": "更新"})
    assert "更新" not in office.see(path).text.replace("更新于", "")


def test_another_tenant_s_endpoint_is_not_found(office, allowing, other_tenant, receiver):
    made = office.send("/settings/webhooks/new", title="OA", url=receiver.url, events="*")
    path = re.search(r"/settings/webhooks/[0-9a-f-]{36}", made.text)[0]
    stranger, base = sign_in(allowing, other_tenant), f"http://{other_tenant.slug}.dangjian.test"
    token = {"csrf_token": token_of(stranger.get("/settings/webhooks/new", base_url=base).text)}
    assert stranger.get(path, base_url=base).status_code == 404
    for verb in ("ping", "rotate", "pause", "remove", "nonsense"):
        assert stranger.post(f"{path}/{verb}", base_url=base, data=token).status_code == 404
    assert office.see(path).status_code == 200


def test_only_administrators_see_the_tab(allowing, tenant):
    with allowing.app_context(), bound(tenant_id=tenant.id):
        add_account(
            login="shuji",
            name="书记",
            password="另一句很长的口令 2026",
            role="branch_secretary",
            unit_id=tenant.root_unit_id,
        )
        db.session.remove()
    client = sign_in(allowing, tenant, "shuji", "另一句很长的口令 2026")
    answer = client.get("/settings/webhooks", base_url=f"http://{tenant.slug}.dangjian.test")
    assert answer.status_code == 403
