"""What rules and code lists say, in the reader's language: translated where it leaves the product.

Pure modules hold plain Chinese (``core.web.plain_texts`` lists it for the catalogues). A reader in another language gets
each text of a page, and each message of the API, looked up here: as it is, or as a sentence with values filled in. What
is in no catalogue, such as a person's name, stays as it was written. Chinese pages pay nothing.
"""

import html
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_babel import get_locale, get_translations
from markupsafe import escape
from werkzeug.wrappers import Response

from core.web.plain_texts import HAN

_DEFAULT = "zh_Hans_CN"
#: A value in a sentence: ``{name}`` of an f-string. What stands in ``_()`` is translated before it comes here.
_VALUE = re.compile(r"\{(\w+)\}")
#: A text between tags, or an attribute that is read and not sent.
_SHOWN = re.compile(
    r"(?P<skip><(?:script|style|textarea)\b.*?</(?:script|style|textarea)>|<!--.*?-->)"
    r"|(?P<kept><(?P<tag>\w+)\b[^>]*\slang=\"zh-CN\"[^>]*>.*?</(?P=tag)>)"
    r"|(?P<before>\s(?:title|placeholder|aria-label|data-label|alt|data-recent)=\")(?P<value>[^\"]*)(?=\")"
    r"|(?<=>)(?P<text>[^<>]+)(?=<)",
    re.DOTALL,
)
_Sentence = tuple[re.Pattern[str], str]
_sentences: dict[int, list[_Sentence]] = {}


def foreign() -> bool:
    """Whether the reader reads another language than that of the msgids."""
    return str(get_locale() or _DEFAULT) != _DEFAULT


def said(text: str) -> str:
    """A text in the reader's language; unchanged when no catalogue knows it."""
    if not foreign() or not HAN.search(text):
        return text
    catalogue = get_translations()
    return _looked_up(text, catalogue)


def _looked_up(text: str, catalogue: Any) -> str:
    bare = text.strip()
    found = catalogue.ugettext(bare)
    if found == bare:
        found = _as_sentence(bare, catalogue) or _with_rule(bare, catalogue) or _in_parts(bare, catalogue)
        found = found or _mixed(bare, catalogue)
    return text.replace(bare, str(found), 1) if found != bare else text


#: A sentence with the rule it rests on: 人员类别没有填写（2.1）。
_RULE = re.compile(r"(?P<said>.+)（(?P<rule>[A-Z]{0,4}[\d.]+)）(?P<end>。?)", re.DOTALL)


def _with_rule(text: str, catalogue: Any) -> str | None:
    found = _RULE.fullmatch(text)
    if found is None:
        return None
    other = _looked_up(found["said"], catalogue)
    return None if other == found["said"] else f"{other} ({found['rule']}){'.' if found['end'] else ''}"


def _as_sentence(text: str, catalogue: Any) -> str | None:
    for pattern, english in _known(catalogue):
        found = pattern.fullmatch(text)
        if found:
            return _filled(english, {name: _looked_up(value, catalogue) for name, value in found.groupdict().items()})
    return None


def _filled(english: str, values: dict[str, str]) -> str:
    return _VALUE.sub(lambda one: values.get(one[1], ""), english)


#: What stands between the parts of a list, and how it is written in English.
_JOINTS = {"、": ", ", "；": "; ", "，": ", ", "：": ": ", " · ": " · "}


def _in_parts(text: str, catalogue: Any) -> str | None:
    """A list of labels, such as 女、汉族; only if every part is known."""
    for joint, english in _JOINTS.items():
        parts = [part for part in text.split(joint) if part]
        if len(parts) > 1:
            found = [_looked_up(part, catalogue) for part in parts]
            if all(not HAN.search(part) for part in found):
                return english.join(found)
    return None


#: A Chinese phrase that stands by itself among foreign words, such as the title in ``Print: 党员名册``.
_PHRASE = re.compile(r"(?:(?<=^)|(?<=[\s:·>]))[㐀-鿿][^\s:·<]*(?=$|[\s:·])")


def _mixed(text: str, catalogue: Any) -> str:
    """A text that is partly translated already: phrases standing by themselves are looked up by themselves."""
    if not re.search("[A-Za-z0-9·]", text):
        return text
    return _PHRASE.sub(lambda one: one[0] if one[0] == text else _looked_up(one[0], catalogue), text)


def _known(catalogue: Any) -> list[_Sentence]:
    """The catalogue's sentences with values, those with the most fixed text first."""
    held = _sentences.get(id(catalogue))
    if held is None:
        texts: Iterable[tuple[Any, Any]] = getattr(catalogue, "_catalog", {}).items()
        pairs = [(k, v) for k, v in texts if isinstance(k, str) and v and _VALUE.search(k) and HAN.search(k)]
        pairs.sort(key=lambda pair: -len(_VALUE.sub("", pair[0])))
        held = _sentences[id(catalogue)] = [(_pattern(k), v) for k, v in pairs if len(_VALUE.sub("", k)) > 1]
    return held


@lru_cache(maxsize=4096)
def _pattern(template: str) -> re.Pattern[str]:
    parts, at, seen = [], 0, set()
    for found in _VALUE.finditer(template):
        parts.append(re.escape(template[at : found.start()]))
        name = found[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        at = found.end()
    return re.compile("".join(parts) + re.escape(template[at:]), re.DOTALL)


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
