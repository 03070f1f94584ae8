"""The command palette offers what the viewer may open, and finds it by sound."""

import html
import re

from flask import Flask
from flask_babel import lazy_gettext as _l

from core.web import palette
from core.web.palette import Action, Hit, Source
from core.web.viewer import Viewer


def options(app: Flask, address: str) -> list[str]:
    page = app.test_client().get(address)
    assert page.status_code == 200
    return [html.unescape(label) for label in re.findall(r'palette-label">([^<]*)<', page.text)]


def test_labels_answer_to_characters_pinyin_and_initials() -> None:
    assert all(palette.matches("党员名册", asked) for asked in ("名册", "dangyuan", "dymc", "DY", " 党 员 "))
    assert not palette.matches("党员名册", "zuzhi")


def test_without_a_text_it_lists_pages_and_actions(app: Flask) -> None:
    palette.add_action(app, Action(_l("新增党员"), "user-plus", "gallery.home"))
    found = options(app, "/palette")
    assert "新增党员" in found
    assert len(found) > 3


def test_it_offers_nothing_the_viewer_may_not_open(app: Flask, viewer: dict[str, Viewer]) -> None:
    asked: list[str] = []

    def find(text: str, limit: int) -> list[Hit]:
        asked.append(text)
        return [Hit("机密", "/secret")][:limit]

    palette.add_source(app, Source(_l("党员"), "user", "people.member.view", find))
    palette.add_action(app, Action(_l("新增党员"), "user-plus", "gallery.home", "people.member.edit"))
    assert options(app, "/palette?q=机密") == ["机密"]
    viewer["who"] = Viewer(name="无权限", tenant="x", version="nobody")
    assert options(app, "/palette?q=机密") == []
    assert "新增党员" not in options(app, "/palette")
    assert asked == ["机密"]


def test_a_text_that_finds_nothing_is_answered_and_escaped(app: Flask) -> None:
    page = app.test_client().get("/palette?q=<b>zzz").text
    assert "&lt;b&gt;zzz" in page
    assert "<b>zzz" not in page


def test_the_overlay_names_the_keys_of_the_pages_one_may_open(app: Flask) -> None:
    page = app.test_client().get("/keys").text
    assert "Ctrl" in page
    assert "停用单键快捷键" in page
