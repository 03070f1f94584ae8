"""The command palette (Ctrl+K): pages, actions, and whatever the parts let people find by name.

    palette.add_action(app, Action(_l("新增党员"), "user-plus", "people.new", "people.member.edit"))
    palette.add_source(app, Source(_l("党员"), "user", "people.member.view", find))

The page carries only the addresses of two fragments; nothing of the palette is rendered before somebody asks for it.
What is typed is matched against the label, its pinyin and its initials, and against further words of an entry.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from flask import Flask, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.tenancy.doors import is_open, tried
from core.web import navigation, settings_sections
from core.web.viewer import viewer

#: Entries of one group at most, and characters of what is typed that are looked at.
MOST, LONGEST = 7, 60


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, what stands beside it, and where it leads."""

    label: str
    url: str
    note: str = ""
    icon: str = "arrow-right"


@dataclass(frozen=True, slots=True)
class Action:
    """Something one can do from anywhere.

    :param endpoint: the page where it begins; taking no arguments.
    :param permission: what the viewer must hold; None for everybody who is signed in.
    :param words: further words it is found by.
    """

    label: object
    icon: str
    endpoint: str
    permission: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record that is found by name.

    :param title: heading of its group.
    :param name: what it came with, if it is not the core's (:mod:`core.tenancy.doors`).
    :param find: at most ``limit`` hits for a text; it is asked only of those who hold ``permission``, and answers only
        with what the asking account may see.
    """

    title: object
    icon: str
    permission: str
    find: Callable[[str, int], Sequence[Hit]]
    name: str = ""


def add_action(app: Flask, *actions: Action) -> None:
    """Offer actions in the palette of ``app``."""
    app.extensions.setdefault("web.palette.actions", []).extend(actions)


def add_source(app: Flask, source: Source) -> None:
    """Let records be found in the palette of ``app``."""
    app.extensions.setdefault("web.palette.sources", []).append(source)


@lru_cache(maxsize=10_000)
def _spellings(text: str) -> tuple[str, ...]:
    """A label as it may be typed: itself, its pinyin, its initials."""
    from pypinyin import Style, lazy_pinyin

    plain = _folded(text)
    return plain, _folded("".join(lazy_pinyin(text))), _folded("".join(lazy_pinyin(text, style=Style.FIRST_LETTER)))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def matches(text: str, asked: str) -> bool:
    """Whether a label answers to what was typed: as a part of it, or as the beginning of its pinyin or initials."""
    wanted = _folded(asked)
    plain, sound, initials = _spellings(text)
    return wanted in plain or sound.startswith(wanted) or initials.startswith(wanted)


def _of(label: object, words: str, asked: str) -> bool:
    said = str(label)
    return not asked or any(matches(one, asked) for one in (said, *words.split()))


def _pages(asked: str) -> Iterator[Hit]:
    """The pages of the navigation, the account menu and the settings that the viewer may open."""
    held, routes, seen = navigation.registry(), current_app.view_functions, set()
    entries = [(i.label, i.icon, i.endpoint, i.permission, i.group) for i in (*held.items, *held.account)]
    entries += [(s.label, "settings", s.endpoint, s.permission, "单位设置") for s in settings_sections.every()]
    for label, icon, endpoint, permission, group in entries:
        open_ = endpoint in routes and is_open(endpoint) and (permission is None or viewer().may(permission))
        if open_ and endpoint not in seen and _of(label, group, asked):
            seen.add(endpoint)
            yield Hit(str(label), url_for(endpoint), _(group) if group else "", icon)


def _actions(asked: str) -> Iterator[Hit]:
    routes = current_app.view_functions
    for action in current_app.extensions.get("web.palette.actions", ()):
        allowed = action.permission is None or viewer().may(action.permission)
        if action.endpoint not in routes or not allowed or not is_open(action.endpoint):
            continue
        if _of(action.label, action.words, asked):
            yield Hit(str(action.label), url_for(action.endpoint), icon=action.icon)


def _records(asked: str) -> Iterator[tuple[str, list[Hit]]]:
    for source in current_app.extensions.get("web.palette.sources", ()):
        if is_open(source.name) and viewer().may(source.permission):
            done, hits = tried(source.name, partial(source.find, asked, MOST))
            if done:
                yield str(source.title), list(hits)


def found(asked: str) -> list[tuple[str, list[Hit]]]:
    """What answers to a text, by group; without a text the actions and pages one may open."""
    groups = [
        (str(_("办理")), _first(_actions(asked))),
        (str(_("页面")), _first(_pages(asked), 40 if not asked else MOST)),
    ]
    records = list(_records(asked)) if asked else []
    return [(title, hits) for title, hits in (*records, *groups) if hits]


def _first(hits: Iterable[Hit], most: int = MOST) -> list[Hit]:
    return [hit for hit, _number in zip(hits, range(most), strict=False)]


def results() -> str:
    """The options for ``?q=``, or the whole dialog when it is opened for the first time."""
    asked = " ".join(request.args.get("q", "").split())[:LONGEST]
    template = "web/palette_results.html" if "q" in request.args else "web/palette.html"
    return render_template(template, groups=found(asked), asked=asked)


@dataclass(frozen=True, slots=True)
class Key:
    """One shortcut of the overlay."""

    keys: tuple[str, ...]
    label: object


GENERAL = (
    Key(("Ctrl", "K"), _l("打开命令面板：找页面、找人、找组织、办事")),
    Key(("/",), _l("把光标放进本页的搜索框")),
    Key(("?",), _l("显示这张快捷键表")),
    Key(("j",), _l("到列表的下一行")),
    Key(("k",), _l("到列表的上一行")),
    Key(("Enter",), _l("打开选中的一行")),
    Key(("x",), _l("勾选或取消勾选这一行")),
    Key(("Esc",), _l("关闭菜单、面板和对话框")),
)


def keys() -> str:
    """The overlay that lists the shortcuts, those of the viewer's own pages included."""
    items = [i for i in navigation.registry().items if i.key and (i.permission is None or viewer().may(i.permission))]
    pages = [
        Key(("g", i.key), i.label) for i in items if i.endpoint in current_app.view_functions and is_open(i.endpoint)
    ]
    return render_template("web/keys.html", general=GENERAL, pages=pages)
