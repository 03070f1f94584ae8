"""What is recorded of a plugin's failure: where and what kind, never a value, since values may be personal data."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from core.extension.budget import OverBudget

#: Frames of a trace that are kept, innermost last.
FRAMES = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure.

    :param what: the exception's class; the message is left out, it may quote a member's data.
    :param trace: ``file:line function`` of each frame, innermost last.
    """

    plugin: str
    hook: str
    tenant: int | None
    what: str
    trace: str


def fault_of(error: BaseException, *, plugin: str, hook: str, tenant: int | None) -> Fault:
    """Describe what was raised."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    trace = "\n".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    what = "time budget exceeded" if isinstance(error, OverBudget) else type(error).__qualname__
    return Fault(plugin, hook, tenant, what, trace)


def _short(filename: str) -> str:
    """The file below its package's root: enough to find it, nothing of the machine's folders."""
    parts = Path(filename).parts
    for marker in ("site-packages", "dist-packages"):
        if marker in parts:
            return "/".join(parts[parts.index(marker) + 1 :])
    return "/".join(parts[-3:])
