"""``/api/v1/units`` and what belongs to them: the organisation for programs. Answers are made from tuples."""

from flask import Flask

from core.api import setup
from core.organization.api import boards, changes, leadership, units
from core.organization.api.site import bp

__all__ = ["boards", "changes", "leadership", "register", "units"]


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
