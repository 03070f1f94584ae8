"""What joins a transaction stands or falls with it: half of an action is never kept."""

import contextlib

import pytest
from sqlalchemy import select, update

from core.database import transaction
from core.database.session import HalfDone
from core.organization.models import Unit
from core.tenancy.models import TenantState


def rename(name, *, then=None):
    with transaction() as session:
        session.execute(update(Unit).values(short_name=name))
        if then is not None:
            raise then


def name_now():
    with transaction() as session:
        return session.scalars(select(Unit.short_name)).one()


def test_a_failure_that_is_caught_on_the_way_out_still_commits_nothing(inside):
    before = name_now()
    with pytest.raises(HalfDone), transaction(), contextlib.suppress(ValueError):
        rename("写了一半", then=ValueError("later in the action"))
    assert name_now() == before


def test_what_fails_before_it_writes_may_be_gone_on_without(inside):
    with transaction():
        try:
            with transaction():
                raise ValueError("nothing was written")
        except ValueError:
            pass
        rename("写完了")
    assert name_now() == "写完了"


def test_what_a_savepoint_took_back_does_no_harm(inside):
    with transaction() as session:
        rename("外层")
        try:
            with session.begin_nested():
                rename("写了一半", then=ValueError("tried, and given up"))
        except ValueError:
            pass
    assert name_now() == "外层"


def _fail_unsent(session):
    with contextlib.suppress(ValueError), transaction():
        session.scalars(select(Unit)).one().short_name = "改了没发"
        raise ValueError("before the flush")


def test_rows_added_but_not_yet_sent_count_as_written(inside):
    before = name_now()
    with pytest.raises(HalfDone), transaction() as session:
        _fail_unsent(session)
    assert name_now() == before


def test_the_next_transaction_starts_clean(inside):
    with pytest.raises(HalfDone), transaction(), contextlib.suppress(ValueError):
        rename("写了一半", then=ValueError("x"))
    rename("第二次")
    assert name_now() == "第二次"


def version_now():
    with transaction() as session:
        return session.scalars(select(TenantState.data_version)).one()


def test_a_change_is_counted_once_however_many_savepoints_it_went_through(inside):
    before = version_now()
    with transaction() as session:
        for name in ("第一步", "第二步"):
            with session.begin_nested():
                rename(name)
        rename("第三步")
    assert version_now() == before + 1


def test_what_stood_before_a_savepoint_that_was_taken_back_is_still_counted(inside):
    before = version_now()
    with transaction() as session:
        rename("外层")
        with contextlib.suppress(ValueError), session.begin_nested():
            raise ValueError("tried, and given up")
    assert version_now() == before + 1
