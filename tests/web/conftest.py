"""A small application with the shell alone, for tests of the shell."""

import pytest
from flask import Flask

from core.web import navigation, shell
from core.web.viewer import NOBODY, Viewer, provide
from tests.web import gallery

OFFICER = Viewer(
    name="王秀兰", tenant="中共清河县委员会", unit="县委组织部", may=lambda _permission: True, version="officer"
)


@pytest.fixture
def viewer() -> dict[str, Viewer]:
    """Who looks: change ``viewer["who"]`` in a test to sign out or lose rights."""
    return {"who": OFFICER}


@pytest.fixture
def app(viewer: dict[str, Viewer]) -> Flask:
    """The shell with a gallery of every component."""
    app = Flask("gallery")
    app.config.update(SECRET_KEY="only for tests", TESTING=False, PROPAGATE_EXCEPTIONS=False)
    shell.register(app)
    provide(app, lambda: viewer.get("who", NOBODY))
    gallery.register(app, navigation)
    return app
