"""HEAD is a GET without the body: never the sending of a form, which nobody's token would guard."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from core.database import bound, db
from core.feedback.models import FeedbackItem
from core.identity.models import Account
from tests.conftest import sign_in


@pytest.fixture(scope="module")
def forms(app):
    """Every page that also takes a form."""
    return [rule for rule in app.url_map.iter_rules() if {"GET", "POST"} <= rule.methods]


def filled(rule):
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda one: str(uuid4()) if one[1] == "uuid" else "x", rule.rule)


def test_every_page_with_a_form_answers_head_as_it_answers_get(app, tenant, forms):
    client, base = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    assert len(forms) > 40
    for rule in forms:
        path = filled(rule)
        if path.endswith("/sign-out"):
            continue
        shown, headed = client.get(path, base_url=base), client.head(path, base_url=base)
        assert (headed.status_code, headed.data) == (shown.status_code, b""), path


def test_a_form_sent_as_head_is_not_taken(app, tenant):
    client, base = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    said = {"kind": "suggestion", "unit": str(tenant.root_unit_id), "title": "无令牌", "body": "不应保存", "name": "x"}
    assert client.head("/feedback/new", base_url=base, data=said).status_code == 200
    display = {"login": "neu", "display_name": "新账号"}
    client.head("/settings/accounts/new", base_url=base, data=display)
    with app.app_context(), bound(tenant_id=tenant.id):
        assert db.session.scalar(select(func.count()).select_from(FeedbackItem)) == 0
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1
        db.session.remove()


def test_asking_for_the_sign_in_pages_head_counts_as_no_attempt(app, tenant):
    base = f"http://{tenant.slug}.dangjian.test"
    for _ in range(8):
        assert (
            app.test_client().head("/sign-in", base_url=base, data={"login": "admin", "password": "x"}).status_code
            == 200
        )
    assert sign_in(app, tenant).get("/", base_url=base).status_code == 200
