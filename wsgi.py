"""The WSGI application, for servers that want a module: ``wsgi:app``."""

from core.app import create_app

app = create_app()
