"""The page shell: puts the parts together, and renders a page whole or as a fragment."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_block
from markupsafe import Markup
from werkzeug.wrappers import Response

from core import clock
from core.web import assets, errors, locale, navigation, security
from core.web.viewer import viewer

bp = Blueprint("web", __name__, template_folder="templates")
#: The macro files, available in every template under these names.
MACROS = ("ui", "forms", "table", "tree")
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the account menu."""

    label: object
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Search:
    """Where the header's search field leads."""

    url: str
    parameter: str
    value: str


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
    search: Search | None
    help: str | None
    sign_out: str | None
    account_links: tuple[Link, ...]
    navigation: Markup
    thumb: Markup

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
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    root = request.script_root
    return target if not root or parts.path == root or parts.path.startswith(root + "/") else None


def _url(endpoint: str | None) -> str | None:
    return url_for(endpoint) if endpoint and endpoint in current_app.view_functions else None


def _search(held: navigation.Registry) -> Search | None:
    url = _url(held.search_endpoint) if viewer().signed_in else None
    return Search(url, held.search_parameter, request.args.get(held.search_parameter, "")) if url else None


def _navigation(macro: str, build: Callable[[], Any], section: str) -> Markup:
    """Navigation as HTML. It is the same for all pages of one section and one set of rights, and kept under these."""
    kept: dict[object, Markup] = current_app.extensions["web.rendered"]
    who = viewer()
    key = (macro, request.script_root, locale.html_lang(), who.version, who.signed_in, section)
    held = kept.get(key)
    if held is None:
        module = current_app.jinja_env.get_template("web/navigation.html").module
        held = getattr(module, macro)(build())
        if who.version or not who.signed_in:
            if len(kept) > 2000:
                kept.clear()
            kept[key] = held
    return held


def page_shell() -> PageShell:
    """Everything the base template needs, for the running request."""
    who, held = viewer(), navigation.registry()
    section = navigation.section()
    return PageShell(
        lang=locale.html_lang(),
        large=who.large or request.cookies.get("large") == "1",
        tenant=who.tenant,
        name=who.name,
        unit=who.unit,
        home=f"{request.script_root}/",
        today=_chinese_date(clock.today().isoformat()),
        search=_search(held),
        help=_url(held.help_endpoint),
        sign_out=_url(held.sign_out_endpoint),
        account_links=tuple(
            Link(i.label, i.icon, url_for(i.endpoint)) for i in held.account if i.endpoint in current_app.view_functions
        ),
        navigation=_navigation("side", navigation.groups, section),
        thumb=_navigation("thumb", navigation.thumb, section),
    )


@lru_cache(maxsize=8)
def _chinese_date(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


@bp.post("/display")
def display() -> Response:
    """Set this browser's language and type size, and go back to where it came from."""
    back = own_path(urlsplit(request.referrer or "").path) or f"{request.script_root}/"
    response = redirect(back, 303)
    path = request.script_root or "/"
    wish = request.form.get("locale", "")
    if wish in locale.SUPPORTED or wish == "auto":
        response.set_cookie(
            locale.COOKIE, wish, YEAR, path=path, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    if request.form.get("large") in ("0", "1"):
        large = request.form["large"]
        response.set_cookie("large", large, YEAR, path=path, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


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
    security.register(app)
    errors.register(app)
    assets.register(app)
    app.register_blueprint(bp)
    env.tests["iso_date"] = _is_iso_date
    env.globals.update(page_shell=page_shell)
    for name in MACROS:
        env.globals[name] = env.get_template(f"web/macros/{name}.html").module
