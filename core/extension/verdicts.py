"""What a veto is asked about, and how it answers."""

from dataclasses import dataclass

from core.policy.objections import MemberChange, UnitChange

__all__ = ["MemberChange", "UnitChange", "Veto"]


@dataclass(frozen=True, slots=True)
class Veto:
    """A reason why a change may not be made. Nothing else an implementation returns or raises stops it.

    :param message: a Chinese sentence that names what stands against it.
    :param fix: what would remove the obstacle.
    :param rule: the rule's id, such as ``R6.03``; the plugin's name when empty.
    """

    message: str
    fix: str = ""
    rule: str = ""
