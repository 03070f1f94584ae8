"""What two persons must do stays with two persons while one acts for the other."""

from datetime import date, timedelta

import pytest

from core import clock
from core.access.actions import delegations
from core.audit.actions import Origin, acting, is_same_person
from core.organization.rules.changes import ChangeStatus, step_findings

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_this_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def delegated(at_work):
    """The branch secretary has let the deputy act for a week."""
    made = delegations.delegate(
        to=at_work.accounts["bd1"], role="branch_secretary", unit=at_work.units["一支部"], valid_from=TODAY,
        valid_to=TODAY + timedelta(days=7), reason="外出学习", by=at_work.actor("bs1"), as_of=TODAY,
    )  # fmt: skip
    at_work.delegation = made
    return at_work


def same(people, who, other, on=TODAY):
    with acting(Origin(people.accounts[who], who)):
        return is_same_person(people.accounts[other], on=on)


def test_a_deputy_counts_as_the_officer_and_the_officer_as_the_deputy(delegated):
    assert same(delegated, "bd1", "bs1")
    assert same(delegated, "bs1", "bd1")
    assert same(delegated, "bs1", "bs1")
    assert not same(delegated, "bd1", "bs2")
    assert not same(delegated, "co", "bs1")


def test_it_holds_for_what_was_done_while_one_acted_for_the_other(delegated, monkeypatch):
    later = TODAY + timedelta(days=20)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert same(delegated, "bs1", "bd1", on=TODAY + timedelta(days=3))
    assert not same(delegated, "bs1", "bd1", on=later)


def test_who_counts_as_the_submitter_does_not_decide(delegated):
    deputy, officer = (str(delegated.accounts[one]) for one in ("bd1", "bs1"))
    given = {"submitter": officer, "actor": deputy, "doc_no": "1号"}
    counts = same(delegated, "bd1", "bs1")
    (found,) = step_findings(ChangeStatus.SUBMITTED, ChangeStatus.APPROVED, same=counts, **given)
    assert found.code == "E_CONFLICT"
    assert step_findings(ChangeStatus.SUBMITTED, ChangeStatus.APPROVED, same=False, **given) == ()
