"""Connect the JSON conventions to the application."""

from flask import Flask

from core.api.answers import Unmet, unmet


def register(app: Flask) -> None:
    """Answer unmet preconditions."""
    app.register_error_handler(Unmet, unmet)
