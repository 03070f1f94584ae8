"""The handbook shows today's screens, and every page leads to the chapter that explains it."""

import os
from pathlib import Path

import orjson
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser

from core.web import handbook, help  # noqa: A004
from tests.browser.chromium import watched
from tests.browser.conftest import Place
from tests.browser.pictures import PICTURES, take

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: Where the pictures are written: set by ``make pictures``; else a folder of the test's own.
WRITE_TO = os.environ.get("DANGJIAN_PICTURES")
SHAPES = handbook.IMAGES / "shapes.json"
_MOST_BYTES = 120_000


def test_every_picture_is_made_from_todays_screens(
    browser: Browser, signed_in: Path, equipped: Place, tmp_path: Path
) -> None:
    folder = Path(WRITE_TO) if WRITE_TO else tmp_path
    shapes: dict[str, list[str]] = {}
    for size in ("desk", "hand"):
        with watched(browser, size, storage_state=str(signed_in)) as (page, complaints):
            for name, picture in PICTURES.items():
                if picture.size == size:
                    shapes[name] = take(page, equipped.url(picture.path), picture, folder / f"{name}.png")
            assert complaints == []
    for name in PICTURES:
        with Image.open(folder / f"{name}.png") as made:
            assert made.width in (390, 1280)
            assert (folder / f"{name}.png").stat().st_size < _MOST_BYTES, name
    if WRITE_TO:
        SHAPES.write_bytes(orjson.dumps(shapes, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    held = orjson.loads(SHAPES.read_bytes())
    outdated = sorted(name for name in PICTURES if held.get(name) != shapes[name])
    assert outdated == [], "these screens changed since their pictures were made: run `make pictures`"


def test_the_pictures_are_those_the_chapters_show() -> None:
    shown = {name for chapter in handbook.chapters().values() for name in chapter.pictures}
    kept = {file.name for file in handbook.IMAGES.glob("*.png")}
    assert shown == kept == {f"{name}.png" for name in PICTURES}


def test_every_page_leads_to_a_chapter_that_exists(app: Flask) -> None:
    with app.app_context():
        missing = {}
        for rule in app.url_map.iter_rules():
            chapter, _, section = help.chapter_of(rule.endpoint).partition("#")
            known = handbook.chapters().get(chapter)
            if known is None or (section and section not in {one.anchor for one in known.sections}):
                missing[rule.endpoint] = chapter
    assert missing == {}
