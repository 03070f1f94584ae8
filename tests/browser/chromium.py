"""Debian's Chromium with Chinese fonts, and what is asked of every page it opens."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
from playwright.sync_api import Browser, Error, Page, Playwright

ROOT = Path(__file__).parents[2]
#: Make this folder to get a picture of every screen the tests look at.
SHOTS = Path(__file__).parent / "shots"
EXECUTABLE = os.environ.get("CHROMIUM", "/usr/bin/chromium")
#: A desk's and a hand's screen.
SIZES = {"desk": (1280, 900), "hand": (390, 844)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def fonts() -> str:
    """A font configuration with Chinese fonts, so that a bare machine shows no boxes."""
    folder = Path(tempfile.gettempdir()) / f"dangjian-fonts-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    file = folder / "fonts.conf"
    file.write_text(
        f'<?xml version="1.0"?><fontconfig><dir>{Path(pylopdf_fonts_zh_cn.__file__).parent}</dir>'
        "<alias><family>system-ui</family><prefer><family>Noto Sans SC</family></prefer></alias>"
        "<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>"
        f"<cachedir>{folder / 'cache'}</cachedir></fontconfig>",
        "utf-8",
    )
    return str(file)


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """A browser that is closed again."""
    browser = _launched(playwright)
    try:
        yield browser
    finally:
        browser.close()


def _launched(playwright: Playwright) -> Browser:
    """Chromium; started once more where it died while starting, as it now and then does on a busy machine."""
    try:
        return _launch(playwright)
    except Error:
        return _launch(playwright)


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=EXECUTABLE,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--lang=zh-CN",
        ],
        env={**os.environ, "FONTCONFIG_FILE": fonts(), "LANGUAGE": "zh_CN"},
    )


@contextmanager
def watched(browser: Browser, size: str, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page of its own, and the list of what the browser complains about: scripts, policy, missing files."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
    page = context.new_page()
    complaints: list[str] = []
    # The browser reports an error page's own status as well; that it is one is not a complaint.
    page.on("console", lambda m: complaints.append(m.text) if _complains(m.type, m.text) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    try:
        yield page, complaints
    finally:
        context.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole page to be looked at, where somebody made the folder for it."""
    if SHOTS.exists():
        page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def _complains(kind: str, text: str) -> bool:
    return kind in ("error", "warning") and "the server responded with a status of" not in text


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def findings_of_axe(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands: rule, element, why."""
    # As tall as the page: what a fixed bar covers now, scrolling uncovers.
    width = (page.viewport_size or {"width": 1280})["width"]
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(height) + 120, 16_000)})
    # Through the debugger, which the content policy does not concern.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    result = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})", RULES
    )
    return [
        f"{found['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]
