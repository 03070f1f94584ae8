"""The page of the record: who may see it, what it finds, what it gives away, and that looking is recorded too."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.audit.queries import Wanted, history_of, page
from core.database import bound, uuid7
from core.database.read import rows
from tests.audit.conftest import write
from tests.conftest import PASSWORD, add_account, sign_in, token_of


def get(client, tenant, path, **more):
    return client.get(path, base_url=f"http://{tenant.slug}.dangjian.test", **more)


def post(client, tenant, path, **data):
    base = f"http://{tenant.slug}.dangjian.test"
    data["csrf_token"] = token_of(client.get("/settings/policies/org.vacancy", base_url=base).text)
    return client.post(path, base_url=base, data=data)


def kinds_of(app, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        return [one.kind for one in page(Wanted())[0]]


def test_the_page_lists_what_was_done_with_who_and_from_where(app, tenant):
    client = sign_in(app, tenant)
    text = get(client, tenant, "/settings/audit").text
    assert "王管理" in text
    assert "127.0.0.1" in text


def test_filters_narrow_and_a_page_goes_on_where_the_last_ended(app, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        write(120)
        first, more = page(Wanted(kind="audit.change"), limit=50)
        assert more
        second, more = page(Wanted(kind="audit.change"), cursor=first[-1].cursor, limit=50)
        third, rest = page(Wanted(kind="audit.change"), cursor=second[-1].cursor, limit=50)
        assert [one.detail["n"] for one in (*first, *second, *third)] == list(reversed(range(120)))
        assert not rest
        assert page(Wanted(who="没有这个人"))[0] == []
        assert len(page(Wanted(kind="audit"), limit=500)[0]) == 120
    client = sign_in(app, tenant)
    assert "更早的记录" in get(client, tenant, "/settings/audit?kind=audit").text
    nothing = get(client, tenant, "/settings/audit?who=没有这个人&from=abc&subject_id=x&after=1-2").text
    assert "没有符合条件的记录" in nothing


def test_one_event_shows_before_and_after(app, tenant):
    client = sign_in(app, tenant)
    answer = post(
        client, tenant, "/settings/policies/org.vacancy", value="20", effective_from="2026-12-31", reason="组织部通知"
    )
    assert answer.status_code in (200, 303)
    with app.app_context(), bound(tenant_id=tenant.id):
        ids = rows(select(AuditEvent.id).where(AuditEvent.kind == "policy.set"))
    if ids:
        text = get(client, tenant, f"/settings/audit/{ids[0][0]}").text
        assert "组织部通知" in text
        assert "<del>30" in text


def test_an_export_is_a_workbook_and_is_recorded(app, tenant):
    client = sign_in(app, tenant)
    answer = get(client, tenant, "/settings/audit/export?kind=identity")
    assert answer.data[:2] == b"PK"
    assert "audit.exported" in kinds_of(app, tenant)


def test_an_event_of_another_tenant_is_not_found(app, tenant, other_tenant):
    with app.app_context(), bound(tenant_id=other_tenant.id):
        write(1)
        (foreign,) = rows(select(AuditEvent.id).where(AuditEvent.kind == "audit.change"))
    client = sign_in(app, tenant)
    there, unknown = (get(client, tenant, f"/settings/audit/{one}").status_code for one in (foreign[0], uuid7()))
    assert (there, unknown) == (404, 404)


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("committee_officer", 403), ("branch_secretary", 403)])
def test_only_auditors_and_administrators_see_the_record(app, tenant, role, status):
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="s", name="某人", password=PASSWORD, role=role, unit_id=tenant.root_unit_id)
    assert get(sign_in(app, tenant, "s"), tenant, "/settings/audit").status_code == status


def test_a_refused_page_an_unknown_record_and_a_refused_rule_are_recorded(app, tenant):
    client = sign_in(app, tenant)
    assert get(client, tenant, f"/people/{uuid7()}").status_code == 404
    answer = post(
        client,
        tenant,
        "/settings/policies/org.branch.max_members",
        value="90",
        effective_from="2026-12-31",
        reason="想放宽",
    )
    assert answer.status_code == 422
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="s", name="书记", password=PASSWORD, role="branch_secretary", unit_id=tenant.root_unit_id)
    assert get(sign_in(app, tenant, "s"), tenant, "/settings/audit").status_code == 403
    found = kinds_of(app, tenant)
    assert {"access.not_found", "access.rule_refused", "access.refused"} <= set(found)
    with app.app_context(), bound(tenant_id=tenant.id):
        (refused,) = page(Wanted(kind="access.rule_refused"))[0]
    assert refused.detail["rules"] == ["R0.POLICY"]
    assert "想放宽" not in str(refused.detail)


def test_a_wrong_sign_in_is_recorded_with_where_from(app, tenant):
    client = app.test_client()
    base = f"http://{tenant.slug}.dangjian.test"
    token = token_of(client.get("/sign-in", base_url=base).text)
    client.post("/sign-in", base_url=base, data={"login": "admin", "password": "错误", "csrf_token": token})
    with app.app_context(), bound(tenant_id=tenant.id):
        (event,) = page(Wanted(kind="identity.sign_in.refused"))[0]
    assert event.address == "127.0.0.1"
    assert "错误" not in str(event.detail)


def test_a_script_that_tries_a_thousand_ids_does_not_fill_the_record(app, tenant):
    client = sign_in(app, tenant)
    for _ in range(90):
        get(client, tenant, f"/people/{uuid7()}")
    with app.app_context(), bound(tenant_id=tenant.id):
        found = page(Wanted(kind="access.not_found"), limit=500)[0]
    assert 0 < len(found) <= 120
    assert any("不再逐条记录" in str(one.detail) for one in found)


def test_a_records_own_history_holds_its_events_alone(app, tenant):
    mine, other = uuid7(), uuid7()
    from core.audit.actions import record

    with app.app_context(), bound(tenant_id=tenant.id):
        for one in (mine, other, mine):
            record(kind="audit.change", subject="unit", subject_id=one)
        assert len(history_of("unit", mine).events) == 2
        assert len(history_of("unit", mine, further=[other]).events) == 3
        assert history_of("person", mine).events == ()
        assert history_of("unit", mine, most=1).more


def test_a_members_and_a_units_page_show_their_own_history(app, tenant):
    from tests.people.conftest import enrol, found_county

    with app.app_context(), bound(tenant_id=tenant.id):
        county = found_county(tenant)
        person = enrol(county.green_branch).id
    client = sign_in(app, tenant)
    text = get(client, tenant, f"/people/{person}?tab=changes").text
    assert "操作记录" in text
    assert "新增党员" in text
    assert "操作记录" in get(client, tenant, f"/units/{county.green_branch}?tab=history").text
