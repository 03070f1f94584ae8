"""What a rule has to say about a record: the value types shared by every rules module."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How a finding binds (00-conventions 0.4)."""

    BLOCK = "BLOCK"  #: the act is refused
    WARN = "WARN"  #: the act needs a typed reason, which is logged
    INFO = "INFO"  #: advice only


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found.

    :param rule: the rule's id, such as ``R2.03``.
    :param severity: whether it refuses, asks for a reason, or informs.
    :param field: the field it is about (English field name), or ``""`` for the whole record.
    :param message: what is wrong and what would be right, in plain Chinese.
    :param fix: what to do about it, in Chinese, if there is one thing to do.
    :param source: the article the rule rests on.
    :param code: machine code such as ``E_RANGE`` (00-conventions 0.4).
    """

    rule: str
    severity: Severity
    field: str
    message: str
    fix: str | None = None
    source: str | None = None
    code: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether this finding alone refuses the act."""
        return self.severity is Severity.BLOCK


_latest: ContextVar[tuple[Finding, ...]] = ContextVar("dangjian_refused", default=())


def begin_refusals() -> None:
    """A request begins: nothing has been refused in it."""
    _latest.set(())


def latest_refusal() -> tuple[Finding, ...]:
    """What the last :class:`Refused` of the running request said, for the audit of refused attempts."""
    return _latest.get()


class Refused(Exception):
    """An act was refused: carries every finding together, and nothing was changed (00-conventions 0.7)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        _latest.set(self.findings)
        super().__init__("；".join(finding.message for finding in self.findings))


def refuse_blocked(findings: Iterable[Finding], *, reason: str | None = None) -> tuple[Finding, ...]:
    """Raise :class:`Refused` if any finding blocks, or if one warns and no ``reason`` was typed.

    :returns: all findings, for the record that is made of the act.
    """
    found = tuple(findings)
    if any(f.blocks for f in found) or (not (reason or "").strip() and any(f.severity is Severity.WARN for f in found)):
        raise Refused(f for f in found if f.severity is not Severity.INFO)
    return found
