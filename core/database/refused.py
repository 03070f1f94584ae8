"""How often the database has refused a statement of this thread: whoever calls foreign code can tell what it hid."""

import threading
from typing import Any

_thread = threading.local()


def refused() -> int:
    """A number that rises with each statement the database refuses in this thread."""
    count: int = getattr(_thread, "count", 0)
    return count


def note_refused(_context: Any = None) -> None:
    """One more. Listens to the engine, and is called by whatever passes by it."""
    _thread.count = refused() + 1
