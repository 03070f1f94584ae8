"""``/api/v1/permissions``, ``roles``, ``grants``, ``delegations``, and why an account may do something or not."""

from flask import Flask

from core.access.api import grants, reasons, roles
from core.access.api.site import bp
from core.api import setup

__all__ = ["grants", "reasons", "register", "roles"]


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
