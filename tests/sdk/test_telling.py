"""What the kit says of what a plugin raised: what, and where in the author's own files."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy.exc import IntegrityError

from core.sdk.kit.telling import told

HERE = SimpleNamespace(folder=Path(__file__).parent)


def raised_in(act: Callable[[], object]) -> Exception:
    try:
        act()
    except Exception as caught:  # noqa: BLE001
        return caught
    raise AssertionError("nothing was raised")


def test_the_place_is_the_innermost_line_of_the_plugins_own():
    error = raised_in(lambda: sorted([1], key=lambda one: {}[one]))
    assert told(error, HERE).startswith("KeyError: 1 (test_telling.py:")
    assert told(error, SimpleNamespace(folder=Path("/nowhere"))).startswith("KeyError: 1 (")


def test_of_the_databases_refusal_only_what_it_said_is_told():
    def insert() -> None:
        raise IntegrityError("INSERT …", {"name": "陈建国"}, ValueError("new row violates\nDETAIL: 陈建国"))

    error = raised_in(insert)
    assert told(error, HERE).startswith("IntegrityError: new row violates (test_telling.py:")
    assert "陈建国" in told(error, HERE, whole=True)
