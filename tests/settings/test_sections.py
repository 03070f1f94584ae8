"""Every page of the settings is found from the settings: in a group, and with 单位设置 marked in the navigation."""

import re

import pytest

from core.database import bound
from core.web.settings_sections import GROUPS, Section, add_section, belongs
from tests.conftest import PASSWORD, add_account, sign_in

#: A link that says it leads to the running page.
MARKED = re.compile(r'<a[^>]*aria-current="page"[^>]*>.*?</a>', re.S)


def _held(app):
    """Every section of ``app``."""
    return [known for members in app.extensions["web.settings"].values() for known in members]


def test_every_page_below_settings_belongs_to_a_section(app):
    with app.app_context():
        lost = {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/settings") and not belongs(rule.endpoint)
        }
    assert lost == set()


def test_no_page_belongs_to_two_sections(app):
    held = _held(app)
    twice = {
        rule.endpoint: [str(known.endpoint) for known in held if known.holds(rule.endpoint)]
        for rule in app.url_map.iter_rules()
    }
    assert {endpoint: found for endpoint, found in twice.items() if len(found) > 1} == {}


def test_the_navigation_marks_the_settings_on_every_section(app, tenant):
    client = sign_in(app, tenant)
    with app.test_request_context(base_url=f"http://{tenant.slug}.dangjian.test"):
        addresses = [app.url_for(known.endpoint, _external=False) for known in _held(app)]
    for address in addresses:
        text = client.get(address, base_url=f"http://{tenant.slug}.dangjian.test").text
        marked = MARKED.findall(text)
        assert any("单位设置" in one for one in marked), (address, marked)
        assert any(f'href="{address}"' in one for one in marked), (address, marked)


def test_a_page_below_a_section_marks_the_settings_too(app, tenant):
    text = sign_in(app, tenant).get(
        "/settings/policies/org.branch.max_members", base_url=f"http://{tenant.slug}.dangjian.test"
    ).text  # fmt: skip
    assert any("单位设置" in one for one in MARKED.findall(text))


def test_the_sections_stand_in_groups_and_a_group_without_any_is_left_out(app, tenant):
    text = sign_in(app, tenant).get("/settings/", base_url=f"http://{tenant.slug}.dangjian.test").text
    titles = re.findall(r"<h2>([^<]+)</h2>\s*<ul>", text)
    assert titles == [str(title) for title in GROUPS.values()] * 2
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="j", name="巡察", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
    seen = sign_in(app, tenant, "j").get("/settings/audit", base_url=f"http://{tenant.slug}.dangjian.test")
    assert seen.status_code == 200
    assert "监督" in seen.text
    links = [one for one in MARKED.findall(seen.text) if "审计" in one]
    assert len(links) == 3  # the navigation (the settings are closed to them), the list, the chooser
    assert "连接与扩展" not in seen.text


def test_a_section_of_an_unknown_group_is_refused(app):
    with pytest.raises(KeyError):
        add_section(app, Section("别的", "settings.base", "settings.view", "nowhere"))
