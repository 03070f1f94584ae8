"""The page shell: puts the parts together, and renders a page whole or as a fragment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_block
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from core import clock
from core.web import (
    added,
    assets,
    conflict,
    errors,
    help,  # noqa: A004
    help_pages,
    locale,
    navigation,
    once,
    palette,
    security,
    wording,
)
from core.web.viewer import keep, viewer

bp = Blueprint("web", __name__, template_folder="templates")
#: The macro files, available in every template under these names.
MACROS = ("ui", "forms", "table", "tree")
YEAR = 365 * 24 * 3600
#: Marks in kept HTML that every request fills in.
_TOKEN, _SEARCHED, _HELP = "%token%", "%searched%", "%help%"
#: What the shell's own pages ask for: the gate reads it.
OPEN_TO = {"web.display": "public", "web.palette": "signed_in", "web.keys": "signed_in"} | help_pages.OPEN_TO


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the account menu."""

    label: object
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Top:
    """What the header shows: kept as HTML, with marks where the token and the searched text go."""

    name: str
    unit: str
    lang: str
    large: bool
    search: str | None
    parameter: str
    help: str | None
    bell: tuple[str, str] | None
    sign_out: str | None
    links: tuple[Link, ...]
    searched: str
    token: str


@dataclass(frozen=True, slots=True)
class PageShell:
    """What the base template shows around a page."""

    lang: str
    large: bool
    tenant: str
    name: str
    unit: str
    home: str
    today: str
    navigation: Markup
    thumb: Markup
    top: Markup
    palette: str
    keys: str
    keys_off: bool

    @property
    def signed_in(self) -> bool:
        """Whether anybody is signed in."""
        return bool(self.name)


def render(template: str, /, *, fragment: str | None = None, **context: Any) -> str:
    """A page; or, when htmx asks for a part and ``fragment`` names a block of ``template``, that block alone.

    The block must not rely on anything set outside it in the template: only it is run.
    """
    if fragment is not None and wants_fragment():
        return render_block(template, fragment, **context)
    return render_template(template, **context)


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page (and not for the page itself, as when going back)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Request-Type") == "partial"


def own_path(target: str | None) -> str | None:
    """``target`` if it leads to a path of this application, else None: never redirect to another host."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(c) < 0x20 for c in target):
        return None
    if ".." in unquote(target.split("?", 1)[0].split("#", 1)[0]).split("/"):
        return None  # a browser would climb out of the tenant's own prefix
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    root = request.script_root
    return target if not root or parts.path == root or parts.path.startswith(root + "/") else None


def _url(endpoint: str | None) -> str | None:
    return url_for(endpoint) if endpoint and endpoint in current_app.view_functions else None


def _kept(macro: str, build: Callable[[], Any], *key: object) -> Markup:
    """A piece of the frame as HTML. It is the same for one viewer and section, and kept under the key."""
    kept: dict[object, Markup] = current_app.extensions["web.rendered"]
    held = kept.get((macro, *key))
    if held is None:
        module = current_app.jinja_env.get_template("web/frame.html").module
        held = getattr(module, macro)(build())
        if viewer().version or not viewer().signed_in:
            if len(kept) > 5000:
                kept.clear()
            kept[(macro, *key)] = held
    return held


def _top(held: navigation.Registry, lang: str, large: bool) -> Top:
    who, routes = viewer(), current_app.view_functions
    links = (Link(i.label, i.icon, url_for(i.endpoint)) for i in held.account if i.endpoint in routes)
    return Top(
        name=who.name,
        unit=who.unit,
        lang=lang,
        large=large,
        search=navigation.search_url() if who.signed_in else None,
        parameter=held.search_parameter,
        help=_HELP,
        bell=(url_for(held.bell[0]), url_for(held.bell[1])) if held.bell and who.signed_in else None,
        sign_out=_url(held.sign_out_endpoint),
        links=tuple(links),
        searched=_SEARCHED,
        token=_TOKEN,
    )


def page_shell() -> PageShell:
    """Everything the base template needs, for the running request."""
    who, held = viewer(), navigation.registry()
    lang, section = locale.html_lang(), navigation.section()
    large = who.large if who.large is not None else request.cookies.get("large") == "1"
    root = request.script_root
    key = (root, lang, who.version, who.signed_in)
    top = _kept("top", lambda: _top(held, lang, large), *key, large)
    if who.signed_in:
        searched = escape(request.args.get(held.search_parameter, ""))
        filled = top.replace(_TOKEN, security.csrf_token()).replace(_SEARCHED, searched)
        top = Markup(filled.replace(_HELP, help.address()))  # noqa: S704  # all of it is escaped
    return PageShell(
        lang=lang,
        large=large,
        tenant=who.tenant,
        name=who.name,
        unit=who.unit,
        home=f"{root}/",
        today=_chinese_date(clock.today()),
        navigation=_kept("side", navigation.groups, *key, section),
        thumb=_kept("thumb", navigation.thumb, *key, section),
        top=top,
        palette=f"{root}/palette",
        keys=f"{root}/keys",
        keys_off=not who.keys,
    )


@lru_cache(maxsize=8)
def _chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@bp.post("/display")
def display() -> Response:
    """Set the language, the type size and the shortcuts: in the account of who is signed in, and in this browser."""
    back = own_path(urlsplit(request.referrer or "").path) or f"{request.script_root}/"
    response, kept = redirect(back, 303), dict[str, object]()
    wish, large, keys = (request.form.get(name, "") for name in ("locale", "large", "keys"))
    if wish in locale.SUPPORTED or wish == "auto":
        _remember(response, locale.COOKIE, wish)
        kept["locale"] = wish
    if large in ("0", "1"):
        _remember(response, "large", large)
        kept["large"] = large == "1"
    if keys in ("0", "1"):
        kept["keys"] = keys == "1"
    if kept and viewer().signed_in:
        keep(kept)
    return response


def _remember(response: Response, name: str, value: str) -> None:
    path, secure = request.script_root or "/", request.is_secure
    response.set_cookie(name, value, YEAR, path=path, secure=secure, httponly=True, samesite="Lax")


@bp.get("/palette", endpoint="palette")
def palette_page() -> str:
    """The command palette, or what answers to ``q``."""
    return palette.results()


@bp.get("/keys", endpoint="keys")
def keys_page() -> str:
    """The overlay of shortcuts."""
    return palette.keys()


def _is_iso_date(value: object) -> bool:
    text = str(value)
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()


def register(app: Flask) -> None:
    """Give ``app`` its pages: assets, security, languages, errors, components. Call it once, in ``create_app``."""
    app.extensions["web.navigation"] = navigation.Registry()
    app.extensions["web.rendered"] = {}
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    locale.register(app)
    wording.register(app)
    security.register(app)
    once.register(app)
    errors.register(app)
    assets.register(app)
    app.register_blueprint(bp)
    help_pages.register(app)
    env.tests["iso_date"] = _is_iso_date
    env.globals.update(page_shell=page_shell, was=conflict.was)
    added.register(app)
    for name in MACROS:
        env.globals[name] = env.get_template(f"web/macros/{name}.html").module
