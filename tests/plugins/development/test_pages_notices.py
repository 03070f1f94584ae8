"""Who is told at once of answers, requests and one's own progress."""

import pytest
from sqlalchemy import select

from core.clock import today
from core.database import db
from core.identity.models import Account
from core.notices.models import Message
from plugins.development.cases import opening
from tests.conftest import PASSWORD, add_account
from tests.plugins.development.way import VOTE, founded, go, record


@pytest.fixture
def made(county):
    """A branch's secretary, the committee's officer, and an applicant whose case it is."""
    for login, role, unit in (
        ("secretary", "branch_secretary", county.green_branch), ("officer", "committee_officer", county.green),
        ("applicant", "applicant", county.green_branch), ("away", "branch_secretary", county.blue_branch),
    ):  # fmt: skip
        add_account(login=login, name=login, password=PASSWORD, role=role, unit_id=unit)
    found = founded(county)
    applicant = db.session.scalar(select(Account.id).where(Account.login == "applicant"))
    opening.link_account(case_id=found.case, account_id=applicant)
    return found


def told():
    """(who, what) of every message of this plugin, in the product."""
    return set(
        db.session.execute(
            select(Account.login, Message.title)
            .join(Account, Account.id == Message.account_id)
            .where(Message.channel == "in_app", Message.kind.startswith("development."))
        ).all()
    )


def test_the_committee_is_asked_and_the_branch_is_answered(made):
    go(made, until="filing_request")
    record(made, "filing_request", today())
    record(made, "filing_reply", today(), {"result": "filed"}, reason="报送晚了")
    assert told() == {("officer", "报上级党委备案，请办理"), ("secretary", "上级党委备案：已备案")}


def test_the_branch_that_somebody_is_handed_to_is_told(made):
    go(made, until="filing_request")
    record(made, "transfer_out", today(), {"to_unit": str(made.county.blue_branch)})
    assert told() == {("away", "有同志转来本支部，请接收")}


def test_the_person_is_told_how_far_they_came(made):
    go(made, until="activist_meeting")
    record(made, "activist_meeting", today(), {**VOTE, "result": "named"})
    assert told() == {("applicant", "您已被确定为入党积极分子")}


def test_what_was_done_long_ago_is_news_to_nobody(made):
    go(made, until="contacts")
    assert told() == set()
