"""How the pages are laid out: long forms in groups, and the way back from a form."""

import pytest

from core.clock import today
from plugins.development.flow import KINDS
from plugins.development.pages import course, forms, sections
from plugins.development.rules.outcomes import Outcome, Ruling
from tests.conftest import PASSWORD, sign_in, token_of


def fields_of(code, values=None):
    return forms.shown(KINDS[code], values or {}, forms.Choices())


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_field_of_a_form_stands_in_one_group(app, code):
    with app.test_request_context():
        fields = fields_of(code)
        grouped = [one.name for group in forms.grouped(fields) for one in group.fields]
    assert sorted(grouped) == sorted(one.name for one in fields)


def test_a_short_form_has_no_headings_and_a_meeting_tells_people_from_votes(app):
    with app.test_request_context():
        (only,) = forms.grouped(fields_of("oath"))
        meeting = [str(one.title) for one in forms.grouped(fields_of("branch_meeting")) if one.title]
    assert only.title is None
    assert meeting[:2] == ["到会情况", "表决结果"]


def test_what_is_seldom_is_folded_until_it_says_something(app):
    with app.test_request_context():
        usual = {"candidates_on_paper": 1, "in_favour": 9}
        (seldom,) = (one for one in forms.grouped(fields_of("branch_meeting", usual)) if one.folded)
        (told,) = (one for one in forms.grouped(fields_of("branch_meeting", {"written_late": 2})) if one.folded)
    assert not seldom.open
    assert told.open


def test_a_form_names_the_list_it_leads_back_to(app):
    def way(back):
        with app.test_request_context("/t/x/"):
            return [(str(title), url) for title, url in sections.way_to(back)]

    with app.test_request_context("/t/x/"):
        from flask import url_for

        board, plan = url_for("p_development.board"), url_for("p_development.plan")
    assert way(board) == [("发展党员", board)]
    assert way(f"{plan}?year=2026") == [("发展党员", board), ("计划和进度", f"{plan}?year=2026")]
    assert way(f"{plan}/unit/1") == [("发展党员", board), ("计划和进度", plan)]


@pytest.mark.parametrize(("rule", "code"), [("G8.4", "resume"), ("E25", "resume"), ("E2", "transfer_in"), ("X1", None)])
def test_what_stands_still_is_mended_by_what_lets_it_go_on(rule, code):
    said = Ruling(rule, Outcome.BLOCK, "正在暂缓。", "", "请先登记恢复办理。", field="state")
    kind = course.mending(rule, said)
    assert (kind.code if kind else None) == code


def test_a_record_that_was_acted_on_is_shown_again_where_it_was_asked_for(app, tenant, served):
    """Below /t/NAME as on a host of one's own: the way back keeps the tenant's beginning."""
    client, root = app.test_client(), f"/t/{tenant.slug}"

    def sent(path: str, **data):
        data["csrf_token"] = token_of(client.get(f"{root}{path}", base_url="http://127.0.0.1").text)
        return client.post(f"{root}{path}", base_url="http://127.0.0.1", data=data)

    assert sent("/sign-in", login="admin", password=PASSWORD).status_code in (302, 303)
    page = f"/p/development/plan/unit/{served.root}?year={today().year}"
    year = sent(
        f"/p/development/plan/new?unit={served.root}&year={today().year}",
        quota="12",
        reserve="0",
        year=str(today().year),
        basis="计划",
        milestones="",
    )
    assert year.status_code == 303, year.text[-2000:]
    assert year.location.startswith(root)
    done = sent(page, act="submit", version="1")
    assert (done.status_code, done.location) == (303, f"{root}{page}")


def test_the_values_of_the_rules_stand_under_the_plugins_name_apart_from_reminders(app, tenant, served):
    page = sign_in(app, tenant).get(
        "/settings/policies", base_url=f"http://{tenant.slug}.dangjian.test", query_string={"part": "发展党员"}
    )
    assert "公示至少几个工作日" in page.text
    assert "提前几天提醒" not in page.text
