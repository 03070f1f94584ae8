"""Browser assets: their hashed names, the icons, and how they are served.

``python -m core.web.build`` writes ``static/dist`` with a manifest of logical name to hashed name. A hashed file
never changes, so it is served with an immutable cache for a year.
"""

import logging
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, request
from markupsafe import Markup
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DIST = Path(__file__).parent / "static" / "dist"
#: The address below which the assets lie, under whatever prefix the whole application is mounted.
PREFIX = "/static/dist/"
#: Every file but the manifest bears its hash in its name.
_HASHED = r"-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"
_ROOT = "dangjian.asset_root"
_log = logging.getLogger(__name__)


@cache
def manifest() -> dict[str, str]:
    """Logical name (``app.css``) to hashed name. Empty, with a warning, while the assets are not built."""
    file = DIST / "manifest.json"
    if not file.exists():
        _log.warning("browser assets are not built: run `python -m core.web.build`")
        return {}
    names: dict[str, str] = orjson.loads(file.read_bytes())
    return names


#: Drawn where a plugin names an icon that there is not.
UNKNOWN = "box"


def asset(name: str) -> str:
    """The address of an asset by its logical name, such as ``app.css``. All tenants share it."""
    root: str = request.environ.get(_ROOT, "")
    return f"{root}{PREFIX}{manifest().get(name, name)}"


def may_lack_fonts() -> bool:
    """Whether this is a Linux desktop, which may have no Chinese font: it is told where one is (core/web/build.py)."""
    agent = request.user_agent.string
    return "Linux" in agent and "Android" not in agent


def icon(name: str, label: object = None, extra: str = "") -> Markup:
    """An icon of the sprite (a name of ``assets/icons.txt``). With ``label`` it is announced, else it is decoration.

    A name that the sprite does not have, as a plugin may give, is drawn as :data:`UNKNOWN`.
    """
    return _icon(request.environ.get(_ROOT, ""), name, str(label) if label else "", extra)


@cache
def _icon(root: str, name: str, label: str, extra: str) -> Markup:
    name = name if name in icon_names() else UNKNOWN
    sprite = f"{root}{PREFIX}{manifest().get('icons.svg', 'icons.svg')}"
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon{}" {}><use href="{}#{}"></use></svg>').format(
        f" {extra}" if extra else "", said, sprite, name
    )


@cache
def icon_names() -> frozenset[str]:
    """The icons that the sprite holds."""
    listed = (Path(__file__).parent / "assets" / "icons.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in listed if line.strip() and not line.startswith("#"))


_NAMED = re.compile(r"""(?:\bicon\(|\bicon=|icon_name=|"icon": |'icon': )["']([a-z0-9-]+)["']""")


def icons_named() -> frozenset[str]:
    """The icons that the templates and Python files of the product and of the plugins beside it name."""
    core = Path(__file__).parents[1]
    parts = (core, core.parent / "plugins")
    files = [file for part in parts for form in ("*.py", "templates/**/*.html") for file in part.rglob(form)]
    return frozenset(name for file in files for name in _NAMED.findall(file.read_text("utf-8")))


class Served:
    """The application with its assets in front: a request for an asset never reaches Flask."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._static = WhiteNoise(application, max_age=3600, immutable_file_test=_HASHED)
        if DIST.is_dir():
            self._static.add_files(str(DIST), prefix=PREFIX)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        """Answer as WSGI asks."""
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._static(environ, start_response)
        environ.setdefault(_ROOT, environ.get("SCRIPT_NAME", ""))
        return self._application(environ, start_response)


def register(app: Flask) -> None:
    """Serve the assets, and give templates ``asset()``, ``icon()`` and ``may_lack_fonts()``."""
    app.wsgi_app = Served(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals.update(asset=asset, icon=icon, may_lack_fonts=may_lack_fonts)
