"""Every screen on a desk. A file for each size: the two walks go side by side."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Place
from tests.browser.walking import all_is_well, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_every_screen_is_found_and_clean(browser: Browser, signed_in: Path, equipped: Place) -> None:
    all_is_well(walk(browser, signed_in, equipped, "desk"))
