"""``/api/v1/documents``, ``prints``, ``templates`` and ``archives``: printing, its templates, the archive's desk."""

from flask import Flask

from core.api import setup
from core.documents.api import archives, printing, templates
from core.documents.api.site import bp

__all__ = ["archives", "printing", "register", "templates"]


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
