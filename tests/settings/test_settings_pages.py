"""Settings: shown to those who may see them, changed with a reason, never loosened past an official text."""

import pytest

from core import clock
from core.database import bound
from core.policy.actions import set_value
from core.policy.findings import Refused
from tests.conftest import PASSWORD, add_account, sign_in, token_of


def page(client, tenant, path):
    return client.get(path, base_url=f"http://{tenant.slug}.dangjian.test")


def post(client, tenant, path, **data):
    base = f"http://{tenant.slug}.dangjian.test"
    data["csrf_token"] = token_of(client.get(path, base_url=base).text)
    return client.post(path, base_url=base, data=data)


def test_the_policy_page_shows_value_level_and_source(app, tenant):
    text = page(sign_in(app, tenant), tenant, "/settings/policies").text
    assert "党支部党员一般不超过" in text
    assert "《中国共产党支部工作条例（试行）》" in text


def test_a_tightened_value_is_saved_and_shown(app, tenant):
    client = sign_in(app, tenant)
    answer = post(
        client, tenant, "/settings/policies/org.branch.max_members",
        value="40", effective_from=clock.today().isoformat(), reason="县委组织部〔2026〕3号",
    )  # fmt: skip
    assert answer.status_code == 303
    text = page(client, tenant, "/settings/policies").text
    assert "40人" in text
    assert "本单位" in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"value": "60"}, "只能从严"),
        ({"value": "四十"}, "同类"),
        ({"value": "-1"}, "同类"),
        ({"reason": ""}, "依据"),
        ({"effective_from": "2020-01-01"}, "不能早于今天"),
        ({"effective_from": "明天"}, "不能早于今天"),
    ],
)
def test_a_bad_value_is_refused_with_what_would_be_right(app, tenant, data, said):
    client = sign_in(app, tenant)
    good = {"value": "40", "effective_from": clock.today().isoformat(), "reason": "文件"}
    answer = post(client, tenant, "/settings/policies/org.branch.max_members", **{**good, **data})
    assert answer.status_code == 422
    assert said in answer.text


def test_an_unknown_key_is_not_found_and_refused_by_the_action(app, tenant):
    assert page(sign_in(app, tenant), tenant, "/settings/policies/org.nothing").status_code == 404
    today = clock.today()
    with app.app_context(), bound(tenant_id=tenant.id), pytest.raises(Refused):
        set_value(key="org.nothing", value=1, effective_from=today, reason="文件", as_of=today)


def test_a_branch_secretary_does_not_see_the_settings(app, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="s", name="书记", password=PASSWORD, role="branch_secretary", unit_id=tenant.root_unit_id)
    assert page(sign_in(app, tenant, "s"), tenant, "/settings/").status_code == 403


def form_of(client, tenant, path):
    """A tab: what its form sends besides what is typed."""
    text = page(client, tenant, path).text
    return {"csrf_token": token_of(text), "seen": text.split('name="seen" value="', 1)[1].split('"', 1)[0]}


def test_of_two_tabs_the_second_sees_what_the_first_set_and_loses_nothing(app, tenant):
    client, path = sign_in(app, tenant), "/settings/policies/org.branch.max_members"
    base, day = f"http://{tenant.slug}.dangjian.test", clock.today().isoformat()
    first, second = form_of(client, tenant, path), form_of(client, tenant, path)
    sent = {"effective_from": day, "value": "40", "reason": "第一个标签页"}
    assert client.post(path, base_url=base, data={**first, **sent}).status_code == 303
    typed = {"effective_from": day, "value": "35", "reason": "第二个标签页的依据"}
    answer = client.post(path, base_url=base, data={**second, **typed})
    assert answer.status_code == 409
    assert "有人设定了这个值" in answer.text
    assert "40人" in answer.text
    assert "第一个标签页" in answer.text
    assert 'value="35"' in answer.text
    assert "第二个标签页的依据" in answer.text
    seen = answer.text.split('name="seen" value="', 1)[1].split('"', 1)[0]
    again = client.post(path, base_url=base, data={**second, **typed, "seen": seen})
    assert again.status_code == 303
    assert "35人" in page(client, tenant, path).text


def test_a_value_set_meanwhile_is_not_withdrawn_unseen(app, tenant):
    client, path = sign_in(app, tenant), "/settings/policies/org.branch.max_members"
    base, day = f"http://{tenant.slug}.dangjian.test", clock.today().isoformat()
    first, second = form_of(client, tenant, path), form_of(client, tenant, path)
    sent = {"effective_from": day, "value": "40", "reason": "文件"}
    assert client.post(path, base_url=base, data={**first, **sent}).status_code == 303
    answer = client.post(path, base_url=base, data={**second, **sent, "step": "withdraw"})
    assert answer.status_code == 409
    assert "40人" in page(client, tenant, path).text
