"""Make the documentation's pictures from the running product: ``make pictures``.

The handbook's are made by the browser tests themselves, which know when one is outdated; the two of the README show the
demonstration county and need ``make demo`` to run (its port is the argument).
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from tenants.demo import COUNTY, PASSWORD
from tests.browser.chromium import launch, watched

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
HANDBOOK = ROOT / "docs" / "handbook" / "images"
#: picture → path below the county's address
PICTURES = {"members": "/people/?sex=2&age=-35", "organization": "/units/"}


def sign_in(page: Page, base: str) -> None:
    """Sign in as the county's officer."""
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", "officer")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def of_handbook() -> None:
    """Take the handbook's pictures."""
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/browser/test_handbook.py"],
        cwd=ROOT,
        env=os.environ | {"DANGJIAN_PICTURES": str(HANDBOOK)},
        check=True,
    )


def of_readme(port: str) -> None:
    """Take the pictures of the demonstration county."""
    base = f"http://127.0.0.1:{port}/t/{COUNTY}"
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, launch(playwright) as browser, watched(browser, "desk") as (page, complaints):
        sign_in(page, base)
        for name, path in PICTURES.items():
            page.goto(base + path)
            page.screenshot(path=IMAGES / f"{name}.png")
        if complaints:
            raise SystemExit("\n".join(complaints))


def main(port: str) -> None:
    """Take every picture that can be taken."""
    of_handbook()
    try:
        urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()  # our own server
    except URLError:
        sys.stdout.write("the demonstration does not run: the README's pictures stay as they are\n")
        return
    of_readme(port)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8000")
