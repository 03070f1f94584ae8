"""The home page."""

from flask import Blueprint, Flask, render_template

from core.access.gate import SIGNED_IN, requires

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(SIGNED_IN)
def home() -> str:
    """What is to be done, and one's own organisation."""
    return render_template("web/home.html")


def register(app: Flask) -> None:
    """Add the home page."""
    app.register_blueprint(bp)
