"""Languages: Chinese by default; English when the account or this browser has chosen it."""

from flask import Flask, request
from flask_babel import Babel, get_locale

from core.web.viewer import viewer

DEFAULT = "zh_Hans_CN"
SUPPORTED = (DEFAULT, "en")
COOKIE = "locale"


def chosen() -> str:
    """The language of this request. ``auto`` in the cookie follows the browser's own wish."""
    wish = viewer().locale or request.cookies.get(COOKIE)
    if wish == "auto":
        wish = "en" if request.accept_languages.best_match(["zh", "en"]) == "en" else DEFAULT
    return wish if wish in SUPPORTED else DEFAULT


def html_lang() -> str:
    """The value of the page's ``lang`` attribute."""
    return "en" if str(get_locale()) == "en" else "zh-CN"


def register(app: Flask) -> None:
    """Set up translations: msgids are the Chinese texts, so Chinese needs no catalogue."""
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(app.config.get("TRANSLATIONS", _CATALOGUES)),
        locale_selector=chosen,
    )


_CATALOGUES = __file__.rsplit("/web/", 1)[0] + "/translations"
