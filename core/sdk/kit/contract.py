"""What a check is, and the list of them: filled by the decorator when the modules of checks are imported."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.sdk.kit.ground import Ground

#: Looks at the plugin and gives what is wrong, one sentence each.
Look = Callable[["Ground"], list[str]]
#: The modules of checks, in the order in which they are run: from what is read to what changes the tenants' data.
MODULES = ("reading", "tables", "reaching", "planning", "calling", "holding")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold.

    :param code: by which a plugin can be exempted from it, with a reason.
    :param sentence: what must hold; the test's name.
    :param advice: what to do when it does not.
    :param running: whether the plugin must be loaded and its tables made.
    """

    code: str
    sentence: str
    advice: str
    look: Look
    running: bool = True


CHECKS: dict[str, Check] = {}


def check(code: str, advice: str, *, running: bool = True) -> Callable[[Look], Look]:
    """Declare a check; its docstring is the sentence that must hold."""

    def declare(look: Look) -> Look:
        CHECKS[code] = Check(code, " ".join((look.__doc__ or code).split()), advice, look, running)
        return look

    return declare


def checks() -> list[Check]:
    """Every check of the kit, in the order in which they are run."""
    for module in MODULES:
        import_module(f"core.sdk.kit.{module}")
    return list(CHECKS.values())


def listed() -> str:
    """The checks as a Markdown table, for the documentation."""
    lines = ["| check | what must hold | what to do when it does not |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| `{one.code}` | {one.sentence} | {one.advice} |" for one in checks())])
