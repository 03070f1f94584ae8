"""What a rule has to say. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What it means for the act."""

    BLOCK = "block"  #: refused
    WARN = "warn"  #: needs a reason, which is kept
    INFO = "info"  #: worth knowing


@dataclass(frozen=True, slots=True)
class Said:
    """One finding.

    :param code: as the conventions name errors: E_STATE, E_BALANCE, E_PERM, E_CONFLICT …
    """

    rule: str
    severity: Severity
    message: str
    fix: str = ""
    code: str = ""
    field: str = ""


def blocks(found: Iterable[Said]) -> bool:
    """Whether anything refuses the act."""
    return any(one.severity is Severity.BLOCK for one in found)
