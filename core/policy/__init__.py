"""Rules as data with a date: findings, refusals and policy values."""

from core.policy.findings import Finding, Refused, Severity

__all__ = ["Finding", "Refused", "Severity"]
