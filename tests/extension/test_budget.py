"""A call's time: whatever breaks off its beginning, nothing strikes the thread afterwards."""

import threading
import time

import pytest

from core.extension import budget as part
from core.extension.budget import OverBudget, budget


def test_a_call_over_its_time_is_ended_and_the_next_is_not():
    def endless() -> None:
        with budget(0.05):
            while True:
                pass

    with pytest.raises(OverBudget):
        endless()
    with budget(60):
        assert sum(range(1000)) == 499500


def test_an_outer_calls_end_that_strikes_while_an_inner_one_begins_leaves_nothing_behind(monkeypatch):
    class Struck(threading.Event):
        def is_set(self) -> bool:
            raise OverBudget

    with budget(0.001):  # the watching thread runs
        pass
    monkeypatch.setattr(part._watcher, "wake", Struck())
    before = dict(part._watcher.calls)
    with pytest.raises(OverBudget), budget(0.01):
        time.sleep(0)
    assert part._watcher.calls == before
