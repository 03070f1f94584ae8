"""Make the documentation's pictures from the running product: ``make pictures`` while ``make demo`` runs.

The pages are those of the demonstration county, in Debian's Chromium at a desk's width.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tenants.demo import COUNTY, PASSWORD
from tests.browser.chromium import launch, watched

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
#: picture → path below the county's address
PICTURES = {"members": "/people/?sex=2&age=-35", "organization": "/units/"}


def sign_in(page: Page, base: str) -> None:
    """Sign in as the county's officer."""
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", "officer")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def main(port: str) -> None:
    """Take every picture."""
    base = f"http://127.0.0.1:{port}/t/{COUNTY}"
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, launch(playwright) as browser, watched(browser, "desk") as (page, complaints):
        sign_in(page, base)
        for name, path in PICTURES.items():
            page.goto(base + path)
            page.screenshot(path=IMAGES / f"{name}.png")
        if complaints:
            raise SystemExit("\n".join(complaints))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8000")
