"""``/api/v1/people``: the roster for programs. Answers are made from tuples, never from entities."""

from flask import Flask

from core.api import setup
from core.organization.dependants import register_residents
from core.people.actions.placing import Roster
from core.people.api import accounts, acting, changing, exporting, reading
from core.people.api.site import bp

__all__ = ["accounts", "acting", "changing", "exporting", "reading", "register"]


def register(app: Flask) -> None:
    """Add the verbs, and tell the organisation where its members are."""
    register_residents(Roster())
    setup.add(app, bp)
