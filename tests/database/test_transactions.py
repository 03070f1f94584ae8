"""What joins a transaction stands or falls with it: half of an action is never kept."""

import contextlib

import pytest
from sqlalchemy import select, update

from core.database import transaction
from core.database.session import HalfDone
from core.organization.models import Unit


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
