"""Two locks that fail in different ways: with either one off, the other holds alone."""

import pytest

from core.database import read, session
from tests.isolation.checks import BY_PREDICATE, BY_ROW_SECURITY, leaks


@pytest.fixture
def without_predicate(monkeypatch):
    """The session and the fast path send statements as they are written."""
    monkeypatch.setattr(read, "with_tenant", lambda statement: statement)
    monkeypatch.setattr(session, "with_tenant", lambda statement, _tenant: statement)
    monkeypatch.setattr(session, "joins_loosely", lambda _statement: True)
    read.forget_compilations()
    yield
    read.forget_compilations()


@pytest.mark.parametrize("check", BY_ROW_SECURITY, ids=lambda check: check.__name__)
def test_nothing_leaks_with_both(check, bare, superuser, pair):
    assert leaks([check], bare, superuser, *pair) == []


@pytest.mark.parametrize("check", BY_ROW_SECURITY, ids=lambda check: check.__name__)
def test_nothing_leaks_by_row_security_alone(check, without_predicate, bare, superuser, pair):
    assert leaks([check], bare, superuser, *pair) == []


@pytest.mark.parametrize("check", BY_PREDICATE, ids=lambda check: check.__name__)
def test_no_statement_of_ours_leaks_by_the_predicate_alone(check, unguarded, superuser, pair):
    read.forget_compilations()
    assert leaks([check], unguarded, superuser, *pair) == []


def test_with_neither_everything_leaks(without_predicate, unguarded, superuser, pair):
    """The checks themselves do see: each of them reports something when both locks are off."""
    for check in BY_PREDICATE:
        assert leaks([check], unguarded, superuser, *pair)
