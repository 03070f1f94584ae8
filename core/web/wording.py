"""What rules and code lists say, in the reader's language: translated where it leaves the product.

Pure modules hold plain Chinese (``core.web.plain_texts`` lists it for the catalogues). A reader in another language gets
each text of a page, and each message of the API, looked up here, composed sentences by their parts
(:mod:`core.web.sentences`). What is in no catalogue, such as a person's name, stays as it was written. Chinese pages
pay nothing.
"""

import html
import re
from collections.abc import Callable

from flask import Flask
from flask_babel import get_locale, get_translations
from markupsafe import escape
from werkzeug.wrappers import Response

from core.web.plain_texts import HAN
from core.web.sentences import told

_DEFAULT = "zh_Hans_CN"
#: A text between tags, or an attribute that is read and not sent.
_SHOWN = re.compile(
    r"(?P<skip><(?:script|style|textarea)\b.*?</(?:script|style|textarea)>|<!--.*?-->)"
    r"|(?P<kept><(?P<tag>\w+)\b[^>]*\slang=\"zh-CN\"[^>]*>.*?</(?P=tag)>)"
    r"|(?P<before>\s(?:title|placeholder|aria-label|data-label|alt|data-recent)=\")(?P<value>[^\"]*)(?=\")"
    r"|(?<=>)(?P<text>[^<>]+)(?=<)",
    re.DOTALL,
)


def foreign() -> bool:
    """Whether the reader reads another language than that of the msgids."""
    return str(get_locale() or _DEFAULT) != _DEFAULT


def said(text: str) -> str:
    """A text in the reader's language; unchanged when no catalogue knows it."""
    if not foreign() or not HAN.search(text):
        return text
    return told(text, get_translations())


def page(text: str, look: Callable[[str], str] = said) -> str:
    """A page with every text and every label that is shown put into the reader's language; values of controls stay."""

    def replaced(found: re.Match[str]) -> str:
        if found["skip"] or found["kept"]:
            return found[0]
        shown = found["text"] if found["text"] is not None else found["value"]
        if not HAN.search(shown):
            return found[0]
        plain = html.unescape(shown)
        other = look(plain)
        return (found["before"] or "") + (shown if other == plain else str(escape(other)))

    return _SHOWN.sub(replaced, text)


def _translate(response: Response) -> Response:
    if response.mimetype == "text/html" and not response.is_streamed and foreign():
        text = response.get_data(as_text=True)
        if HAN.search(text):
            response.set_data(page(text))
    return response


def register(app: Flask) -> None:
    """Translate the pages of who reads another language."""
    app.after_request(_translate)
