"""Languages: Chinese without a catalogue, English when it was chosen, never by the browser's wish alone."""

from flask import Flask

from core.web import assets, catalogues
from core.web.locale import translate


def test_the_browsers_wish_alone_changes_nothing(app: Flask) -> None:
    page = app.test_client().get("/", headers={"Accept-Language": "en-US,en;q=0.9"}).text
    assert '<html lang="zh-CN"' in page
    assert "跳到正文" in page


def test_english_is_shown_once_it_is_chosen(app: Flask) -> None:
    catalogues.compile_all()
    client = app.test_client()
    client.set_cookie("locale", "en")
    page = client.get("/").text
    assert '<html lang="en"' in page
    assert "Skip to content" in page


def test_auto_follows_the_browser(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("locale", "auto")
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en-US"}).text
    assert '<html lang="zh-CN"' in client.get("/", headers={"Accept-Language": "zh-TW,zh"}).text


def test_values_in_a_translated_text_are_escaped(app: Flask) -> None:
    with app.test_request_context():
        assert translate("您好，%(name)s", name="<b>") == "您好，&lt;b&gt;"


def test_the_english_catalogue_is_complete() -> None:
    assert catalogues.check() == []


def test_every_icon_that_is_named_in_the_code_is_in_the_sprite() -> None:
    named = assets.icons_named()
    assert named - assets.icon_names() == set()
    assert len(named) > 20
