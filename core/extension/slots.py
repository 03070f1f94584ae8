"""Drawing what plugins put into the core's pages: only for tenants that use them, cleaned, and never at the page's cost."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import nh3
from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape

from core.access.gate import may
from core.database import tenant_id
from core.extension.contributions import Slot
from core.extension.host import DRAWN, Host, host
from core.web.locale import html_lang

#: What a plugin's piece of a page may be made of. No script, no style, no handlers, no foreign documents.
_TAGS = {
    *[
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "button",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h2",
        "h3",
        "h4",
        "h5",
        "hr",
        "i",
    ],
    *[
        "img",
        "input",
        "ins",
        "label",
        "legend",
        "li",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "progress",
        "s",
        "section",
        "select",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
    ],
    *["table", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "tr", "u", "ul", "svg", "use"],
}
_ANYWHERE = {"class", "id", "title", "role", "lang", "hidden", "tabindex"}
_HTMX = {"hx-get", "hx-post", "hx-target", "hx-swap", "hx-confirm", "hx-indicator"}
_ATTRIBUTES = {
    "*": _ANYWHERE | _HTMX,
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "form": {"action", "method", "enctype"},
    "button": {"type", "name", "value", "disabled"},
    "input": {
        "type",
        "name",
        "value",
        "checked",
        "required",
        "placeholder",
        "min",
        "max",
        "step",
        "maxlength",
        "disabled",
    },
    "select": {"name", "required", "multiple", "disabled"},
    "option": {"value", "selected", "disabled"},
    "optgroup": {"label"},
    "textarea": {"name", "rows", "required", "placeholder", "maxlength", "disabled"},
    "label": {"for"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "progress": {"value", "max"},
    "details": {"open"},
    "ol": {"start"},
    "use": {"href"},
    "svg": {"viewBox", "width", "height"},
}
_ADDRESSES = frozenset({"href", "src", "action", "hx-get", "hx-post"})
_PLACES = "extension.slots"
#: Characters of one piece; a page that is megabytes long is no page.
LONGEST = 200_000


def _own_address(_tag: str, attribute: str, value: str) -> str | None:
    """Addresses of this site only: a path, a query or a place on the page."""
    if attribute not in _ADDRESSES:
        return value
    plain = "".join(value.split()).replace("\\", "/")
    return None if plain.startswith("//") or ":" in plain.split("/", 1)[0] else value


#: Made once: what is allowed is the same for every piece.
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    generic_attribute_prefixes={"aria-", "data-"},
    attribute_filter=_own_address,
    url_schemes=set(),
    strip_comments=True,
    link_rel=None,
)


def clean(html: str) -> Markup:
    """A plugin's HTML with everything taken out that could act by itself; addresses only of this site."""
    return _clean(html) if len(html) > _SHORT else _clean_again(html)


def _clean(html: str) -> Markup:
    return Markup(_CLEANER.clean(html))  # noqa: S704  (this is what makes it safe)


#: Short pieces are mostly those of the page before: cleaning one again costs more than drawing it.
_SHORT = 2000
_clean_again = lru_cache(maxsize=256)(_clean)


def slot(place: str, subject: Any = None) -> Markup:
    """Everything enabled plugins have to show at a place, in their order; a plugin that failed leaves one remark there."""
    return drawn_at(host(), place, lambda: subject)


def drawn_at(held: Host, place: str, about: Callable[[], Any]) -> Markup:
    """The pieces of a place; what the page is about is asked for only where something waits there."""
    waiting = _by_place(held).get(place)
    if not waiting:
        return Markup()
    subject = about()
    enabled, tenant = held.enabled(), tenant_id()
    drawn: list[str] = []
    failed: set[str] = set()
    for plugin, one, called in waiting:
        if plugin not in enabled or (one.permission and not may(one.permission)):
            continue
        given = {"render": one.render, "subject": subject}
        done, html = held.calls.one(plugin, called, DRAWN, tenant, _drawn_there, given)
        if not done and plugin not in failed:
            failed.add(plugin)
            drawn.append(_placeholder(held.plugins[plugin].title, html_lang()))
        elif html:
            drawn.append(f'<section class="slot" data-plugin="{plugin}">{html}</section>')
    return Markup("".join(drawn))  # noqa: S704  (cleaned pieces; a plugin's name is an identifier)


def _drawn_there(render: Callable[[Any], Any], subject: Any) -> Markup | None:
    return _cleaned(render(subject))


def drawn_by(render: Callable[[], Any]) -> Markup | None:
    """What a plugin's function gives, cleaned; called under guard, since what it gives may be anything.

    :raises TypeError: it gives neither text nor ``None``. :raises ValueError: it gives too much.
    """
    return _cleaned(render())


def _cleaned(html: Any) -> Markup | None:
    if html is None:
        return None
    if not isinstance(html, str):
        raise TypeError(f"a text or None was expected, not {type(html).__name__}")
    if len(html) > LONGEST:
        raise ValueError(f"more than {LONGEST} characters")
    return clean(html if isinstance(html, Markup) else str(escape(html)))


@lru_cache(maxsize=256)
def _placeholder(title: str, _lang: str) -> Markup:
    text = _("“%(title)s”暂时不能显示，其他内容不受影响。", title=title)
    return Markup(f'<p class="slot slot-failed text-secondary">{escape(text)}</p>')  # noqa: S704  (escaped)


def _by_place(held: Host) -> dict[str, list[tuple[str, Slot, str]]]:
    """What waits at each place: plugin, slot, and what its calls go by.

    Each has a breaker of its own: what works does not forgive what fails beside it.
    """
    found: dict[str, list[tuple[str, Slot, str]]] | None = held.kept.get(_PLACES)
    if found is None:
        found = defaultdict(list)
        for plugin, one in sorted(held.brought("register_slots"), key=lambda pair: (pair[1].order, pair[0])):
            found[one.place].append((plugin, one, f"slot {one.place} {len(found[one.place])}"))
        held.kept[_PLACES] = found = dict(found)
    return found


def register(app: Flask) -> None:
    """Let every template write ``{{ slot("unit:side", unit.id) }}``."""
    app.jinja_env.globals["slot"] = slot
